"""Exercise 5.4: a model for a file that has arrived."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="valid-type, misc"

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lib.workbook.course.exercise import Exercise, Wrong
from lib.workbook.exercises.ch05.ex5_4_inspections import check_make_inspection


def solution_make_inspection() -> Any:
    def make_inspection(Base):
        class Inspection(Base):
            __tablename__ = "inspections"
            __table_args__ = (
                CheckConstraint("kind IN ('A', 'B', 'C')", name="kind_known"),
                CheckConstraint("hours BETWEEN 0 AND 200000", name="hours_possible"),
                CheckConstraint("length(remark) <= 200", name="remark_short"),
            )

            tailnum: Mapped[str] = mapped_column(ForeignKey("planes.tailnum"), primary_key=True)
            inspected_on: Mapped[date] = mapped_column(primary_key=True, index=True)
            kind: Mapped[str] = mapped_column(String(1), primary_key=True)
            hours: Mapped[int | None]
            remark: Mapped[str | None] = mapped_column(String(200))

        return Inspection

    return make_inspection


def inspection_with_an_id() -> Any:
    def make_inspection(Base):
        class Inspection(Base):
            __tablename__ = "inspections"
            __table_args__ = (
                UniqueConstraint("tailnum", "inspected_on", "kind"),
                CheckConstraint("kind = 'A' OR kind = 'B' OR kind = 'C'", name="kind"),
                CheckConstraint("NOT (hours < 0 OR hours > 200000)", name="hours"),
                CheckConstraint("substr(remark, 201) = ''", name="remark"),
                Index(None, "inspected_on"),
            )

            id: Mapped[int] = mapped_column(primary_key=True)
            tailnum: Mapped[str] = mapped_column(String(6), ForeignKey("planes.tailnum"))
            inspected_on: Mapped[date]
            kind: Mapped[str] = mapped_column(String(1))
            hours: Mapped[int | None]
            remark: Mapped[str | None] = mapped_column(String(200))

        return Inspection

    return make_inspection


def inspection_with_an_enum() -> Any:
    def make_inspection(Base):
        class Inspection(Base):
            __tablename__ = "inspections"
            __table_args__ = (
                CheckConstraint("hours >= 0 AND hours <= 200000", name="hours"),
                CheckConstraint("length(remark) < 201", name="remark"),
            )

            inspected_on: Mapped[date] = mapped_column(primary_key=True)
            tailnum: Mapped[str] = mapped_column(ForeignKey("planes.tailnum"), primary_key=True)
            kind: Mapped[str] = mapped_column(
                Enum("A", "B", "C", name="kind", create_constraint=True), primary_key=True
            )
            hours: Mapped[int | None]
            remark: Mapped[str | None] = mapped_column(String(200))

        return Inspection

    return make_inspection


RULES: dict[Any, str] = {
    "kind_known": "kind IN ('A', 'B', 'C')",
    "hours_possible": "hours BETWEEN 0 AND 200000",
    "remark_short": "length(remark) <= 200",
}


def rules_but(**other: str | None) -> dict[Any, str]:
    """The rules, some of them in other words, or left out with None."""
    return {name: rule for name, rule in {**RULES, **other}.items() if rule is not None}


def inspection_but(
    *,
    rules: dict[Any, str] = RULES,
    key: tuple[str, ...] = ("tailnum", "inspected_on", "kind"),
    refers: bool = True,
    letter: Any = None,
    index: bool = True,
    unique: tuple[str, ...] = (),
    number: Any = Integer,
) -> Any:
    """The solution, but for one thing."""
    plane = [ForeignKey("planes.tailnum")] if refers else []
    once = [UniqueConstraint(*unique)] if unique else []

    def make_inspection(Base):
        class Inspection(Base):
            __tablename__ = "inspections"
            __table_args__ = (
                *(CheckConstraint(rule, name=name) for name, rule in rules.items()),
                *once,
            )

            if "id" in key:
                id: Mapped[int] = mapped_column(primary_key=True)
            tailnum: Mapped[str] = mapped_column(String(6), *plane, primary_key="tailnum" in key)
            inspected_on: Mapped[date] = mapped_column(
                primary_key="inspected_on" in key, index=index
            )
            kind: Mapped[str] = mapped_column(letter or String(1), primary_key="kind" in key)
            hours: Mapped[int | None] = mapped_column(number)
            remark: Mapped[str | None] = mapped_column(String(200))

        return Inspection

    return make_inspection


def inspection_id_alone() -> Any:
    return inspection_but(key=("id",))


def inspection_key_too_short() -> Any:
    return inspection_but(key=("tailnum", "inspected_on"))


def inspection_no_reference() -> Any:
    return inspection_but(refers=False)


def inspection_enum_in_python() -> Any:
    return inspection_but(rules=rules_but(kind_known=None), letter=Enum("A", "B", "C", name="kind"))


def inspection_plane_alone() -> Any:
    return inspection_but(key=("tailnum",), unique=("tailnum", "inspected_on", "kind"))


def inspection_letters_between() -> Any:
    return inspection_but(rules=rules_but(kind_known="kind BETWEEN 'A' AND 'C'"))


def inspection_hours_in_words() -> Any:
    return inspection_but(rules=rules_but(hours_possible="hours >= 0"))


def inspection_hours_two_bytes() -> Any:
    return inspection_but(number=SmallInteger)


def inspection_hours_by_typeof() -> Any:
    typed = "hours IS NULL OR typeof(hours) = 'integer' AND hours BETWEEN 0 AND 200000"
    return inspection_but(rules=rules_but(hours_possible=typed))


def inspection_remark_unruled() -> Any:
    return inspection_but(rules=rules_but(remark_short=None))


def inspection_nameless() -> Any:
    return inspection_but(rules={None: "hours >= 0"})


def inspection_no_index() -> Any:
    return inspection_but(index=False)


EXERCISE = Exercise(
    id="5.4",
    title="A file has arrived",
    check=check_make_inspection,
    hints=(
        "Read the description once for the columns and types, once for the key, once for the "
        "rules. What identifies an inspection? All of that is the key.",
        "Rules about one row are a `CheckConstraint` with a name, in `__table_args__`; a length "
        "and a type need one, too, as SQLite does not ask for them. The plane is a `ForeignKey`; "
        "`index=True` makes an index for one column.",
        "Three columns have `primary_key=True`. The rules: `\"kind IN ('A', 'B', 'C')\"`, "
        '`"hours BETWEEN 0 AND 200000"` and `"length(remark) <= 200"`, each with `name=...`. A day '
        "is `Mapped[date]`.",
    ),
    solution=solution_make_inspection,
    also_right=(inspection_with_an_id, inspection_with_an_enum),
    wrong=(
        Wrong(
            inspection_id_alone,
            "the same plane, day and kind a second time",
            "a number made by the database identifies the row, not the inspection",
        ),
        Wrong(
            inspection_key_too_short,
            "A second kind of inspection",
            "took the first columns that look like a key, and did not test them",
        ),
        Wrong(
            inspection_plane_alone,
            "UNIQUE constraint failed: inspections.tailnum",
            "makes the key too narrow, and repairs it with a second one beside it",
        ),
        Wrong(
            inspection_letters_between,
            "kind BX, which has two letters",
            "takes a range of texts for a list of them",
        ),
        Wrong(
            inspection_hours_in_words,
            "'twelve' as flight hours",
            "believes that the annotation int keeps text out of SQLite",
        ),
        Wrong(
            inspection_hours_two_bytes,
            "ends at 32,767",
            "takes a type for its name, and does not ask how far it goes on MySQL",
        ),
        Wrong(
            inspection_hours_by_typeof,
            "which only SQLite knows",
            "writes the rule in the words of the one database at hand",
        ),
        Wrong(
            inspection_remark_unruled,
            "a remark of 201 characters",
            "takes a length for a rule on SQLite",
        ),
        Wrong(
            inspection_no_reference,
            "a plane that planes does not have",
            "the same name in two tables is taken for a reference",
        ),
        Wrong(
            inspection_enum_in_python,
            "kind X, which is none of A, B and C",
            "an Enum is checked in Python, and by MySQL; on SQLite it is plain text",
        ),
        Wrong(
            inspection_nameless,
            "A CheckConstraint has no name",
            "expects the naming convention to invent a name for a rule",
        ),
        Wrong(
            inspection_no_index,
            "no index begins with inspected_on",
            "takes a column inside of a key for one that can be searched by",
        ),
    ),
)

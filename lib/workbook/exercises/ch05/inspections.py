"""Exercise 5.4: a model for a file that has arrived."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="valid-type, misc"

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    Engine,
    Enum,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    inspect,
)
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapped, mapped_column

from lib.workbook.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch05.looking import (
    build,
    expect_model,
    expect_mysql_takes,
    new_base,
    new_database,
    refused,
)

LENGTHS = {"tailnum": 6, "kind": 1, "remark": 200}
INSERT = """
INSERT INTO inspections (tailnum, inspected_on, kind, hours, remark)
VALUES (:tailnum, :inspected_on, :kind, :hours, :remark)
"""
GOOD = {
    "tailnum": "N10156",
    "inspected_on": "2013-01-05",
    "kind": "A",
    "hours": 6100,
    "remark": "left brake",
}


def check_make_inspection(answer: Any, bench: Bench) -> str:
    expect_function(answer, "make_inspection")
    base = new_base()

    class Plane(base):
        __tablename__ = "planes"

        tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)

    try:
        made = build(bench, answer, base)
    except Exception as error:
        cause = error.__cause__
        if isinstance(cause, InvalidRequestError) and "explicitly named" in str(cause):
            raise NotYet(
                "A CheckConstraint has no name. The naming convention makes names for keys and "
                "indexes out of their columns; what a rule is about, only you can tell it."
            ) from cause
        raise
    table = expect_model(made, base, "inspections")
    missing = ", ".join(name for name in GOOD if name not in table.columns)
    expect(not missing, f"In inspections, these columns are missing: {missing}.")
    expect_mysql_takes(table)
    for name, length in LENGTHS.items():
        kind = table.columns[name].type
        wanted = f"{name} has up to {length} characters; its column is {kind!r}."
        expect(getattr(kind, "length", None) == length, wanted)
    day = table.columns["inspected_on"].type
    expect(isinstance(day, Date), f"inspected_on is a day, without a time; its column is {day!r}.")
    with new_database(base) as engine:
        refused(engine, "INSERT INTO planes (tailnum) VALUES ('N10156'), ('N102UW')")
        _expect_rows_taken(engine)
        _expect_rows_refused(engine)
        _expect_index(engine)
    return "That is it. The good rows are in, and the database itself keeps the bad ones out."


def _row(**other: Any) -> dict[str, Any]:
    return {**GOOD, **other}


def _expect_rows_taken(engine: Engine) -> None:
    for row, what in (
        (GOOD, "The first inspection of a plane"),
        (_row(inspected_on="2013-02-01", hours=None), "An inspection without hours"),
        (_row(inspected_on="2013-02-02", remark=None), "An inspection without a remark"),
        (_row(inspected_on="2013-02-03", hours=0), "An inspection of a new plane, at 0 hours,"),
        (_row(tailnum="N102UW"), "Another plane, on the same day,"),
        (_row(kind="C"), "A second kind of inspection of the same plane on the same day"),
    ):
        expect(
            not refused(engine, INSERT, **row),
            f"{what} is refused, and the description allows it. Which of your rules is too narrow?",
        )


def _expect_rows_refused(engine: Engine) -> None:
    for row, what in (
        (_row(remark="once more"), "the same plane, day and kind a second time"),
        (_row(tailnum="N99999"), "a plane that planes does not have"),
        (_row(inspected_on="2013-03-01", kind="X"), "kind X, which is none of A, B and C"),
        (_row(inspected_on="2013-03-02", hours=-1), "-1 flight hours"),
        (_row(inspected_on="2013-03-03", kind=None), "an inspection without a kind"),
        (_row(inspected_on=None), "an inspection without a day"),
    ):
        expect(
            refused(engine, INSERT, **row),
            f"The table takes {what}. The check inserts with SQL, as another program would: the "
            "rule must be in the database.",
        )


def _expect_index(engine: Engine) -> None:
    there = inspect(engine)
    ways: list[Any] = [
        there.get_pk_constraint("inspections")["constrained_columns"],
        *(each["column_names"] for each in there.get_indexes("inspections")),
        *(each["column_names"] for each in there.get_unique_constraints("inspections")),
    ]
    expect(
        any(names[:1] == ["inspected_on"] for names in ways),
        "Most questions ask for a range of days, and no index begins with inspected_on.",
    )


def solution_make_inspection() -> Any:
    def make_inspection(Base):
        class Inspection(Base):
            __tablename__ = "inspections"
            __table_args__ = (
                CheckConstraint("kind IN ('A', 'B', 'C')", name="kind_known"),
                CheckConstraint("hours >= 0", name="hours_not_negative"),
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
                CheckConstraint("NOT hours < 0", name="hours"),
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

            inspected_on: Mapped[date] = mapped_column(primary_key=True)
            tailnum: Mapped[str] = mapped_column(ForeignKey("planes.tailnum"), primary_key=True)
            kind: Mapped[str] = mapped_column(
                Enum("A", "B", "C", name="kind", create_constraint=True), primary_key=True
            )
            hours: Mapped[int | None] = mapped_column(CheckConstraint("hours >= 0", name="hours"))
            remark: Mapped[str | None] = mapped_column(String(200))

        return Inspection

    return make_inspection


NO_KIND: dict[Any, str] = {"hours_not_negative": "hours >= 0"}
RULES: dict[Any, str] = {"kind_known": "kind IN ('A', 'B', 'C')", **NO_KIND}


def inspection_but(
    *,
    rules: dict[Any, str] = RULES,
    key: tuple[str, ...] = ("tailnum", "inspected_on", "kind"),
    refers: bool = True,
    letter: Any = None,
    index: bool = True,
) -> Any:
    """The solution, but for one thing."""
    plane = [ForeignKey("planes.tailnum")] if refers else []

    def make_inspection(Base):
        class Inspection(Base):
            __tablename__ = "inspections"
            __table_args__ = tuple(CheckConstraint(rule, name=name) for name, rule in rules.items())

            if "id" in key:
                id: Mapped[int] = mapped_column(primary_key=True)
            tailnum: Mapped[str] = mapped_column(String(6), *plane, primary_key="tailnum" in key)
            inspected_on: Mapped[date] = mapped_column(
                primary_key="inspected_on" in key, index=index
            )
            kind: Mapped[str] = mapped_column(letter or String(1), primary_key="kind" in key)
            hours: Mapped[int | None]
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
    return inspection_but(rules=NO_KIND, letter=Enum("A", "B", "C", name="kind"))


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
        "Rules about one row are a `CheckConstraint` with a name, in `__table_args__`; the plane "
        "is a `ForeignKey`; `index=True` makes an index for one column.",
        "Three columns have `primary_key=True`. The rules: `\"kind IN ('A', 'B', 'C')\"` and "
        '`"hours >= 0"`, each with `name=...`. A day is `Mapped[date]`.',
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

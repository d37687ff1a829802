"""Answers to exercise 5.4: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="valid-type, misc"

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import validates

from lib.workbook.course.exercise import Word, Wrong

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
    index: bool = True,
    unique: tuple[str, ...] = (),
    missing: tuple[str, ...] = ("hours", "remark"),
    table: str = "inspections",
    **types: Any,
) -> Any:
    """The solution, but for one thing; the types are by the columns' names."""
    kinds = {
        "tailnum": String(6),
        "inspected_on": Date(),
        "kind": String(1),
        "hours": Integer(),
        "remark": String(200),
        **types,
    }

    def make_inspection(Base):
        columns = [
            Column(
                name,
                kind,
                *[ForeignKey("planes.tailnum")] * (refers and name == "tailnum"),
                primary_key=name in key,
                nullable=name in missing,
                index=index and name == "inspected_on",
            )
            for name, kind in kinds.items()
        ]
        if "id" in key:
            columns.insert(0, Column("id", Integer, primary_key=True))
        checks = [CheckConstraint(rule, name=name) for name, rule in rules.items()]
        once = [UniqueConstraint(*unique)] if unique else []

        class Inspection(Base):
            __table__ = Table(table, Base.metadata, *columns, *checks, *once)

        return Inspection

    return make_inspection


def inspection_ruled_in_python() -> Any:
    def make_inspection(Base):
        parent = inspection_but(rules={})(Base)

        class Inspection(parent):
            @validates("kind")
            def judge(self, name, value):
                assert value in ("A", "B", "C")
                return value

        return Inspection

    return make_inspection


ALSO_RIGHT = (
    lambda: inspection_but(
        key=("id",),
        unique=("tailnum", "inspected_on", "kind"),
        rules=rules_but(
            hours_possible="NOT (hours < 0 OR hours > 200000)",
            remark_short="substr(remark, 201) = ''",
        ),
    ),
    lambda: inspection_but(
        kind=Enum("A", "B", "C", name="kind_known", create_constraint=True),
        rules=rules_but(kind_known=None),
    ),
    lambda: inspection_but(remark=Text(), kind=String(3)),
    lambda: inspection_but(rules={"all": " AND ".join(f"({rule})" for rule in RULES.values())}),
    lambda: inspection_but(
        key=("inspected_on", "kind", "tailnum"),
        rules=rules_but(
            kind_known="kind = 'A' OR kind = 'B' OR kind = 'C'",
            hours_possible="hours >= 0 AND hours < 200001",
        ),
    ),
)

WRONG = (
    Wrong(
        lambda: inspection_but(key=("id",)),
        "the same plane, day and kind a second time",
        "a number made by the database identifies the row, not the inspection",
    ),
    Wrong(
        lambda: inspection_but(key=("tailnum", "inspected_on")),
        "A second kind of inspection",
        "took the first columns that look like a key, and did not test them",
    ),
    Wrong(
        lambda: inspection_but(key=("tailnum",), unique=("tailnum", "inspected_on", "kind")),
        "An inspection without hours is refused",
        "makes the key too narrow, and repairs it with a second one beside it",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(kind_known="kind BETWEEN 'A' AND 'C'")),
        "kind BX, which has two letters",
        "takes a range of texts for a list of them",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(kind_known="kind IN ('A', 'B', 'C', 'D')")),
        "kind D, which is none of A, B and C",
        "allows for the next kind, which is not in the description",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(kind_known="upper(kind) IN ('A', 'B', 'C')")),
        "kind a, which is none of A, B and C",
        "lets in what looks alike",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(kind_known="instr('ABC', kind) > 0")),
        "kind AB, which has two letters",
        "looks for the letter in a text, where other texts are found, too",
    ),
    Wrong(
        lambda: inspection_but(
            rules=rules_but(kind_known=None), kind=Enum("A", "B", "C", name="k")
        ),
        "kind D, which is none of A, B and C",
        "an Enum is checked in Python, and by MySQL; on SQLite it is plain text",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(hours_possible="hours >= 0")),
        "'twelve' as flight hours",
        "believes that the annotation int keeps text out of SQLite",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(hours_possible="hours > 0 AND hours < 200000")),
        "An inspection of a new plane, at 0 hours, is refused",
        "leaves out both ends of the range",
    ),
    Wrong(
        lambda: inspection_but(hours=SmallInteger()),
        "ends at 32,767",
        "takes a type for its name, and does not ask how far it goes on MySQL",
    ),
    Wrong(
        lambda: inspection_but(
            rules=rules_but(
                hours_possible="hours IS NULL OR typeof(hours) = 'integer' AND hours BETWEEN 0 AND "
                "200000"
            )
        ),
        "says `typeof`, which only one of the two",
        "writes the rule in the words of the one database at hand",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(kind_known="kind == 'A' OR kind IN ('B', 'C')")),
        "says `==`",
        "writes Python's comparison, which SQLite takes, and MySQL does not",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(remark_short="char_length(remark) <= 200")),
        "SQLite does not take this table",
        "writes the rule in the words of the other database",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(remark_short=None)),
        "a remark of 201 characters",
        "takes a length for a rule on SQLite",
    ),
    Wrong(
        lambda: inspection_but(rules=rules_but(remark_short="length(remark) BETWEEN 1 AND 200")),
        "A remark with nothing in it is refused",
        "makes a rule of an empty text that nobody has made",
    ),
    Wrong(
        lambda: inspection_but(refers=False),
        "a plane that planes does not have",
        "the same name in two tables is taken for a reference",
    ),
    Wrong(
        lambda: inspection_but(rules={None: "hours >= 0"}),
        "A CheckConstraint has no name",
        "expects the naming convention to invent a name for a rule",
    ),
    Wrong(
        lambda: inspection_but(index=False),
        "no index begins with inspected_on",
        "takes a column inside of a key for one that can be searched by",
    ),
)

WORDS = (
    Word(
        "`tailnum`, up to 6 characters: a plane of `planes`, by its key `tailnum`",
        "a plane that planes does not have; the type on MySQL",
        lambda: inspection_but(refers=False),
    ),
    Word(
        "`inspected_on`: the day",
        "the type; an inspection without a day",
        lambda: inspection_but(inspected_on=DateTime()),
    ),
    Word(
        "`kind`: A, B or C.",
        "each other letter and digit, BX, AB, nothing, a blank behind the A",
        lambda: inspection_but(rules=rules_but(kind_known="length(kind) = 1")),
    ),
    Word(
        "A plane may have several kinds on one day",
        "three kinds on one day",
        lambda: inspection_but(key=("tailnum", "inspected_on")),
    ),
    Word(", each once", "the same kind once more", lambda: inspection_but(key=("id",))),
    Word(
        "`hours`: whole flight hours so far, 0 to 200,000",
        "-1, 0, 200,000, 200,001, twelve, an empty text",
        lambda: inspection_but(rules=rules_but(hours_possible="hours BETWEEN 0 AND 100000")),
    ),
    Word("whole flight hours", "the type", lambda: inspection_but(hours=Float(53))),
    Word(
        "; may be missing",
        "an inspection without hours, one without a remark",
        lambda: inspection_but(missing=()),
    ),
    Word(
        "`remark`: up to 200 characters",
        "remarks of 0, 200 and 201 characters",
        lambda: inspection_but(rules=rules_but(remark_short="length(remark) <= 255")),
    ),
    Word(
        "Most questions will ask for a range of days.",
        "the columns with which the keys and indexes begin",
        lambda: inspection_but(index=False),
    ),
    Word(
        "Write `make_inspection(Base)`, which returns the class for `inspections`.",
        "the table's name",
        lambda: inspection_but(table="inspection"),
    ),
    Word(
        "The rules hold for every writer, on both databases.",
        "rows that are inserted with SQL; the words of each rule",
        inspection_ruled_in_python,
    ),
    Word(
        "`Base` has our naming convention, and a class for `planes`.",
        "a rule without a name cannot be made on this Base",
        lambda: inspection_but(rules={None: RULES["kind_known"]}),
    ),
)
ASIDES = (
    "A file of inspections comes every night",
    ", in this file all of them ASCII",
    "Two gaps may stay on SQLite: a fraction of an hour, and a day that is no date.",
)

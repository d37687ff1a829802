"""The check of exercise 5.4: which rows the table of inspections takes, and which it refuses."""

# mypy: disable-error-code="valid-type, misc"

import re
from typing import Any

from sqlalchemy import CheckConstraint, Date, Engine, Integer, SmallInteger, String, Table, inspect
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapped, mapped_column

from lib.workbook.course.exercise import Bench, NotYet, expect, expect_function
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
    hours = table.columns["hours"].type
    expect(isinstance(hours, Integer), f"hours are whole numbers; their column is {hours!r}.")
    expect(
        not isinstance(hours, SmallInteger),
        "hours may go up to 200,000, and on MySQL a SMALLINT, of two bytes, ends at 32,767.",
    )
    _expect_mysql_knows(table)
    with new_database(base) as engine:
        refused(engine, "INSERT INTO planes (tailnum) VALUES ('N10156'), ('N102UW')")
        _expect_rows_taken(engine)
        _expect_rows_refused(engine)
        _expect_index(engine)
    return "That is it. The good rows are in, and the database itself keeps the bad ones out."


def _expect_mysql_knows(table: Table) -> None:
    """Expect no rule in words of SQLite's own: the table cannot be made on MySQL then."""
    for rule in table.constraints:
        if isinstance(rule, CheckConstraint):
            own = re.search(r"\b(typeof(?=\s*\()|glob)\b", str(rule.sqltext), re.IGNORECASE)
            expect(
                own is None,
                f"The rule {rule.name} says {own and own[0]}, which only SQLite knows: MySQL "
                "refuses the CREATE TABLE. A comparison is understood by both.",
            )


def _row(**other: Any) -> dict[str, Any]:
    return {**GOOD, **other}


def _expect_rows_taken(engine: Engine) -> None:
    for row, what in (
        (GOOD, "The first inspection of a plane"),
        (_row(inspected_on="2013-02-01", hours=None), "An inspection without hours"),
        (_row(inspected_on="2013-02-02", remark=None), "An inspection without a remark"),
        (_row(inspected_on="2013-02-03", hours=0), "An inspection of a new plane, at 0 hours,"),
        (_row(inspected_on="2013-02-04", hours=200_000), "An inspection at 200,000 hours"),
        (_row(inspected_on="2013-02-05", remark="x" * 200), "A remark of 200 characters"),
        (_row(inspected_on="2013-02-06", kind="B"), "An inspection of kind B"),
        (_row(tailnum="N102UW"), "Another plane, on the same day,"),
        (_row(kind="C"), "A second kind of inspection of the same plane on the same day"),
    ):
        reason = refused(engine, INSERT, **row)
        expect(
            not reason,
            f"{what} is refused, and the description allows it. The database says: `{reason}`. "
            "That is the rule that is too narrow.",
        )


def _expect_rows_refused(engine: Engine) -> None:
    # A length or a type is a remark for SQLite, so these come with the reason.
    letters = "For SQLite, String(1) is a remark: compare with the three letters."
    text = "For SQLite, an int column is a remark, and every text is greater than every number."
    remark = "For SQLite, String(200) is a remark: a rule is needed, too."
    for row, what, why in (
        (_row(remark="once more"), "the same plane, day and kind a second time", ""),
        (_row(tailnum="N99999"), "a plane that planes does not have", ""),
        (_row(inspected_on="2013-03-01", kind="X"), "kind X, which is none of A, B and C", ""),
        (_row(inspected_on="2013-03-01", kind="BX"), "kind BX, which has two letters", letters),
        (_row(inspected_on="2013-03-02", hours=-1), "-1 flight hours", ""),
        (_row(inspected_on="2013-03-02", hours="twelve"), "'twelve' as flight hours", text),
        (_row(inspected_on="2013-03-02", hours=200_001), "200,001 flight hours", ""),
        (_row(inspected_on="2013-03-03", kind=None), "an inspection without a kind", ""),
        (_row(inspected_on=None), "an inspection without a day", ""),
        (_row(inspected_on="2013-03-04", remark="x" * 201), "a remark of 201 characters", remark),
    ):
        why = why or (
            "The check inserts with SQL, as another program would: the rule must be in the "
            "database."
        )
        expect(refused(engine, INSERT, **row), f"The table takes {what}. {why}")


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

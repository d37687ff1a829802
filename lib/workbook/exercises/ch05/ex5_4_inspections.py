"""Exercise 5.4: a model for a file that has arrived."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="valid-type, misc"

import re
import string
from datetime import date
from types import TracebackType
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    Engine,
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    Table,
    inspect,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapped, mapped_column

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch05.ex5_4_inspections_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch05.looking import (
    build,
    expect_model,
    expect_mysql_takes,
    new_base,
    new_database,
    on_mysql,
    refused,
)

LENGTHS = {"tailnum": 6, "kind": 1, "remark": 200}
# In a rule, outside of quotation marks: what MySQL does not know, or takes for something else.
# SQLite knows REGEXP only where a program brings it along, as SQLAlchemy does.
_ONE_SIDED = re.compile(
    r"\b(?:typeof|iif|julianday|strftime|unixepoch|printf|unicode)(?=\s*\()|\bglob\b|\bregexp\b"
    r"|==|\|\||\bcollate\s+nocase\b|\bas\s+(?:text|integer|int|numeric)\b"
    r"|\bis\s+(?:not\s+)?(?=')",
    re.IGNORECASE,
)
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


def check_make_inspection(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "make_inspection")
    base = new_base()

    class Plane(base):
        __tablename__ = "planes"

        tailnum: Mapped[str] = mapped_column(String(6), primary_key=True)

    table = expect_model(_class(answer, sandbox, base), base, "inspections")
    missing = ", ".join(name for name in GOOD if name not in table.columns)
    expect(not missing, f"In inspections, these columns are missing: {missing}.")
    expect_mysql_takes(table)
    _expect_types(table)
    _expect_rules_for_both(table)
    with new_database(base) as engine:
        refused(engine, "INSERT INTO planes (tailnum) VALUES ('N10156'), ('N102UW')")
        _expect_rows_taken(engine)
        _expect_rows_refused(engine)
        _expect_index(engine)
    return "That is it. The good rows are in, and the database itself keeps the bad ones out."


def _class(answer: Any, sandbox: Sandbox, base: Any) -> Any:
    try:
        return build(sandbox, answer, base)
    except Exception as error:
        cause = error.__cause__
        if isinstance(cause, InvalidRequestError) and _raised_in_naming(cause.__traceback__):
            raise NotYet(
                "A CheckConstraint has no name. The naming convention makes names for keys and "
                "indexes out of their columns; what a rule is about, only you can tell it."
            ) from cause
        raise


def _raised_in_naming(trace: TracebackType | None) -> bool:
    """Tell whether the innermost frame is where SQLAlchemy works out a constraint's name."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == "sqlalchemy.sql.naming"


def _expect_types(table: Table) -> None:
    """Expect types that hold what the file holds; the rules may be elsewhere."""
    for name, length in LENGTHS.items():
        kind = on_mysql(table.columns[name])
        what = f"text of up to {length} characters" if length > 1 else "one letter"
        told = f"{name} is {what}; on MySQL its column is {kind}."
        found = re.match(r"(?:NATIONAL )?(?:VAR)?CHAR\((\d+)\)", kind)
        expect(
            found is not None or kind.startswith("ENUM") or (name == "remark" and "TEXT" in kind),
            told,
        )
        expect(found is None or int(found[1]) >= length, told)
    day = table.columns["inspected_on"].type
    expect(isinstance(day, Date), f"inspected_on is a day, without a time; its column is {day!r}.")
    hours = table.columns["hours"].type
    expect(isinstance(hours, Integer), f"hours are whole numbers; their column is {hours!r}.")
    expect(
        not isinstance(hours, SmallInteger) and "SMALLINT" not in on_mysql(table.columns["hours"]),
        "hours may go up to 200,000, and on MySQL a SMALLINT, of two bytes, ends at 32,767, "
        "without a sign at 65,535.",
    )


def _expect_rules_for_both(table: Table) -> None:
    """Expect no rule in words of SQLite's own: the table cannot be made on MySQL then."""
    for rule in table.constraints:
        if isinstance(rule, CheckConstraint):
            words = str(rule.sqltext.compile(dialect=mysql.dialect()))
            own = _ONE_SIDED.search(re.sub(r"'[^']*'", "''", words))
            expect(
                own is None,
                f"The rule {rule.name} says `{own and own[0].strip()}`, which only one of the two "
                "databases knows, or which means something else on the other. A plain comparison "
                "is understood by both.",
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
        (_row(inspected_on="2013-02-06", remark=""), "A remark with nothing in it"),
        (_row(inspected_on="2013-02-07", kind="B"), "An inspection of kind B"),
        (_row(inspected_on="2013-02-08"), "The same plane and kind, on another day,"),
        (_row(tailnum="N102UW"), "Another plane, of the same kind on the same day,"),
        (_row(kind="C"), "A second kind of inspection of the same plane on the same day"),
        (_row(kind="B"), "A third kind of inspection of the same plane on the same day"),
    ):
        reason = refused(engine, INSERT, **row)
        expect(
            not reason,
            f"{what} is refused, and the description allows it. The database says: `{reason}`.",
        )


def _expect_rows_refused(engine: Engine) -> None:
    # A length or a type is a remark for SQLite, so these come with the reason.
    letters = "For SQLite, String(1) is a remark: compare with the three letters."
    text = "For SQLite, an int column is a remark, and every text is greater than every number."
    remark = "For SQLite, String(200) is a remark: a rule is needed, too."
    new = {"inspected_on": "2013-03-01"}
    others = [
        each
        for each in string.ascii_uppercase + string.ascii_lowercase + string.digits
        if each not in "ABC"
    ]
    for row, what, why in (
        (_row(remark="once more"), "the same plane, day and kind a second time", ""),
        (_row(tailnum="N99999"), "a plane that planes does not have", ""),
        *(
            (_row(**new, kind=each), f"kind {each}, which is none of A, B and C", "")
            for each in others
        ),
        (_row(**new, kind="BX"), "kind BX, which has two letters", letters),
        (_row(**new, kind="AB"), "kind AB, which has two letters", letters),
        (_row(**new, kind="A "), "kind A with a blank behind it", letters),
        (_row(**new, kind=""), "a kind of no letter at all", ""),
        (_row(**new, hours=-1), "-1 flight hours", ""),
        (_row(**new, hours="twelve"), "'twelve' as flight hours", text),
        (_row(**new, hours=""), "'', an empty text, as flight hours", text),
        (_row(**new, hours=200_001), "200,001 flight hours", ""),
        (_row(**new, kind=None), "an inspection without a kind", ""),
        (_row(inspected_on=None), "an inspection without a day", ""),
        (_row(**new, tailnum=None), "an inspection without a plane", ""),
        (_row(**new, remark="x" * 201), "a remark of 201 characters", remark),
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)

"""Exercise 3.4: a search that takes any text."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Table, insert, inspect, text

from lib.database.base import MYSQL
from lib.models import Airport
from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    Wrong,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch03.ex3_4_search_answers import ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch03.ex3_4_search_right import ALSO_RIGHT
from lib.workbook.exercises.driver import Sent, Tap, tapped
from lib.workbook.exercises.slips import slip

# A placeholder as the drivers know it, with a quotation mark or a percent sign around it.
_WRAPPED = re.compile(r"""['"%](?:\?|%s|%\(\w+\)s)['"%]""")

# Codes and names, in an order that is neither that of the codes nor that of the names.
AIRPORTS: dict[str, str | None] = {
    "QK4": "Quayside Meadow",
    "QK1": "Quayside O'Hara Strip",
    "QK5": "North Quay",
    "QK3": "Old Quayside",
    "QK6": "QUAYSIDE CAPITALS",
    "QK7": "quayside small letters",
    "QK2": "The Quay of Quayside",
    "QK8": "Quay side",
    "QX1": None,
    "QX2": "",
    "ORD": "Chicago",
    "QX4": "Concord",
    "QX5": "L'Avion 100% :part",
    "QX6": 'The "Nest"',
    "QX7": "Annex B (old)",
    **{f"F{number:02X}": f"Field {number * 7 % 250:03}" for number in reversed(range(250))},
}
INJECTION = "' OR name LIKE '"
PARTS: tuple[str, ...] = ("Quay ", "Field", "ORD", "no such airport", INJECTION)
PARTS += ("O'Hara", '"Nest"', "100%", ":part", "B (old)")


def check_search(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "find_airports")
    with _airports(sandbox) as engine, tapped(engine) as tap:
        sent = _expect_found(answer, sandbox, tap, "Quayside")
        usual = {each.statement for each in sent}
        for part in PARTS:
            _expect_found(answer, sandbox, tap, part, usual)
        _expect_searched(engine, sent)
    expect(
        not any("quayside" in each.statement.casefold() for each in sent),
        "The text that somebody searches for has become a part of your SQL. However carefully it "
        "is quoted: send it as a bound value.",
    )
    return "That is it. Any text may come from the form, and it stays a text."


@contextmanager
def _airports(sandbox: Sandbox) -> Iterator[Engine]:
    """An engine to a table `airports` without a key.

    So each database gives rows in the order in which they were inserted, if no order is asked for.
    """
    columns = [Column(each.name, each.type) for each in Airport.__table__.columns]
    options: dict[str, Any] = MYSQL
    table = Table("airports", MetaData(), *columns, **options)
    rows = [{"faa": faa, "name": name, "tzone": "Quayside"} for faa, name in AIRPORTS.items()]
    with sandbox.empty.engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), rows)
    yield sandbox.empty.engine


def _expect_found(
    answer: Any, sandbox: Sandbox, tap: Tap, part: str, usual: Collection[str] = ()
) -> list[Sent]:
    """Expect the airports whose names hold the part; return what the answer sent.

    `usual` are the statements of another search: they are the same where the text is a value.
    """
    with sandbox.empty.engine.connect() as connection:
        driver = connection.connection.driver_connection
        tap.sent.clear()
        found = _ask(answer, sandbox, tap, connection, part, usual)
        sent = [each for each in tap.sent if each.word != "PRAGMA"]
        expect(
            any(each.connection is driver for each in sent),
            "Your function sent nothing over the `connection` that it was given. The check calls "
            "it with a connection of its own, to another database than `db`.",
        )
        expect(
            not connection.closed,
            "Your function closed the `connection` that it was given. The caller opened it, and "
            "may need it for more.",
        )
        changed = _changes(connection)
    _expect_dicts(found)
    told = f"Searching for `{part}`, your function finds {len(found):,} airports. "
    why = ""
    if any(part in each.statement for each in sent if each.statement not in usual):
        why = " The text has become a part of your SQL: send it as a bound value."
    elif sandbox.empty.engine.dialect.name == "mysql" and any(
        "||" in each.statement for each in sent
    ):
        why = " On MySQL `||` does not join texts; it means OR."
    _expect_airports(found, part, told, why)
    expect(not changed, f"After your function, {changed}: a search changes nothing.")
    return sent


def _changes(connection: Connection) -> str:
    """Say what is not as it was made, also where it is not committed; empty where all is."""
    tables = inspect(connection).get_table_names()
    if tables != ["airports"]:
        return f"the database has the tables {', '.join(tables) or 'no more'}"
    rows = connection.exec_driver_sql("SELECT faa, name, tzone FROM airports").all()
    found = {faa: (name, tzone) for faa, name, tzone in rows}
    wrong = [faa for faa in AIRPORTS if found.get(faa) != (AIRPORTS[faa], "Quayside")]
    if wrong:
        return f"the row of {wrong[0]} is not as it was, or gone"
    return "" if len(rows) == len(AIRPORTS) else f"the table has {len(rows)} rows"


def _ask(
    answer: Any,
    sandbox: Sandbox,
    tap: Tap,
    connection: Connection,
    part: str,
    usual: Collection[str],
) -> Any:
    try:
        return sandbox.call(answer, connection, part)
    except Exception as error:
        statements = [each.statement for each in tap.sent]
        if any(_WRAPPED.search(statement.replace("%%", "%")) for statement in statements):
            raise NotYet(
                "In your SQL a bound name, such as `:part`, has quotation marks or percent signs "
                "around it. The name stands there alone; what belongs to the text goes into the "
                "value."
            ) from error
        if any(part in statement for statement in statements if statement not in usual):
            raise NotYet(
                f"Searching for `{part}` ends in {type(error.__cause__ or error).__name__}. The "
                "text has become a part of your SQL: send it as a bound value."
            ) from error
        raise


def _expect_dicts(found: Any) -> None:
    """Expect a list of dicts with the two keys; rows of `mappings()` will do."""
    expect(found is not None, "Your function returns None. `return` hands the list to the caller.")
    expect_type(found, list, "a list")
    expect(
        all(isinstance(item, Mapping) for item in found),
        "The list holds "
        + ", ".join(sorted({type(item).__name__ for item in found}))
        + '. This asks for dicts, so that the caller can write `airport["name"]`.',
    )
    wrong = next((list(item) for item in found if set(item) != {"faa", "name"}), None)
    expect(wrong is None, f"Each dict should have the keys faa and name; one has {wrong}.")


def _expect_airports(found: Any, part: str, told: str, why: str) -> None:
    """Expect these airports; capitals, and the signs of LIKE, may count in either way."""
    like = re.escape(part).replace("%", ".*").replace("_", ".")
    loose = re.compile(like, re.IGNORECASE | re.DOTALL)
    must = {faa for faa, name in AIRPORTS.items() if name is not None and part in name}
    may = {faa for faa, name in AIRPORTS.items() if name is not None and loose.search(name)}
    codes = [item["faa"] for item in found]
    for faa in sorted(must.difference(codes)):
        raise NotYet(f"{told}{faa}, {AIRPORTS[faa]!r}, is not among them.{why}")
    for item in found:
        faa, name = item["faa"], item["name"]
        expect(
            faa in may and name == AIRPORTS[faa],
            f"{told}{faa}, {name!r}, should not be among them.{why}",
        )
        expect(codes.count(faa) == 1, f"{told}{faa} is there {codes.count(faa)} times.")
    expect(
        codes == sorted(codes),
        f"Searching for `{part}`, your function finds the right airports, but not in the order of "
        "their codes.",
    )


def _expect_searched(engine: Engine, sent: list[Sent]) -> None:
    """Expect that the database looked for the text, by asking it once more for the same."""
    most = 0
    with engine.connect() as connection:
        for each in sent:
            if each.reads:
                with suppress(Exception):  # what depends on more than itself
                    values = each.parameters
                    values = tuple(values) if isinstance(values, list) else values
                    rows = connection.exec_driver_sql(each.statement, values or None).all()
                    most = max(most, len(rows))
    expect(
        most <= 6,
        f"Your statement has the database send {most:,} airports, for the few whose name contains "
        "`Quayside`. Let the database search.",
    )


def solution_search() -> Any:
    def find_airports(connection, part):
        sql = "SELECT faa, name FROM airports WHERE name LIKE :pattern ORDER BY faa"
        result = connection.execute(text(sql), {"pattern": f"%{part}%"})
        return [dict(row) for row in result.mappings()]

    return find_airports


EXERCISE = Exercise(
    id="3.4",
    title="A search that takes any text",
    check=check_search,
    hints=(
        "`WHERE name LIKE :pattern` in a `text()`, and the value for `pattern` in a dict "
        "beside it. No quotation marks around `:pattern`.",
        "The percent signs belong to the value, not to the SQL: "
        '`{"pattern": f"%{part}%"}`. This f-string makes a value, so it does no harm.',
        "`result.mappings()` gives rows that read like dicts; `dict(row)` makes a real one. "
        "`ORDER BY faa` is for the database to do.",
    ),
    solution=solution_search,
    also_right=ALSO_RIGHT,
    wrong=(
        *WRONG,
        Wrong(
            slip(solution_search, ("LIKE :pattern", "LIKE :pattern OR faa LIKE :pattern")),
            "ORD, 'Chicago', should not be among them.",
            "searches the codes, too, where the name is asked for",
        ),
    ),
    words=WORDS,
    asides=ASIDES,
)

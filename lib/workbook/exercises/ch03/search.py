"""Exercise 3.4: a search that takes any text."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, text

from lib.models import Airport
from lib.workbook.exercise import (
    Bench,
    Exercise,
    NotYet,
    Wrong,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch03.sent import statements_sent


def check_search(answer: Any, bench: Bench) -> str:
    expect_function(answer, "find_airports")
    ours = [
        {"faa": "ZZ2", "name": "Quayside O'Hara Strip"},
        {"faa": "ZZ1", "name": "Quayside Meadow"},
    ]
    bench.db.execute([insert(Airport).values(**row) for row in ours])
    sent = _check_search(answer, bench, "Quayside")
    expect(
        not any("Quayside" in statement for statement, _ in sent),
        "The text that somebody searches for has become a part of the SQL. With the text "
        "`' OR name LIKE '` your function gives back every airport.",
    )
    expect(
        any("Quayside" in parameters for _, parameters in sent),
        "Your function reads every airport and looks through them in Python. Let the database "
        "search: send the text as a bound value.",
    )
    for part in ("O'Hara", "Eagle's Nest", "' OR name LIKE '", "no such airport"):
        _check_search(answer, bench, part)
    return "That is it. Any text may come from the form, and it stays a text."


def _check_search(answer: Any, bench: Bench, part: str) -> list[tuple[str, str]]:
    """Expect the airports whose names hold the part; return what the answer sent."""
    wanted = bench.db.execute(
        [
            select(Airport.faa, Airport.name)
            .where(Airport.name.like(f"%{part}%"))
            .order_by(Airport.faa)
        ]
    )[0]
    assert not isinstance(wanted, int)
    engine = bench.db.engine
    with statements_sent(engine) as sent, engine.connect() as connection:
        found = bench.call(answer, connection, part)
    expect(
        found is not None,
        "Your function returns None; perhaps its last line is no `return`.",
    )
    expect_type(found, list, "a list")
    expect(
        len(found) == len(wanted),
        f"Searching for `{part}`, your function finds {len(found):,} airports; "
        f"there are {len(wanted):,}.",
    )
    expect(
        all(isinstance(item, Mapping) for item in found),
        "The list holds rows, which are tuples. This asks for dicts, so that who calls can "
        'write `airport["name"]`.',
    )
    expect(
        all(set(item) == {"faa", "name"} for item in found),
        "Each dict should have the two keys faa and name.",
    )
    rows = [(item["faa"], item["name"]) for item in found]
    expected = [(row.faa, row.name) for row in wanted]
    if rows != expected and sorted(rows) == sorted(expected):
        raise NotYet("The right airports, but not in the order of their codes.")
    expect(rows == expected, f"Searching for `{part}`, your function finds other airports.")
    return sent


def solution_search() -> Any:
    def find_airports(connection, part):
        sql = "SELECT faa, name FROM airports WHERE name LIKE :pattern ORDER BY faa"
        result = connection.execute(text(sql), {"pattern": f"%{part}%"})
        return [dict(row) for row in result.mappings()]

    return find_airports


def search_with_select() -> Any:
    def find_airports(connection, part):
        statement = select(Airport.faa, Airport.name).where(Airport.name.contains(part))
        rows = connection.execute(statement.order_by(Airport.faa))
        return [{"faa": row.faa, "name": row.name} for row in rows]

    return find_airports


def search_with_f_string() -> Any:
    def find_airports(connection, part):
        statement = f"SELECT faa, name FROM airports WHERE name LIKE '%{part}%' ORDER BY faa"
        return [dict(row) for row in connection.execute(text(statement)).mappings()]

    return find_airports


def search_without_wildcards() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE :part ORDER BY faa")
        return list(connection.execute(statement, {"part": part}).mappings())

    return find_airports


def search_for_rows() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE :part ORDER BY faa")
        return connection.execute(statement, {"part": f"%{part}%"}).all()

    return find_airports


def search_without_order() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE :part ORDER BY name DESC")
        result = connection.execute(statement, {"part": f"%{part}%"})
        return [dict(row) for row in result.mappings()]

    return find_airports


def search_in_python() -> Any:
    def find_airports(connection, part):
        result = connection.execute(text("SELECT faa, name FROM airports ORDER BY faa"))
        return [dict(row) for row in result.mappings() if part in (row["name"] or "")]

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
    also_right=(search_with_select,),
    wrong=(
        Wrong(
            search_with_f_string,
            "a part of the SQL",
            "builds SQL from what somebody typed: the door to SQL injection",
        ),
        Wrong(
            search_without_wildcards,
            "finds 0 airports",
            "forgot the percent signs: LIKE without them means equal",
        ),
        Wrong(search_for_rows, "The list holds rows", "does not tell a Row from a dict"),
        Wrong(
            search_without_order,
            "not in the order of their codes",
            "sorts by another column than the one that was asked for",
        ),
        Wrong(
            search_in_python,
            "Let the database search",
            "fetches the whole table to keep a few rows",
        ),
    ),
)

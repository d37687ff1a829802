"""Exercise 3.4: a search that takes any text."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, insert, select, text

from lib.models import Airport
from lib.workbook.course.exercise import (
    Bench,
    Exercise,
    NotYet,
    Wrong,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch03.sent import statements_sent

# A placeholder as the drivers know it, with a quotation mark or a percent sign around it.
_WRAPPED = re.compile(r"""['"%](?:\?|%s|%\(\w+\)s)['"%]""")


@contextmanager
def _any_order(engine: Engine) -> Iterator[None]:
    """Let statements that ask for no order have the opposite of the one that the task wants.

    A database may do so. MySQL mostly gives rows in the order of their key, which hides that an
    answer has forgotten its ORDER BY.
    """

    def turn(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> Any:
        if re.match(r"\s*SELECT\b(?!.*\b(ORDER BY|LIMIT)\b)", statement, re.I | re.S):
            statement = statement.rstrip().rstrip(";") + " ORDER BY faa DESC"
        return statement, parameters

    event.listen(engine, "before_cursor_execute", turn, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", turn)


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
    with statements_sent(engine) as sent, _any_order(engine), engine.connect() as connection:
        try:
            found = bench.call(answer, connection, part)
        except Exception as error:
            if any(_WRAPPED.search(words.replace("%%", "%")) for words, _ in sent):
                raise NotYet(
                    "In your SQL a bound name, such as `:part`, has quotation marks or percent "
                    "signs around it. The name stands there alone; what belongs to the text goes "
                    "into the value."
                ) from error
            raise
    expect(
        bool(sent),
        "Your function sent nothing over the `connection` that it was given. The check calls it "
        "with a connection of its own, to another database than `db`.",
    )
    expect(
        found is not None,
        "Your function returns None; perhaps its last line is no `return`.",
    )
    expect_type(found, list, "a list")
    expect(
        engine.dialect.name != "mysql" or not any("||" in words for words, _ in sent),
        "On MySQL `||` does not join texts; it means OR. Put the pattern together in Python, and "
        "send it as one value.",
    )
    expect(
        len(found) == len(wanted),
        f"Searching for `{part}`, your function finds {len(found):,} airports; "
        f"in the check's copy of the database it should find {len(wanted):,}.",
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


def search_in_quotes() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE '%:part%' ORDER BY faa")
        return [dict(row) for row in connection.execute(statement, {"part": part}).mappings()]

    return find_airports


def search_unsorted() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE :part")
        result = connection.execute(statement, {"part": f"%{part}%"})
        return [dict(row) for row in result.mappings()]

    return find_airports


def search_elsewhere() -> Any:
    chapter_engine = create_engine("sqlite://")  # stands for db.engine: not what it is given

    def find_airports(connection, part):
        with chapter_engine.connect() as connection:
            return list(connection.execute(text("SELECT 1 AS faa, :part"), {"part": part}))

    return find_airports


def search_sorted_in_python() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE instr(name, :part) > 0")
        rows = connection.execute(statement, {"part": part}).mappings().all()
        return sorted(rows, key=lambda row: row["faa"])

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
    also_right=(search_with_select, search_sorted_in_python),
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
            search_unsorted,
            "not in the order of their codes",
            "takes the order that rows happen to come in for a promise",
        ),
        Wrong(
            search_in_quotes,
            "stands there alone",
            "takes a bound parameter for a blank that is filled in, quotation marks and all",
        ),
        Wrong(
            search_elsewhere,
            "sent nothing over",
            "uses a global engine, where the function is given a connection",
        ),
        Wrong(
            search_in_python,
            "Let the database search",
            "fetches the whole table to keep a few rows",
        ),
    ),
)

"""Answers to exercise 3.4: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from lib.workbook.course.exercise import Word, Wrong

SEARCH = "SELECT faa, name FROM airports WHERE name LIKE :pattern ORDER BY faa"


def search_but(sql: str = SEARCH, pattern: str = "%{}%", read: Any = None) -> Any:
    """The solution, but for the statement, the value, or what is made of a row."""

    def find_airports(connection, part):
        rows = connection.execute(text(sql), {"pattern": pattern.format(part)}).mappings()
        return [(read or dict)(row) for row in rows]

    return find_airports


def search_with_f_string() -> Any:
    def find_airports(connection, part):
        statement = f"SELECT faa, name FROM airports WHERE name LIKE '%{part}%' ORDER BY faa"
        return [dict(row) for row in connection.execute(text(statement)).mappings()]

    return find_airports


def search_with_doubled_quotes() -> Any:
    def find_airports(connection, part):
        safe = part.replace("'", "''").replace(":", "\\:")
        statement = f"SELECT faa, name FROM airports WHERE name LIKE '%{safe}%' ORDER BY faa"
        return [dict(row) for row in connection.execute(text(statement)).mappings()]

    return find_airports


def search_for_rows() -> Any:
    def find_airports(connection, part):
        return connection.execute(text(SEARCH), {"pattern": f"%{part}%"}).all()

    return find_airports


def search_gives_the_result() -> Any:
    def find_airports(connection, part):
        return connection.execute(text(SEARCH), {"pattern": f"%{part}%"}).mappings()

    return find_airports


def search_printed() -> Any:
    def find_airports(connection, part):
        for row in connection.execute(text(SEARCH), {"pattern": f"%{part}%"}).mappings():
            print(dict(row))

    return find_airports


def search_in_quotes() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE '%:part%' ORDER BY faa")
        return [dict(row) for row in connection.execute(statement, {"part": part}).mappings()]

    return find_airports


def search_elsewhere() -> Any:
    chapter_engine = create_engine("sqlite://", poolclass=NullPool)  # stands for db.engine

    def find_airports(connection, part):
        with chapter_engine.connect() as connection:
            return list(connection.execute(text("SELECT 1 AS faa, :part"), {"part": part}))

    return find_airports


def search_over_another_connection() -> Any:
    def find_airports(connection, part):
        with connection.engine.connect() as another:
            return search_but()(another, part)

    return find_airports


def search_and_close() -> Any:
    def find_airports(connection, part):
        with connection:
            return search_but()(connection, part)

    return find_airports


def search_in_python() -> Any:
    def find_airports(connection, part):
        result = connection.execute(text("SELECT faa, name FROM airports ORDER BY faa"))
        return [dict(row) for row in result.mappings() if part in (row["name"] or "")]

    return find_airports


def search_without_blanks() -> Any:
    def find_airports(connection, part):
        return search_but()(connection, part.strip())

    return find_airports


def search_with_one_given_text() -> Any:
    def find_airports(connection, part):
        return search_but()(connection, "Intl")

    return find_airports


def search_and(more: str) -> Any:
    """The solution, which sends one statement more."""

    def find_airports(connection, part):
        found = search_but()(connection, part)
        connection.execute(text(more))
        connection.commit()
        return found

    return find_airports


def search_and_adds_the_zone() -> Any:
    def find_airports(connection, part):
        statement = text(SEARCH.replace("faa, name", "faa, name, tzone"))
        rows = connection.execute(statement, {"pattern": f"%{part}%"})
        return [dict(row) for row in rows.mappings()]

    return find_airports


def search_and_counts() -> Any:
    def find_airports(connection, part):
        found = search_but()(connection, part)
        return [*found, {"faa": "all", "name": f"{len(found)} airports"}]

    return find_airports


WRONG = (
    Wrong(
        search_with_f_string,
        "finds 264 airports. F00, 'Field 000', should not be among them. The text has become a",
        "builds SQL from what somebody typed: the door to SQL injection",
    ),
    Wrong(
        search_with_doubled_quotes,
        "However carefully it is quoted",
        "quotes by hand, by the rules of one database",
    ),
    Wrong(
        lambda: search_but(pattern="{}"),
        "finds 0 airports",
        "forgot the percent signs: LIKE without them means equal",
    ),
    Wrong(
        lambda: search_but(pattern="{}%"),
        "QK2, 'The Quay of Quayside', is not among them",
        "looks at the beginning of the names only",
    ),
    Wrong(search_for_rows, "The list holds Row", "does not tell a Row from a dict"),
    Wrong(
        search_gives_the_result,
        "This asks for a list",
        "hands out the result, which can be read once, as long as the connection is open",
    ),
    Wrong(search_printed, "returns None", "takes print for return"),
    Wrong(
        lambda: search_but(SEARCH.replace("ORDER BY faa", "ORDER BY name")),
        "not in the order of their codes",
        "sorts by another column than the one that was asked for",
    ),
    Wrong(
        lambda: search_but(SEARCH.replace("ORDER BY faa", "")),
        "not in the order of their codes",
        "takes the order that rows happen to come in for a promise",
    ),
    Wrong(
        lambda: search_but(SEARCH.replace("ORDER", "OR faa LIKE :pattern ORDER")),
        "ORD, 'Chicago', should not be among them",
        "looks for the text in the codes, too",
    ),
    Wrong(
        search_in_quotes,
        "stands there alone",
        "takes a bound parameter for a blank that is filled in, quotation marks and all",
    ),
    Wrong(
        lambda: search_and("DELETE FROM airports WHERE name IS NULL"),
        "the row of QX1 is not as it was, or gone: a search changes nothing",
        "tidies up what it meets",
    ),
    Wrong(
        lambda: search_and("UPDATE airports SET name = TRIM(name), tzone = NULL"),
        "is not as it was, or gone: a search changes nothing",
        "changes another column",
    ),
    Wrong(
        lambda: search_and("CREATE TABLE searches (part VARCHAR(64))"),
        "the tables airports, searches: a search changes nothing",
        "makes a table to keep a list of searches",
    ),
    Wrong(
        search_and_adds_the_zone,
        "should have the keys faa and name; one has",
        "gives one column more than was asked for",
    ),
    Wrong(
        search_and_counts,
        " airports', should not be among them",
        "adds a row of its own to the list",
    ),
    Wrong(
        search_elsewhere,
        "sent nothing over",
        "uses a global engine, where the function is given a connection",
    ),
    Wrong(
        search_in_python,
        "send 265 airports",
        "fetches the whole table to keep a few rows",
    ),
    Wrong(
        search_without_blanks,
        "Searching for `Quay `",
        "tidies up what was typed, and finds what was not asked for",
    ),
)


WORDS = (
    Word(
        "Write `find_airports(connection, part)`",
        "another text at each call",
        search_with_one_given_text,
    ),
    Word(
        "It returns a list of dicts, or of rows that read like dicts, such as "
        '`{"faa": "JFK", "name": "John F Kennedy Intl"}`',
        "the items' type, and their keys",
        lambda: search_but(read=lambda row: {"code": row.faa, "name": row.name}),
    ),
    Word(
        "all airports whose name contains",
        "250 airports called Field",
        lambda: search_but(SEARCH + " LIMIT 100"),
    ),
    Word(
        "the text `part`",
        "names that begin with it, end with it, have it in the middle",
        lambda: search_but(pattern="{}%"),
    ),
    Word(
        "in the order of their codes `faa`",
        "codes, names and the rows themselves have three orders",
        lambda: search_but(SEARCH.replace("ORDER BY faa", "ORDER BY name DESC")),
    ),
    Word(
        "People will type apostrophes, and worse: send the text as a bound value.",
        "apostrophes, quotation marks, a colon, `' OR name LIKE '`",
        search_with_f_string,
    ),
    Word(
        "Let the database do the search",
        "how many rows the statements bring when they are sent again",
        search_in_python,
    ),
    Word(
        "over the `connection` that your function is given",
        "over which of the driver's connections it was sent",
        search_over_another_connection,
    ),
    Word(
        "A search changes nothing.",
        "all rows after each call, also where nothing is committed",
        lambda: search_and("DELETE FROM airports WHERE name IS NULL"),
    ),
    Word("leave that open", "whether it is open after the call", search_and_close),
)


ASIDES = (
    "Whether capitals count, and whether a `%` or a `_` that somebody types stands for any text, "
    "is up to you.",
)

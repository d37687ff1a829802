"""Questions to a database server: a function each, collected by `question`.

The docstring is the question, as the table shows it; the answer is short and depends on nothing but
the server. All are asked with the settings that the server has by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError


class Server:
    """A database to ask: one connection on which each statement commits, unless after BEGIN."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.sqlite = connection.dialect.name == "sqlite"

    def run(self, *statements: str) -> int:
        """Run statements; return the last one's count of rows."""
        count = 0
        for statement in statements:
            count = self.connection.exec_driver_sql(statement).rowcount
        return count

    def value(self, query: str) -> Any:
        """Return the first value of the first row, None without a row."""
        return self.connection.exec_driver_sql(query).scalar()

    def tried(self, statement: str) -> str:
        """Run a statement; return "done", or "refused" with MySQL's number of the error."""
        try:
            self.run(statement)
        except DBAPIError as error:
            assert error.orig is not None
            return "refused" if self.sqlite else f"refused ({error.orig.args[0]})"
        return "done"

    def table(self, columns: str, options: str = "", name: str = "t") -> None:
        """Make the table `t`, or of another name, in place of the one that may be there."""
        self.run(f"DROP TABLE IF EXISTS {name}", f"CREATE TABLE {name} ({columns}) {options}")

    def stored(self, column: str, literal: str) -> str:
        """Return what a column of this type keeps of a literal, or that it is refused."""
        self.table(f"v {column}")
        told = self.tried(f"INSERT INTO t VALUES ({literal})")
        return shown(self.value("SELECT v FROM t")) if told == "done" else told

    @property
    def upsert(self) -> str:
        """The end of an INSERT into `t` that updates v where k is there."""
        sqlite, mysql = (
            "CONFLICT (k) DO UPDATE SET v = excluded.v",
            "DUPLICATE KEY UPDATE v = values(v)",
        )
        return f"ON {sqlite if self.sqlite else mysql}"


@dataclass(frozen=True)
class Question:
    """One line of the table."""

    text: str
    ask: Callable[[Server], str]
    course: str  # what the course does about it
    by_version: bool  # versions of one server differ
    in_new_york: bool  # the server's own time zone has to be New York's


QUESTIONS: list[Question] = []


def question(
    course: str, *, by_version: bool = False, in_new_york: bool = False
) -> Callable[[Callable[[Server], str]], Callable[[Server], str]]:
    """Add a function to the questions."""

    def add(ask: Callable[[Server], str]) -> Callable[[Server], str]:
        text = " ".join((ask.__doc__ or "").split()).rstrip(".")
        QUESTIONS.append(Question(text, ask, course, by_version, in_new_york))
        return ask

    return add


def shown(value: Any) -> str:
    """Return a value with its type, where the type does not show by itself."""
    plain = value is None or isinstance(value, (str, int, float))
    text = "NULL" if value is None else repr(value) if plain else f"{type(value).__name__} {value}"
    return f"`{text}`"


def yes(value: Any) -> str:
    """Return yes or no."""
    return "yes" if value else "no"

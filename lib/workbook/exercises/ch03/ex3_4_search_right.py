"""Exercise 3.4: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.orm import Session

from lib.models import Airport
from lib.workbook.exercises.ch03.ex3_4_search_answers import SEARCH


def search_with_select() -> Any:
    def find_airports(connection, part):
        statement = select(Airport.faa, Airport.name).where(Airport.name.contains(part))
        rows = connection.execute(statement.order_by(Airport.faa))
        return [{"faa": row.faa, "name": row.name} for row in rows]

    return find_airports


def search_sorted_in_python() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE instr(name, :part) > 0")
        rows = connection.execute(statement, {"part": part}).mappings().all()
        return sorted(rows, key=lambda row: row["faa"])

    return find_airports


def search_without_capitals() -> Any:
    def find_airports(connection, part):
        name = func.lower(Airport.name)
        found = select(Airport.faa, Airport.name).where(name.contains(part.lower()))
        with connection.begin():
            rows = connection.execute(found.order_by(Airport.faa)).all()
        return [row._asdict() for row in rows]

    return find_airports


def search_with_a_session() -> Any:
    def find_airports(connection, part):
        found = select(Airport).where(Airport.name.icontains(part, autoescape=True))
        with Session(connection) as session:
            airports = session.scalars(found.order_by(Airport.faa)).all()
            return [dict(faa=each.faa, name=each.name) for each in airports]

    return find_airports


def search_in_a_frame() -> Any:
    def find_airports(connection, part):
        statement = text(SEARCH).bindparams(pattern="%" + part + "%")
        return pd.read_sql(statement, connection).to_dict("records")

    return find_airports


def search_by_a_wildcard_of_its_own() -> Any:
    def find_airports(connection, part):
        safe = part.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        sql = "SELECT name, faa FROM airports WHERE name LIKE :safe ESCAPE '!' ORDER BY 2"
        rows = connection.execute(text(sql), dict(safe="%" + safe + "%"))
        return [dict(zip(rows.keys(), row, strict=True)) for row in rows]

    return find_airports


def search_with_a_literal() -> Any:
    def find_airports(connection, part):
        airports = Airport.__table__
        wanted = literal("%").concat(bindparam("part")).concat("%")
        question = select(*airports.c["faa", "name"]).where(airports.c.name.like(wanted))
        rows = connection.execute(question.order_by("faa"), {"part": part}).mappings()
        return list(rows)

    return find_airports


ALSO_RIGHT = (
    search_by_a_wildcard_of_its_own,
    search_with_a_literal,
    search_with_select,
    search_sorted_in_python,
    search_without_capitals,
    search_with_a_session,
    search_in_a_frame,
)

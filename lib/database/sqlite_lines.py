"""Rows of SQLite as lines of text: one call of printf, where || would copy the line each time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from lib.database.dialect import FIELD

MAX_VALUES = 98  # of one printf: a function takes 100 arguments at least, sqlite.org/limits.html


def csv_line(columns: Iterable[sa.ColumnElement[Any]]) -> tuple[Any, list[str]]:
    """Return what `Dialect.csv_line` asks for; %s of NULL is empty.

    SQLite would cut a number after 15 digits and a text at a NUL: both are left out.
    """
    lost = (sa.Float, sa.Numeric, sa.String)
    kept = [each for each in columns if not isinstance(each.type, lost)][:MAX_VALUES]
    return sa.func.printf(",".join(["%s"] * len(kept)), *kept), [str(each.key) for each in kept]


def plain_line(columns: Iterable[sa.ColumnElement[Any]]) -> sa.ColumnElement[Any] | None:
    """Return what `Dialect.plain_line` asks for; None for floats, which are cut after 15 digits."""
    values = list(columns)
    floats = any(isinstance(each.type, sa.Float | sa.Numeric) for each in values)
    if floats or len(values) > MAX_VALUES:
        return None
    texts = [each for each in values if isinstance(each.type, sa.String)]
    sizes = [sa.func.length(sa.cast(each, sa.LargeBinary)) for each in texts]
    size = sum((sa.func.coalesce(each, -1) for each in sizes), sa.literal(0))
    return sa.func.printf(FIELD.join(["%s"] * (len(values) + 1)), *values, size)

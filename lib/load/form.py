"""How a column's texts become its values, and these what the database stores.

Values that Arrow knows are cast by whole columns; others go through SQLAlchemy's own processors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine

from lib.load.arrow import array_of, cast_fitting, mapped, other_kind

Faults = list[tuple[str, pa.Array]]  # a reason, and True where it holds
Fault = tuple[str, Callable[[pa.Array], pa.Array]]  # and what finds it
Judge = Callable[[pa.Array], tuple[pa.Array, Faults]]
Dialect = sa.Dialect

MYSQL = mysql.dialect()  # whose limits hold on every database
UNFIT = "does not fit the column"


def as_it_is(values: pa.Array) -> pa.Array:
    """Return the values: the database stores them as Arrow has them."""
    return values


@dataclass(frozen=True)
class Form:
    """How a type's texts become values, and these what the database stores, if not the same."""

    judge: Judge
    store: Callable[[pa.Array], pa.Array] = as_it_is


class UnknownType(Exception):
    """No rule says what a column takes; the message names its type."""


def binding(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any]:
    return kind.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)


def reading(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """Return what makes of a value of an array what SQLAlchemy makes of it when it reads it."""
    process = kind.dialect_impl(dialect).result_processor(dialect, None)
    if process is None:
        return lambda value: value
    always = isinstance(kind, TypeDecorator)
    return lambda value: process(value) if always or isinstance(value, str) else value


def stored_values(column: sa.Column[Any], dialect: Dialect, values: list[Any]) -> pa.Array:
    """Return what SQLAlchemy hands to the driver for these values of a model."""
    return array_of([binding(column.type, dialect)(value) for value in values])


def by_cast(target: pa.DataType, form: str, reason: str, *more: Fault) -> Judge:
    """Return a judge of values that Arrow casts: of their form, then whether they fit."""

    def judge(texts: pa.Array) -> tuple[pa.Array, Faults]:
        # Before the cast, which is more generous: it takes 0x1F for 31, and 'nan' for a number.
        if pa.types.is_string(texts.type):
            mask = pc.invert(pc.match_substring_regex(texts, form))
        else:  # from a data frame or an Arrow reader
            mask = other_kind(texts, target)
        texts = pc.if_else(pc.fill_null(mask, False), pa.scalar(None, texts.type), texts)
        values, unfit = cast_fitting(texts, target)
        found = [(why, look(values)) for why, look in more]
        return values, [(reason, mask), (UNFIT, unfit), *found]

    return judge


def by_processor(
    kind: Any,
    dialect: Dialect,
    before: Judge,
    read: Callable[[Any], Any],
    reason: str,
    after: Judge | None = None,
) -> Form:
    """Return a form that reads each distinct value, and hands it to SQLAlchemy."""
    bind = binding(kind, dialect)

    def judge(values: pa.Array) -> tuple[pa.Array, Faults]:
        values, faults = before(values)
        stored, mask = mapped(values, lambda value: bind(read(value)))
        return stored, [*faults, (reason, mask), *(after(stored)[1] if after else [])]

    return Form(judge)

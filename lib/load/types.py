"""What each type takes, and how the database stores it.

A column is judged as a whole: its texts become values, with a mask for each fault. The limits are
MySQL's on every database, so that both take the same rows; what SQLite cannot give back is a fault
there, too. The stored form is the one that SQLAlchemy itself writes, so that a row of the ORM and
the same row of a file are one. Rare types go through SQLAlchemy's own processors.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine

from lib.load.arrow import as_text, cast_fitting, failing, mapped, outside, plain_values
from lib.load.form import (
    MYSQL,
    UNFIT,
    Dialect,
    Fault,
    Faults,
    Form,
    UnknownType,
    as_it_is,
    binding,
    by_cast,
    by_processor,
    reading,
)
from lib.load.times import clock, day, moment, span

BITS = ((mysql.TINYINT, 8), (sa.SmallInteger, 16), (mysql.MEDIUMINT, 24), (sa.BigInteger, 64))
# https://dev.mysql.com/doc/refman/8.4/en/storage-requirements.html
TEXT_BYTES = ((mysql.TINYTEXT, 2**8), (mysql.MEDIUMTEXT, 2**24), (mysql.LONGTEXT, 2**32))
FLOAT_DIGITS, FLOAT_LIMITS = 6, (1.18e-38, 3.4e38)  # what MySQL gives back of a FLOAT
# What a type does that hands no SQL of its own to the database.
PLAIN = (TypeEngine.bind_expression, TypeDecorator.bind_expression)
UUID_FORM = r"^(?i:[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})$"


def form_of(
    column: sa.Column[Any],
    dialect: Dialect = MYSQL,
    *,
    needed: bool = False,
    exact: bool = False,
    charset: str | None = None,
) -> Form:
    """Return the form of a column; raises UnknownType.

    `needed`: it may not be missing, whatever the column says; `exact`: the database compares it, as
    it does a key; `charset`: the character set that the database keeps it in.
    """
    form = _form(column.type, dialect)
    needed = needed or not column.nullable
    exact = exact or bool(column.primary_key or column.foreign_keys)

    def judge(texts: pa.Array) -> tuple[pa.Array, Faults]:
        texts = plain_values(texts)
        values, found = form.judge(texts)
        missing = [("missing", pc.is_null(each)) for each in (texts, values)] if needed else []
        faults = [*missing[:1], *found, *missing[1:]]
        if exact and pa.types.is_string(values.type):
            # MySQL takes 'AA ' and 'AA' for the same key, SQLite for two.
            # https://dev.mysql.com/doc/refman/8.4/en/char.html
            faults.append(("ends in a space", pc.ends_with(values, " ")))
        if charset not in (None, "utf8mb4") and pa.types.is_string(values.type):
            faults.append((f"has a character that {charset} lacks", _lacks(values, str(charset))))
        return values, faults

    return Form(judge, form.store)


def _form(kind: TypeEngine[Any], dialect: Dialect) -> Form:
    limit = kind.dialect_impl(MYSQL)
    plain = type(kind.dialect_impl(dialect)).bind_expression in PLAIN
    for types, make in _FORMS:
        if plain and isinstance(limit, types):
            return make(kind, limit, dialect)
    raise UnknownType(repr(kind))


def _unknown(kind: Any, _limit: Any, _dialect: Dialect) -> Form:
    raise UnknownType(repr(kind))


# --- Texts ------------------------------------------------------------------------------------


def _text(_kind: Any, limit: Any, _dialect: Dialect) -> Form:
    most = next((size - 1 for kind, size in TEXT_BYTES if isinstance(limit, kind)), None)
    if isinstance(limit, sa.Text) and not limit.length:
        most = most or 2**16 - 1

    def judge(values: pa.Array) -> tuple[pa.Array, Faults]:
        texts, mask = cast_fitting(values, pa.string())
        # A NUL byte ends a C string: SQLite's length() and printf() would cut the value.
        faults = [("not a text", mask), ("holds a NUL byte", pc.match_substring(texts, "\0"))]
        if limit.length:
            # Characters, not bytes: that is what VARCHAR(n) counts on MySQL.
            longer = pc.greater(pc.utf8_length(texts), limit.length)
            faults.append((f"longer than {limit.length} characters", longer))
        if most:
            longer = pc.greater(pc.binary_length(texts), most)
            faults.append((f"longer than {most:,} bytes", longer))
        if isinstance(limit, sa.CHAR):  # MySQL takes trailing blanks off
            faults.append(("ends in a space", pc.ends_with(texts, " ")))
        return texts, faults

    return Form(judge)


def _lacks(values: pa.Array, charset: str) -> pa.Array:
    from pymysql.charset import charset_by_name  # here: SQLite has no character sets

    encoding = charset_by_name(charset).encoding
    beyond = r"[\x{10000}-\x{10FFFF}]" if encoding == "utf8" else r"[^\x00-\x7F]"
    odd = pc.match_substring_regex(values, beyond)
    if encoding != "utf8" and pc.any(odd).as_py():
        doubtful = pc.if_else(odd, values, pa.scalar(None, pa.string()))
        _, odd = mapped(doubtful, lambda text: text.encode(encoding))
    return odd


def _enum(_kind: Any, limit: Any, _dialect: Dialect) -> Form:
    names = pa.array(limit.enums, pa.string())
    some = ", ".join(limit.enums[:5]) + (", ..." if len(names) > 5 else "")

    def judge(values: pa.Array) -> tuple[pa.Array, Faults]:
        texts, mask = cast_fitting(values, pa.string())
        other = pc.and_(pc.is_valid(texts), pc.invert(pc.is_in(texts, names)))
        return texts, [(f"not one of {some}", pc.or_(mask, other))]

    return Form(judge)


def _uuid(kind: Any, limit: Any, dialect: Dialect) -> Form:
    one = UUID(int=1)
    written = binding(kind, dialect)(one if kind.as_uuid else str(one))
    if str(written).replace("-", "") != one.hex:  # with dashes into MariaDB's own type
        return _unknown(kind, limit, dialect)

    def judge(values: pa.Array) -> tuple[pa.Array, Faults]:
        texts, mask = cast_fitting(values, pa.string())
        mask = pc.or_kleene(mask, pc.invert(pc.match_substring_regex(texts, UUID_FORM)))
        return pc.utf8_lower(pc.replace_substring(texts, "-", "")), [("not a UUID", mask)]

    return Form(judge)


# --- Numbers ----------------------------------------------------------------------------------


def _boolean(*_: Any) -> Form:
    return Form(by_cast(pa.bool_(), r"^(?i:true|false|0|1)$", "not true or false"))


def _unsigned(kind: Any) -> bool:
    return bool(getattr(kind, "unsigned", False) or getattr(kind, "zerofill", False))


def _integer(kind: Any, limit: Any, dialect: Dialect) -> Form:
    bits = next((bits for size, bits in BITS if isinstance(limit, size)), 32)
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    if _unsigned(limit):
        low, high = 0, 2**bits - 1
        if not _unsigned(kind.dialect_impl(dialect)):  # SQLite's go no further
            high = min(high, 2**63 - 1)
    sizes = {2**15 - 1: pa.int16(), 2**31 - 1: pa.int32(), 2**64 - 1: pa.uint64()}
    target = sizes.get(high, pa.int64())
    beyond: Fault = (UNFIT, partial(outside, low=low, high=high))
    more = () if low and target.bit_width == bits else (beyond,)  # or the cast has looked
    return Form(by_cast(target, r"^-?\d+$", "not a whole number", *more))


def _float(kind: Any, limit: Any, dialect: Dialect) -> Form:
    if getattr(limit, "scale", None) is not None or _unsigned(limit):  # MySQL rounds to that
        return _unknown(kind, limit, dialect)
    ddl = MYSQL.type_compiler_instance.process(kind)  # REAL is a DOUBLE there
    single = ddl.startswith("FLOAT") and (limit.precision or 0) <= 24

    def given_back(value: float) -> bool:
        (low, high), short = FLOAT_LIMITS, float(f"{value:.{FLOAT_DIGITS}g}")
        return value == short and (not value or low <= abs(value) <= high)

    reason = f"needs more than the {FLOAT_DIGITS} digits of a Float; a Double has 15"
    more: Fault = (reason, partial(failing, holds=given_back))
    form = r"^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
    return Form(by_cast(pa.float64(), form, "not a number", *(more,) * single))


def _numeric(kind: Any, limit: Any, dialect: Dialect) -> Form:
    digits, scale = limit.precision, limit.scale or 0
    if not digits or _unsigned(limit):
        raise UnknownType(f"{kind!r}; write its digits, as in Numeric(10, 2)")
    floats = isinstance(binding(kind, dialect)(Decimal(1)), float)  # on SQLite

    def given_back(value: Decimal) -> bool:
        return Decimal(f"{float(value):.{scale}f}") == value  # as SQLAlchemy reads it

    def store(values: pa.Array) -> pa.Array:
        return pc.cast(as_text(values), pa.float64())  # by the text: exactly as float() does it

    exact = (pa.decimal128 if digits <= 38 else pa.decimal256)(digits, scale)
    more: Fault = ("has more digits than SQLite keeps", partial(failing, holds=given_back))
    form, lossy = r"^-?(\d+\.?\d*|\.\d+)$", floats and digits > 15
    judge = by_cast(exact, form, "not a decimal number", *(more,) * lossy)
    return Form(judge, store if floats else as_it_is)


# --- By SQLAlchemy's own processors -----------------------------------------------------------


def _json(kind: Any, _limit: Any, dialect: Dialect) -> Form:
    read = partial(json.loads, parse_constant=int)  # to which NaN is no number
    return by_processor(kind, dialect, _text(kind, sa.String(), dialect).judge, read, "not JSON")


def _decorated(kind: Any, _limit: Any, dialect: Dialect) -> Form:
    inside = kind.dialect_impl(dialect).load_dialect_impl(dialect)
    aware = getattr(inside, "timezone", False)
    judge, as_read = _form(inside, dialect).judge, reading(inside, dialect)

    def read(value: Any) -> Any:
        value = as_read(value)
        return value.replace(tzinfo=UTC) if aware and isinstance(value, datetime) else value

    again = judge if isinstance(inside, sa.String | sa.Integer) else None
    return by_processor(kind, dialect, judge, read, f"not what {type(kind).__name__} takes", again)


# The first that a type is an instance of.
_FORMS: tuple[tuple[Any, Callable[[Any, Any, Dialect], Form]], ...] = (
    (mysql.SET | sa.UUID, _unknown),  # UUID: SQLite would take one of digits only for a number
    (sa.Interval, span),
    (TypeDecorator, _decorated),
    (sa.Enum, _enum),
    (sa.String, _text),
    (sa.Boolean, _boolean),
    (sa.Integer, _integer),
    (sa.Float, _float),
    (sa.Numeric, _numeric),
    (sa.DateTime, moment),
    (sa.Date, day),
    (sa.Time, clock),
    (sa.Uuid, _uuid),
    (sa.JSON, _json),
)

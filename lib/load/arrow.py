"""Arrow's columns, cast without loss: what does not fit is a fault of that value alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

EPOCH = "1970-01-01 "  # before a time of day: Arrow casts no text to a time, nor one to a text
FIRST, LAST = datetime(1000, 1, 1), datetime(9999, 12, 31, 23, 59, 59)  # of MySQL's DATETIME
# Zeros at the end of a fraction, by the unit that has no place for them.
ZEROS = {"s": r"()\.0+(\D|$)", "ms": r"(\.\d{3})0+(\D|$)", "us": r"(\.\d{6})0+(\D|$)"}
_MISFITS = (pa.ArrowInvalid, pa.ArrowNotImplementedError)


def plain_values(values: pa.Array) -> pa.Array:
    """Return the values as texts, numbers or times of their own, null where missing."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if isinstance(values.type, pa.BaseExtensionType):  # UUID, above all
        values = pa.array([value and str(value) for value in values.to_pylist()], pa.string())
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        values = pc.cast(values, pa.string())
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
    return values


def as_text(column: pa.Array) -> pa.Array:
    """Return times, dates and decimals as the text that both databases take; others as they are.

    A cast writes those in the wanted form, in a tenth of the time that strftime takes.
    """
    kind = column.type
    if pa.types.is_time(kind):
        whole = pc.cast(pc.cast(column, f"int{kind.bit_width}"), pa.int64())
        texts = pc.cast(pc.cast(whole, pa.timestamp(kind.unit)), pa.string())
        return pc.utf8_slice_codeunits(texts, len(EPOCH))
    if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.string())
    return column


def mapped(values: pa.Array, function: Callable[[Any], Any]) -> tuple[pa.Array, pa.Array]:
    """Apply a function to each distinct value; return the results, and True where it raised.

    The results are numbers or texts, as SQLAlchemy hands them to a driver.
    """
    coded = values.dictionary_encode()
    results: list[Any] = []
    raised = []
    for value in coded.dictionary.to_pylist():
        try:
            results.append(function(value))
            raised.append(False)
        except Exception:  # a user's function may raise anything
            results.append(None)
            raised.append(True)
    mask = pa.array(raised, pa.bool_()).take(coded.indices)
    return array_of(results).take(coded.indices), pc.fill_null(mask, False)


def failing(values: pa.Array, holds: Callable[[Any], bool]) -> pa.Array:
    """Return True where a value is not such that this holds."""
    coded = values.dictionary_encode()
    mask = pa.array([not holds(value) for value in coded.dictionary.to_pylist()], pa.bool_())
    return pc.fill_null(mask.take(coded.indices), False)


def array_of(values: list[Any]) -> pa.Array:
    """Return what SQLAlchemy hands to a driver as an array of numbers or truths, or of texts."""
    given = {type(value) for value in values if value is not None}
    for kinds, target in (({bool}, pa.bool_()), ({int}, pa.int64()), ({int, float}, pa.float64())):
        if given and given <= kinds:
            return pa.array(values, target)
    texts = (each.replace(tzinfo=None) if isinstance(each, datetime) else each for each in values)
    return pa.array([None if each is None else str(each) for each in texts], pa.string())


def other_kind(values: pa.Array, target: pa.DataType) -> pa.Array:
    """Return True where a value that has a type is of another kind than the column's."""
    for is_kind in (pa.types.is_temporal, pa.types.is_time, pa.types.is_duration):
        if is_kind(target) != is_kind(values.type):
            return pc.is_valid(values)  # Arrow would take a number for seconds since 1970
    if pa.types.is_integer(target) and pa.types.is_floating(values.type):
        return pc.not_equal(pc.trunc(values), values)
    if pa.types.is_boolean(target) or pa.types.is_date(target):
        with suppress(*_MISFITS):  # Arrow would take 2 for true, and a moment for its day
            return pc.not_equal(pc.cast(pc.cast(values, target), values.type), values)
    return pa.repeat(False, len(values))


def outside(values: pa.Array, low: Any, high: Any) -> pa.Array:
    """Return True where a value is not between the two."""
    first, last = (pa.scalar(end, values.type) for end in (low, high))
    return pc.or_(pc.less(values, first), pc.greater(values, last))


def cast_fitting(values: pa.Array, target: pa.DataType) -> tuple[pa.Array, pa.Array]:
    """Return the values with their type, and True where one does not fit.

    Moments with a zone become UTC, without it.
    """
    unfit = pa.repeat(False, len(values))
    if values.type == target and not pa.types.is_floating(target):  # a float may be infinite
        return values, unfit
    if pa.types.is_decimal(target) and pa.types.is_floating(values.type):
        values = pc.cast(values, pa.string())  # Arrow would round it
    try:
        cast = _cast(values, target)
    except _MISFITS:
        cast, unfit = _one_by_one(values, target)
    if pa.types.is_floating(target):
        unfit = pc.or_kleene(unfit, pc.is_inf(cast))  # 1e400
    if pa.types.is_timestamp(target):  # another zone can lead out of the years with four digits
        unfit = pc.or_kleene(unfit, pc.fill_null(outside(cast, FIRST, LAST), False))
    return cast, unfit


def _cast(values: pa.Array, target: pa.DataType) -> pa.Array:
    if pa.types.is_time(target) and pa.types.is_string(values.type):
        values = pc.binary_join_element_wise(EPOCH, values, "")
        return pc.cast(pc.cast(values, pa.timestamp(target.unit)), target)
    if not pa.types.is_timestamp(target):
        return pc.cast(values, target)
    if pa.types.is_timestamp(values.type) and values.type.tz is None:
        values = pc.assume_timezone(values, "UTC")
    # Stored without a zone, in UTC.
    return pc.cast(pc.cast(values, pa.timestamp(target.unit, "UTC")), target)


def _one_by_one(values: pa.Array, target: pa.DataType) -> tuple[pa.Array, pa.Array]:
    """The slow way, for the rare batch in which a well-formed value does not fit its type."""
    unit = getattr(target, "unit", None)  # of a moment or a time of day
    if unit and pa.types.is_string(values.type):
        values = pc.replace_substring_regex(values, ZEROS[unit], r"\1\2")
        with suppress(*_MISFITS):
            return _cast(values, target), pa.repeat(False, len(values))
    fitting, faults = [], []
    for place in range(len(values)):
        try:
            fitting.append(_cast(values.slice(place, 1), target))
            faults.append(False)
        except _MISFITS:
            fitting.append(pa.nulls(1, target))
            faults.append(values[place].is_valid)
    return pa.concat_arrays(fitting), pa.array(faults)

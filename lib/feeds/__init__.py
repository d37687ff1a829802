"""Feeds: which files go into which table, in which form, and what their texts mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib import lazily

if TYPE_CHECKING:
    from lib.feeds.feed import Feed
    from lib.feeds.numbers import Money, Number, Whole
    from lib.feeds.others import Function, Json, Uuid, YesNo
    from lib.feeds.readers import Csv, JsonLines, Parquet
    from lib.feeds.times import Clock, Date, Local, Time
    from lib.feeds.value import Refused, Text, Value

__all__ = [
    "Clock",
    "Csv",
    "Date",
    "Feed",
    "Function",
    "Json",
    "JsonLines",
    "Local",
    "Money",
    "Number",
    "Parquet",
    "Refused",
    "Text",
    "Time",
    "Uuid",
    "Value",
    "Whole",
    "YesNo",
]

_NAMES = {
    "feed": "Feed",
    "numbers": "Money Number Whole",
    "others": "Function Json Uuid YesNo",
    "readers": "Csv JsonLines Parquet",
    "times": "Clock Date Local Time",
    "value": "Refused Text Value",
}
_HOMES = {name: f"{__name__}.{home}" for home, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)

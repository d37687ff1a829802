"""Feeds: which files go into which table, in which form, and what their texts mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib import lazily

if TYPE_CHECKING:
    from lib.feeds.feed import Feed
    from lib.feeds.numbers import Money, Number, Whole
    from lib.feeds.others import Function, Json, Uuid
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
]

_HOMES = {
    "Clock": "lib.feeds.times",
    "Csv": "lib.feeds.readers",
    "Date": "lib.feeds.times",
    "Feed": "lib.feeds.feed",
    "Function": "lib.feeds.others",
    "Json": "lib.feeds.others",
    "JsonLines": "lib.feeds.readers",
    "Local": "lib.feeds.times",
    "Money": "lib.feeds.numbers",
    "Number": "lib.feeds.numbers",
    "Parquet": "lib.feeds.readers",
    "Refused": "lib.feeds.value",
    "Text": "lib.feeds.value",
    "Time": "lib.feeds.times",
    "Uuid": "lib.feeds.others",
    "Value": "lib.feeds.value",
    "Whole": "lib.feeds.numbers",
}


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)

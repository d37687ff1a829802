"""What every value of a feed does: read the texts of its fields, and refuse what it does not know.

A value never guesses: a text of another form than the one that is said is a fault of its row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lib.load.form import Faults

# What reads the columns of a batch: an array for each field, in order; one reader for each file.
Reader = Callable[..., tuple[pa.Array, Faults]]
MAX_KNOWN = 100_000  # texts that a reader remembers
MAX_REASONS = 100  # in one batch, each of which is looked for in all its rows


@dataclass(frozen=True)
class Signs:
    """What a file says of its numbers: the decimal sign, and what stands between thousands."""

    decimal: str = "."
    thousands: str = ""


@dataclass(frozen=True)
class Value:
    """The text of one field. The field is named as the column, where nothing else is said.

    `missing` are the words that stand for no value here, instead of the file's; `strip` takes
    blanks off both ends, or does not, whatever holds for the file.
    """

    field: str = ""
    _: KW_ONLY
    missing: tuple[str, ...] | None = None
    strip: bool | None = None

    def fields(self, column: str) -> tuple[str, ...]:
        """Return the fields that it reads, the one to show first."""
        return (self.field or column,)

    def reader(self, signs: Signs) -> Reader:
        """Return what reads the texts of a file, batch by batch."""
        return lambda texts: (texts, [])


class Text(Value):
    """The text as it is."""


class Refused(ValueError):
    """A text is not what a value takes; the message is the reason in the quarantine."""


def on_distinct(read: Reader) -> Reader:
    """Return a reader that reads each distinct text once, where a text comes often."""

    def read_distinct(texts: pa.Array) -> tuple[pa.Array, Faults]:
        coded = texts.dictionary_encode()
        if 2 * len(coded.dictionary) > len(texts):
            return read(texts)
        values, faults = read(coded.dictionary)
        return values.take(coded.indices), [(why, bad.take(coded.indices)) for why, bad in faults]

    return read_distinct


def each_distinct(read: Callable[[Any], Any], kind: pa.DataType) -> Reader:
    """Return a reader that asks `read` once for each distinct text, of all batches.

    `read` raises Refused for one that it does not take; it must remember nothing.
    """
    known: dict[Any, Any] = {}

    def ask(text: Any) -> Any:
        if text not in known:
            if len(known) >= MAX_KNOWN:
                known.clear()
            try:
                known[text] = read(text)
            except Refused as error:
                known[text] = error
        return known[text]

    def read_distinct(texts: pa.Array, *_: pa.Array) -> tuple[pa.Array, Faults]:
        coded = texts.dictionary_encode()
        results = list(map(ask, coded.dictionary.to_pylist()))
        refused: dict[str, list[int]] = {}
        for place, result in enumerate(results):
            if isinstance(result, Refused):
                results[place] = None
                reason = str(result) if len(refused) < MAX_REASONS else "not what is wanted"
                refused.setdefault(reason, []).append(place)
        places = pa.array(range(len(results)), pa.int32())
        faults = [
            (reason, pc.is_in(places, pa.array(bad, pa.int32())).take(coded.indices))
            for reason, bad in refused.items()
        ]
        return pa.array(results, kind).take(coded.indices), faults

    return read_distinct

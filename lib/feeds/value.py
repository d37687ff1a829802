"""What every value of a feed does: read the texts of its fields, and refuse what it does not know.

A value never guesses: a text of another form than the one that is said is a fault of its row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

import pyarrow as pa

from lib.load.form import Faults

# What reads the columns of a batch: an array for each field, in order; one reader for each file.
Reader = Callable[..., tuple[pa.Array, Faults]]
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


def each_distinct(
    texts: pa.Array, read: Callable[[Any], Any], kind: pa.DataType
) -> tuple[pa.Array, Faults]:
    """Read each distinct text once; `read` raises Refused for one that it does not take."""
    coded = texts.dictionary_encode()
    results: list[Any] = []
    refused: dict[str, list[int]] = {}
    for place, text in enumerate(coded.dictionary.to_pylist()):
        result = None
        try:
            result = read(text)
        except Refused as error:
            reason = str(error) if len(refused) < MAX_REASONS else "not what is wanted"
            refused.setdefault(reason, []).append(place)
        results.append(result)
    faults = []
    for reason, places in refused.items():
        marks = [False] * len(results)
        for place in places:
            marks[place] = True
        faults.append((reason, pa.array(marks, pa.bool_()).take(coded.indices)))
    return pa.array(results, kind).take(coded.indices), faults

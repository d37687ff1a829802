"""JSON lines: one object in a line; its values become texts, digits as they are written."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any

import pyarrow as pa

from lib.source.base import Batch, Malformed
from lib.source.one_file import OneFile

FIRST_ROWS = 1000  # in which the fields are looked for
CHUNK = 10_000  # rows of a batch


class _Digits(str):
    """A number as it is written."""


class JsonLinesSource(OneFile):
    """A file of JSON lines, also packed as .gz. With `only`, fields beside those are left out.

    What stands in braces or brackets becomes the text of its JSON, true and false their words.
    """

    form = "JSON lines"
    faults = (OSError, EOFError, zlib.error)

    @cached_property
    def quoted(self) -> Counter[str]:
        """How many texts in quotes the batches read so far had, by field."""
        return Counter()

    @property
    def size(self) -> int | None:
        with self.explained():
            return None if self.path.suffix == ".gz" else self.path.stat().st_size

    @cached_property
    def columns(self) -> list[str]:
        """The fields of the first rows, in the order in which they come."""
        names: dict[str, None] = {}
        for _, _, _, row in islice(self._rows(), FIRST_ROWS):
            names.update(dict.fromkeys(row if isinstance(row, dict) else ()))
        return [name for name in names if self.only is None or name in self.only]

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order; one that is no object, or has other fields, is malformed."""
        rows, names, end = self._rows(), self.columns, 0
        while chunk := list(islice(rows, CHUNK)):
            good: list[tuple[int, dict[str, Any]]] = []
            bad = []
            for line, end, text, row in chunk:
                if isinstance(row, dict) and self.only is None and (new := row.keys() - {*names}):
                    row = f"has {', '.join(sorted(new))}, which the first rows have not"
                if isinstance(row, dict):
                    good.append((line, row))
                else:
                    bad.append(Malformed(line, text, row))
            columns = {
                name: pa.array([_text(row.get(name)) for _, row in good], pa.string())
                for name in names
            }
            for name in names:
                self.quoted[name] += sum(type(row.get(name)) is str for _, row in good)
            lines = pa.array([line for line, _ in good], pa.int64())
            yield Batch(pa.RecordBatch.from_pydict(columns), lines, end, tuple(bad))

    def _rows(self) -> Iterator[tuple[int, int, str, dict[str, Any] | str]]:
        """Yield each line: its number, where it ends, its text, and the object or what is wrong."""
        end = 0
        unpack: Any = gzip.open if self.path.suffix == ".gz" else open
        with self.explained(), unpack(self.path, "rb") as stream:
            for number, data in enumerate(stream, start=1):
                end += len(data)
                if data.strip():
                    yield number, end, data.decode("utf-8", "replace").rstrip("\r\n"), _object(data)


def _object(data: bytes) -> dict[str, Any] | str:
    try:
        found = json.loads(
            data.decode("utf-8-sig"),
            parse_float=_Digits,
            parse_int=_Digits,
            parse_constant=int,
            object_pairs_hook=_pairs,
        )
    except (ValueError, RecursionError):
        return "not an object of JSON, with each field once"
    return found if isinstance(found, dict) else "not an object of JSON"


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return a value inside of a document with its numbers as numbers."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return json.loads(value) if isinstance(value, _Digits) else value

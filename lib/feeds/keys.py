"""Which columns tell the rows of a file apart: found among the first rows, counted in all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

Hashes = Any  # an array of numpy's: 64 bits without a sign for each row
SEARCH_ROWS = 100_000  # among which candidates are looked for
MAX_COLUMNS = 40  # that are candidates, in the order of the file
MAX_KEY, MAX_CANDIDATES = 5, 3  # columns in a key, keys to prove
MOSTLY = 0.9  # of the rows that a key tells apart, bad ones not counted
NEARLY = 0.98  # as many rows as the best set tells apart
# Names that people give to what tells rows apart, as far as a word tells it.
LIKE_KEY = re.compile(
    r"(?i:(^|[^a-z])(id|uuid|guid|key|nr|no|number|code|sku)([^a-z]|$)|nummer|schl(ü|ue)ssel)"
    r"|[a-z](ID|Id|Nr|No|Key|Code)$"
)
MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: spreads the bits


@dataclass(frozen=True)
class Key:
    """Columns, how many rows they tell apart of how many, and lines that they do not."""

    columns: tuple[str, ...]
    different: int
    rows: int
    alike: tuple[tuple[int, int], ...]

    @property
    def is_proved(self) -> bool:
        return self.different == self.rows


def hashed(texts: pa.Array) -> Hashes:
    """Return 64 bits for each text: two texts have the same by chance once in 10^19."""
    coded = texts.dictionary_encode(null_encoding="encode")
    words = np.array([str(each) for each in coded.dictionary.to_pylist()], dtype=object)
    hashes: Hashes = pd.util.hash_array(words, categorize=False)
    return hashes[coded.indices.to_numpy(zero_copy_only=False)]


def mixed(columns: Sequence[Hashes]) -> Hashes:
    """Return one number for the values of several columns."""
    total = columns[0].copy()
    for column in columns[1:]:
        total = total * MIX + column
    return total


def candidates(columns: dict[str, Hashes]) -> list[tuple[str, ...]]:
    """Return the smallest sets of columns that tell most rows apart, those to the left first."""
    names = list(columns)[:MAX_COLUMNS]
    if not names or not len(columns[names[0]]):
        return []
    rows = len(columns[names[0]])
    different = {name: _different([columns[name]]) for name in names}
    varied = [name for name in names if different[name] > 1]
    found: list[tuple[str, ...]] = []
    for size in (1, 2):
        for some in combinations(varied, size):
            if any(set(each) <= set(some) for each in found):
                continue
            if np.prod([float(different[name]) for name in some]) < MOSTLY * rows:
                continue
            if _different([columns[name] for name in some]) == rows:
                found.append(some)
                if len(found) == MAX_CANDIDATES:
                    return _with_a_pair(found, columns, different)
        if found:
            return _with_a_pair(found, columns, different)
    return _with_a_pair([_greedy(columns, varied, rows)], columns, different) if varied else []


def _with_a_pair(
    found: list[tuple[str, ...]],
    columns: dict[str, Hashes],
    different: dict[str, int],
) -> list[tuple[str, ...]]:
    """Put a pair before a single column that may tell rows apart by chance only.

    A column that is the first, or has a name of keys, is no chance. One of the pair has to be so;
    of several, the one counts that has the fewest possible values: chance has the least part in it.
    """
    names = list(different)
    likely = {name for name in names if name == names[0] or LIKE_KEY.search(name)}
    singles = {key[0] for key in found if len(key) == 1}
    if not singles or singles & likely:
        return found
    best = _different([columns[name] for name in found[0]])
    pairs = sorted(
        (different[one] * different[other], (one, other))
        for one, other in combinations([name for name in names if different[name] > 1], 2)
        if {one, other} & likely and not {one, other} & singles
        if different[one] * different[other] >= best
    )
    for _, pair in pairs:
        if _different([columns[name] for name in pair]) >= best:
            return [pair, *found][:MAX_CANDIDATES]
    return found


def _greedy(columns: dict[str, Hashes], varied: list[str], rows: int) -> tuple[str, ...]:
    """Return a set that grows by the column that tells the most rows apart."""
    chosen: list[str] = []
    best = 0
    while len(chosen) < MAX_KEY and best < rows:
        counts = {
            name: _different([columns[each] for each in [*chosen, name]])
            for name in varied
            if name not in chosen
        }
        name = max(counts, key=lambda each: counts[each], default="")
        if not name or counts[name] <= best:
            break
        chosen.append(name)
        best = counts[name]
    if best < rows:  # none tells all apart: as few columns as do nearly as well
        counted = [
            _different([columns[each] for each in chosen[:size]])
            for size in range(1, len(chosen) + 1)
        ]
        size = next(size for size, count in enumerate(counted, 1) if count >= NEARLY * best)
        chosen, best = chosen[:size], counted[size - 1]
    # What came first may not be needed any more.
    for name in list(chosen):
        rest = [each for each in chosen if each != name]
        if rest and _different([columns[each] for each in rest]) == best:
            chosen = rest
    return tuple(name for name in columns if name in chosen)


def _different(columns: Sequence[Hashes]) -> int:
    return len(np.unique(mixed(columns)))


def prove(names: tuple[str, ...], values: Hashes, lines: Any) -> Key:
    """Return how many of all rows the columns tell apart, and the first lines that are alike."""
    order = np.argsort(values, kind="stable")
    same = values[order][1:] == values[order][:-1]
    pairs = sorted(
        (int(lines[order[place]]), int(lines[order[place + 1]]))
        for place in np.flatnonzero(same)[:1000]
    )
    return Key(names, len(values) - int(same.sum()), len(values), tuple(pairs[:3]))

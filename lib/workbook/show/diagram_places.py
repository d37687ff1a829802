"""Where the boxes and lines of a schema's picture stand, in pixels.

Tables that others refer to stand in the middle, those that refer to them at both sides. A line runs
only between two columns of boxes, or above them all: it cannot cross a box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import TypeVar

T = TypeVar("T")

ROW, HEAD, FOOT, GAP = 17, 24, 6, 21  # heights; head, foot and gap together are three rows
LETTER, MARKS = 6.7, 42  # widths: of a letter in a monospaced font of 11 px, of the key marks
TRACK, CLEAR = 9, 20  # between two lines that run side by side; between a line and a box
MARGIN, WIDEST = 10, 960  # what fits beside JupyterLab's table of contents on a laptop


@dataclass(frozen=True)
class Row:
    """A column of a table: its name, its type, and its part in keys."""

    name: str
    type: str
    primary: bool
    refers_to: tuple[str, ...]

    @property
    def marks(self) -> str:
        return " ".join(["PK"] * self.primary + ["FK"] * bool(self.refers_to))


@dataclass
class Box:
    """A table and its place; x and y are its upper left corner."""

    name: str
    rows: list[Row]
    left_out: int = 0
    column: int = 0
    x: float = 0
    y: float = 0
    width: float = 0

    @property
    def height(self) -> int:
        return HEAD + FOOT + ROW * (len(self.rows) + bool(self.left_out))

    def port(self, column: str, *, arrow: bool) -> float:
        """Where a line meets the row: an arrow above its middle, what leaves it below."""
        row = next(place for place, row in enumerate(self.rows) if row.name == column)
        return self.y + HEAD + ROW * (row + 0.5) + (-2 if arrow else 2)


@dataclass
class Line:
    """A foreign key: from one row to another, and the corners on the way."""

    source: Box
    column: str
    target: Box
    key: str
    points: tuple[tuple[float, float], ...] = ()

    def gutters(self) -> tuple[int, int]:
        """Return where it leaves and where it arrives; gutter 1 is between columns 0 and 1."""
        here, there = self.source.column, self.target.column
        return here + (here <= there), there + (here >= there)

    def ends(self) -> tuple[float, float]:
        return self.source.port(self.column, arrow=False), self.target.port(self.key, arrow=True)


def place(boxes: list[Box], lines: list[Line], least: float = 0) -> tuple[float, float]:
    """Give every box and line its place; return how far they reach to the right and down.

    The whole is as wide as `least` at least.
    """
    x = y = right = bottom = float(MARGIN)
    for group in _groups(boxes, lines):
        inner = [line for line in lines if line.source in group]
        width, height = _place_group(group, inner)
        if x > MARGIN and x + width > WIDEST:
            x, y = float(MARGIN), bottom + GAP
        for box in group:
            box.x, box.y = box.x + x, box.y + y
        for line in inner:
            line.points = tuple((px + x, py + y) for px, py in line.points)
        x, right, bottom = x + width + 2 * CLEAR, max(right, x + width), max(bottom, y + height)
    return max(right, MARGIN + least) + MARGIN, bottom + MARGIN


def _groups(boxes: list[Box], lines: list[Line]) -> list[list[Box]]:
    """Return the boxes that hang together, the largest group first."""
    group = {box.name: {box.name} for box in boxes}
    for line in lines:
        joined = group[line.source.name] | group[line.target.name]
        group.update(dict.fromkeys(joined, joined))
    distinct = {min(names): names for names in group.values()}
    ordered = sorted(distinct.values(), key=lambda names: (-len(names), min(names)))
    return [[box for box in boxes if box.name in names] for names in ordered]


def _place_group(group: list[Box], lines: list[Line]) -> tuple[float, float]:
    columns = _columns(group, lines)
    for number, column in columns.items():
        _improve(column, lambda: _stack(columns, lines))
        for box in column:
            box.column = number
            longest = max((len(row.name) + len(row.type) for row in box.rows), default=10)
            box.width = max(ceil(LETTER * longest) + MARKS + 28, 8 * len(box.name) + 20)
    for column in columns.values():
        for box in column:
            box.width = max(other.width for other in column)
    lanes = [line for line in lines if len(set(line.gutters())) == 2]
    _stack(columns, lines, top=(len(lanes) + 1) * TRACK if lanes else 0)
    tracks = _tracks(lines, len(columns))
    x, edge = 0.0, []
    for number in range(len(columns) + 1):
        count = len(tracks[number])
        outside = number in (0, len(columns))
        edge.append(x)
        x += (CLEAR * (2 - outside) + TRACK * (count - 1)) if count else CLEAR * 2 * (not outside)
        for box in columns.get(number, []):
            box.x = x
        x += max((box.width for box in columns.get(number, [])), default=0)
    for line in lines:
        leave, arrive = line.gutters()
        start, end = line.ends()
        first, last = (
            edge[gutter] + CLEAR * (gutter > 0) + TRACK * tracks[gutter].index(line)
            for gutter in (leave, arrive)
        )
        here = line.source.x + line.source.width * (leave > line.source.column)
        there = line.target.x + line.target.width * (arrive > line.target.column)
        middle = [(first, start), (last, end)]
        if line in lanes:
            lane = float((lanes.index(line) + 1) * TRACK - TRACK / 2)
            middle = [(first, start), (first, lane), (last, lane), (last, end)]
        line.points = ((here, start), *middle, (there, end))
    return x, max(box.y + box.height for box in group)


def _columns(group: list[Box], lines: list[Line]) -> dict[int, list[Box]]:
    """Return the boxes by column: in the middle those that refer to nothing, then outwards."""
    refers: dict[str, list[str]] = {box.name: [] for box in group}
    for line in lines:
        refers[line.source.name].append(line.target.name)
    ranks: dict[str, int] = {}

    def rank(name: str) -> int:
        if name not in ranks:
            ranks[name] = 0  # should it be asked for again on the way: a circle is cut here
            others = [rank(other) + 1 for other in refers[name] if other != name]
            ranks[name] = max(others, default=0)
        return ranks[name]

    heights = {1: 0, -1: 0}
    side: dict[str, int] = {}
    columns: dict[int, list[Box]] = {}
    for box in sorted(group, key=lambda box: (rank(box.name), -box.height, box.name)):
        outer = [side[name] for name in refers[box.name] if name in side and ranks[name] > 0]
        lighter = 1 if heights[1] <= heights[-1] else -1
        side[box.name] = outer[0] if outer else lighter
        if ranks[box.name]:
            heights[side[box.name]] += box.height
        columns.setdefault(side[box.name] * ranks[box.name], []).append(box)
    return {number: columns[place] for number, place in enumerate(sorted(columns))}


def _stack(columns: dict[int, list[Box]], lines: list[Line], top: float = 0) -> float:
    """Put the boxes of each column below each other; return how far lines must go up and down.

    Rows of neighbours never lie at one height, so no two lines can run into one another.
    """
    total = {number: sum(b.height + GAP for b in column) for number, column in columns.items()}
    for number, column in columns.items():
        y = top + (max(total.values()) - total[number]) // (2 * ROW) * ROW + number % 2 * (ROW // 2)
        for box in column:
            box.y = y
            y += box.height + GAP
    return sum(abs(start - end) for start, end in (line.ends() for line in lines))


def _tracks(lines: list[Line], columns: int) -> list[list[Line]]:
    """Return the lines of each gutter from left to right, so that few of them cross."""
    tracks = []
    for gutter in range(columns + 1):
        inside = [line for line in lines if gutter in line.gutters()]
        _improve(inside, lambda: _crossings(inside, gutter))
        tracks.append(inside)
    return tracks


def _crossings(inside: list[Line], gutter: int) -> int:
    found = 0
    for left, right in combinations(inside, 2):
        (low, high), (other_low, other_high) = _span(left, gutter), _span(right, gutter)
        found += sum(other_low < y < other_high for y in _touches(left, gutter, gutter))
        found += sum(low < y < high for y in _touches(right, gutter, gutter - 1))
    return found


def _touches(line: Line, gutter: int, column: int) -> Iterator[float]:
    """Yield the heights at which the line meets boxes of this column from this gutter."""
    for box, side, y in zip((line.source, line.target), line.gutters(), line.ends(), strict=True):
        if side == gutter and box.column == column:
            yield y


def _span(line: Line, gutter: int) -> tuple[float, float]:
    ends = [y for side, y in zip(line.gutters(), line.ends(), strict=True) if side == gutter]
    return (min(ends), max(ends)) if len(ends) == 2 else (0, ends[0])


def _improve(items: list[T], cost: Callable[[], float]) -> None:
    """Swap neighbours in place as long as it makes the cost less."""
    best, better = cost(), True
    while better:
        better = False
        for place in range(len(items) - 1):
            items[place : place + 2] = items[place : place + 2][::-1]
            now = cost()
            if now < best:
                best, better = now, True
            else:
                items[place : place + 2] = items[place : place + 2][::-1]

"""A picture of a schema, drawn from its metadata: boxes for tables, arrows for foreign keys.

As SVG, in the colours of JupyterLab's theme, and as plain text that says the same. The same
metadata give the same picture, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from sqlalchemy import ForeignKeyConstraint, MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from lib.workbook.show.diagram_places import HEAD, MARGIN, MARKS, ROW, Box, Line, Row, place

LEGEND = "PK: primary key · FK: foreign key · ?: may be missing · an arrow leads to the other key"


class Diagram:
    """A schema as a picture (`svg`) and as text (`repr`)."""

    def __init__(self, boxes: Sequence[Box], lines: Sequence[Line]) -> None:
        self.boxes, self.lines = sorted(boxes, key=lambda box: box.name), list(lines)
        width, height = place(self.boxes, self.lines, least=6.2 * len(LEGEND))
        self.width, self.height = width, height + 2 * MARGIN  # the legend is the last line

    def __repr__(self) -> str:
        return "\n\n".join([self.title, *map(_box_text, self.boxes)])

    @property
    def title(self) -> str:
        counts = (len(self.boxes), "table"), (len(self.lines), "foreign key")
        return ", ".join(f"{count} {noun}{'s' * (count != 1)}" for count, noun in counts)

    @property
    def label(self) -> str:
        """What the picture shows, in words, for those who hear the page."""
        ways = [f"{_full(line)} to {line.target.name}.{line.key}" for line in self.lines]
        names = ", ".join(box.name for box in self.boxes)
        arrows = f" Arrows lead from {'; '.join(ways)}." if ways else ""
        return f"Schema diagram, {self.title}. Tables: {names}.{arrows}"

    @property
    def svg(self) -> str:
        """The picture, which may also be written to a file of its own."""
        width, height = round(self.width), round(self.height)
        parts = [*map(_line_svg, self.lines), *map(_box_svg, self.boxes)]
        parts.append(_text(MARGIN, height - 8, LEGEND, "2", 'font-size="10"'))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(self.label)}" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'style="max-width: 100%; height: auto; font: 11px '
            f"var(--jp-code-font-family, monospace), monospace\">{''.join(parts)}</svg>"
        )

    def _repr_html_(self) -> str:
        return (
            f'<div style="overflow-x: auto">{self.svg}</div>'
            '<details style="margin: 4px 0"><summary style="cursor: pointer">The same as text'
            f"</summary><pre>{escape(repr(self))}</pre></details>"
        )


def draw_schema(
    schema: MetaData | type[DeclarativeBase],
    tables: Iterable[str] | None = None,
    *,
    keys_only: bool = False,
) -> Diagram:
    """Return a picture of the tables of a metadata, or of a declarative base; of some, if named.

    With `keys_only`, columns that are part of no key are counted, not shown. Raises LookupError for
    a table that is not there.
    """
    metadata = schema if isinstance(schema, MetaData) else schema.metadata
    names = sorted(metadata.tables if tables is None else set(tables))
    for name in names:
        if name not in metadata.tables:
            known = ", ".join(sorted(metadata.tables)) or "none"
            raise LookupError(f"There is no table {name!r} in this metadata. There are: {known}.")
    constraints = {name: _foreign_keys(metadata.tables[name]) for name in names}
    # A key that is referred to may be no primary key; its row is needed as well.
    wanted = {_target(each) for name in names for each in constraints[name]}
    boxes = {name: _box(metadata.tables[name], wanted, keys_only) for name in names}
    lines = []
    for name in names:
        for constraint in constraints[name]:
            table, _, key = _target(constraint).rpartition(".")
            if table in boxes:
                column = constraint.elements[0].parent.name
                lines.append(Line(boxes[name], column, boxes[table], key))
    return Diagram(list(boxes.values()), lines)


# --- From metadata to boxes -----------------------------------------------------------------


def _foreign_keys(table: Table) -> list[ForeignKeyConstraint]:
    """Return them in the order of their columns; the metadata keep them as a set."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    return sorted(
        table.foreign_key_constraints,
        key=lambda each: (
            [places[element.parent.name] for element in each.elements],
            _target(each),
        ),
    )


def _target(constraint: ForeignKeyConstraint) -> str:
    """Return the first column that is referred to, as table.column; the table may be elsewhere."""
    return str(constraint.elements[0].target_fullname)


def _box(table: Table, wanted: set[str], keys_only: bool) -> Box:
    rows = []
    for column in table.columns:
        refers_to = tuple(sorted(key.target_fullname for key in column.foreign_keys))
        kind = f"{column.type}{'?' * bool(column.nullable)}"
        row = Row(column.name, kind, column.primary_key, refers_to)
        if not keys_only or row.marks or f"{table.fullname}.{column.name}" in wanted:
            rows.append(row)
    return Box(table.fullname, rows, len(table.columns) - len(rows))


# --- From boxes to SVG and text -------------------------------------------------------------


def _full(line: Line) -> str:
    return f"{line.source.name}.{line.column}"


def _text(x: float, y: float, words: str, tone: str, more: str = "") -> str:
    dark = {"1": "#212121", "2": "#616161"}[tone]
    fill = f"var(--jp-content-font-color{tone}, {dark})"
    return f'<text x="{x:g}" y="{y:g}" style="fill: {fill}" {more}>{escape(words)}</text>'


def _box_svg(box: Box) -> str:
    right = round(box.x + box.width - 8, 1)
    place = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" rx="3"'
    border = "stroke: var(--jp-border-color1, #bdbdbd)"
    parts = [
        f'<rect {place} height="{box.height}" '
        f'style="fill: var(--jp-layout-color1, #ffffff); {border}"/>',
        f'<rect {place} height="{HEAD - 2}" '
        f'style="fill: var(--jp-layout-color2, #eeeeee); {border}"/>',
        _text(box.x + 8, box.y + 15, box.name, "1", 'font-weight="bold" font-size="12"'),
    ]
    y = box.y + HEAD + 12
    for row in box.rows:
        if row.marks:
            parts.append(_text(box.x + 8, y, row.marks, "2", 'font-size="9"'))
        weight = 'font-weight="bold"' if row.primary else ""
        parts.append(_text(box.x + MARKS, y, row.name, "1", weight))
        parts.append(_text(right, y, row.type, "2", 'text-anchor="end"'))
        y += ROW
    if box.left_out:
        parts.append(_text(box.x + MARKS, y, f"and {box.left_out} more", "2"))
    return "".join(parts)


def _line_svg(line: Line) -> str:
    way = " ".join(f"{x:g},{y:g}" for x, y in line.points)
    (before, _), (x, y) = line.points[-2:]
    back = -6 if before < x else 6
    colour = "var(--jp-brand-color1, #1976d2)"
    head = f"{x:g},{y:g} {x + back:g},{y - 3.5:g} {x + back:g},{y + 3.5:g}"
    return (
        f'<polyline points="{way}" style="fill: none; stroke: {colour}; stroke-width: 1.4"/>'
        f'<polygon points="{head}" style="fill: {colour}"/>'
    )


def _box_text(box: Box) -> str:
    names = max((len(row.name) for row in box.rows), default=0)
    types = max((len(row.type) for row in box.rows), default=0)
    lines = [box.name]
    for row in box.rows:
        to = f"-> {', '.join(row.refers_to)}" if row.refers_to else ""
        lines.append(f"  {row.name:<{names}}  {row.type:<{types}}  {row.marks} {to}".rstrip())
    if box.left_out:
        lines.append(f"  and {box.left_out} more")
    return "\n".join(lines)

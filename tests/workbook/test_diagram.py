"""A picture of a schema: every line ends at its rows, and crosses no box."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, Table

from lib.models import Base
from lib.workbook import draw_schema
from lib.workbook.show.diagram import Diagram
from lib.workbook.show.diagram_places import WIDEST

FIVE = ["airlines", "airports", "planes", "weather", "flights"]


def make_table(metadata: MetaData, name: str, **keys: str) -> None:
    foreign: list[Any] = [Column(name, ForeignKey(target)) for name, target in keys.items()]
    Table(name, metadata, Column("id", Integer, primary_key=True), *foreign)


@pytest.fixture
def tangle() -> MetaData:
    """Circles, a table that refers to itself, a key to a table far away, one that stands alone."""
    metadata = MetaData()
    make_table(metadata, "people", boss="people.id", team="teams.id")
    make_table(metadata, "teams", lead="people.id")
    make_table(metadata, "tasks", who="people.id", team="teams.id")
    make_table(metadata, "steps", task="tasks.id", team="teams.id", before="tasks.id")
    make_table(metadata, "notes", step="steps.id", author="people.id", place="elsewhere.id")
    make_table(metadata, "lonely")
    Table("empty", metadata)
    return metadata


def check_geometry(picture: Diagram) -> None:
    """No box touches another; no line touches a box but at its ends; no two lines lie together."""
    spans = [(b.x, b.y, b.x + b.width, b.y + b.height) for b in picture.boxes]
    for number, (x, y, right, bottom) in enumerate(spans):
        assert 0 < x and right < picture.width and 0 < y and bottom < picture.height
        for other in spans[:number]:
            assert x > other[2] or other[0] > right or y > other[3] or other[1] > bottom
    segments = []
    for line in picture.lines:
        for box, (x, y), column in (
            (line.source, line.points[0], line.column),
            (line.target, line.points[-1], line.key),
        ):
            assert x in (box.x, box.x + box.width)
            row = [row.name for row in box.rows].index(column)
            top = y - box.y - 24 - 17 * row
            assert 0 < top < 17
        for (x1, y1), (x2, y2) in pairwise(line.points):
            assert x1 == x2 or y1 == y2
            low, high = (min(x1, x2), min(y1, y2)), (max(x1, x2), max(y1, y2))
            segments.append((line, low, high))
            for x, y, right, bottom in spans:
                inside = low[0] < right and high[0] > x and low[1] < bottom and high[1] > y
                assert not inside, f"{line.source.name}.{line.column} crosses a box"
    for number, (line, low, high) in enumerate(segments):
        for other, other_low, other_high in segments[:number]:
            for along, across in ((0, 1), (1, 0)):
                together = low[across] == high[across] == other_low[across] == other_high[across]
                if together and low[along] < other_high[along] and other_low[along] < high[along]:
                    # Lines that lead to one key may share their last piece.
                    assert line is other or (line.target, line.key) == (other.target, other.key)


def test_no_line_of_our_schema_crosses_a_box() -> None:
    check_geometry(draw_schema(Base))
    check_geometry(draw_schema(Base, FIVE))
    check_geometry(draw_schema(Base, keys_only=True))


def test_no_line_of_a_tangled_schema_crosses_a_box(tangle: MetaData) -> None:
    check_geometry(draw_schema(tangle))


def test_many_tables_are_drawn_in_several_rows() -> None:
    metadata = MetaData()
    for number in range(40):
        make_table(metadata, f"table_{number:02d}", parent=f"table_{number // 3:02d}.id")
        make_table(metadata, f"alone_{number:02d}")
    picture = draw_schema(metadata, [name for name in metadata.tables if name < "table_05"])
    assert picture.width < WIDEST + 100
    check_geometry(picture)
    check_geometry(draw_schema(metadata))


def test_the_picture_of_our_schema_fits_a_laptop() -> None:
    assert draw_schema(Base).width <= WIDEST


def test_what_others_refer_to_stands_in_the_middle() -> None:
    places = {box.name: box.x for box in draw_schema(Base, FIVE).boxes}
    assert places["airlines"] == places["airports"] == places["planes"]
    assert places["weather"] < places["airports"] < places["flights"]


def test_the_text_names_every_table_column_type_and_reference() -> None:
    text = repr(draw_schema(Base, FIVE))
    assert text.startswith("5 tables, 5 foreign keys\n\nairlines\n")
    lines = [line.split() for line in text.splitlines()]
    assert ["carrier", "VARCHAR(2)", "PK", "FK", "->", "airlines.carrier"] in lines
    assert ["dep_time", "SMALLINT?"] in lines
    for name in FIVE:
        for column in Base.metadata.tables[name].columns:
            assert any(line[:1] == [column.name] for line in lines)


def test_the_picture_says_the_same_as_the_text() -> None:
    picture = draw_schema(Base)
    shown = set(re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg))
    words = set(" ".join(line for line in repr(picture).splitlines()[2:]).split())
    references = {word for word in words if "." in word} | {"->", "PK", "FK"}
    assert words - references <= shown
    assert {"PK", "FK", "PK FK"} <= shown
    for reference in references - {"->", "PK", "FK"}:
        assert f"to {reference}" in picture.label
    assert f"<pre>{repr(picture).splitlines()[0]}" in picture._repr_html_()


def test_it_has_a_name_for_those_who_hear_it_and_the_colours_of_the_theme() -> None:
    picture = draw_schema(Base, FIVE)
    label = re.search(r'<svg[^>]* role="img" aria-label="([^"]+)"', picture.svg)
    assert label and label[1] == picture.label
    assert "5 tables, 5 foreign keys" in label[1] and "weather.origin to airports.faa" in label[1]
    colours = re.findall(r"(?:fill|stroke): ([^;\"]+)", picture.svg)
    assert colours and all(colour == "none" or colour.startswith("var(--jp-") for colour in colours)
    assert "<script" not in picture._repr_html_() and "id=" not in picture.svg


def test_the_same_metadata_give_the_same_picture() -> None:
    assert draw_schema(Base)._repr_html_() == draw_schema(Base.metadata)._repr_html_()
    again = [*reversed(FIVE)]
    assert draw_schema(Base, FIVE)._repr_html_() == draw_schema(Base, again)._repr_html_()


def test_only_the_keys_are_shown_on_request() -> None:
    text = repr(draw_schema(Base, ["airlines", "planes"], keys_only=True))
    assert "tailnum" in text and "and 9 more" in text and "manufacturer" not in text


def test_a_key_to_a_table_that_is_not_drawn_is_told_and_has_no_line() -> None:
    picture = draw_schema(Base, ["weather"])
    assert picture.title == "1 table, 0 foreign keys"
    assert "-> airports.faa" in repr(picture)
    assert "Arrows" not in picture.label


def test_a_key_of_two_columns_is_one_line() -> None:
    metadata = MetaData()
    Table("pairs", metadata, Column("a", Integer, primary_key=True), Column("b", Integer))
    here = Column("x", Integer), Column("y", Integer)
    Table("uses", metadata, *here, ForeignKeyConstraint(["x", "y"], ["pairs.a", "pairs.b"]))
    picture = draw_schema(metadata, keys_only=True)
    assert len(picture.lines) == 1
    assert "-> pairs.a" in repr(picture) and "-> pairs.b" in repr(picture)
    check_geometry(picture)


def test_a_table_that_is_not_there_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(LookupError, match="no table 'flight' in this metadata. .*flights"):
        draw_schema(Base, ["flight"])
    with pytest.raises(LookupError, match="There are: none"):
        draw_schema(MetaData(), ["flight"])


def test_names_are_escaped() -> None:
    metadata = MetaData()
    make_table(metadata, 'a<b"c')
    assert "a&lt;b&quot;c" in draw_schema(metadata).svg

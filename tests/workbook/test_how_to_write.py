"""lib/workbook/README.md says how a check is written: each name in it exists."""

from __future__ import annotations

import importlib
import re
from dataclasses import fields

from lib.config import ROOT
from lib.workbook.checking.sandbox import Sandbox
from lib.workbook.course.exercise import Exercise

CLASSROOM = ROOT / "lib" / "workbook"
TEXT = (CLASSROOM / "README.md").read_text(encoding="utf-8")


def rows_below(line: str) -> list[list[str]]:
    """Return the rows of the table that follows a line of the page, without its head."""
    table = TEXT.partition(f"{line}\n")[2].lstrip("\n").partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in table[2:]]


def test_the_map_names_each_room_of_the_classroom() -> None:
    named = re.findall(r"`([\w.]+/?)`", " ".join(row[0] for row in rows_below("# The classroom")))
    there = {
        path.name + "/" * path.is_dir()
        for path in CLASSROOM.iterdir()
        if path.name not in ("README.md", "__init__.py", "__pycache__")
    }
    assert set(named) == there


def test_what_checks_are_written_with_is_there() -> None:
    rows = rows_below("What checks are written with:")
    assert len(rows) == 5
    for place, names in rows:
        home = Sandbox if place == "`sandbox`" else importlib.import_module(place.strip("`"))
        for name in re.findall(r"`(\w+)`", names):
            if name not in ("wrong", "words"):  # of an exercise, for which slips are made
                assert hasattr(home, name), f"{place} has no {name}"


def test_the_table_has_each_field_of_an_exercise() -> None:
    rows = rows_below("`exercises/chNN/exN_M_topic.py`. It makes an `Exercise`:")
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row[0])}
    assert named == {each.name for each in fields(Exercise)}

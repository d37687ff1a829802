"""What holds for any rows: table and quarantine are the file, whatever the rules become."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import sqlalchemy as sa

from lib import Csv, Database, Feed, Rule
from lib.database.base import MYSQL, Base
from lib.feeds import JsonLines, Number, Whole
from lib.load.report import LoadReport
from lib.load.tables import RejectedRow

POINTS = sa.Table(
    "points",
    sa.MetaData(),
    sa.Column("place", sa.String(3), primary_key=True),
    sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("size", sa.Numeric(6, 2)),
    sa.Column("line", sa.Integer, nullable=False, comment="of the file"),
    **MYSQL,
)
FEED = Feed(
    POINTS,
    read=Csv(";", decimal=",", missing=("", "-")),
    columns={"number": Whole(), "size": Number()},
)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        Base.metadata.create_all(db.engine)
        POINTS.metadata.create_all(db.engine)
        yield db


def random_file(path: Path, chance: random.Random, rows: int = 300) -> list[str]:
    """Write rows of which some are bad, some repeat a key, some change later; return them."""
    lines = []
    for line in range(2, rows + 2):
        place = chance.choice(["A", "B", "ü", "AB", "", "long", "-"])
        number = chance.choice(["1", "2,00", "3", "12", "-7", "40000", "x", "1.0"])
        number = str(chance.randrange(5_000)) if chance.random() < 0.8 else number
        size = chance.choice(["1,5", "-0,25", "", "-", "1.5", "99999", "0,125", "7"])
        broken = chance.random() < 0.02
        lines.append(f"{place};{number};{size};{line}" + ";more" * broken)
    path.write_text("\n".join(["place;number;size;line", *lines]) + "\n", encoding="utf-8")
    return lines


def lines_of(db: Database) -> tuple[set[int], set[int]]:
    """Return the lines that stand in the table, and those in the quarantine."""
    with db.engine.connect() as connection:
        loaded = set(connection.scalars(sa.select(POINTS.c.line)))
        rejected = set(connection.scalars(sa.select(RejectedRow.__table__.c.line)))
    return loaded, rejected


def expect_each_row_once(db: Database, report: LoadReport, rows: int) -> set[int]:
    loaded, rejected = lines_of(db)
    assert not loaded & rejected
    assert loaded | rejected == set(range(2, rows + 2))
    assert (report.read, report.rejected) == (rows, len(rejected))
    assert len(loaded) == report.inserted + report.updated + report.unchanged
    return rejected


@pytest.mark.parametrize("seed", range(3))
def test_table_and_quarantine_are_the_file_also_after_a_rule_changes(
    db: Database, tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "points.csv"
    random_file(path, random.Random(seed))
    strict = replace(FEED, rules=[Rule("size", "is negative", lambda sizes: pc.less(sizes, 0))])
    bad = [
        expect_each_row_once(db, feed.load(db, path, again=again)[0], 300)
        for feed, again in ((FEED, False), (FEED, True), (strict, False), (FEED, False))
    ]
    assert bad[0] == bad[1] == bad[3] != bad[2]  # a row that repeats a bad one is good
    assert 20 < len(bad[0]) < 280


# --- Some rows of a file --------------------------------------------------------------------------


def written(tmp_path: Path, form: str) -> tuple[Feed, Any]:
    """Return a feed, and the same rows in one of several forms."""
    feed = Feed(POINTS, columns={"line": "n"}, where={"place": ["A", None], "month": 2})
    rows = [(p, n, m) for n, (p, m) in enumerate([("A", 2), ("A", 1), ("B", 2), (None, 2)], 2)]
    columns = {"place": [p for p, _, _ in rows], "number": [n for _, n, _ in rows]}
    columns |= {"size": [None] * 4, "n": columns["number"], "month": [m for _, _, m in rows]}
    table = pa.table(columns)
    if form == "frame":
        return feed, table.to_pandas()
    if form == "arrow":
        return feed, table
    path = tmp_path / f"points.{form}"
    if form == "jsonl":
        lines = (
            f'{{"place": {p}, "number": {n}, "size": null, "n": {n}, "month": {m}}}'
            for p, n, m in [(f'"{p}"' if p else "null", n, m) for p, n, m in rows]
        )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return replace(feed, read=JsonLines()), path
    text = "\n".join(f" {p or 'NA'};{n};;{n};{m}" for p, n, m in rows)
    path.write_text(f"place;number;size;n;month\n{text}\nC;x;;6\n", encoding="utf-8")
    return replace(feed, read=Csv(";", missing=("NA", ""), strip=True)), path


@pytest.mark.parametrize("form", ["csv", "jsonl", "arrow", "frame"])
def test_only_the_wanted_rows_are_read_and_the_others_stay(
    db: Database, tmp_path: Path, form: str
) -> None:
    feed, data = written(tmp_path, form)
    feed = replace(feed, others="leave out")
    with db.engine.begin() as connection:
        whole = replace(feed, where={}).load_data(connection, data, name="points")
        part = feed.load_data(connection, data, name="points")
    malformed = int(form == "csv")
    assert (whole.read, whole.inserted, whole.rejected) == (4 + malformed, 3, 1 + malformed)
    assert (part.read, part.unchanged, part.rejected) == (2 + malformed, 1, 1 + malformed)
    with db.engine.begin() as connection:
        another = replace(feed, where={"place": "B"}).load_data(connection, data, name="points")
    assert (another.read, another.unchanged) == (1 + malformed, 1)
    assert len(lines_of(db)[1]) == 1 + malformed  # what was not read is not forgotten
    if form == "csv":
        assert part.note == "Blanks were taken off 2 values."


def test_a_part_of_a_feed_is_another_feed_of_the_file(db: Database, tmp_path: Path) -> None:
    feed, path = written(tmp_path, "csv")
    feed = replace(feed, others="leave out", files=lambda: [path])
    assert feed.paths() == [path]
    assert [report.read for report in feed.load(db)] == [3]
    assert [report.read for report in feed.load(db)] == [0]
    assert [report.read for report in replace(feed, where={"place": "B"}).load(db)] == [2]
    with pytest.raises(Exception, match="points.csv has no field year"):
        replace(feed, where={"year": 1}).load(db)
    with pytest.raises(Exception, match="asks for 1.5, which is no text"):
        replace(feed, where={"month": 1.5})  # type: ignore[dict-item]

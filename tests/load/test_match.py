"""Which row of the table a row of the file is, which of two is newer, which have vanished."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lib.database import Database
from lib.database.base import MYSQL, Base, Timestamp
from lib.errors import PipelineError
from lib.load import LoadReport, bulk_load
from lib.load.tables import RejectedRow

METADATA = sa.MetaData()
ORDERS = sa.Table(
    "orders",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.String(8), nullable=False),
    sa.Column("shop", sa.String(8), nullable=False),
    sa.Column("code", sa.String(8), unique=True),
    sa.Column("amount", sa.Integer),
    sa.Column("changed", Timestamp),
    sa.Column("gone", Timestamp, info={"vanished": True}),
    sa.UniqueConstraint("number", "shop"),
    **MYSQL,
)
FLAGGED = sa.Table(
    "flagged",
    METADATA,
    sa.Column("number", sa.String(8), primary_key=True),
    sa.Column("gone", sa.Boolean, default=False, nullable=False, info={"vanished": True}),
    **MYSQL,
)
LINES = sa.Table(
    "order_lines",
    METADATA,
    sa.Column("number", sa.String(8), sa.ForeignKey("flagged.number"), primary_key=True),
    **MYSQL,
)
Load = Callable[..., LoadReport]


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with Database(database_url) as db:
        Base.metadata.create_all(db.engine)
        METADATA.create_all(db.engine)
        yield db


@pytest.fixture
def load(db: Database, tmp_path: Path) -> Load:
    """Load lines of text into a table."""

    def load(table: sa.Table, *lines: str, **options: Any) -> LoadReport:
        (tmp_path / "x.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        with db.engine.begin() as connection:
            return bulk_load(connection, table, tmp_path / "x.csv", **options)

    return load


def rows(db: Database, *columns: sa.Column[Any]) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(columns[0]))]


def reasons(db: Database) -> list[str]:
    with db.engine.connect() as connection:
        table = RejectedRow.__table__
        return list(connection.scalars(sa.select(table.c.reason).order_by(table.c.line)))


def counts(report: LoadReport) -> tuple[int, ...]:
    names = ("inserted", "updated", "unchanged", "rejected", "older")
    return tuple(getattr(report, name) for name in names)


HEADER = "number,shop,code,amount,changed"


def test_rows_are_matched_by_the_unique_constraint_that_is_named(db: Database, load: Load) -> None:
    first = load(ORDERS, HEADER, "1,a,x,5,NA", "1,b,y,6,NA", key=("code",))
    assert counts(first) == (2, 0, 0, 0, 0)
    moved = load(ORDERS, HEADER, "2,a,x,5,NA", "1,b,y,6,NA", key=("code",))
    assert counts(moved) == (0, 1, 1, 0, 0)
    c = ORDERS.c
    assert rows(db, c.id, c.number, c.code) == [(1, "2", "x"), (2, "1", "y")]
    again = load(ORDERS, HEADER, "2,a,z,5,NA", key=("shop", "number"))
    assert counts(again) == (0, 1, 0, 0, 0)
    missing = load(ORDERS, HEADER, "9,a,NA,5,NA", key=("code",))
    assert (missing.rejected, reasons(db)) == (1, ["missing"])


def test_the_newest_row_wins_within_a_file_and_beside_the_table(db: Database, load: Load) -> None:
    lines = [
        "1,a,x,1,2026-01-02T00:00:00Z",
        "1,a,x,2,2026-01-03T00:00:00Z",
        "1,a,x,3,2026-01-01T00:00:00Z",
        "2,a,y,4,2026-01-01T00:00:00Z",
    ]
    report = load(ORDERS, HEADER, *lines, newest_by="changed")
    assert counts(report) == (2, 0, 0, 0, 2)
    assert counts(load(ORDERS, HEADER, *lines, newest_by="changed")) == (0, 0, 2, 0, 2)
    late = ["1,a,x,7,2026-01-02T12:00:00Z", "2,a,y,8,2026-01-01T00:00:01Z"]
    assert counts(load(ORDERS, HEADER, *late, newest_by="changed")) == (0, 1, 0, 0, 1)
    assert rows(db, ORDERS.c.number, ORDERS.c.amount) == [("1", 2), ("2", 8)]
    assert "older" in str(report) and "older" not in str(LoadReport("t", "s"))


def test_two_rows_of_one_moment_are_a_repeat(db: Database, load: Load) -> None:
    moment = "2026-01-02T00:00:00Z"
    lines = [f"1,a,x,1,{moment}", f"1,a,x,2,{moment}", "1,a,x,3,2026-01-01T00:00:00Z"]
    assert counts(load(ORDERS, HEADER, *lines, newest_by="changed")) == (1, 0, 0, 1, 1)
    assert reasons(db) == ["repeats the key of line 2"]


def test_rows_that_vanished_are_kept_marked_or_deleted(db: Database, load: Load) -> None:
    three = ["1,a,x,1,NA", "2,a,y,2,NA", "3,a,z,3,NA"]
    load(ORDERS, HEADER, *three)
    assert load(ORDERS, HEADER, three[0]).vanished == 0
    marked = load(ORDERS, HEADER, three[0], vanished="mark")
    assert (marked.vanished, marked.unchanged) == (2, 1)
    assert "2 rows of orders are not in x.csv any more; they were marked." in marked.note
    assert load(ORDERS, HEADER, three[0], vanished="mark").vanished == 0
    gone = dict(rows(db, ORDERS.c.number, ORDERS.c.gone))
    assert gone.pop("1") is None and all(isinstance(at, datetime) for at in gone.values())
    load(ORDERS, HEADER, *three[:2], vanished="mark")
    gone = dict(rows(db, ORDERS.c.number, ORDERS.c.gone))
    assert gone["2"] is None and gone["3"] is not None
    assert load(ORDERS, HEADER, *three[:2], vanished="delete").vanished == 1
    assert [number for (number,) in rows(db, ORDERS.c.number)] == ["1", "2"]


def test_a_row_that_the_file_has_in_an_older_version_has_not_vanished(
    db: Database, load: Load
) -> None:
    old = [f"{number},a,c{number},1,2026-01-01T00:00:00Z" for number in range(4)]
    load(ORDERS, HEADER, *old)
    load(ORDERS, HEADER, "1,a,c1,7,2026-01-02T00:00:00Z", newest_by="changed")
    newest = {"newest_by": "changed"}
    report = load(ORDERS, HEADER, *old[:3], vanished="mark", **newest)
    assert (report.older, report.vanished) == (1, 1)
    assert [number for number, gone in rows(db, ORDERS.c.number, ORDERS.c.gone) if gone] == ["3"]
    with db.engine.begin() as connection:
        connection.execute(sa.update(ORDERS).values(gone=datetime(2026, 1, 3)))
    report = load(ORDERS, HEADER, *old[:3], vanished="mark", **newest)
    marked = [number for number, gone in rows(db, ORDERS.c.number, ORDERS.c.gone) if gone]
    assert marked == ["3"]  # it came back, in whatever version
    report = load(ORDERS, HEADER, *old[:3], vanished="delete", **newest)
    assert (report.older, report.vanished) == (1, 1)
    amounts = dict(rows(db, ORDERS.c.number, ORDERS.c.amount))
    assert amounts == {"0": 1, "1": 7, "2": 1}


def test_a_flag_marks_them_as_well(db: Database, load: Load) -> None:
    load(FLAGGED, "number", "1", "2")
    assert load(FLAGGED, "number", "1", vanished="mark").vanished == 1
    assert rows(db, *FLAGGED.c) == [("1", False), ("2", True)]
    assert load(FLAGGED, "number", "2", "3", vanished="mark").vanished == 1
    assert rows(db, *FLAGGED.c) == [("1", True), ("2", False), ("3", False)]


def test_nothing_vanishes_because_its_row_is_bad(db: Database, load: Load) -> None:
    load(ORDERS, HEADER, "1,a,x,1,NA", "2,a,y,2,NA")
    report = load(ORDERS, HEADER, "1,a,x,1,NA", "2,a,y,two,NA", vanished="delete")
    assert (report.vanished, report.rejected) == (0, 1)
    assert "they were kept" in report.note
    assert len(rows(db, ORDERS.c.id)) == 2


def test_what_can_be_read_of_a_bad_rows_key_keeps_only_what_it_may_be(
    db: Database, load: Load
) -> None:
    """A key that is empty is no row's; half a key keeps what has that half; a torn line, all."""
    good = ["1,a,c1,1,NA", "1,b,c2,1,NA", "2,a,c3,1,NA", "2,b,c4,1,NA", "3,a,c5,1,NA"]
    long = "x" * 9
    here = lambda: sorted(rows(db, ORDERS.c.number, ORDERS.c.shop))  # noqa: E731
    for bad, left in (
        ("NA,a,c9,1,NA", [("3", "a")]),
        ("NA,NA,c9,1,NA", [("3", "a")]),
        ("2,a,c9,two,NA", [("2", "a"), ("3", "a")]),
        (f"1,{long},c9,1,NA", [("1", "a"), ("1", "b"), ("3", "a")]),
        (f"{long},b,c9,1,NA", [("1", "b"), ("2", "b"), ("3", "a")]),
        (f"{long},NA,c9,1,NA", [("3", "a")]),
        ("2,a,c5,1,NA", [("2", "a"), ("3", "a")]),  # whose code another row has: its key is read
    ):
        load(ORDERS, HEADER, *good)
        report = load(ORDERS, HEADER, good[-1], bad, vanished="delete")
        assert (here(), report.rejected) == (left, 1), bad
        assert report.vanished == 5 - len(left)
        assert f"{5 - len(left)} rows of orders are not in x.csv any more" in report.note
        kept = f"{len(left) - 1} rows of orders are not among the good ones"
        assert (kept in report.note) == (len(left) > 1 and "c5" not in bad), report.note
    load(ORDERS, HEADER, *good)
    report = load(ORDERS, HEADER, good[-1], "torn", f"{long},{long},c9,1,NA", vanished="delete")
    assert (len(here()), report.vanished, report.rejected) == (5, 0, 2)
    assert "4 rows of orders are not among the good ones of x.csv; they were kept" in report.note
    assert "the key cannot be read in lines 3, 4, which may be any of them" in report.note
    assert "Correct these lines" in report.note


def test_more_than_the_limit_does_not_vanish(db: Database, load: Load) -> None:
    load(ORDERS, HEADER, *(f"{number},a,c{number},1,NA" for number in range(10)))
    with pytest.raises(PipelineError, match="10 rows of orders are not in .* limit is 0.5 of 11"):
        load(ORDERS, HEADER, "99,a,q,1,NA", vanished="delete", limit=0.5)
    assert len(rows(db, ORDERS.c.id)) == 10


def test_rows_that_others_refer_to_cannot_be_deleted(db: Database, load: Load) -> None:
    load(FLAGGED, "number", "1", "2")
    load(LINES, "number", "1")
    with pytest.raises(PipelineError, match="cannot be deleted"):
        load(FLAGGED, "number", "2", vanished="delete")
    assert rows(db, *FLAGGED.c) == [("1", False), ("2", False)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"key": ("amount",)}, r"is no key of orders.*\(number, shop\)"),
        ({"newest_by": "gone"}, "newest_by='gone' is no column that the file fills"),
        ({"vanished": "remove"}, "vanished='remove' is none of"),
        ({"table": LINES, "vanished": "mark"}, "has no column of its own that marks"),
        ({"header": f"id,{HEADER}", "key": ("code",)}, "would change under other rows"),
    ],
    ids=["key", "newest", "word", "mark", "own key"],
)
def test_what_cannot_be_matched_is_said(load: Load, options: dict[str, Any], message: str) -> None:
    options = dict(options)
    table = options.pop("table", ORDERS)
    header = options.pop("header", "number" if table is LINES else HEADER)
    with pytest.raises(PipelineError) as caught:
        load(table, header, ",".join("1" for _ in header.split(",")), **options)
    assert re.search(message, str(caught.value).replace("\n", " "))

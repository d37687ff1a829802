"""Times that grow with the rows and columns, and not with their square. Ratios, on any machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from lib.database import Database
from lib.load import bulk_load
from lib.load.report import LoadReport
from lib.source import CsvSource
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS

# Eight times as much takes eight times as long where the time is linear, and 64 times where it
# grows with the square. What does not grow makes it less, another process' work more.
TIMES, MAX_RATIO = 8, 24


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    with emptied_after(url) as db:
        yield db


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes: the shortest of three times."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def assert_linear(work: Callable[[int], object], few: int) -> None:
    """Assert it of some work that takes how much there is to do.

    A machine may become slower between the two; so they are compared again.
    """
    told = []
    for _ in range(3):
        short = seconds(lambda: work(few))
        long = seconds(lambda: work(TIMES * few))
        if long < MAX_RATIO * short:
            return
        told.append(f"{few}: {short:.2f} s, {TIMES * few}: {long:.2f} s")
    pytest.fail("; ".join(told))


def load_anew(db: Database, table: sa.Table, path: Path) -> LoadReport:
    """Load into an empty table, and take all of it back."""
    with db.engine.connect() as connection:
        report = bulk_load(connection, table, path)
        connection.rollback()
    return report


@pytest.mark.parametrize("row", ["x\n", 'x\n"1","2"\n'], ids=["all", "half, and quotes"])
def test_rows_that_cannot_be_split(tmp_path: Path, row: str) -> None:
    def read(count: int) -> None:
        path = tmp_path / f"{count}.csv"
        path.write_text("a,b\n" + row * count)
        batches = list(CsvSource(path).batches())
        assert sum(len(batch.malformed) for batch in batches) == count

    assert_linear(read, 5_000)


@pytest.mark.parametrize("keys", [1, 10])
def test_many_repeats_of_few_keys(db: Database, tmp_path: Path, keys: int) -> None:
    table = sa.Table("few_keys", sa.MetaData(), sa.Column("k", sa.String(9), primary_key=True))
    table.append_column(sa.Column("n", sa.Integer))
    table.create(db.engine)

    def load(count: int) -> None:
        path = tmp_path / f"{count}.csv"
        path.write_text("k,n\n" + "".join(f"k{row % keys},{row}\n" for row in range(count)))
        assert load_anew(db, table, path).rejected == count - keys

    assert_linear(load, 2_000)
    table.drop(db.engine)


@pytest.mark.parametrize("new", [True, False], ids=["new rows", "changed rows"])
def test_many_columns(db: Database, tmp_path: Path, new: bool) -> None:
    def load(count: int) -> None:
        names = [f"c{number}" for number in range(count)]
        key = sa.Column("k", sa.Integer, primary_key=True)
        table = sa.Table(
            f"wide_{count}",
            sa.MetaData(),
            key,
            *(sa.Column(name, sa.SmallInteger) for name in names),
        )
        table.create(db.engine, checkfirst=True)
        path = tmp_path / f"{count}.csv"
        lines = [f"{row},{','.join(['1'] * count)}" for row in range(1, 201)]
        path.write_text("\n".join([",".join(["k", *names]), *lines]))
        if not new:
            with db.engine.begin() as connection:
                connection.execute(sa.delete(table))
                rows = [dict.fromkeys(names, 2) | {"k": row} for row in range(1, 201)]
                connection.execute(sa.insert(table), rows)
        report = load_anew(db, table, path)
        assert (report.inserted if new else report.updated) == 200

    assert_linear(load, 75)
    with db.engine.begin() as connection:
        for count in (75, 600):
            connection.execute(sa.text(f"DROP TABLE wide_{count}"))

"""Kill loads, two at once, and look after each round whether a row is lost or doubled.

    python -m tests.by_hand.kills --kills 100

Not one of the tests: it takes minutes, and another moment is hit at each run. Two processes load
the same folder at the same time; each is killed (SIGKILL) at a moment of its own. What is committed
is known by `loaded_files`: of each file that is noted there, all rows have to be in the table once,
the rejected ones in the quarantine once, and of any other file none.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lib.config import sqlite_url
from lib.database import Database
from lib.load.files import load_files
from lib.load.staging_folder import LOCK
from lib.models import Base, LoadedFile, Plane, RejectedRow
from tests.support.killing import Pipe, leftovers, staging_folders, wait_until_gone, working
from tests.support.mysql_server import PrivateServer, fresh_database

FILES, ROWS = 6, 4_000  # rows of each file; one in a thousand is rejected
Row = tuple[str, int]  # a plane's key and its seats


def write_files(folder: Path) -> dict[str, tuple[set[Row], set[int]]]:
    """Write the files; return the good rows of each, and the lines of the bad ones."""
    folder.mkdir()
    expected = {}
    for number in range(FILES):
        rows = [(f"N{number}{row:04}", row % 300) for row in range(ROWS)]
        bad = set(range(500, ROWS, 1000))
        lines = [f"{key}{'X' * (row in bad)},{seats}" for row, (key, seats) in enumerate(rows)]
        (folder / f"{number}.csv").write_text("\n".join(["tailnum,seats", *lines, ""]))
        good = {each for row, each in enumerate(rows) if row not in bad}
        expected[f"{number}.csv"] = good, {row + 2 for row in bad}
    return expected


def load(url: str, folder: Path, temporary: Path, pipe: Pipe) -> None:
    """Load the folder; tell when it begins, and how long it took."""
    tempfile.tempdir = str(temporary)
    with Database(url) as db:
        db.engine.connect().close()
        pipe.send("ready")
        start = time.perf_counter()
        load_files(db, Plane, folder)
        pipe.send(time.perf_counter() - start)


def check(db: Database, expected: dict[str, tuple[set[Row], set[int]]]) -> int:
    """Return how many files are loaded; raise AssertionError where a row is lost or doubled."""
    with db.engine.connect() as connection:
        noted = Counter(connection.scalars(sa.select(LoadedFile.file)))
        found = Counter(map(tuple, connection.execute(sa.select(Plane.tailnum, Plane.seats))))
        bad = Counter(map(tuple, connection.execute(sa.select(RejectedRow.file, RejectedRow.line))))
    rows: Counter[Any] = Counter(row for name in noted for row in expected[name][0])
    lines: Counter[Any] = Counter((name, line) for name in noted for line in expected[name][1])
    assert set(noted.values()) <= {1}, f"noted twice: {noted}"
    for what, ours, theirs in (("table", found, rows), ("quarantine", bad, lines)):
        lost, more = theirs - ours, ours - theirs
        assert not lost and not more, f"{what}: {len(lost)} rows lost, {len(more)} too many"
    return len(noted)


def empty(db: Database) -> None:
    """Let all files be loaded again."""
    with db.engine.begin() as connection:
        for model in (LoadedFile, RejectedRow, Plane):
            connection.execute(sa.delete(model))


def kill_loads(db: Database, wanted: int, home: Path, chance: random.Random) -> None:
    """Kill so many loads of one database, two at once, and check after each two."""
    url = db.url.render_as_string(hide_password=False)
    folder, temporary = home / "files", home / "temporary"
    temporary.mkdir()
    expected = write_files(folder)
    arguments = (load, url, folder, temporary)
    with working(*arguments) as alone:
        assert alone.pipe.recv() == "ready"
        seconds = 1.2 * alone.pipe.recv()  # two at once take longer: most are killed at work
        alone.join()
    assert check(db, expected) == FILES
    killed = rounds = 0
    ends: Counter[int] = Counter()
    while killed < wanted:
        if rounds == 0 or check(db, expected) == FILES:
            empty(db)
        rounds += 1
        with working(*arguments) as one, working(*arguments) as two:
            assert one.pipe.recv() == two.pipe.recv() == "ready"
            moments = sorted((chance.uniform(0, seconds), worker) for worker in (one, two))
            before = 0.0
            for moment, worker in moments:
                worker.process.join(moment - before)
                before = max(before, moment)
                worker.kill()
                killed += worker.was_killed
                assert worker.was_killed or worker.process.exitcode == 0, "a load raised"
        wait_until_gone(db)
        ends[check(db, expected)] += 1
    empty(db)  # a load that has nothing to load makes no folder, and so looks for none
    for _ in range(2):  # the second changes nothing
        with working(*arguments) as one, working(*arguments) as two:
            for worker in (one, two):
                worker.join(120)
                assert worker.process.exitcode == 0, "a load raised"
        assert check(db, expected) == FILES
    # A folder without its mark, of a load that was killed while it made or removed it, is empty,
    # and goes when it is a minute old.
    folders = [temporary / name for name in staging_folders(temporary)]
    held = {each.name for folder in folders for each in folder.iterdir()} - {LOCK}
    assert leftovers(db, temporary) == [] and held == set(), held
    found = ", ".join(f"{files} files: {count}" for files, count in sorted(ends.items()))
    print(
        f"{db.dialect.name}: {killed} loads killed in {rounds} rounds of two at once; "
        f"rounds that ended with {found}. Nothing lost, nothing doubled, nothing left behind."
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Kill loads on SQLite, and on a private MariaDB or MySQL."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="on each database")
    parser.add_argument("--seed", type=int, default=None, help="of the moments")
    parser.add_argument("--only", choices=("sqlite", "mysql"))
    args = parser.parse_args(argv)
    seed = random.SystemRandom().randrange(10**6) if args.seed is None else args.seed
    print(f"The moments come from --seed {seed}.", flush=True)
    for kind in [args.only] if args.only else ["sqlite", "mysql"]:
        with ExitStack() as stack:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            if kind == "sqlite":
                url = sqlite_url(home / "kills.db")
            else:
                url = stack.enter_context(fresh_database(stack.enter_context(PrivateServer()).url))
            db = stack.enter_context(Database(url))
            Base.metadata.create_all(db.engine)
            kill_loads(db, args.kills, home, random.Random(seed))


if __name__ == "__main__":
    sys.exit(main())

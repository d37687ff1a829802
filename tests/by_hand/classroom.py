"""Let a class work at once on one server, and measure what each learner takes.

    python -m tests.by_hand.classroom --learners 20 --chapters 03 06 08

Not one of the tests: it takes minutes, and more memory than a small machine has. `run.py classroom`
prepares a private MariaDB or MySQL (WORKBOOK_SERVER names another one), each learner runs the
chapters one after the other, their exercises solved, and all learners do so at the same time. What
a chapter prints is compared with what it stores, and each check has to say "correct".

Memory is that of a learner's processes together, at its highest: the kernel, nbval, and what the
chapter starts. Shared pages count for each process in part (PSS).
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy.engine import make_url

from lib.testing.mysql_server import PrivateServer, connect
from lib.workbook.cli import main as run_py
from lib.workbook.course import notebooks
from lib.workbook.course.chapters import CHAPTERS, find_chapter
from lib.workbook.proof import harness
from lib.workbook.teaching import class_sheet
from tests.support.solved import solved_chapter

NAME = "class"
SAMPLE_S = 1.0  # between two looks at memory and connections
MIB = 2**20


@dataclass
class Taken:
    """What a learner took: seconds by the clock, the highest memory in bytes, what went wrong."""

    seconds: dict[str, float] = field(default_factory=dict)
    memory: int = 0
    connections: int = 0
    faults: list[str] = field(default_factory=list)


def prepare(server: PrivateServer, home: Path, learners: int) -> dict[str, str]:
    """Prepare the class; return the learners' addresses."""
    os.environ["WORKBOOK_DIR"] = str(home)
    words = ["classroom", "--learners", str(learners), "--database-url", server.admin_url]
    assert run_py([*words, "--name", NAME]) == 0
    folder = class_sheet.folder_of(home, NAME, make_url(server.admin_url))
    with class_sheet.roster_in(folder).open(encoding="utf-8", newline="") as lines:
        return {row["user"]: row["database_url"] for row in csv.DictReader(lines)}


def work(user: str, url: str, home: Path, chapters: Sequence[str], taken: Taken) -> None:
    """Run the chapters as one learner."""
    environment = {"WORKBOOK_DIR": str(home / user), "DATABASE_URL": url, "LEARNER": user}
    for number in chapters:
        info = find_chapter(number)
        path = home / f"{user} {info.path.name}"
        path.write_bytes(notebooks.as_bytes(solved_chapter(info)[0]))
        start = time.monotonic()
        outcome = harness.run_nbval(path, environment, timeout=600)
        taken.seconds[number] = time.monotonic() - start
        if not outcome.ok:
            taken.faults.append(f"{number}: {outcome.report}")


@contextmanager
def watched(server: PrivateServer, takings: Mapping[str, Taken]) -> Iterator[None]:
    """Look at memory and connections until the block ends."""
    done = threading.Event()

    def look() -> None:
        with connect(server.admin_url) as connection, connection.cursor() as cursor:
            while not done.wait(SAMPLE_S):
                cursor.execute("SHOW PROCESSLIST")
                users = Counter(str(row[1]) for row in cursor.fetchall())
                memory = memory_by_learner()
                for user, taken in takings.items():
                    taken.connections = max(taken.connections, users[user])
                    taken.memory = max(taken.memory, memory[user])

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def memory_by_learner() -> Counter[str]:
    """Return the bytes of all processes of each learner, whose variable LEARNER names it."""
    found: Counter[str] = Counter()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if user := process.environ().get("LEARNER"):
                full = process.memory_full_info()
                found[user] += getattr(full, "pss", full.uss)
    return found


def server_memory() -> int:
    """Return the bytes of the private server."""
    sizes = [
        process.memory_info().rss
        for process in psutil.Process().children(recursive=True)
        if process.name() in ("mariadbd", "mysqld", "mysqld.exe", "mariadbd.exe")
    ]
    return max(sizes, default=0)


def show(takings: Mapping[str, Taken], chapters: Sequence[str]) -> None:
    """Print a line for each learner."""
    print("learner    " + "".join(f"  {number} s" for number in chapters) + "    MiB  connections")
    for user, taken in takings.items():
        times = "".join(f"{taken.seconds.get(number, 0):6.0f}" for number in chapters)
        print(f"{user:<11}{times}{taken.memory / MIB:7.0f}{taken.connections:13}")


def main(argv: Sequence[str] | None = None) -> int:
    """Prepare, let all work, measure, remove."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, default=20)
    known = [info.number for info in CHAPTERS]
    parser.add_argument("--chapters", nargs="+", default=known, choices=known, metavar="NN")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="class-") as folder, PrivateServer() as server:
        home = Path(folder)
        start = time.monotonic()
        found = prepare(server, home, args.learners)
        prepared = time.monotonic() - start
        takings = {user: Taken() for user in found}
        start = time.monotonic()
        with watched(server, takings), ThreadPoolExecutor(args.learners) as together:
            for each in [
                together.submit(work, user, url, home, args.chapters, takings[user])
                for user, url in found.items()
            ]:
                each.result()
        seconds = time.monotonic() - start
        show(takings, args.chapters)
        with connect(server.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Max_used_connections'")
            ((_, most),) = cursor.fetchall()
            cursor.execute("SHOW DATABASES")
            left = [str(name) for (name,) in cursor.fetchall() if "_sandbox_" in str(name)]
        print(
            f"Prepared in {prepared:.0f} s, worked in {seconds:.0f} s; the server had "
            f"{most} connections at most and {server_memory() / MIB:.0f} MiB at the end."
        )
        faults = [f"{user}, chapter {one}" for user, each in takings.items() for one in each.faults]
        faults += [f"{name} was left behind" for name in left]
        print("\n".join(faults) or "Each chapter printed what it stores, each check said correct.")
        words = ["classroom", "--remove", "--yes", "--name", NAME]
        assert run_py([*words, "--database-url", server.admin_url]) == 0
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

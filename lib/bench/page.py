"""`bench page`: how long the page takes, asked as a browser asks, without one.

A fresh server for each round. A visit is a new connection, an address with filters that were not
asked for yet, and the time until the server says that it is done; a changed filter is the same
visitor's next question. What a browser then needs to draw is not in it. The processor time is that
of the server, of all its threads: on a busy machine, it says more than the clock does.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from lib.bench.databases import Place, places
from lib.bench.files import Files
from lib.config import ROOT
from lib.database import Database
from lib.errors import PipelineError
from lib.local_server import answers, any_free_port
from lib.pipeline import run_pipeline

PEOPLE = 10
GOALS = {"first view": 2000, "another view": None, "changed filter": 300, "many at once": None}

# Addresses, none of which shares an answer with another one.
FILTERS: tuple[dict[str, Any], ...] = (
    {"airport": "JFK"},
    {"airline": "United Air Lines"},
    {"destination": "ORD Chicago Ohare Intl"},
    {"months": ["Feb", "Nov"]},
    {"months": ["Jun", "Aug"]},
    {"airport": "LGA", "airline": "Delta Air Lines"},
    {"airport": "EWR", "months": ["Jan", "Mar"]},
    {"airline": "JetBlue Airways", "destination": "BOS General Edward Lawrence Logan Intl"},
)
VIEWS: tuple[dict[str, Any], ...] = (
    {"view": "Airlines"},
    {"view": "Destinations"},
    {"view": "Weather"},
    {"view": "Pipeline"},
)


def people(number: int) -> list[dict[str, Any]]:
    """Return what one of several people looks at, who all want something else."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct")
    until = {"months": ["Jan", months[number % 10]]}
    airport = ("JFK", "LGA", "EWR")[number % 3]
    return [until, until | {"airport": airport}, until | VIEWS[number % len(VIEWS)]]


def bench_page(
    rounds: int,
    database_url: str | None,
    month: str | None,
    say: Callable[[str], None],
    crowd: int | None = None,
) -> list[dict[str, Any]]:
    """Measure, and say a table for each database; return what `--json` writes.

    `crowd` is how many people come at once (10 unless you say so), at most 30 that want something
    else.

    Raises PipelineError when a database does not answer, or the page shows an error.
    """
    crowd, answers = PEOPLE if crowd is None else crowd, []
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        for place in places(stack, folder, Files(folder, limit=100).year, database_url):
            url = place.fresh("page")
            with Database(url) as db:
                report = run_pipeline(db, month=month)
            found = [_round(url, folder, crowd) for _ in range(rounds)]
            say(
                f"\n{place.title}, {report.total('read'):,} rows, {rounds} rounds, "
                f"{crowd} people at once: milliseconds"
            )
            part = [_row(place, what, found) for what in GOALS]
            say(format_table(part))
            place.drop("page")
            answers += part
    return answers


class Took(NamedTuple):
    """How long one click took, in milliseconds: by the clock, and of the server's processors."""

    wall_ms: float
    busy_ms: float


def _round(url: str, home: Path, crowd: int) -> dict[str, list[Took]]:
    """Measure once, at a fresh server: what each click took, by what was measured."""
    with page_server(url, home) as server:
        port, busy = server.port, server.busy_ms
        times: dict[str, list[Took]] = {"first view": visit(port, {}, busy=busy)}
        times["changed filter"] = [visit(port, {}, each, busy=busy)[1] for each in FILTERS]
        times["another view"] = [visit(port, {}, each, busy=busy)[1] for each in VIEWS]
        before = busy()
        with ThreadPoolExecutor(crowd) as pool:
            each = pool.map(lambda who: visit(port, *people(who)), range(crowd))
            clicks = [one for person in each for one in person]
        share = (busy() - before) / len(clicks)  # which click it was for, nothing tells
        times["many at once"] = [Took(one.wall_ms, share) for one in clicks]
    return times


def _row(place: Place, what: str, found: Sequence[dict[str, list[Took]]]) -> dict[str, Any]:
    wall, busy = zip(*(one for times in found for one in times[what]), strict=True)
    row = {"database": place.kind, "what": what, "visits": len(wall)}
    row |= {"median_ms": round(statistics.median(wall)), "worst_ms": round(max(wall))}
    return row | {"busy_ms": round(statistics.median(busy)), "goal_ms": GOALS[what]}


def format_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return a line for each kind of visit."""
    lines = [f"{'what':<16}{'visits':>8}{'median':>8}{'worst':>8}{'goal':>8}{'processor':>11}"]
    for row in rows:
        goal = "-" if row["goal_ms"] is None else row["goal_ms"]
        lines.append(
            f"{row['what']:<16}{row['visits']:>8}{row['median_ms']:>8,}{row['worst_ms']:>8,}"
            f"{goal:>8}{row['busy_ms']:>11,}"
        )
    return "\n".join(lines)


# --- A visitor without a browser ------------------------------------------------------------


def visit(
    port: int, *addresses: dict[str, Any], busy: Callable[[], float] = lambda: 0.0
) -> list[Took]:
    """Open the page at the first address, then change to each other; what each took.

    `busy` tells the processor time of the server so far, in milliseconds. Raises PipelineError when
    the page shows an error, or no numbers.
    """
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    where = f"ws://localhost:{port}/_stcore/stream"
    ways: Any = {"subprotocols": [Subprotocol("streamlit")], "max_size": None, "open_timeout": 60}
    took = []
    start, before = time.perf_counter(), busy()
    with connect(where, **ways) as socket_:
        for address in addresses:
            _ask(socket_, address)
            took.append(Took(1000 * (time.perf_counter() - start), busy() - before))
            start, before = time.perf_counter(), busy()
    return took


def _ask(socket_: Any, address: dict[str, Any]) -> None:
    """Ask for the page, and wait until it is complete."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    question = BackMsg()
    question.rerun_script.query_string = urlencode(address, doseq=True)
    socket_.send(question.SerializeToString())
    numbers = 0
    while True:
        message = ForwardMsg()
        message.ParseFromString(socket_.recv(timeout=60, decode=False))
        element = message.delta.new_element
        numbers += element.WhichOneof("type") == "metric"
        if element.WhichOneof("type") == "exception":
            raise PipelineError(f"The page shows an error at {address}.")
        if message.WhichOneof("type") == "script_finished":
            break
    if not numbers:
        raise PipelineError(f"The page shows no numbers at {address}.")


class Server(NamedTuple):
    """A page's server: where it listens, and how much of the processors it has used."""

    port: int
    process: subprocess.Popen[bytes]

    def busy_ms(self) -> float:
        """Return the processor time of the server so far, in milliseconds."""
        import psutil

        times = psutil.Process(self.process.pid).cpu_times()
        return 1000 * float(times.user + times.system)


@contextmanager
def page_server(url: str, home: Path) -> Iterator[Server]:
    """Serve the page over this database at a free port, as long as the block lasts."""
    port = any_free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "lib.page.server", str(port)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "WORKBOOK_DIR": str(home)},
        stdin=subprocess.PIPE,  # which ends with this process, and the server with it
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            if not answers(process, port, "/_stcore/health"):
                raise PipelineError("The page's server did not start.", "Look at the page itself.")
            yield Server(port, process)
        finally:
            process.terminate()

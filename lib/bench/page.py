"""`bench page`: how long the page takes, asked as a browser asks, without one.

A fresh server for each round. A visit is a new connection, an address with filters that were not
asked for yet, and the time until the server says that it is done; a changed filter is the same
visitor's next question. What a browser then needs to draw is not in it.
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
from typing import Any
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
    until = {"months": ["Jan", months[number]]}
    airport = ("JFK", "LGA", "EWR")[number % 3]
    return [until, until | {"airport": airport}, until | VIEWS[number % len(VIEWS)]]


def bench_page(
    rounds: int, database_url: str | None, month: str | None, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Measure, and say a table for each database; return what `--json` writes.

    Raises PipelineError when a database does not answer, or the page shows an error.
    """
    answers = []
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        for place in places(stack, folder, Files(folder, limit=100).year, database_url):
            url = place.fresh("page")
            with Database(url) as db:
                report = run_pipeline(db, month=month)
            found = [_round(url, folder) for _ in range(rounds)]
            say(
                f"\n{place.title}, {report.total('read'):,} rows, {rounds} rounds, "
                f"{PEOPLE} people at once: milliseconds"
            )
            part = [_row(place, what, found) for what in GOALS]
            say(format_table(part))
            place.drop("page")
            answers += part
    return answers


def _round(url: str, home: Path) -> dict[str, list[float]]:
    """Measure once, at a fresh server: milliseconds by what was measured."""
    with page_server(url, home) as port:
        times = {"first view": visit(port, {})}
        times["changed filter"] = [visit(port, {}, each)[1] for each in FILTERS]
        times["another view"] = [visit(port, {}, each)[1] for each in VIEWS]
        with ThreadPoolExecutor(PEOPLE) as pool:
            each = pool.map(lambda who: visit(port, *people(who)), range(PEOPLE))
            times["many at once"] = [one for person in each for one in person]
    return times


def _row(place: Place, what: str, found: Sequence[dict[str, list[float]]]) -> dict[str, Any]:
    times = [one for times in found for one in times[what]]
    row = {"database": place.kind, "what": what, "visits": len(times)}
    row |= {"median_ms": round(statistics.median(times)), "worst_ms": round(max(times))}
    return row | {"goal_ms": GOALS[what]}


def format_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return a line for each kind of visit."""
    lines = [f"{'what':<16}{'visits':>8}{'median':>8}{'worst':>8}{'goal':>8}"]
    for row in rows:
        goal = "-" if row["goal_ms"] is None else row["goal_ms"]
        lines.append(
            f"{row['what']:<16}{row['visits']:>8}{row['median_ms']:>8,}{row['worst_ms']:>8,}"
            f"{goal:>8}"
        )
    return "\n".join(lines)


# --- A visitor without a browser ------------------------------------------------------------


def visit(port: int, *addresses: dict[str, Any]) -> list[float]:
    """Open the page at the first address, then change to each other; milliseconds until complete.

    Raises PipelineError when it shows an error, or no numbers.
    """
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    where = f"ws://localhost:{port}/_stcore/stream"
    ways: Any = {"subprotocols": [Subprotocol("streamlit")], "max_size": None, "open_timeout": 60}
    times = []
    start = time.perf_counter()
    with connect(where, **ways) as socket_:
        for address in addresses:
            _ask(socket_, address)
            times.append(1000 * (time.perf_counter() - start))
            start = time.perf_counter()
    return times


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


@contextmanager
def page_server(url: str, home: Path) -> Iterator[int]:
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
            yield port
        finally:
            process.terminate()

"""The rounds of the bench, and the tables that they end in."""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lib.bench.databases import Place, places
from lib.bench.files import Files
from lib.bench.methods import DUCKDB, FILLER, LOAD, READ, RIVALS, Method
from lib.config import ROOT, place_of_work
from lib.database import Database
from lib.errors import PipelineError
from lib.models import Flight

FLIGHTS = Flight.metadata.tables["flights"]
BASELINES = ("to_sql", "read_sql")  # what the others are compared with

Measure = Callable[[dict[str, Any]], dict[str, Any]]  # lib.bench.worker.measure, or in a process
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What to measure, and how often; `limit` cuts the year short, for the tests."""

    what: str = "load"
    times: int = 1
    rounds: int = 3
    only: Sequence[str] = ()
    database_url: str | None = None
    limit: int | None = None
    rivals: bool = False  # other people's loaders, too


@dataclass
class Result:
    """One method on one database, measured on some rows `of` all; a value for each round."""

    place: Place
    method: Method
    rows: int
    of: int
    label: str = ""
    failure: str = ""
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds for all rows; those of a sample are scaled."""
        return statistics.median(self.seconds) * self.of / self.rows

    def as_json(self, baseline: float | None) -> dict[str, Any]:
        """Return what `--json` writes: of all rows, with a note when a sample was measured."""
        return {
            "database": self.place.kind,
            "method": self.method.name,
            "rows": self.of,
            "median_s": round(self.median, 4),
            "rows_per_s": round(self.of / self.median),
            "peak_mb": round(statistics.median(self.peaks), 1),
            "ratio_to_sql": round(baseline / self.median, 3) if baseline else None,
            "note": f"sample of {self.rows:,} rows, scaled" if self.rows < self.of else "",
            "rounds": len(self.seconds),
            "label": self.label,
        }


class BenchFailed(PipelineError):
    """Some methods failed; `answers` has the others'."""

    def __init__(self, message: str, answers: list[dict[str, Any]]) -> None:
        super().__init__(message, "What is in the tables was measured all the same.")
        self.answers = answers


def run_bench(
    options: Options, say: Say = print, measure: Measure | None = None
) -> list[dict[str, Any]]:
    """Measure, and say a table for each database; return what `--json` writes.

    Raises PipelineError when a method is unknown or a database does not answer; BenchFailed, after
    the tables, when a method failed.
    """
    methods = choose(options.what, options.only, options.rivals)
    pythons = _pythons(methods, say)
    if options.rivals:
        say(DUCKDB)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        files = Files(folder, options.times, options.limit)
        found = places(stack, folder, files.year, options.database_url)
        if len(found) == 1:
            say("No MySQL: none is configured, and no server program is installed.")
        results = list(_planned(methods, found, files, say))
        rounds = partial(_load_round, pythons) if options.what == "load" else _ReadRound(files)
        for number in range(1, options.rounds + 1):
            for place in found:
                mine = [each for each in results if each.place is place and not each.failure]
                for result in rounds(place, mine, files, measure or in_a_process):
                    last = result.failure or f"{result.seconds[-1]:.2f} s"
                    say(f"round {number}  {place.kind:<7} {result.method.name:<24} {last}")
    answers: list[dict[str, Any]] = []
    for place in found:
        part = compared([each for each in results if each.place is place and each.seconds])
        say(f"\n{place.title}, {files.rows:,} rows, median of {options.rounds} rounds")
        say(format_table(part))
        answers += part
    failures = [f"{each.method.name} on {each.place.kind}: {each.failure}" for each in results]
    if failures := [line for line, each in zip(failures, results, strict=True) if each.failure]:
        raise BenchFailed("\n".join(failures), answers)
    return answers


def choose(what: str, only: Sequence[str], rivals: bool = False) -> list[Method]:
    """Return the methods that were asked for, in the order of the table."""
    known = [*LOAD, *(RIVALS if rivals else ())] if what == "load" else [*READ]
    unknown = sorted(set(only) - {method.name for method in known})
    if unknown:
        raise PipelineError(
            f"bench {what} knows no method {', '.join(map(repr, unknown))}.",
            f"It knows {', '.join(repr(method.name) for method in known)}.",
        )
    return [method for method in known if not only or method.name in only]


def _pythons(methods: Sequence[Method], say: Say) -> dict[str, str]:
    """Return the Python of each rival among the methods, whose environment is made if need be."""
    from lib.bench.rivals.environment import environment

    names = dict.fromkeys(method.rival for method in methods if method.rival)
    return {name: str(environment(place_of_work(), name, say)) for name in names}


def _planned(
    methods: Sequence[Method], found: Sequence[Place], files: Files, say: Say
) -> Iterator[Result]:
    for method in methods:
        rows = files.of(method)[1]
        missing = method.missing if rows else "so many rows at once are too many for it"
        if missing:
            say(f"{method.name} is left out: {missing}.")
            continue
        for place in found:
            if place.kind in method.databases:
                yield Result(place, method, rows, files.rows)


# --- Rounds ---------------------------------------------------------------------------------


def _load_round(
    pythons: dict[str, str], place: Place, results: Sequence[Result], files: Files, measure: Measure
) -> Iterator[Result]:
    """Load by each method into a fresh database."""
    for result in results:
        file, rows = files.of(result.method)
        url = place.fresh("round")
        job = _job(result.method, url, file)
        if result.method.rival:
            job["python"] = pythons[result.method.rival]
        try:
            if result.method.again:  # by itself, where it may leave marks of its own
                measure(job if result.method.rival else _job(FILLER, url, file))
            _take(result, measure(job))
            _check(url, rows)
            if result.method.rival and len(result.seconds) == 1:
                _check_same(url, place, file, measure)
        except Exception as error:
            result.failure = f"failed: {' '.join(str(error).split())}"
        finally:
            place.drop("round")
        yield result


class _ReadRound:
    """Read by each method from one database, which is filled once."""

    def __init__(self, files: Files) -> None:
        self._urls: dict[str, str] = {}
        self._all = files.all()

    def __call__(
        self, place: Place, results: Sequence[Result], files: Files, measure: Measure
    ) -> Iterator[Result]:
        if place.kind not in self._urls:
            url = self._urls[place.kind] = place.fresh("read")
            measure(_job(FILLER, url, self._all))
        for result in results:
            try:
                answer = measure(_job(result.method, self._urls[place.kind], self._all))
                _check(self._urls[place.kind], answer["rows"])
                _take(result, answer)
            except Exception as error:
                result.failure = f"failed: {' '.join(str(error).split())}"
            yield result


def _job(method: Method, url: str, file: Path) -> dict[str, Any]:
    place = {"module": method.module, "function": method.function}
    return place | {"url": url, "file": str(file)}


def _take(result: Result, answer: dict[str, Any]) -> None:
    result.seconds.append(answer["seconds"])
    result.peaks.append(answer["peak_mb"])
    result.label = answer["label"]


def _check(url: str, rows: int) -> None:
    """Raise when the table has not as many rows as were read; rejected ones count."""
    with Database(url) as db, db.engine.connect() as connection:
        count = sa.text("SELECT count(*) FROM flights")
        rejected = sa.text("SELECT count(*) FROM rejected_rows WHERE table_name = 'flights'")
        there, aside = connection.scalar(count), connection.scalar(rejected)
    if rows not in (there, there + aside):
        raise PipelineError(f"{rows:,} rows were read, but the table has {there:,}.")


def _check_same(url: str, place: Place, file: Path, measure: Measure) -> None:
    """Raise when the table is another than the one that `bulk_load` makes of the file."""
    ours = place.fresh("ours")
    try:
        measure(_job(FILLER, ours, file))
        expected, found = checksum(ours), checksum(url)
    finally:
        place.drop("ours")
    if found != expected:
        raise PipelineError("The rows are not those that bulk_load makes of the file.")


def checksum(url: str) -> str:
    """Return a digest of all flights, in the order of their key and in their stored form."""
    names = ", ".join(column.name for column in FLIGHTS.columns)
    text = sa.text(f"SELECT {names} FROM flights ORDER BY time_hour, carrier, flight")
    digest = hashlib.sha256()
    with Database(url) as db, db.engine.connect() as connection:
        for row in connection.execute(text.execution_options(stream_results=True)):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def in_a_process(job: dict[str, Any]) -> dict[str, Any]:
    """Do the job in a process of its own, which has the memory and the imports of that job only."""
    done = subprocess.run(
        [job.get("python", sys.executable), "-m", "lib.bench.worker"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        answer = {"error": f"exit code {done.returncode}: {done.stderr[-500:]}"}
    if "error" in answer:
        raise PipelineError(answer["error"])
    return answer


# --- The table ------------------------------------------------------------------------------


def compared(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return the results of one database, as the JSON has them, with their ratio to the usual."""
    usual = [each.median for each in results if each.method.name in BASELINES]
    return [each.as_json(usual[0] if usual else None) for each in results]


def format_table(answers: Sequence[dict[str, Any]]) -> str:
    """Return a line for each method."""
    lines = [f"{'method':<24}{'seconds':>9}{'rows/s':>11}{'peak MB':>9}{'ratio':>7}  how"]
    for row in answers:
        ratio = "-" if row["ratio_to_sql"] is None else f"{row['ratio_to_sql']:.1f}x"
        how = f"{row['label']} ({row['note']})" if row["note"] else row["label"]
        lines.append(
            f"{row['method']:<24}{row['median_s']:>9.2f}{row['rows_per_s']:>11,}"
            f"{row['peak_mb']:>9.0f}{ratio:>7}  {how}"
        )
    return "\n".join(lines)

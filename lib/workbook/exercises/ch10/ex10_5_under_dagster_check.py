"""The check of exercise 10.5: the asset is run in fair weather and in foul."""

# mypy: disallow-untyped-calls=False

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from sqlalchemy import insert, select, update

from lib.database import Database
from lib.errors import NotReady, PipelineError
from lib.models import Flight
from lib.orchestration.dagster_assets import give_types_back, in_process
from lib.workbook.course.exercise import Sandbox, expect, expect_type
from lib.workbook.exercises.ch10.ex10_1_repeatable_task_check import more_flights
from lib.workbook.exercises.ch10.looking import accident, counted, daily
from lib.workbook.exercises.checking import rows_of
from lib.workbook.exercises.driver import no_room

MONTHS = [f"2013-{number:02}" for number in range(1, 13)]
# What the report says of months that have no flights now, or are not asked for.
OLD = [("2013-07", 1, 5, 0), ("2012-12", 31, 9, 1), ("2013-02", 28, 7, 7)]
EMPTY = "2013-07"
PROMPT_S = 0.05  # a pause that is none


def load_dagster() -> Any:
    """Import Dagster, which is to tell nobody how it is used, and return it."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    dagster = importlib.import_module("dagster")
    give_types_back()
    return dagster


def with_dagster(make: Callable[[], Any]) -> Callable[[], Any]:
    """Return the function, but with the names `dg` and `months` in its module before it is called.

    Importing Dagster takes seconds, for which those who only want to know what exercises there are
    need not wait.
    """

    @wraps(make)
    def ready() -> Any:
        dg = load_dagster()
        months = dg.MonthlyPartitionsDefinition("2013-01", end_date="2014-01", fmt="%Y-%m")
        inspect.unwrap(make).__globals__.update(dg=dg, months=months)
        return make()

    return ready


@dataclass
class Run:
    """What came of one run of the asset."""

    success: bool
    attempts: int  # of Dagster's, as its events tell
    waits: list[float]  # seconds that Dagster waited between two of them
    reason: str  # of the first failure
    failed: Sequence[str]  # INSERTs into daily that were let fail


@dataclass
class Trial:
    """The asset, and the database that each of its runs is given."""

    asset: Any
    sandbox: Sandbox
    db: Database
    dagster: Any
    instance: Any

    def run(self, month: str, error: Callable[[], Exception] | None = None, times: int = 99) -> Run:
        """Run the asset for the month; so many INSERTs into `daily` fail with the error."""
        block: Any = nullcontext([])
        if error is not None:
            block = accident(self.db, "daily", error, times)
        options = {"resources": {"db": self.db}, "instance": self.instance}
        with block as failed:
            materialize = partial(in_process, self.dagster.materialize, [self.asset], **options)
            result = self.sandbox.call(partial(materialize, partition_key=month))
        kinds = [each.event_type_value for each in result.all_events]
        again = [each for each in result.all_events if each.event_type_value == "STEP_UP_FOR_RETRY"]
        waits = [each.event_specific_data.seconds_to_wait or 0 for each in again]
        attempts = kinds.count("STEP_START") + kinds.count("STEP_RESTARTED")
        return Run(result.success, attempts, waits, _reason(result), failed)

    def report(self) -> list[tuple[Any, ...]]:
        return sorted(rows_of(self.db, select(daily)))

    def expect_report(self, months: Sequence[str], when: str) -> None:
        """Expect what the flights say of these months, and the old rows of all others."""
        rows = [row for row in OLD if row[0] not in months]
        for month in months:
            rows += rows_of(self.db, counted(month))
        found, right = self.report(), sorted(rows)
        wrong = [row for row in found if found.count(row) > right.count(row)]
        lacks = [row for row in right if found.count(row) < right.count(row)]
        shown = f"one too many: {_row(wrong[0])}" if wrong else ""
        lacking = f"one that is lacking: {_row(lacks[0])}" if lacks else ""
        expect(
            not wrong and not lacks,
            f"{when}, `daily` has {len(found)} rows, and should have {len(right)}; "
            f"{' and '.join(each for each in (shown, lacking) if each)}.",
        )


def check_report(answer: Any, sandbox: Sandbox) -> str:
    with sandbox.clock.pause():
        dg = load_dagster()
    expect_type(answer, dg.AssetsDefinition, "an asset, made by `@dg.asset`")
    names = sorted(key.to_user_string() for key in answer.keys)
    expect(
        names == ["report"], f"The asset is called {', '.join(names)}; it is to be called report."
    )
    months = answer.partitions_def
    missing = [each for each in MONTHS if months is None or not months.has_partition_key(each)]
    expect(
        not missing,
        f"The asset cannot be run for {missing[0] if missing else ''}: `partitions_def` says that "
        "it exists month by month.",
    )
    policy = _policy(answer)
    delay = getattr(policy, "delay", None) or 0
    expect(
        delay <= PROMPT_S,
        f"Its `retry_policy` waits {delay} seconds. It is to be tried again at once: `delay=0`.",
    )
    db = sandbox.db
    daily.create(db.engine, checkfirst=True)
    october = [row for row in more_flights() if (row["year"], row["month"]) == (2013, 10)]
    db.execute([insert(daily).values(OLD), insert(Flight).values(october)])
    with dg.DagsterInstance.ephemeral() as instance:
        trial = Trial(answer, sandbox, db, dg, instance)
        expect_fair_weather(trial)
        expect_patience(trial, policy)
        expect_no_patience(trial)
        expect_no_empty_report(trial)
    return "That is it. The clock, the months and the page are Dagster's; the work is yours."


def expect_fair_weather(trial: Trial) -> None:
    """Expect a true report of each month that is run, the second time as well."""
    for months, times in ((["2013-01"], "first"), (["2013-01"], "second")):
        run = trial.run(months[-1])
        expect(run.success, f"The {times} run of 2013-01 fails: {run.reason}")
        trial.expect_report(months, f"After the {times} run of 2013-01")
    run = trial.run("2013-10")
    expect(run.success, f"The run of 2013-10 fails: {run.reason}")
    trial.expect_report(["2013-01", "2013-10"], "After the run of 2013-10")


def expect_patience(trial: Trial, policy: Any) -> None:
    """Expect that what may pass is tried again: at once, and three times at most."""
    trial.db.execute([update(Flight).where(Flight.day == 2).values(dep_time=None)])
    run = trial.run("2013-01", lambda: NotReady("No database answers."), times=2)
    allowed = getattr(policy, "max_retries", None)
    expect(
        run.success,
        "The server is away for two INSERTs into `daily`, an error that may pass. The INSERT was "
        f"tried {_times(len(run.failed))}, and the run failed: {run.reason} "
        + ("The asset has no `retry_policy`." if not policy else f"`max_retries` is {allowed}."),
    )
    expect(
        all(wait <= PROMPT_S for wait in run.waits),
        f"Between two attempts it waits {max(run.waits, default=0)} seconds; it is to be tried "
        "again at once.",
    )
    trial.expect_report(["2013-01", "2013-10"], "After two failures and a success")
    before = trial.report()
    run = trial.run("2013-01", lambda: NotReady("No database answers."))
    expect(not run.success, "Every attempt failed, and the run is called a success.")
    expect(
        len(run.failed) == 4,
        "The server stays away. Tried again at most three times means 4 attempts; the INSERT was "
        f"tried {_times(len(run.failed))}.",
    )
    expect(trial.report() == before, "Every attempt failed, and `daily` is not as before.")


def expect_no_patience(trial: Trial) -> None:
    """Expect that what may not pass is tried once."""
    before = trial.report()
    for what, error in {
        "PipelineError: A damaged file": lambda: PipelineError("A damaged file."),
        "OperationalError: The disk is full": lambda: no_room(trial.db),
    }.items():
        run = trial.run("2013-01", error)
        case = f"The INSERT into `daily` fails ({what}), which may not pass:"
        expect(not run.success, f"{case} the run is called a success.")
        expect(
            len(run.failed) == 1 and run.attempts == 1,
            f"{case} it was tried {_times(len(run.failed))}. Ask `may_pass(db, error)`, and raise "
            "`dg.Failure(..., allow_retries=False)` where it says no.",
        )
        expect(trial.report() == before, f"{case} `daily` is not as before.")


def expect_no_empty_report(trial: Trial) -> None:
    """Expect that a month without flights fails, once, and leaves the old report."""
    before = trial.report()
    run = trial.run(EMPTY)
    expect(
        not run.success,
        "July has no flight in this database, and its run is called a success: an empty report "
        "that nobody hears of.",
    )
    expect(
        trial.report() == before,
        "July has no flight; its run fails, but the old report of July is gone. Look before you "
        "replace.",
    )
    expect(
        run.attempts == 1,
        f"July has no flight, and that was tried {_times(run.attempts)}. It will not pass by "
        "itself: `allow_retries=False`.",
    )
    trial.db.execute([update(Flight).where(Flight.day == 3).values(month=7)])
    run = trial.run(EMPTY)
    expect(
        run.success,
        "July has got flights, in the database that the run is given, and the run fails: "
        f"{run.reason} Ask `context.resources.db`, each time.",
    )
    rows = [row for row in before if row[0] != EMPTY] + rows_of(trial.db, counted(EMPTY))
    expect(
        trial.report() == sorted(rows),
        "July has got flights, and after its run `daily` does not say so, or has changed in "
        "another month.",
    )


def _policy(asset: Any) -> Any:
    """The policy of the asset's function; None where there is none, or it cannot be told."""
    return getattr(getattr(asset, "node_def", None), "retry_policy", None)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _row(row: Sequence[Any]) -> str:
    return f"{row[0]}, day {row[1]}: {row[2]} flights, {row[3]} cancelled"


def _reason(result: Any) -> str:
    failures = [each.step_failure_data.error for each in result.all_events if each.is_step_failure]
    seen = failures[0] if failures else None
    while seen is not None and seen.cause is not None:
        seen = seen.cause
    return seen.message.strip().splitlines()[0] if seen else "no step says why"

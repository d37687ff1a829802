"""The check of exercise 10.5: the asset is run in fair weather and in foul."""

# mypy: disallow-untyped-calls=False

from __future__ import annotations

import importlib
import os
from typing import Any

from sqlalchemy import insert, select, update

from lib.errors import NotReady, PipelineError
from lib.models import Flight
from lib.orchestration.dagster_assets import give_types_back, in_process
from lib.workbook.course.exercise import Bench, expect, expect_type
from lib.workbook.exercises.ch10.looking import accident, counted, daily, rows_of

OLD = ("2013-07", 1, 5, 0)  # what the report says of a month that has no flights now


def load_dagster() -> Any:
    """Import Dagster, which is to tell nobody how it is used, and return it."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    dagster = importlib.import_module("dagster")
    give_types_back()
    return dagster


def check_report(answer: Any, bench: Bench) -> str:
    dg = load_dagster()
    expect_type(answer, dg.AssetsDefinition, "an asset, made by `@dg.asset`")
    name = answer.key.to_user_string()
    expect(name == "report", f"The asset is called {name}; it is to be called report.")
    expect(
        answer.partitions_def is not None and answer.partitions_def.has_partition_key("2013-07"),
        "The asset has no months: `partitions_def` says that it exists month by month.",
    )
    with dg.DagsterInstance.ephemeral() as instance:
        return judge(answer, bench, dg, instance)


def judge(answer: Any, bench: Bench, dg: Any, instance: Any) -> str:
    """Run the asset in fair weather and in foul; return the praise."""
    db = bench.db
    daily.create(db.engine, checkfirst=True)
    db.execute([insert(daily).values(OLD)])

    def run(month: str) -> tuple[Any, int]:
        """Return the result, and how many attempts there were."""
        options = {"partition_key": month, "resources": {"db": db}, "instance": instance}
        result = bench.call(in_process, dg.materialize, [answer], **options)
        steps = [each.event_type_value for each in result.all_events]
        return result, steps.count("STEP_START") + steps.count("STEP_RESTARTED")

    def report() -> list[tuple[Any, ...]]:
        return sorted(rows_of(db, select(daily)))

    def wanted() -> list[tuple[Any, ...]]:
        return sorted([OLD, *rows_of(db, counted("2013-01"))])

    for round_ in ("first", "second"):
        result, _tries = run("2013-01")
        expect(result.success, f"The {round_} run of January fails: {_reason(result)}")
        expect(
            report() == wanted(),
            f"After the {round_} run of January, `daily` does not say what the flights say. "
            "`context.partition_key` is the month, `context.resources.db` the database.",
        )

    db.execute([update(Flight).where(Flight.day == 2).values(dep_time=None)])
    with accident(db, "daily", lambda: NotReady("No database answers."), times=2):
        result, tries = run("2013-01")
    expect(
        result.success,
        f"The server is away for two attempts. The run was tried {tries} "
        f"{'time' if tries == 1 else 'times'}, and failed: an error that may pass has to reach "
        "Dagster as it is, and `retry_policy` says how often it is tried again.",
    )
    expect(report() == wanted(), "After the retries, `daily` does not say what the flights say.")

    with accident(db, "daily", lambda: NotReady("No database answers."), times=99):
        result, tries = run("2013-01")
    expect(not result.success, "Every attempt failed, and the run is called a success.")
    expect(tries == 4, f"Tried again at most three times means 4 attempts; here were {tries}.")

    with accident(db, "daily", lambda: PipelineError("A damaged file."), times=99):
        result, tries = run("2013-01")
    expect(
        not result.success and tries == 1,
        f"An error that may not pass was tried {tries} times. Ask `may_pass(db, error)`, and "
        "raise `dg.Failure(..., allow_retries=False)` where it says no.",
    )

    result, tries = run("2013-07")
    expect(
        not result.success,
        "July has no flight in this database, and its run is called a success: an empty report "
        "that nobody hears of.",
    )
    expect(
        OLD in report(),
        "July has no flight; its run fails, but the old report of July is gone. Look before you "
        "replace.",
    )
    expect(
        tries == 1,
        f"July has no flight, and that was tried {tries} times. It will not pass by itself: "
        "`allow_retries=False`.",
    )
    db.execute([update(Flight).where(Flight.day == 3).values(month=7)])
    result, _tries = run("2013-07")
    expect(
        result.success,
        "July has got flights, in the database that the run is given, and the run fails: "
        f"{_reason(result)} Ask `context.resources.db`, each time.",
    )
    return "That is it. The clock, the months and the page are Dagster's; the work is yours."


def _reason(result: Any) -> str:
    failures = [each.step_failure_data.error for each in result.all_events if each.is_step_failure]
    seen = failures[0] if failures else None
    while seen is not None and seen.cause is not None:
        seen = seen.cause
    return seen.message.strip().splitlines()[0] if seen else "no step says why"

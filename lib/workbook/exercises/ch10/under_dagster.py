"""Exercise 10.5: the report as an asset of Dagster."""

# The answers stand here as one would type them into a cell, without annotations. Those of Dagster's
# own functions would be evaluated, so nothing here is postponed.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False

import importlib
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy import func, insert, select, update

from lib.dialects import NotReady
from lib.errors import PipelineError
from lib.models import Flight
from lib.orchestration import give_types_back, in_process
from lib.tasks import may_pass
from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_type
from lib.workbook.exercises.ch10.looking import accident, counted, daily, replace_month, rows_of

OLD = ("2013-07", 1, 5, 0)  # what the report says of a month that has no flights now


# As in the chapter's cells. Set by `load_dagster`: importing Dagster takes seconds, which those who
# only want to know what exercises there are need not wait for.
dg: Any = None
months: Any = None


def load_dagster() -> None:
    """Import Dagster, and make the chapter's months."""
    global dg, months
    if dg is None:
        os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
        dg = importlib.import_module("dagster")
        give_types_back()
        months = dg.MonthlyPartitionsDefinition("2013-01", end_date="2014-01", fmt="%Y-%m")


def with_dagster(make: Callable[[], Any]) -> Callable[[], Any]:
    """Return the function, but with Dagster loaded before it is called."""

    @wraps(make)
    def ready() -> Any:
        load_dagster()
        return make()

    return ready


def check_report(answer: Any, bench: Bench) -> str:
    load_dagster()
    expect_type(answer, dg.AssetsDefinition, "an asset, made by `@dg.asset`")
    name = answer.key.to_user_string()
    expect(name == "report", f"The asset is called {name}; it is to be called report.")
    expect(
        answer.partitions_def is not None and answer.partitions_def.has_partition_key("2013-07"),
        "The asset has no months: `partitions_def` says that it exists month by month.",
    )
    with dg.DagsterInstance.ephemeral() as instance:
        return judge(answer, bench, instance)


def judge(answer: Any, bench: Bench, instance: Any) -> str:
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

    db.execute([update(Flight).where(Flight.day == 9).values(dep_time=None)])
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
    return "That is it. The clock, the months and the page are Dagster's; the work is yours."


def _reason(result: Any) -> str:
    failures = [each.step_failure_data.error for each in result.all_events if each.is_step_failure]
    seen = failures[0] if failures else None
    while seen is not None and seen.cause is not None:
        seen = seen.cause
    return seen.message.strip().splitlines()[0] if seen else "no step says why"


def solution_report() -> Any:
    @dg.asset(
        partitions_def=months,
        required_resource_keys={"db"},
        retry_policy=dg.RetryPolicy(max_retries=3, delay=0),
    )
    def report(context):
        db, month = context.resources.db, context.partition_key
        try:
            if not db.execute([counted(month)])[0]:
                raise PipelineError(f"{month} has no flights.")
            replace_month(db, month)
        except Exception as error:
            if may_pass(db, error):
                raise
            raise dg.Failure(str(error), allow_retries=False) from error

    return report


def report_by_count() -> Any:
    def make(context):
        db, month = context.resources.db, context.partition_key
        flights = select(func.count()).select_from(Flight)
        with db.session_scope() as session:
            count = session.scalar(flights.filter_by(month=int(month[-2:])))
        if count == 0:
            raise dg.Failure("No flights.", allow_retries=False)
        try:
            replace_month(db, month)
        except NotReady:
            raise
        except Exception as error:
            raise dg.Failure(repr(error), allow_retries=False) from error
        return dg.MaterializeResult(metadata={"flights": count})

    policy = dg.RetryPolicy(max_retries=3)
    options = {"required_resource_keys": {"db"}, "retry_policy": policy}
    return dg.asset(name="report", partitions_def=months, **options)(make)


def report_without_policy() -> Any:
    @dg.asset(partitions_def=months, required_resource_keys={"db"})
    def report(context):
        replace_month(context.resources.db, context.partition_key)

    return report


def report_retries_everything() -> Any:
    policy = dg.RetryPolicy(max_retries=3, delay=0)

    @dg.asset(partitions_def=months, required_resource_keys={"db"}, retry_policy=policy)
    def report(context):
        replace_month(context.resources.db, context.partition_key)

    return report


def report_of_nothing() -> Any:
    policy = dg.RetryPolicy(max_retries=3, delay=0)

    @dg.asset(partitions_def=months, required_resource_keys={"db"}, retry_policy=policy)
    def report(context):
        db = context.resources.db
        try:
            replace_month(db, context.partition_key)
        except Exception as error:
            if may_pass(db, error):
                raise
            raise dg.Failure(str(error), allow_retries=False) from error

    return report


def report_looks_too_late() -> Any:
    policy = dg.RetryPolicy(max_retries=3, delay=0)

    @dg.asset(partitions_def=months, required_resource_keys={"db"}, retry_policy=policy)
    def report(context):
        db, month = context.resources.db, context.partition_key
        try:
            replace_month(db, month)
        except Exception as error:
            if may_pass(db, error):
                raise
            raise dg.Failure(str(error), allow_retries=False) from error
        if not db.execute([counted(month)])[0]:
            raise dg.Failure("No flights.", allow_retries=False)

    return report


def report_without_months() -> Any:
    @dg.asset(required_resource_keys={"db"})
    def report(context):
        for number in range(1, 13):
            replace_month(context.resources.db, f"2013-{number:02}")

    return report


EXERCISE = Exercise(
    id="10.5",
    title="The report, under Dagster",
    check=check_report,
    hints=(
        "Begin with `daily_report` from above and `with_policy`: together they have all the parts "
        "but one, the month without flights.",
        "Look first: `db.execute([counted(month)])[0]` is the list of the month's days. If it is "
        "empty, raise, before anything is replaced.",
        "One `try` around both, the look and `replace_month`; in its `except`, `raise` what "
        "`may_pass`, and a `dg.Failure(..., allow_retries=False)` for the rest.",
    ),
    solution=with_dagster(solution_report),
    also_right=(with_dagster(report_by_count),),
    wrong=(
        Wrong(
            with_dagster(report_without_policy),
            "`retry_policy` says how often",
            "believes that an orchestrator tries again by itself",
        ),
        Wrong(
            with_dagster(report_retries_everything),
            "An error that may not pass was tried 4 times",
            "lets Dagster repeat what can only fail again",
        ),
        Wrong(
            with_dagster(report_of_nothing),
            "an empty report that nobody hears of",
            "takes nothing to do for done",
        ),
        Wrong(
            with_dagster(report_looks_too_late),
            "the old report of July is gone",
            "checks after the harm is done",
        ),
        Wrong(
            with_dagster(report_without_months),
            "The asset has no months",
            "makes one task of the year",
        ),
    ),
)

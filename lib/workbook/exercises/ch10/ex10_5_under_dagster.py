"""Exercise 10.5: the report as an asset of Dagster."""

# The answers stand here as one would type them into a cell, without annotations. Those of Dagster's
# own functions would be evaluated, so nothing here is postponed.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False

from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy import func, select

from lib.errors import NotReady, PipelineError
from lib.models import Flight
from lib.pipeline.months import may_pass
from lib.workbook.course.exercise import Exercise, Wrong
from lib.workbook.exercises.ch10.ex10_5_under_dagster_check import check_report, load_dagster
from lib.workbook.exercises.ch10.looking import counted, replace_month

# As in the chapter's cells. Set when an answer is made: importing Dagster takes seconds, for which
# those who only want to know what exercises there are need not wait.
dg: Any = None
months: Any = None


def with_dagster(make: Callable[[], Any]) -> Callable[[], Any]:
    """Return the function, but with Dagster loaded before it is called."""

    @wraps(make)
    def ready() -> Any:
        global dg, months
        dg = load_dagster()
        months = dg.MonthlyPartitionsDefinition("2013-01", end_date="2014-01", fmt="%Y-%m")
        return make()

    return ready


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


def report_asks_elsewhere() -> Any:
    there = {"2013-01"}  # what a cell of the notebook has found in the notebook's database
    policy = dg.RetryPolicy(max_retries=3, delay=0)

    @dg.asset(partitions_def=months, required_resource_keys={"db"}, retry_policy=policy)
    def report(context):
        db, month = context.resources.db, context.partition_key
        if month not in there:
            raise dg.Failure("No flights.", allow_retries=False)
        try:
            replace_month(db, month)
        except Exception as error:
            if may_pass(db, error):
                raise
            raise dg.Failure(str(error), allow_retries=False) from error

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
            with_dagster(report_asks_elsewhere),
            "in the database that the run is given",
            "asks the notebook's database, where the run has one of its own",
        ),
        Wrong(
            with_dagster(report_without_months),
            "The asset has no months",
            "makes one task of the year",
        ),
    ),
)

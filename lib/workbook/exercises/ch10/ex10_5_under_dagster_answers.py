"""Answers to exercise 10.5, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations. Those of Dagster's own
# functions would be evaluated, so nothing here is postponed.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False

from typing import Any

from sqlalchemy import func, select

from lib.database import Database
from lib.errors import NotReady, PipelineError
from lib.models import Flight
from lib.pipeline.months import may_pass
from lib.workbook.exercises.ch10.looking import counted, daily, replace_month

dg: Any = None  # these two as in the chapter's cells; set by `with_dagster`
months: Any = None

# --- Right ----------------------------------------------------------------------------------


def report_by_count() -> Any:
    def make(context):
        db, month = context.resources.db, context.partition_key
        flights = select(func.count()).select_from(Flight)
        with db.session_scope() as session:
            year, number = map(int, month.split("-"))
            count = session.scalar(flights.filter_by(year=year, month=number))
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


def report_that_asks_for_retries() -> Any:
    @dg.asset(partitions_def=months)
    def report(context, db: dg.ResourceParam[Database]):  # type: ignore[no-untyped-def]
        month = context.partition_key
        rows = select(counted(month).subquery())
        try:
            with db.engine.connect() as connection:
                if connection.execute(rows).first() is None:
                    raise dg.Failure(f"{month} has no flights", allow_retries=False)
            replace_month(db, month)
        except dg.Failure:
            raise
        except Exception as error:
            if may_pass(db, error):
                raise dg.RetryRequested(max_retries=3) from error
            raise dg.Failure(type(error).__name__, allow_retries=False) from error

    return report


def report_that_tries_by_itself() -> Any:
    @dg.asset(partitions_def=months, required_resource_keys={"db"})
    def report(context):
        db, month = context.resources.db, context.partition_key
        if db.query(counted(month)).empty:
            raise PipelineError("No flights.")
        for attempt in range(4):
            try:
                return replace_month(db, month)
            except Exception as error:
                if attempt == 3 or not may_pass(db, error):
                    raise

    return report


def report_in_a_class_of_months() -> Any:
    keys = dg.StaticPartitionsDefinition([f"2013-{number:02}" for number in range(1, 13)])
    policy = dg.RetryPolicy(max_retries=3, delay=0, backoff=dg.Backoff.EXPONENTIAL)

    @dg.asset(
        name="report", partitions_def=keys, required_resource_keys={"db"}, retry_policy=policy
    )
    def anything(context):
        db, month = context.resources.db, context.partition_key
        with db.engine.begin() as connection:
            days = connection.execute(counted(month)).all()
            if not days:
                raise dg.Failure("nothing to report", allow_retries=False)
            connection.execute(daily.delete().where(daily.c.month == month))
            try:
                connection.execute(
                    daily.insert(), [dict(zip(daily.c.keys(), d, strict=True)) for d in days]
                )
            except Exception as error:
                if not may_pass(db, error):
                    raise dg.Failure("for good", allow_retries=False) from error
                raise

    return anything


# --- Wrong ----------------------------------------------------------------------------------


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


def report_asks_elsewhere() -> Any:
    there = {
        "2013-01",
        "2013-10",
    }  # what a cell of the notebook has found in the notebook's database
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


def report_that_appends() -> Any:
    policy = dg.RetryPolicy(max_retries=3, delay=0)

    @dg.asset(partitions_def=months, required_resource_keys={"db"}, retry_policy=policy)
    def report(context):
        db, month = context.resources.db, context.partition_key
        try:
            if not db.execute([counted(month)])[0]:
                raise PipelineError(f"{month} has no flights.")
            db.execute([daily.insert().from_select(daily.c.keys(), counted(month))])
        except Exception as error:
            if may_pass(db, error):
                raise
            raise dg.Failure(str(error), allow_retries=False) from error

    return report


def report_that_logs_its_failure() -> Any:
    policy = dg.RetryPolicy(max_retries=3, delay=0)

    @dg.asset(partitions_def=months, required_resource_keys={"db"}, retry_policy=policy)
    def report(context):
        db, month = context.resources.db, context.partition_key
        try:
            replace_month(db, month)
        except Exception as error:
            if may_pass(db, error):
                raise
            context.log.error(str(error))

    return report


def report_is_a_function() -> Any:
    def report(context):
        replace_month(context.resources.db, context.partition_key)

    return report

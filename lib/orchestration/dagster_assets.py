"""The same parts as Dagster sees them: assets with months, checks, retries and a schedule.

Dagster is imported when its definitions are asked for, and no earlier: the pipeline runs without.
Annotations are evaluated here, unlike elsewhere, because Dagster reads those of its functions.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.ext.compiler import deregister

from lib.config import load_settings
from lib.database import Database
from lib.feeds import Feed
from lib.load.report import LoadReport
from lib.load.rules import Rule
from lib.pipeline.flights import FEEDS, is_monthly
from lib.pipeline.months import (
    MONTHLY,
    MONTHS,
    breaks,
    due,
    empty_days,
    load_part,
    may_pass,
)

if TYPE_CHECKING:
    import dagster as dg

ATTEMPTS, PAUSE = 4, 2.0  # seconds before the second attempt; each further pause is twice as long
COUNTS = ("read", "inserted", "updated", "unchanged", "rejected")

# Dagster would write each of its steps to stderr.
QUIET: Mapping[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def give_types_back() -> None:
    """Let MySQL's columns be made again as SQLAlchemy makes them.

    Dagster's storage, once imported, writes DATETIME(6) and FLOAT(32) for every table of the
    process, ours included. Here it keeps what is its own in SQLite, and needs neither. It is
    imported here, because Dagster would do so later, at its first run.
    """
    import_module("dagster._core.storage.sql")
    for kind in (sa.TIMESTAMP, sa.DateTime, sa.FLOAT, sa.Float):  # those derived from another first
        if "_compiler_dispatcher" in vars(kind):
            deregister(kind)


def code_location() -> "dg.Definitions":
    """Return what Dagster's own processes ask for: the definitions on the settings' database."""
    return definitions(Database(load_settings().database_url))


def definitions(db: Database, *, pause: float = PAUSE) -> "dg.Definitions":
    """Return everything that Dagster is to know: assets, a job, a schedule, the database.

    `pause` is how long it waits, in seconds, before it tries for a second time.
    """
    import dagster as dg

    give_types_back()
    assets = [make_asset(feed, pause=pause) for feed in FEEDS.values()]
    months = dg.define_asset_job(
        "one_month",
        dg.AssetSelection.assets(*(feed.table.name for feed in MONTHLY)),
        description="Load the weather and the flights of a month, and check them.",
    )
    return dg.Definitions(
        assets=assets,
        jobs=[months],
        schedules=[make_schedule(months)],
        resources={"db": db},  # the object itself: its URL is in no configuration that is shown
        executor=dg.in_process_executor,
    )


def month_partitions() -> "dg.MonthlyPartitionsDefinition":
    """Return the months that we have files for; each is loaded, or fails, by itself.

    Dagster counts a month once it is over; ours is there from its first day on.
    """
    import dagster as dg

    return dg.MonthlyPartitionsDefinition(MONTHS[0], end_date="2014-01", end_offset=1, fmt="%Y-%m")


def make_asset(feed: Feed, *, pause: float = PAUSE) -> "dg.AssetsDefinition":
    """Return the asset of a feed: a load that may be repeated, when it is to be, and its checks.

    It depends on the tables that its own refers to; of one that is loaded by months, any will do.
    The checks look at what is in the table then, not at what the load says of itself.
    """
    import dagster as dg

    table, monthly = feed.table, is_monthly(feed)
    checks = dict(_checks(feed)) if monthly else {}

    @dg.asset(
        name=table.name,
        description=(feed.model.__doc__ or "").partition("\n")[0],
        deps=sorted({key.column.table.name for key in table.foreign_keys}),
        partitions_def=month_partitions() if monthly else None,
        check_specs=[
            dg.AssetCheckSpec(check, asset=table.name, description=text)
            for check, (text, _look) in checks.items()
        ],
        required_resource_keys={"db"},
        retry_policy=dg.RetryPolicy(
            max_retries=ATTEMPTS - 1,
            delay=pause,
            backoff=dg.Backoff.EXPONENTIAL,
            jitter=dg.Jitter.PLUS_MINUS,
        ),
    )
    def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        db: Database = context.resources.db
        month = context.partition_key if context.has_partition_key else ""
        results = []
        try:
            report = load_part(db, feed.model, month or None)
            for check, (_text, look) in checks.items():
                with db.engine.connect() as connection:
                    passed, found = look(connection, month)
                results.append(dg.AssetCheckResult(check_name=check, passed=passed, metadata=found))
        except Exception as error:
            if may_pass(db, error):
                raise  # the policy above tries again
            text = f"{type(error).__name__}: {error}"
            raise dg.Failure(text, allow_retries=False) from error
        return dg.MaterializeResult(metadata=_shown(report), check_results=results)

    return load


Look = Callable[[Connection, str], tuple[bool, dict[str, Any]]]


def _checks(feed: Feed) -> Iterator[tuple[str, tuple[str, Look]]]:
    """Yield a name, a text and a look for each rule of the table, and for missing days."""
    for rule in feed.rules:
        name = f"{rule.column}_is_never_{rule.reason.split(' (')[0].replace(' ', '_')}"
        text = f"No row of the month has a {rule.column} that is {rule.reason}."
        yield name, (text, partial(_rule_is_kept, feed.table, rule))
    yield "no_day_is_empty", ("Each day has a row.", partial(_no_day_is_empty, feed.table))


def _rule_is_kept(
    table: sa.Table, rule: Rule, connection: Connection, month: str
) -> tuple[bool, dict[str, Any]]:
    broken = breaks(connection, table, rule, month)
    return broken == 0, {"rows that break it": broken}


def _no_day_is_empty(
    table: sa.Table, connection: Connection, month: str
) -> tuple[bool, dict[str, Any]]:
    days = empty_days(connection, table, month)
    return not days, {"empty days": ", ".join(map(str, days)) or "none"}


def make_schedule(job: Any) -> "dg.ScheduleDefinition":
    """Return the schedule: each morning, the months that may have got new rows."""
    import dagster as dg

    @dg.schedule(
        name="each_morning",
        job=job,
        cron_schedule="0 6 * * *",
        execution_timezone="UTC",
        description="At six, the month of yesterday; in a month's first days the one before, too.",
    )
    def each_morning(context: dg.ScheduleEvaluationContext) -> Any:
        today = context.scheduled_execution_time.date()
        months = due(today)
        if not months:
            return dg.SkipReason(f"There is no file for {today:%B %Y}.")
        # The key says that a tick which is repeated asks for the same runs, not for more.
        return [
            dg.RunRequest(run_key=f"{month} on {today}", partition_key=month) for month in months
        ]

    return each_morning


def in_process(run: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a function of Dagster's that runs assets in this process; return its result.

    It writes no log, and a failure is told by the result. A thread, because a notebook has an event
    loop at work, which Dagster would try to close.
    """
    with ThreadPoolExecutor(1, "dagster") as thread:
        return thread.submit(run, *args, run_config=QUIET, raise_on_error=False, **options).result()


def _shown(report: LoadReport) -> dict[str, Any]:
    """Return what Dagster draws a curve of: the counts of a load."""
    shown: dict[str, Any] = {name: getattr(report, name) for name in COUNTS}
    shown |= {f"inferred {table}": count for table, count in report.inferred.items()}
    return shown | ({"note": report.note} if report.note else {})

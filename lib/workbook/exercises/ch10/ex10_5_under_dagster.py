"""Exercise 10.5: the report as an asset of Dagster."""

# The solution stands here as one would type it into a cell, without annotations. Those of Dagster's
# own functions would be evaluated, so nothing here is postponed.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False

from typing import Any

from lib.errors import PipelineError
from lib.pipeline.months import may_pass
from lib.workbook.course.exercise import Exercise, Word, Wrong
from lib.workbook.exercises.ch10 import ex10_5_under_dagster_answers as answers
from lib.workbook.exercises.ch10.ex10_5_under_dagster_check import check_report, with_dagster
from lib.workbook.exercises.ch10.looking import counted, replace_month
from lib.workbook.exercises.slips import slip

dg: Any = None  # these two as in the chapter's cells; set by `with_dagster`
months: Any = None


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


def but(*changes: tuple[str, str]) -> Any:
    """The solution with a slip."""
    return with_dagster(slip(solution_report, *changes))


LOOK = ("            if not db.execute([counted(month)])[0]:\n", "            if False:\n")
LATE = (
    "            replace_month(db, month)\n",
    "            replace_month(db, month)\n"
    "            if not db.execute([counted(month)])[0]:\n"
    '                raise PipelineError("nothing")\n',
)
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
    also_right=(
        with_dagster(answers.report_by_count),
        with_dagster(answers.report_that_asks_for_retries),
        with_dagster(answers.report_that_tries_by_itself),
        with_dagster(answers.report_in_a_class_of_months),
    ),
    words=(
        Word(
            "`report`, a Dagster asset",
            "the name and the kind of what is handed over",
            but(("def report(", "def daily_report("), ("return report", "return daily_report")),
        ),
        Word(
            "with monthly partitions (`months`)",
            "twelve months for which it must be possible to run it",
            but(
                (
                    "partitions_def=months,",
                    "partitions_def=dg.DailyPartitionsDefinition('2013-01-01'),",
                )
            ),
        ),
        Word(
            "brings `daily` up to date for its month",
            "runs of January, October and July, and old rows of other months",
            but(("replace_month(db, month)", 'replace_month(db, "2013-01")')),
        ),
        Word(
            "with `replace_month`",
            "a second run of January, after which each day must be there once",
            with_dagster(answers.report_that_appends),
        ),
        Word(
            "All that it asks and writes goes to the resource `db`",
            "a database in which July has flights, then none, then some",
            with_dagster(answers.report_asks_elsewhere),
        ),
        Word(
            "When an error may pass, it is tried again",
            "NotReady at the first two INSERTs",
            with_dagster(answers.report_without_policy),
        ),
        Word(
            "at once (`delay=0`)",
            "the seconds that Dagster waits between two attempts",
            but(("delay=0", "delay=30")),
        ),
        Word(
            "at most three times",
            "NotReady at each INSERT: four are sent",
            but(("max_retries=3", "max_retries=5")),
        ),
        Word(
            "A month of which `flights` has no row is a failure, not an empty report",
            "July, which has no flights",
            but(LOOK),
        ),
        Word(
            "it leaves `daily` as it was",
            "an old row of July",
            but(LOOK, LATE),
        ),
        Word(
            "and is not tried again",
            "the number of Dagster's attempts for July",
            but(
                ("if may_pass(db, error):", "if may_pass(db, error) or 'no flights' in str(error):")
            ),
        ),
        Word(
            "Nor is any other error that may not pass",
            "a damaged file and a full disk, at the INSERT",
            with_dagster(answers.report_retries_everything),
        ),
    ),
    asides=("(`ask` would ask the notebook's own database)",),
    wrong=(
        Wrong(
            with_dagster(answers.report_without_policy),
            "The asset has no `retry_policy`",
            "believes that an orchestrator tries again by itself",
        ),
        Wrong(
            with_dagster(answers.report_retries_everything),
            "which may not pass: it was tried 4 times",
            "lets Dagster repeat what can only fail again",
        ),
        Wrong(
            but(LOOK),
            "an empty report that nobody hears of",
            "takes nothing to do for done",
        ),
        Wrong(
            but(LOOK, LATE),
            "the old report of July is gone",
            "checks after the harm is done",
        ),
        Wrong(
            with_dagster(answers.report_asks_elsewhere),
            "Ask `context.resources.db`, each time",
            "asks the notebook's database, where the run has one of its own",
        ),
        Wrong(
            with_dagster(answers.report_without_months),
            "cannot be run for 2013-01",
            "makes one task of the year",
        ),
        Wrong(
            but(("replace_month(db, month)", 'replace_month(db, "2013-01")')),
            "After the run of 2013-10, `daily` has",
            "writes the month that is at hand into the task",
        ),
        Wrong(
            with_dagster(answers.report_that_appends),
            "After the second run of 2013-01",
            "adds the report again, each time it is run",
        ),
        Wrong(
            but(("max_retries=3", "max_retries=4")),
            "the INSERT was tried 5 times",
            "counts the attempts, where the repetitions are counted",
        ),
        Wrong(
            but(("max_retries=3", "max_retries=1")),
            "`max_retries` is 1",
            "allows one repetition, where two are needed",
        ),
        Wrong(
            with_dagster(answers.report_that_logs_its_failure),
            "the run is called a success",
            "writes the failure into a log, and ends well",
        ),
        Wrong(
            with_dagster(answers.report_is_a_function),
            "the answer is of type function",
            "writes the function, and does not make it an asset",
        ),
    ),
)

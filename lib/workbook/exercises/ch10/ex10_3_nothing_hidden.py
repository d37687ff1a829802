"""Exercise 10.3: a backfill that goes on, and tells."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from lib.errors import PipelineError
from lib.workbook.course.exercise import Exercise, Word, Wrong
from lib.workbook.exercises.ch10 import ex10_3_nothing_hidden_answers as answers
from lib.workbook.exercises.ch10.ex10_3_nothing_hidden_check import check_backfill
from lib.workbook.exercises.slips import slip


def solution_backfill() -> Any:
    def backfill(months, task):
        failed = []
        for month in months:
            try:
                task(month)
            except Exception:
                failed.append(month)
        if failed:
            raise PipelineError(f"Months that failed: {', '.join(failed)}.")
        return months

    return backfill


EXERCISE = Exercise(
    id="10.3",
    title="A backfill that hides nothing",
    check=check_backfill,
    hints=(
        "Keep a list of the months that failed. The `try` belongs inside the loop, the `raise` "
        "after it.",
        "`except Exception:` and append the month to the list; do not raise yet.",
        "`raise PipelineError(...)` after the loop if the list is not empty, with all its months "
        "in the text; otherwise return the months.",
    ),
    solution=solution_backfill,
    also_right=(
        answers.backfill_with_causes,
        answers.backfill_by_a_helper,
        answers.backfill_with_a_group,
        answers.backfill_in_two_lists,
    ),
    words=(
        Word(
            "Write `backfill(months, task)`",
            "calls with the months first",
            slip(solution_backfill, ("def backfill(months, task)", "def backfill(task, months)")),
        ),
        Word(
            "calls `task(month)`, here without `db`",
            "a task that counts its arguments",
            slip(solution_backfill, ("task(month)", "task(None, month)")),
        ),
        Word(
            "for each month",
            "a task that keeps for which months it was called",
            slip(solution_backfill, ("for month in months:", "for month in months[:-1]:")),
        ),
        Word(
            "in order",
            "months that are not sorted",
            slip(solution_backfill, ("for month in months:", "for month in sorted(months):")),
        ),
        Word(
            "whatever happens to the others",
            "three months that fail, of five",
            answers.backfill_stops,
        ),
        Word(
            "whatever happens to the others",
            "five months of which each fails",
            answers.backfill_gives_up,
        ),
        Word(
            "If all went well, it returns the list of the months",
            "months of which none fails, whatever the task returns",
            slip(solution_backfill, ("return months", "return None")),
        ),
        Word(
            "after the last one",
            "three failures, and months after the second",
            slip(
                solution_backfill,
                (
                    "        if failed:\n",
                    "            if len(failed) > 1 or failed and month == months[-1]:\n",
                ),
                ("            raise Pipe", "                raise Pipe"),
            ),
        ),
        Word(
            "it raises a `PipelineError`",
            "the type of what comes out",
            slip(solution_backfill, ("PipelineError(", "RuntimeError(")),
        ),
        Word(
            "whose text names every month that failed",
            "three failures that have to be named",
            answers.backfill_names_the_last,
        ),
        Word(
            "and none that did not",
            "two months that succeed beside those that fail",
            slip(solution_backfill, ("', '.join(failed)", "failed + months")),
        ),
        Word(
            "Ctrl-C (`KeyboardInterrupt`) stops it at once",
            "Ctrl-C in the second month of five",
            slip(solution_backfill, ("except Exception:", "except BaseException:")),
        ),
        Word(
            "and comes out, whatever failed before",
            "Ctrl-C in the second month, after the first has failed",
            answers.backfill_raises_at_last,
        ),
    ),
    wrong=(
        Wrong(
            answers.backfill_stops,
            "never called for 2013-06, 2013-07, 2013-08",
            "lets the first failure decide over the others",
        ),
        Wrong(
            answers.backfill_gives_up,
            "the task is never called for 2013-07, 2013-08",
            "gives up after three failures, which nothing asks for",
        ),
        Wrong(
            answers.backfill_returns_what_worked,
            "takes the backfill for done",
            "prints the failure, and believes that somebody reads it",
        ),
        Wrong(
            answers.backfill_names_the_last,
            "the error names 2013-08",
            "remembers one failure, and forgets that there may be more",
        ),
        Wrong(
            answers.backfill_names_a_range,
            "the error names 2013-05, 2013-08",
            "names the first and the last, as if all between had failed",
        ),
        Wrong(
            answers.backfill_raises_the_last_error,
            "is the error of 2013-08 itself",
            "keeps an error, where the months are asked for",
        ),
        Wrong(
            answers.backfill_returns_the_error,
            "takes the backfill for done",
            "returns the error, which nobody looks at",
        ),
        Wrong(
            slip(solution_backfill, ("f\"Months that failed: {', '.join(failed)}.\"", "failed")),
            "It wants a text",
            "hands over what the text was to be made of",
        ),
        Wrong(
            slip(solution_backfill, ("task(month)", "task(None, month)")),
            "Here it takes one, the month",
            "calls this task as those above, with the database first",
        ),
        Wrong(
            answers.backfill_asks_the_result,
            "none fails, and PipelineError: Months that failed: 2013-04, 2013-05, 2013-07",
            "takes a task that returns nothing for one that failed",
        ),
        Wrong(
            answers.backfill_remembers,
            "the error names 2013-05, 2013-06, 2013-08",
            "keeps the list of failures from one call to the next",
        ),
        Wrong(
            slip(solution_backfill, ("for month in months:", "for month in sorted(months):")),
            "in the order given",
            "sorts the months, where their order is asked for",
        ),
        Wrong(
            slip(solution_backfill, ("except Exception:", "except:  # noqa: E722")),
            "Ctrl-C in the second month",
            "writes a bare except",
        ),
        Wrong(
            answers.backfill_raises_at_last,
            "after the first has failed: it stops, and PipelineError",
            "raises in `finally`, and so hides Ctrl-C",
        ),
    ),
)

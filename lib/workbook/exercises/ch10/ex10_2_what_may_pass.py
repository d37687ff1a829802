"""Exercise 10.2: retries with backoff, of what may pass."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from lib.workbook.course.exercise import Exercise, Word, Wrong
from lib.workbook.exercises.ch10 import ex10_2_what_may_pass_answers as answers
from lib.workbook.exercises.ch10.ex10_2_what_may_pass_check import check_retries
from lib.workbook.exercises.slips import slip


def solution_retries() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if attempt == attempts - 1 or not may_pass(error):
                    raise
            sleep(pause * 2**attempt)

    return with_retries


EXERCISE = Exercise(
    id="10.2",
    title="Repeat what may pass",
    check=check_retries,
    hints=(
        "A `for` loop over the attempts, in it a `try` around `return work()`.",
        "In `except Exception as error:` there are two reasons to `raise`: it was the last "
        "attempt, or `may_pass(error)` is false.",
        "The pause comes after the `except` block, or at its end: `sleep(pause * 2**attempt)`, "
        "with attempts counted from 0.",
    ),
    solution=solution_retries,
    also_right=(
        answers.retries_with_jitter,
        answers.retries_by_calling_itself,
        answers.retries_by_while,
        answers.retries_with_a_list_of_pauses,
        answers.retries_that_keep_the_error,
        answers.retries_by_recursion_inside,
    ),
    words=(
        Word(
            "Write `with_retries(work, may_pass, sleep, attempts=4, pause=1.0)`",
            "work that always fails, with neither attempts nor pause given",
            slip(solution_retries, ("attempts=4", "attempts=5")),
        ),
        Word(
            "It calls `work()`",
            "work that takes no argument",
            slip(solution_retries, ("work()", "work(attempt)")),
        ),
        Word(
            "returns what it returns",
            "work that returns a text, None, 0 and an empty text",
            slip(solution_retries, ("return work()", "return work() or 'done'")),
        ),
        Word(
            "If an error comes, and `may_pass(error)` is true",
            "an error that may not pass, at the first call and at the second",
            slip(solution_retries, (" or not may_pass(error)", "")),
        ),
        Word(
            "If an error comes, and `may_pass(error)` is true",
            "a ConnectionResetError, which is no error of the pipeline's, and may pass",
            answers.retries_of_the_pipelines_errors,
        ),
        Word(
            "calls `sleep(seconds)`",
            "a `sleep` that keeps a list of the pauses",
            slip(solution_retries, ("sleep(pause * 2**attempt)", "pass")),
        ),
        Word(
            "and tries again",
            "work that fails twice and then succeeds",
            slip(solution_retries, ("sleep(pause * 2**attempt)", "return sleep(pause)")),
        ),
        Word(
            "`attempts` calls at most",
            "work that always fails, with 1, 3, 4 and 6 attempts",
            slip(solution_retries, ("range(attempts)", "range(4)"), ("attempts - 1", "3")),
        ),
        Word(
            "This `may_pass` takes the error alone",
            "a `may_pass` that counts its arguments",
            slip(solution_retries, ("may_pass(error)", "may_pass(None, error)")),
        ),
        Word(
            "The first pause lasts `pause` seconds",
            "`pause` of 0.5, 1 and 10 seconds",
            slip(solution_retries, ("pause * 2**attempt", "2**attempt")),
        ),
        Word(
            "each further one twice as long",
            "five pauses, of which the last is sixteen times the first",
            slip(solution_retries, ("pause * 2**attempt", "pause * (attempt + 1)")),
        ),
        Word(
            "An error that may not pass",
            "a damaged file, at the first call and at the second",
            slip(solution_retries, (" or not may_pass(error)", "")),
        ),
        Word(
            "that of the last attempt",
            "errors that are told apart: the last one has to come out",
            answers.retries_that_raise_the_first,
        ),
        Word(
            "comes out as it is",
            "the very object that the work has raised",
            slip(solution_retries, ("raise\n", "raise RuntimeError(str(error)) from error\n")),
        ),
        Word(
            "Ctrl-C is never tried again",
            "KeyboardInterrupt at the first call and at the second",
            slip(solution_retries, ("except Exception", "except BaseException")),
        ),
    ),
    wrong=(
        Wrong(
            slip(solution_retries, (" or not may_pass(error)", "")),
            "It is not tried again",
            "retries whatever comes, and so hides a fault for an hour",
        ),
        Wrong(
            answers.retries_of_the_pipelines_errors,
            "the work is called once, and ConnectionResetError: away 1 comes out",
            "decides which errors may pass, where `may_pass` was given",
        ),
        Wrong(
            slip(solution_retries, ("pause * 2**attempt", "pause")),
            "The pauses are 1, 1; expected are 1, 2",
            "waits, but always the same: a server that comes up is hit in step",
        ),
        Wrong(
            slip(solution_retries, ("2**attempt", "min(2**attempt, 2)")),
            "The pauses are 1, 2, 2; expected are 1, 2, 4",
            "doubles once, and waits the same from then on",
        ),
        Wrong(
            answers.retries_that_swallow,
            "None is returned. The error of the last attempt has to come out",
            "lets the loop end after the last failure, as if all were well",
        ),
        Wrong(
            slip(solution_retries, ("raise\n", "return error\n")),
            "NotReady('away 4') is returned",
            "returns the error, where it has to be raised",
        ),
        Wrong(
            answers.retries_that_raise_the_first,
            "NotReady: away 1 comes out",
            "remembers the first error, and tells an old story",
        ),
        Wrong(
            answers.retries_one_too_many,
            "The attempts that are asked for: 4",
            "counts the repetitions, not the attempts",
        ),
        Wrong(
            answers.retries_that_sleep_at_the_end,
            "The pauses are 1, 2, 4, 8; expected are 1, 2, 4",
            "waits after the last attempt, for nothing",
        ),
        Wrong(
            answers.retries_without_end,
            "called without end",
            "forgets how many attempts there are",
        ),
        Wrong(
            answers.retries_of_none,
            "whatever it returns",
            "takes a result of None for a failure",
        ),
        Wrong(
            slip(solution_retries, ("may_pass(error)", "may_pass(None, error)")),
            "takes the error alone",
            "calls `may_pass` as the pipeline does, with a database",
        ),
        Wrong(
            slip(solution_retries, ("except Exception", "except BaseException")),
            "Ctrl-C in the first call",
            "leaves it to `may_pass` whether Ctrl-C is obeyed",
        ),
        Wrong(answers.retries_of_ctrl_c, "Ctrl-C in the first call", "catches BaseException"),
        Wrong(
            answers.retries_that_turn_ctrl_c,
            "KeyboardInterrupt has to come out",
            "obeys Ctrl-C, and hides it from who called",
        ),
    ),
)

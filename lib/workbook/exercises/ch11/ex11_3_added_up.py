"""Exercise 11.3: what several workers counted, added up."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from lib.workbook.course.exercise import Exercise, Word, Wrong
from lib.workbook.exercises.ch11 import ex11_3_added_up_answers as answers
from lib.workbook.exercises.ch11.ex11_3_added_up_check import check_combine
from lib.workbook.exercises.slips import slip


def solution_combine() -> Any:
    def combine(parts):
        names = ("flights", "cancelled", "departed", "late", "delay")
        total = {name: sum(part[name] for part in parts) for name in names}
        departed = total["departed"]
        return {
            "flights": total["flights"],
            "cancelled": total["cancelled"],
            "on_time": 1 - total["late"] / departed if departed else None,
            "mean_delay": total["delay"] / departed if departed else None,
        }

    return combine


EXERCISE = Exercise(
    id="11.3",
    title="Add up what was counted",
    check=check_combine,
    hints=(
        "First add up all five counts over all parts. Divide once, at the very end.",
        "The share and the mean are about flights that departed: divide by the sum of `departed`.",
        "`total = {name: sum(part[name] for part in parts) for name in names}`; then "
        "`1 - late / departed` and `delay / departed`, or None if `departed` is 0.",
    ),
    solution=solution_combine,
    also_right=(
        answers.combine_with_pandas,
        answers.combine_in_a_loop,
        answers.combine_in_fractions,
        answers.combine_weighted,
    ),
    words=(
        Word(
            "Write `combine(parts)`",
            "a call with one list",
            slip(solution_combine, ("def combine(parts)", "def combine(*parts)")),
        ),
        Word(
            "`parts` is a list of dictionaries as `sums_of` returns them",
            "dictionaries with six names",
            slip(solution_combine, ("part[name]", "getattr(part, name)")),
        ),
        Word(
            "one or more",
            "lists of one part, of four, and of twelve",
            slip(solution_combine, ("for part in parts)", "for part in parts[:4])")),
        ),
        Word(
            "in any order; not every month has a flight that left",
            "a month without departures, at the head, in the middle and alone",
            answers.combine_until_nothing,
        ),
        Word(
            "Return one dictionary for all of them together",
            "the kind of what is returned",
            answers.combine_one_by_one,
        ),
        Word(
            "`flights` and `cancelled`, the counts",
            "months with and without cancelled flights",
            slip(
                solution_combine,
                ('"flights": total["flights"]', '"flights": total["flights"] - total["cancelled"]'),
            ),
        ),
        Word(
            "`on_time`, the share of the departed flights",
            "cancelled flights, which did not depart",
            slip(
                solution_combine, ('total["late"] / departed', 'total["late"] / total["flights"]')
            ),
        ),
        Word(
            "that were not late",
            "months of which a tenth is late, a quarter, and all",
            slip(solution_combine, ('1 - total["late"]', 'total["late"]')),
        ),
        Word(
            "`mean_delay`, in minutes",
            "sums of minutes",
            slip(solution_combine, ('total["delay"] / departed', 'total["delay"] / departed / 60')),
        ),
        Word(
            "neither of them rounded",
            "shares and means with many digits",
            slip(
                solution_combine,
                ('total["delay"] / departed', 'round(total["delay"] / departed, 2)'),
            ),
        ),
        Word(
            "The last two are `None` if nothing departed at all",
            "seven flights, all of them cancelled; a mean and a share that are 0",
            answers.combine_zero,
        ),
    ),
    wrong=(
        Wrong(answers.combine_means, "the mean of the months' own", "averages averages"),
        Wrong(
            answers.combine_by_flights,
            "one that was cancelled did not depart",
            "divides by another number than was summed over",
        ),
        Wrong(
            answers.combine_late,
            "the share of those that were late",
            "turns the share around",
        ),
        Wrong(
            answers.combine_or_none,
            "also where it is 0",
            "takes a mean of 0 for none",
        ),
        Wrong(
            slip(
                solution_combine,
                (
                    '1 - total["late"] / departed if departed else None',
                    '(1 - total["late"] / departed if departed else None) or None',
                ),
            ),
            "on_time of month 6 is None",
            "takes a share of 0 for none",
        ),
        Wrong(
            answers.combine_zero,
            "Both are unknown then: None",
            "turns nothing known into a perfect score",
        ),
        Wrong(
            answers.combine_divides,
            "divides by zero when no flight",
            "forgets the empty case",
        ),
        Wrong(
            answers.combine_month_by_month,
            "A month in which nothing departed makes it divide by zero",
            "divides in each month, and adds up afterwards",
        ),
        Wrong(
            slip(
                solution_combine,
                ('total["delay"] / departed', 'round(total["delay"] / departed, 2)'),
            ),
            "It is rounded",
            "rounds what others go on to compute with",
        ),
        Wrong(
            slip(solution_combine, ('"on_time"', '"punctual"')),
            "The dictionary lacks on_time",
            "chooses names of their own",
        ),
        Wrong(
            answers.combine_remembers,
            "the parts, months 1, 2, 3, add up to 410",
            "keeps the sums of the last call",
        ),
        Wrong(
            answers.combine_nan,
            "on_time is nan",
            "lets pandas divide by zero, and hands on what is no number",
        ),
    ),
)

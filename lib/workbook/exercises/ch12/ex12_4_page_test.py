"""Exercise 12.4: a test that no broken page passes."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lib.models import Flight
from lib.workbook.checking.sandbox import AnswerRaised
from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    Word,
    Wrong,
    expect,
    expect_function,
)
from lib.workbook.exercises.ch09.looking import SKIPS, expect_that_it_runs, outcome_of
from lib.workbook.exercises.ch12 import ex12_4_page_test_answers as answers
from lib.workbook.exercises.ch12.ex12_4_page_test_pages import (
    BROKEN,
    good,
    good_with_more,
    number_of_last_month,
)
from lib.workbook.exercises.ch12.looking import add_flights, flights_by_origin
from lib.workbook.exercises.slips import slip
from lib.workbook.show.page_run import run_page


@dataclass
class Ended:
    """How the test ended on a page: by this error, or by none, and with what was returned."""

    error: BaseException | None
    said: Any = None

    @property
    def told(self) -> str:
        text = str(self.error).splitlines()[0] if str(self.error) else ""
        return f"{type(self.error).__name__}: {text}".removesuffix(": ")


def check_test(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "test_page")
    expect_that_it_runs(answer)
    add_flights(sandbox.db)
    number = sum(flights_by_origin(sandbox.db).values())
    expect_good(answer, sandbox, number)
    ended = try_on(answer, good_with_more, sandbox)
    expect(
        ended.error is None,
        "A good page with other numbers beside the one labelled 'Flights' fails your test: "
        f"{ended.told}.",
    )
    for page, what, why in BROKEN:
        ended = try_on(answer, page, sandbox)
        said = f"Your test returns {ended.said!r:.60}, at which nobody looks: it fails by `assert`."
        expect(
            ended.error is not None and not isinstance(ended.error, SKIPS),
            f"Your test passes on a page that {what}. {why if ended.said is None else said}",
        )
    return f"That is it. Two good pages pass, {len(BROKEN)} broken ones do not."


def expect_good(answer: Any, sandbox: Sandbox, number: int) -> None:
    """Expect that the test passes on a good page; where it does not, say what is on the page."""
    ended = try_on(answer, good, sandbox, raises=True)
    if ended.error is None:
        return
    expect(
        not isinstance(ended.error, SKIPS),
        "At a good page your test is skipped. A skip is not a pass.",
    )
    known = try_on(answer, number_of_last_month, sandbox).error is None
    cause = " It passes on one that shows 27,004, the chapter's number. Ask the database for it."
    raise NotYet(
        f"A good page fails your test ({ended.told}). Its metric 'Flights' shows the text "
        f"'{number:,}'; the table here has {number:,} flights.{cause if known else ''}"
    )


def try_on(
    answer: Any, page: Callable[..., None], sandbox: Sandbox, *, raises: bool = False
) -> Ended:
    """Call the test with this page. What is no failure comes out only where `raises` says so."""
    said: list[Any] = []

    def run(answer: Callable[..., Any], *args: Any, **options: Any) -> None:
        said.append(sandbox.call(answer, *args, **options))

    try:
        ended = outcome_of(answer, {"page": page, "db": sandbox.db}, {}, run)
    except AnswerRaised as wrapper:
        if not raises:
            return Ended(wrapper.__cause__)
        if getattr(wrapper.__cause__, "obj", None) is page:
            told = Ended(wrapper.__cause__).told
            raise NotYet(
                f"At a good page your test ends with {told}. `page` is a function: "
                "`run_page(page, db=db)` runs it, and returns what is on the page."
            ) from None
        raise
    return Ended(ended, said[0] if said else None)


def solution_test() -> Any:
    def test_page(page, db):
        ran = run_page(page, db=db)
        assert not ran.exception
        with db.engine.connect() as connection:
            flights = connection.scalar(select(func.count()).select_from(Flight))
        shown = {metric.label: metric.value for metric in ran.metric}
        assert shown["Flights"] == f"{flights:,}"

    return test_page


EXERCISE = Exercise(
    id="12.4",
    title="A test that no broken page passes",
    check=check_test,
    hints=(
        "Three steps: run the page, look for an error, compare the number with the database's.",
        "`run_page(page, db=db)` returns the page. `exception` is the list of its errors, "
        "`metric` the list of its numbers, each with a `label` and a `value`.",
        "Ask the database for the count, write it as the page does, `f'{number:,}'`, and compare "
        "it with the value whose label is 'Flights'.",
    ),
    solution=solution_test,
    also_right=(
        answers.test_by_search,
        answers.test_with_all_metrics,
        answers.test_in_words,
        answers.test_by_pytest,
        answers.test_by_streamlit,
    ),
    words=(
        Word(
            "Write `test_page(page, db)`",
            "calls with a page and a database",
            slip(solution_test, ("def test_page(page, db)", "def test_page(page)")),
        ),
        Word(
            "for pages that show an `st.metric`",
            "a page that has the number in a text, and in no metric",
            answers.anywhere_on_the_page,
        ),
        Word(
            "labelled `Flights`",
            "a page that shows the number under the label 'Planes'",
            answers.any_metric,
        ),
        Word(
            "with the number of flights in the table",
            "a page that leaves out the cancelled flights",
            slip(solution_test, ("func.count()", "func.count(Flight.dep_time)")),
        ),
        Word(
            "written like `27,004`",
            "good pages, whose numbers have a comma; a broken one, whose number has none",
            answers.as_numbers,
        ),
        Word(
            "`page` is a function such as `airports`",
            "a good page, which is a function",
            answers.looks_at_the_function,
        ),
        Word(
            "The test asserts",
            "broken pages, on which a result that is returned says nothing",
            answers.returns_it,
        ),
        Word(
            "it passes when the page is good",
            "a good page",
            slip(solution_test, ("assert not ran.exception", "assert ran.exception")),
        ),
        Word(
            "on two good pages",
            "a good page with other numbers beside the one that is asked for",
            answers.takes_the_first,
        ),
        Word("and on eight broken ones", "eight broken pages", answers.looks_for_errors_only),
        Word(
            "over a database with other flights than yours",
            "a number of flights that is not the chapter's",
            answers.knows_the_number,
        ),
    ),
    asides=(),
    wrong=(
        Wrong(
            answers.only_runs_it,
            "never raises",
            "expects a page's error to reach the test by itself",
        ),
        Wrong(
            answers.looks_for_errors_only,
            "a page that leaves out the cancelled flights",
            "calls a page right because it does not crash",
        ),
        Wrong(
            answers.knows_the_number,
            "It passes on one that shows 27,004",
            "compares with a number of one day's data",
        ),
        Wrong(
            answers.returns_it,
            "at which nobody looks: it fails by `assert`",
            "writes a function that answers, not one that fails",
        ),
        Wrong(
            answers.compares_with_a_number,
            "shows the text '2,719'",
            "compares what is shown with what is meant",
        ),
        Wrong(
            answers.looks_at_the_function,
            "`page` is a function",
            "takes the script for the page that comes of it",
        ),
        Wrong(
            answers.only_where_it_is_shown,
            "when no metric has the label",
            "asserts in a loop that may have nothing to go through",
        ),
        Wrong(
            answers.takes_the_first,
            "A good page with other numbers beside the one",
            "ties the test to the place of a number instead of its name",
        ),
        Wrong(
            answers.any_metric,
            "under the label 'Planes'",
            "finds the number, and does not ask what it is called",
        ),
        Wrong(
            answers.anywhere_on_the_page,
            "and in no metric",
            "searches the whole page for the number",
        ),
        Wrong(
            slip(solution_test, ("        assert not ran.exception\n", "")),
            "and an error below it",
            "compares the number, and does not look below it",
        ),
        Wrong(
            answers.as_numbers,
            "shows the number without its comma",
            "takes the commas away before it compares",
        ),
        Wrong(
            slip(
                solution_test,
                ('shown["Flights"] == ', 'shown["Flights"] in (str(flights), '),
                ('f"{flights:,}"', 'f"{flights:,}")'),
            ),
            "shows the number without its comma",
            "takes the number in either form",
        ),
        Wrong(
            answers.looks_at_its_beginning,
            "a page that shows one flight too many",
            "compares the first digits, as if the others did not count",
        ),
        Wrong(
            answers.skips_it,
            "A skip is not a pass",
            "skips where a page could be broken",
        ),
    ),
)

"""Exercise 12.1: a page whose number follows its filter."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from lib.database import Database
from lib.models import Flight
from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, Word, Wrong, expect_function
from lib.workbook.exercises.ch12 import ex12_1_airport_page_answers as answers
from lib.workbook.exercises.ch12.ex12_1_airport_page_choices import (
    Choice,
    choices,
    expect_no_other,
    groups,
)
from lib.workbook.exercises.ch12.looking import (
    AIRPORTS,
    add_flights,
    digits,
    flights_by_origin,
    run_answer,
)
from lib.workbook.exercises.slips import slip


def check_page(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "airport_page")
    db = sandbox.db
    add_flights(db)
    flights = flights_by_origin(db)
    page = run_answer(answer, db, sandbox)
    chosen = choices(page)
    group = list(chosen.values()) or shows_each(page, flights)
    if not group:
        raise NotYet(_what_is_there(page))
    expect_no_other(page, group)
    for code in (*AIRPORTS, *AIRPORTS[::-1]) if chosen else ():
        expect_number(chosen[code].choose(page), code, flights, db)
    return "That is it. The page asks again at each choice, and shows what it was asked for."


def expect_number(part: Any, code: str, flights: dict[str, int], db: Database) -> None:
    """Expect the number of flights from this airport, on this part of the page."""
    shown = _number_on(part)
    if shown is None:
        labels = ", ".join(repr(str(each.label)) for each in part.metric)
        there = f"; there are {labels}" if labels else ""
        raise NotYet(f"With {code} chosen, the page has no `st.metric` labelled 'Flights'{there}.")
    if digits(shown) == str(flights[code]):
        return
    elsewhere = [other for other in flights if other != code]
    told = {
        "Those are all flights: what is chosen has to be in the question.": sum(flights.values()),
        "Those are without the cancelled ones.": flights_by_origin(db, Flight.dep_time)[code],
        **{f"Those are the flights from {other}.": flights[other] for other in elsewhere},
    }
    fits = [why for why, number in told.items() if str(number) == digits(shown)]
    raise NotYet(
        f"With {code} chosen, the page shows {shown}; `flights` has {flights[code]:,} rows with "
        f"this `origin`.{' ' + fits[0] if len(fits) == 1 else ''}"
    )


def shows_each(page: AppTest, flights: dict[str, int]) -> list[Choice]:
    """Return the choices of a widget without the codes in its options, if they show the three
    numbers."""
    wanted = {str(flights[code]): code for code in AIRPORTS}
    for group in groups(page):
        if len(group) >= len(AIRPORTS):
            shown = {digits(_number_on(choice.choose(page))): choice for choice in group}
            if wanted.keys() <= shown.keys():
                return [shown[number] for number in wanted]
    return []


def _number_on(part: Any) -> Any:
    """The value of the metric that is labelled Flights; None where there is none."""
    return next((each.value for each in part.metric if each.label == "Flights"), None)


def _what_is_there(page: AppTest) -> str:
    there = [", ".join(choice.label for choice in group) for group in groups(page) if group]
    if there:
        return f"One can choose: {'; '.join(there)}. EWR, JFK and LGA are asked for."
    return (
        "The page has nothing to choose from. `st.selectbox(label, options)`, for instance, shows "
        "a list, and returns what is chosen."
    )


def solution_page() -> Any:
    def airport_page(db):
        import streamlit as st
        from sqlalchemy import func, select

        from lib.models import Flight

        st.title("Departures")
        origin = st.selectbox("From", ["EWR", "JFK", "LGA"])
        question = select(func.count()).where(Flight.origin == origin)
        with db.engine.connect() as connection:
            st.metric("Flights", f"{connection.scalar(question):,}")

    return airport_page


EXERCISE = Exercise(
    id="12.1",
    title="A page that follows its filter",
    check=check_page,
    hints=(
        "The body is like that of `airports` above: import, ask, show. `st.selectbox` returns what "
        "is chosen, from the first run on.",
        "Put it into the question: `select(func.count()).where(Flight.origin == origin)`.",
        "Show the number with `st.metric('Flights', ...)`. All imports stand inside the function.",
    ),
    solution=solution_page,
    also_right=(
        answers.page_with_radio,
        answers.page_with_segments,
        answers.page_with_pills,
        answers.page_with_a_slider,
        answers.page_with_names,
        answers.page_in_a_form,
        answers.page_with_buttons,
        answers.page_with_tabs,
        answers.page_with_single_pills_of_names,
        answers.page_with_more_on_it,
    ),
    words=(
        Word(
            "Write `airport_page(db)`",
            "the page is run with a database",
            slip(solution_page, ("def airport_page(db)", "def airport_page()")),
        ),
        Word(
            "something to choose one of the three airports of departure from (EWR, JFK, LGA)",
            "options for each of the three",
            slip(solution_page, ('["EWR", "JFK", "LGA"]', '["EWR", "JFK"]')),
        ),
        Word(
            "one at a time",
            "whether the widget takes a second one",
            answers.page_with_several,
        ),
        Word(
            "no other airport, also where the table has more",
            "flights from a fourth airport",
            answers.page_with_all_there_are,
        ),
        Word(
            "an `st.metric`",
            "the metrics on the page",
            slip(solution_page, ('st.metric("Flights", ', 'st.write("Flights", ')),
        ),
        Word(
            "labelled `Flights`",
            "the label of the metric",
            slip(solution_page, ('st.metric("Flights", ', 'st.metric("Departures", ')),
        ),
        Word(
            "how many rows of `flights` have the chosen one as their `origin`",
            "cancelled flights, other months, and a fourth airport",
            slip(solution_page, ("func.count()", "func.count(Flight.dep_time)")),
        ),
        Word(
            "Import inside the function whatever the page needs",
            "the page is run outside of the module in which it stands",
            slip(
                solution_page,
                (
                    "        from sqlalchemy import func, select\n",
                    "        from sqlalchemy import func\n",
                ),
            ),
        ),
    ),
    asides=("Any widget that lets one choose will do.",),
    wrong=(
        Wrong(
            answers.page_that_ignores_the_choice,
            "what is chosen has to be in the question",
            "shows a filter, and does not use what it returns",
        ),
        Wrong(
            answers.page_without_a_choice,
            "nothing to choose from",
            "shows everything side by side instead of letting people choose",
        ),
        Wrong(
            answers.page_that_knows_the_number,
            "`flights` has",
            "writes numbers into the page that the database should give",
        ),
        Wrong(
            slip(solution_page, ("func.count()", "func.count(Flight.dep_time)")),
            "without the cancelled ones",
            "counts departures, where rows are asked for",
        ),
        Wrong(
            slip(solution_page, ("Flight.origin == origin", "Flight.dest == origin")),
            "With EWR chosen, the page shows",
            "asks for the flights to the airport",
        ),
        Wrong(
            slip(
                solution_page,
                ("Flight.origin == origin", "Flight.origin == origin, Flight.month == 1"),
            ),
            "With EWR chosen, the page shows",
            "counts January, which is all that they have seen",
        ),
        Wrong(
            slip(solution_page, ('["EWR", "JFK", "LGA"]', '["Newark", "LaGuardia"]')),
            "One can choose: Newark, LaGuardia. EWR, JFK and LGA are asked for",
            "offers two of three",
        ),
        Wrong(
            slip(
                solution_page,
                ("            st.metric", "            if origin != 'LGA': st.metric"),
            ),
            "With LGA chosen, the page has no `st.metric` labelled 'Flights'",
            "shows no number for one of the airports",
        ),
        Wrong(
            answers.page_with_all_there_are,
            "One can choose SWF, too",
            "offers what is in the table, where three are asked for",
        ),
        Wrong(
            slip(solution_page, ('["EWR", "JFK", "LGA"]', '["EWR", "JFK", "LGA", "All"]')),
            "One can choose All, too",
            "adds a choice that is no airport",
        ),
        Wrong(
            answers.page_with_a_fourth_button,
            "One can choose SWF, too",
            "has a button for each airport that has flights",
        ),
        Wrong(
            slip(
                solution_page,
                ('["EWR", "JFK", "LGA"])', '["EWR", "JFK", "LGA"], accept_new_options=True)'),
            ),
            "takes a text that somebody types",
            "lets people type any code",
        ),
        Wrong(
            answers.page_with_several,
            "can choose several airports at once",
            "adds up what is chosen, where one is to be chosen",
        ),
        Wrong(
            answers.page_with_several_pills,
            "can choose several airports at once",
            "shows the first of those that are chosen",
        ),
        Wrong(
            answers.page_one_step_behind,
            "Those are the flights from EWR",
            "shows the number of the choice before",
        ),
        Wrong(
            slip(solution_page, ("import func, select", "import func")),
            "it imports what it needs, in the function",
            "uses what the notebook has imported",
        ),
        Wrong(
            answers.page_by_lambda,
            "Write it with `def`",
            "hands over something without a text of its own",
        ),
    ),
)

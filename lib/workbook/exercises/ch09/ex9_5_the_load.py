"""Exercise 9.5, a small real task: test a load."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any
from unittest.mock import patch

import pandas as pd
from sqlalchemy import select

import lib.load
from lib.database import Database
from lib.load import bulk_load
from lib.models import Airline, Base
from lib.workbook.checking.raised import plain_function
from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, Word, Wrong
from lib.workbook.exercises.ch09 import ex9_5_the_load_answers as answers
from lib.workbook.exercises.ch09 import ex9_5_the_load_right as right
from lib.workbook.exercises.ch09.ex9_5_the_load_mutants import MUTANTS
from lib.workbook.exercises.ch09.looking import FAILURES, SKIPS, Arguments, judge_test, outcome_of
from lib.workbook.exercises.slips import slip


def check_load(answer: Any, sandbox: Sandbox) -> str:
    with ExitStack() as stack:
        empty = stack.enter_context(Database("sqlite://"))
        Base.metadata.create_all(empty.engine)

        def given(load: Callable[..., Any]) -> Arguments:
            def arguments() -> dict[str, Any]:
                db = stack.enter_context(Database("sqlite://"))
                with empty.engine.connect() as made, db.engine.connect() as fresh:
                    driver: Any = made.connection.driver_connection
                    driver.backup(fresh.connection.driver_connection)
                return {"load": load, "memory": db}

            return arguments

        try:
            judge_test(
                answer,
                sandbox,
                "test_load",
                {"the right load": given(bulk_load)},
                {kind: given(load) for kind, load in MUTANTS.items()},
                given,
            )
        except NotYet as reason:
            beside = calls_beside(answer, given) if callable(answer) else 0
            if not beside:
                raise
            raise NotYet(
                f"{reason} In your test `bulk_load`, today's load, runs "
                f"{'once' if beside == 1 else f'{beside} times'} by itself, whatever load the test "
                "is given: call `load`, its parameter, each time."
            ) from None
    return f"That is it. The load passes, and none of the {len(MUTANTS)} wrong ones does."


def calls_beside(answer: Any, given: Callable[[Callable[..., Any]], Arguments]) -> int:
    """How often the test has `bulk_load` run by itself, and not by the load that it is given.

    For this one run, a copy that counts stands wherever the test finds `bulk_load`: in the notebook
    and in `lib`.
    """
    beside: list[Any] = []

    def counting(*args: Any, **options: Any) -> Any:
        beside.append(args)
        return bulk_load(*args, **options)

    plain = plain_function(answer)
    with ExitStack() as stack:
        for place in (getattr(plain, "__globals__", {}), vars(lib), vars(lib.load)):
            names = [name for name, value in place.items() if value is bulk_load]
            stack.enter_context(patch.dict(place, dict.fromkeys(names, counting)))
        stack.enter_context(suppress(Exception, *FAILURES, *SKIPS))
        outcome_of(answer, given(bulk_load)(), {})
    return len(beside)


def solution_load() -> Any:
    def test_load(load, memory):
        names = {"AA": "Alpha", "BB": "Bravo", "CC": "x" * 65}
        rows = pd.DataFrame(names.items(), columns=["carrier", "name"])
        good = {"AA": "Alpha", "BB": "Bravo"}

        with memory.engine.begin() as connection:
            first = load(connection, Airline, rows)
            assert (first.read, first.inserted, first.rejected) == (3, 2, 1)
            assert dict(connection.execute(select(Airline.carrier, Airline.name)).all()) == good

            second = load(connection, Airline, rows)
            assert (second.inserted, second.updated, second.unchanged) == (0, 0, 2)

            third = load(connection, Airline, rows[:1].assign(name="Aleph"))
            assert third.updated == 1
            good["AA"] = "Aleph"
            assert dict(connection.execute(select(Airline.carrier, Airline.name)).all()) == good

    return test_load


EXERCISE = Exercise(
    id="9.5",
    title="Test a load",
    check=check_load,
    hints=(
        'Write down small rows by hand, such as `pd.DataFrame({"carrier": [...], "name": '
        "[...]})`. Load them with `load(connection, Airline, rows)`, inside "
        "`memory.engine.begin()`.",
        "Look at both: what the report says, and what the table holds, names included. A report "
        "can be wrong, and so can a table.",
        "Load three times: rows of which one has a name of 65 characters; the same rows again; "
        "one of them with another name. After the last, the others must still be there.",
    ),
    solution=solution_load,
    also_right=(
        right.load_with_helpers,
        right.load_by_sessions,
        right.load_committed_by_hand,
        right.load_in_frames,
        right.load_into_full_tables,
        right.load_in_a_frame_of_reports,
        right.load_by_parameters,
        answers.load_and,
    ),
    words=(
        Word(
            "`test_load(load, memory)` gets a load",
            "a call with a load and a database, by these names",
            slip(solution_load, ("def test_load(load, memory)", "def test_load(load)")),
        ),
        Word(
            "called as `load(connection, Airline, rows)` with a data frame",
            "the right load, which takes the connection first",
            slip(
                solution_load,
                ("first = load(connection, Airline, rows)", "first = load(Airline, rows)"),
            ),
        ),
        Word(
            "a `Database` in memory with empty tables",
            "tables without rows: all is inserted in the first run",
            slip(
                solution_load,
                (
                    "assert (first.read, first.inserted, first.rejected) == (3, 2, 1)",
                    "assert first.unchanged == 2",
                ),
            ),
        ),
        Word(
            "Call `load` itself for each run",
            "mutants that are wrong in a second run only",
            answers.load_of_today,
        ),
        Word(
            "`read` is `inserted` + `updated` + `unchanged` + `rejected`",
            "a mutant that reports five rows more as read",
            answers.load_read_is_not_read,
        ),
        Word(
            "each number is true",
            "mutants that move rows from one count to another",
            answers.load_adds_up,
        ),
        Word(
            "good rows are in the table, with their values",
            "mutants that load nothing, or give the names to the wrong airlines",
            answers.load_believes_the_report,
        ),
        Word(
            "a known carrier gets its new name",
            "a mutant that leaves the old name",
            slip(
                right.load_with_helpers,
                ("run(BB=", "run(DD="),
                ("== ((0, 1, 0, 0),", "== ((1, 0, 0, 0),"),
                ('"BB": "b", "CC": "C"}', '"BB": "B", "CC": "C", "DD": "b"}'),
                ('DD="D" * 65', 'FF="F" * 65'),
            ),
        ),
        Word(
            "rows that the source does not mention stay",
            "a mutant that deletes the rows that the source does not mention",
            answers.load_all_rows_mentioned,
        ),
        Word(
            "a name of more than 64 characters is rejected: not loaded, not cut",
            "mutants that cut such a name, also where it is called rejected, drop the row, call it "
            "inserted",
            answers.load_good_rows_only,
        ),
        Word(
            "a second run changes nothing, and says so",
            "mutants that call the rows of a second run updated, or inserted",
            answers.load_once,
        ),
    ),
    asides=(
        "Somebody wants to replace `bulk_load`. Write the test that must pass first.",
        "run `run_pytest(count, memory, load, test_load)` in a cell of your own",
    ),
    wrong=(
        Wrong(
            answers.load_believes_the_report,
            "gives the names to the wrong airlines",
            "tests the report, and never looks into the table",
        ),
        Wrong(
            answers.load_counts_only,
            "catches 2 of 17",
            "counts rows, and takes the right number for the right rows",
        ),
        Wrong(
            answers.load_good_rows_only,
            "drops the rows that break a rule",
            "loads good rows only; bad ones are what a pipeline meets",
        ),
        Wrong(
            slip(solution_load, ("== (3, 2, 1)", "== (3, 3, 0)")),
            "fails on the right load",
            "expects that whatever is in the source comes into the table",
        ),
        Wrong(
            answers.load_of_today,
            "`bulk_load`, today's load, runs once by itself",
            "tests the load that they know, in place of the one that the test is given",
        ),
        Wrong(
            answers.load_of_today_only,
            "`bulk_load`, today's load, runs 2 times by itself",
            "never calls what the test is given",
        ),
        Wrong(
            answers.load_all_rows_mentioned,
            "deletes the rows that the source does not mention",
            "mentions every row in each run, and so never sees what becomes of the others",
        ),
        Wrong(
            answers.load_read_is_not_read,
            "reports more rows read than the source has",
            "checks the parts of the sum, and never looks at the sum",
        ),
        Wrong(
            answers.load_says_no_word_of_updates,
            "calls a row unchanged that it has given a new name",
            "looks at the table after an update, and not at what the report says of it",
        ),
        Wrong(
            answers.load_forgets_the_rejected,
            "counts the rows that break a rule as inserted",
            "counts what was read and what is there, and not what became of the rest",
        ),
        *answers.BY_HALF,
    ),
)

"""How an answer is judged: the four states, and the helpers that checks are written with."""

from __future__ import annotations

import linecache
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lib.config import load_settings
from lib.database.schema import head
from lib.workbook.course.card import Card, code_marks
from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    State,
    Verdict,
    Wrong,
    describe_error,
    expect_frame,
    expect_function,
    expect_type,
    is_untouched,
    judge,
    same_value,
)
from lib.workbook.databases.checkpoints import FIRST_DAYS


def untouched(x: object = 1) -> None: ...


def documented(x: object) -> None:
    """Says what it will do.

    In more than one line.
    """


def documented_with_dots() -> None:
    """Says what it will do."""
    # Your code here.
    ...


async def awaited() -> None: ...


async def documented_and_awaited() -> None:
    """Says what it will do."""
    ...


@contextmanager
def decorated() -> Any: ...


@contextmanager
def documented_and_decorated() -> Any:
    """Says what it will do."""
    ...


def five() -> int:
    return 5


def saying() -> str:
    return "Says what it will do."


def saying_its_docstring() -> str:
    """Says what it will do."""
    return "Says what it will do."


def looking(x: object) -> None:
    """Says what it will do."""
    x  # noqa: B018


def generator() -> Iterator[None]:
    yield


async def async_generator() -> AsyncIterator[None]:
    yield


async def awaited_five() -> int:
    return 5


@contextmanager
def decorated_generator() -> Iterator[None]:
    """Says what it will do."""
    yield


def exercise_with(check: Callable[[Any, Sandbox], str | None]) -> Exercise:
    return Exercise(
        id="9.1",
        title="A <title>",
        check=check,
        hints=("Look at `x < y`.", "Closer."),
        solution=five,
        also_right=(),
        wrong=(Wrong(five, "says", "reveals"),),
    )


def judged(tmp_path: Path, check: Callable[[Any, Sandbox], str | None], answer: Any) -> Verdict:
    settings = load_settings(environ={"WORKBOOK_DIR": str(tmp_path)})
    return judge(exercise_with(check), answer, settings)


STUBS = [
    *[..., untouched, documented, documented_with_dots, awaited, documented_and_awaited],
    *[decorated, documented_and_decorated, lambda x: ...],
]
ANSWERS = [
    *[None, 5, "", five, len, Exercise, lambda x: x, saying, saying_its_docstring],
    *[looking, generator, async_generator, awaited_five, decorated_generator],
]


@pytest.mark.parametrize("answer", STUBS)
def test_a_stub_is_untouched(answer: object) -> None:
    assert is_untouched(answer)


@pytest.mark.parametrize("answer", ANSWERS)
def test_anything_else_is_an_answer(answer: object) -> None:
    assert not is_untouched(answer)


def test_a_check_that_passes_is_correct_and_may_praise(tmp_path: Path) -> None:
    assert judged(tmp_path, lambda a, b: None, 1) == Verdict(State.CORRECT, "That is it.")
    assert judged(tmp_path, lambda a, b: "Well seen.", 1).message == "Well seen."


def test_a_check_that_refuses_is_not_yet(tmp_path: Path) -> None:
    def check(answer: Any, sandbox: Sandbox) -> None:
        raise NotYet("The columns differ.")

    assert judged(tmp_path, check, 1) == Verdict(State.NOT_YET, "The columns differ.")


def test_an_error_in_the_answer_is_shown_with_its_line(tmp_path: Path) -> None:
    source = "def answer(x):\n    y = x\n    return y / 0\n"
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(True), "<cell>")
    namespace: dict[str, Any] = {}
    exec(compile(source, "<cell>", "exec"), namespace)
    verdict = judged(tmp_path, lambda a, b: b.call(a, 1), namespace["answer"])
    assert verdict.state is State.RAISED
    assert verdict.message.splitlines() == [
        "ZeroDivisionError: division by zero",
        "in line 3 of your cell: return y / 0",
        "It was called with x=1.",
    ]


def test_an_error_that_no_line_of_the_answer_raised_is_shown_without(tmp_path: Path) -> None:
    assert describe_error(ValueError("bad"), 5) == "ValueError: bad"
    assert describe_error(ValueError(), five) == "ValueError"


def test_a_fault_of_the_check_itself_is_not_blamed_on_the_learner(tmp_path: Path) -> None:
    def check(answer: Any, sandbox: Sandbox) -> None:
        raise ZeroDivisionError

    verdict = judged(tmp_path, check, 1)
    assert verdict.state is State.FAULT
    error, place, *told = verdict.message.splitlines()
    assert error == "ZeroDivisionError"
    assert "a fault of the workbook, not of your answer" in told[0]
    assert "report it" in told[0]
    assert "raise ZeroDivisionError" in verdict.trace


def test_a_bench_hands_out_one_throw_away_database_and_removes_it(
    tmp_path: Path, few: Path
) -> None:
    settings = load_settings(environ={"WORKBOOK_DIR": str(tmp_path)})
    sandbox = Sandbox(settings)
    db = sandbox.db
    assert sandbox.db is db
    result, sent = sandbox.statements(lambda d: d.execute(["DELETE FROM flights"])[0], db)
    rows = pd.read_csv(few / "flights.csv", usecols=["month", "day"])
    assert result == (rows[rows["month"] == 1]["day"] <= FIRST_DAYS).sum() > 40
    assert sent == ["BEGIN", "DELETE FROM flights", "COMMIT"]
    sandbox.close()
    left = sorted(path.name for path in (tmp_path / "chapters").iterdir())
    assert left == [f"january-{head()}-{FIRST_DAYS}.db", f"january-{head()}.db"]


FRAME = pd.DataFrame({"a": [1, 2], "b": [0.1, None]})


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        FRAME.iloc[::-1],
        FRAME.assign(b=[0.1 + 1e-12, None]),
        FRAME.astype({"a": "float64"}).set_index(pd.Index([5, 6])),
    ],
)
def test_the_same_frame_in_another_order_or_digit_is_the_same(frame: pd.DataFrame) -> None:
    expect_frame(frame, FRAME)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (5, "asks for a data frame"),
        (FRAME.head(1), "has 1 rows; 2 are expected"),
        (FRAME.rename(columns={"a": "c"}), "The columns are c, b; expected are a, b"),
        (FRAME.assign(a=[1, 3]), "In column a, 3 stands where 2 is expected"),
        (FRAME.assign(b=[0.1, 0.2]), "In column b, 0.2 stands where nan"),
    ],
)
def test_a_frame_is_judged_by_shape_then_columns_then_values(frame: Any, reason: str) -> None:
    with pytest.raises(NotYet, match=reason):
        expect_frame(frame, FRAME)


def test_order_counts_when_it_is_the_task() -> None:
    with pytest.raises(NotYet):
        expect_frame(FRAME.iloc[::-1], FRAME, ordered=True)


def test_values_are_the_same_across_types() -> None:
    assert same_value(1, 1.0)
    assert same_value(None, float("nan"))
    assert same_value("UA", "UA")
    assert not same_value("UA", "ua")
    assert not same_value(None, 0)


def test_a_wrong_kind_of_answer_is_named() -> None:
    with pytest.raises(NotYet, match="asks for a whole number; the answer is of type str"):
        expect_type("5", int, "a whole number")
    with pytest.raises(NotYet, match="the function itself, such as `f` without parentheses"):
        expect_function(5, "f")
    expect_function(five, "five")


@pytest.mark.parametrize("state", State)
def test_the_card_says_the_same_as_text_and_as_html(state: State) -> None:
    card = Card(exercise_with(lambda a, b: None), Verdict(state, "Use `a < b`.\nSecond line."))
    text, html = repr(card), card._repr_html_()
    for part in ("Exercise 9.1", state.value, "Second line."):
        assert part in text
        assert part in html
    assert "A &lt;title&gt;" in html
    assert "<code>a &lt; b</code>" in html
    if state is State.FAULT:
        assert "<details" not in html
    elif state is State.CORRECT:
        assert html.count("<details") == 1
        assert "Closer." not in html
    else:
        assert html.count("<details") == 3
        assert html.index("Closer.") < html.index("Show the solution")
    assert ("chapter.hint" in text) is (state not in (State.CORRECT, State.FAULT))


def test_backticks_become_code() -> None:
    assert code_marks("a `b` c") == "a <code>b</code> c"

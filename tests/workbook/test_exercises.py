"""Each exercise, proved: the stub, the solution, another right way, and the wrong answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from nbformat import NotebookNode

from lib.config import Settings, load_settings
from lib.workbook.checking.sandbox import CALL_S, CHECK_S
from lib.workbook.course import notebooks
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo
from lib.workbook.course.exercise import Exercise, State, Verdict, exercises_of, judge
from lib.workbook.course.words import task_of, uncovered
from tests.support.classroom import settings_for

ALL = [(info, each) for info in CHAPTERS for each in exercises_of(info.number).values()]
PAIRS = pytest.mark.parametrize(
    ("info", "exercise"), [pytest.param(*pair, id=pair[1].id) for pair in ALL]
)
# Their checks ask no database. They are proved once, where none answers; the others on each kind.
ASK_NONE = (
    "0.1 0.2 1.1 1.2 1.3 1.4 1.5 2.1 2.2 2.3 2.4 2.5 3.1 3.2 5.1 5.2 5.3 5.4 5.5 7.5 7.6 "
    "8.1 8.4 9.1 9.3 9.4 9.5 10.2 10.3 10.4 11.1 11.3 13.1 13.2 13.3"
).split()
BUSY = 4.0  # a machine that runs several tests at once, and measures them
EACH = pytest.mark.parametrize(
    ("settings", "info", "exercise"),
    [
        pytest.param(kind, info, each, id=f"{kind}-{each.id}")
        for info, each in ALL
        for kind in (("none",) if each.id in ASK_NONE else ("sqlite", "mysql"))
    ],
    indirect=["settings"],
)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with settings_for("sqlite", tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(scope="module")
def on_mysql(tmp_path_factory: pytest.TempPathFactory, mysql_url: str) -> Iterator[Settings]:
    with settings_for("mysql", tmp_path_factory.mktemp("home"), mysql_url) as found:
        yield found


@pytest.fixture(scope="module")
def on_none(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    nobody = "mysql+pymysql://nobody@127.0.0.1:1/none"
    return load_settings(nobody, environ={"WORKBOOK_DIR": str(tmp_path_factory.mktemp("home"))})


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    found: Settings = request.getfixturevalue(f"on_{request.param}")
    return found


def say(exercise: Exercise, answer: Any, settings: Settings, *, patience: float = 1.0) -> Verdict:
    """Judge the answer; with patience, an answer may take so many times as long as a learner's."""
    with (
        patch("lib.workbook.checking.sandbox.CALL_S", patience * CALL_S),
        patch("lib.workbook.course.exercise.CHECK_S", patience * CHECK_S),
    ):
        verdict = judge(exercise, answer, settings)
    assert verdict.message
    return verdict


@cache
def cells_of(info: ChapterInfo) -> list[NotebookNode]:
    return list(notebooks.read(info.path).cells)


def stub_of(info: ChapterInfo, exercise: Exercise) -> tuple[str, str]:
    """Return the code of the stub in the notebook, and the name that its check hands over."""
    cells = cells_of(info)
    tag = f"{notebooks.EXERCISE_TAG}{exercise.id}"
    stubs = [number for number, cell in enumerate(cells) if tag in notebooks.tags(cell)]
    assert len(stubs) == 1, f"exercise {exercise.id} has {len(stubs)} stubs in {info.path.name}"
    following = cells[stubs[0] + 1].source
    check = re.fullmatch(rf'chapter\.check\("{re.escape(exercise.id)}", (\w+)\)', following)
    assert check, f"the cell after the stub of {exercise.id} is not its check: {following}"
    return cells[stubs[0]].source, check[1]


@EACH
def test_the_untouched_stub_is_not_attempted(
    info: ChapterInfo, exercise: Exercise, settings: Settings
) -> None:
    code, name = stub_of(info, exercise)
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    assert say(exercise, namespace[name], settings).state is State.NOT_ATTEMPTED


@EACH
def test_the_solution_is_correct(info: ChapterInfo, exercise: Exercise, settings: Settings) -> None:
    verdict = say(exercise, exercise.solution(), settings, patience=BUSY)
    assert verdict.state is State.CORRECT, verdict.message


@EACH
def test_another_right_way_is_correct(
    info: ChapterInfo, exercise: Exercise, settings: Settings
) -> None:
    assert exercise.also_right
    for way in exercise.also_right:
        verdict = say(exercise, way(), settings, patience=BUSY)
        assert verdict.state is State.CORRECT, f"{way.__name__}: {verdict.message}"


@EACH
def test_plausible_wrong_answers_are_told_why(
    info: ChapterInfo, exercise: Exercise, settings: Settings
) -> None:
    assert len(exercise.wrong) >= 2
    for wrong in exercise.wrong:
        verdict = say(exercise, wrong.answer(), settings, patience=BUSY)
        assert verdict.state is State.NOT_YET, f"{wrong.reveals}: {verdict}"
        assert wrong.says in verdict.message, f"{wrong.reveals}: {verdict.message}"
        assert wrong.reveals


@EACH
def test_an_answer_that_ignores_a_word_of_the_task_is_refused(
    info: ChapterInfo, exercise: Exercise, settings: Settings
) -> None:
    assert exercise.words
    for word in exercise.words:
        verdict = say(exercise, word.ignored(), settings, patience=BUSY)
        assert verdict.state in (State.NOT_YET, State.RAISED), f"{word.phrase}: {verdict}"
        assert word.row


@PAIRS
def test_each_word_that_binds_has_a_row_in_the_checks_data(
    info: ChapterInfo, exercise: Exercise
) -> None:
    task = task_of(info, exercise.id)
    phrases = [word.phrase for word in exercise.words] + list(exercise.asides)
    assert [phrase for phrase in phrases if phrase not in task] == []
    assert uncovered(task, phrases) == []


@PAIRS
def test_the_solution_is_not_given_away_early(info: ChapterInfo, exercise: Exercise) -> None:
    assert 2 <= len(exercise.hints) <= 3
    code, name = stub_of(info, exercise)
    assert name in exercise.solution_code, "the solution must define what the check hands over"
    for wrong in exercise.wrong:
        assert exercise.solution_code not in wrong.says
    assert exercise.solution_code not in exercise.hints


@pytest.mark.parametrize("info", CHAPTERS, ids=lambda info: info.number)
def test_a_chapter_has_three_to_six_exercises_and_the_notebook_has_the_same(
    info: ChapterInfo,
) -> None:
    exercises = exercises_of(info.number)
    assert 3 <= len(exercises) <= 6
    assert info.exercises == list(exercises)
    tagged = [
        tag.removeprefix(notebooks.EXERCISE_TAG)
        for cell in cells_of(info)
        for tag in notebooks.tags(cell)
        if tag.startswith(notebooks.EXERCISE_TAG)
    ]
    assert tagged == list(exercises)
    assert tagged == [f"{int(info.number)}.{number + 1}" for number in range(len(tagged))]


def test_a_shell_that_cuts_the_path_of_the_kernels_python_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As it is where the project's folder has a space in its name."""
    exercise = exercises_of("01")["1.3"]
    monkeypatch.setattr("sys.executable", str(tmp_path / "my course" / "python"))
    wrong = next(each for each in exercise.wrong if each.says == "was cut there")
    verdict = judge(
        exercise, wrong.answer(), load_settings(environ={"WORKBOOK_DIR": str(tmp_path)})
    )
    assert verdict.state is State.NOT_YET
    assert "The path of this kernel's Python has a space" in verdict.message

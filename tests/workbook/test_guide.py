"""The teacher's guide says what the chapters say, and its plans fit into a day."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import cache

import pytest

from lib.workbook.course.chapters import CHAPTERS, ChapterInfo
from lib.workbook.course.exercise import exercises_of
from lib.workbook.course.prediction import predictions_of
from lib.workbook.course.words import question_of
from lib.workbook.teaching import guide
from lib.workbook.teaching.memory import PAUSE_S, peak_of_children
from lib.workbook.teaching.plans import PLANS, TEACHING, Plan


@cache
def rendered() -> str:
    return guide.render(guide.stored_costs())


def test_the_guide_is_fresh() -> None:
    stored = guide.GUIDE.read_text(encoding="utf-8")
    assert stored == rendered(), "type: python run.py guide --quick"
    assert all(map(all, guide.stored_costs().values())), "type: python run.py guide"


@pytest.mark.parametrize("info", CHAPTERS, ids=lambda info: info.number)
def test_each_chapter_has_all_that_a_teacher_needs(info: ChapterInfo) -> None:
    notes = TEACHING[info.number]
    assert 0 < notes.exercises < info.minutes
    assert all(text.endswith(".") for text in (notes.stop, notes.cut, notes.prepare, notes.offline))
    assert 3 <= len(guide.objectives(info)) <= 5
    assert guide.key_points(info)


@pytest.mark.parametrize("info", CHAPTERS[1:], ids=lambda info: info.number)
def test_each_objective_is_practised_by_an_exercise(info: ChapterInfo) -> None:
    from lib.workbook.course.notebooks import read

    first = read(info.path).cells[0].source
    for each in exercises_of(info.number):
        assert each in first, f"no objective names exercise {each}"
    promised = [line for line in first.splitlines() if line.startswith("- ")]
    assert len(promised) <= len(exercises_of(info.number))


@pytest.mark.parametrize("info", CHAPTERS, ids=lambda info: info.number)
def test_the_guide_has_each_question_and_each_word_of_a_task(info: ChapterInfo) -> None:
    text = rendered()
    for each in predictions_of(info.number).values():
        assert f"| {each.id} | {question_of(info, each.id).partition('** ')[2][:30]}" in text
    for exercise in exercises_of(info.number).values():
        for word in exercise.words:
            assert f"| {guide._cell(word.phrase)} | {guide._cell(word.row)} |" in text


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.title)
def test_a_plan_fits_into_its_time_and_goes_forward(plan: Plan) -> None:
    assert sum(minutes for _, minutes, _ in plan.parts) <= plan.hours * 60
    numbers = [number for number, _, _ in plan.parts]
    assert numbers == sorted(numbers)
    assert set(numbers) <= {info.number for info in CHAPTERS}
    whole = {info.number: info.minutes for info in CHAPTERS}
    for number, minutes, _ in plan.parts:
        assert minutes <= whole[number]


def test_there_are_plans_for_half_a_day_one_day_and_two() -> None:
    assert len(PLANS) == 3


def test_the_memory_of_what_a_block_starts_is_seen_and_not_that_of_this_process() -> None:
    code = "block = bytearray(200 * 2**20); print('ready', flush=True); input()"
    with peak_of_children() as before:
        pass  # a server of other tests may be a child of this process, too
    with peak_of_children() as peak:
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdout and child.stdout.readline().strip() == b"ready"
        time.sleep(3 * PAUSE_S)
        child.communicate(b"\n")
    assert 195 <= peak.megabytes - before.megabytes <= 260

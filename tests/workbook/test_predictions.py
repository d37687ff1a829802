"""Each prediction, proved: its place in the notebook, right answers, wrong ones, the stub."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nbformat import NotebookNode

from lib.workbook.checking.verdict import State
from lib.workbook.course import notebooks
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo
from lib.workbook.course.prediction import (
    LABELS,
    STUB,
    Prediction,
    PredictionCard,
    predictions_of,
    show,
)
from lib.workbook.course.words import question_of

ALL = [(info, each) for info in CHAPTERS for each in predictions_of(info.number).values()]
EACH = pytest.mark.parametrize(
    ("info", "prediction"), [pytest.param(*pair, id=pair[1].id) for pair in ALL]
)
CHAPTER = pytest.mark.parametrize("info", CHAPTERS, ids=lambda info: info.number)


@cache
def cells_of(path: Path) -> list[NotebookNode]:
    return list(notebooks.read(path).cells)


def place_of(info: ChapterInfo, prediction: Prediction) -> int:
    """The number of the cell in which the prediction is made."""
    sources = [cell.source for cell in cells_of(info.path)]
    return sources.index(f'chapter.predict("{prediction.id}", ...)')


def text_of(cell: NotebookNode) -> str:
    """All that the outputs of a cell show as plain text."""
    texts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        texts += [output.get("text", ""), output.get("evalue", ""), data.get("text/plain", "")]
        texts.append("\n".join(output.get("traceback", [])))
    return notebooks.plain("\n".join(map(str, texts)))


@CHAPTER
def test_a_chapter_asks_what_it_says(info: ChapterInfo) -> None:
    stubs = [STUB.fullmatch(cell.source) for cell in cells_of(info.path)]
    assert [stub[1] for stub in stubs if stub] == info.predictions
    assert list(predictions_of(info.number)) == info.predictions


@CHAPTER
def test_questions_that_look_back_come_at_the_start(info: ChapterInfo) -> None:
    sources = [cell.source for cell in cells_of(info.path)]
    opened = next(n for n, source in enumerate(sources) if "open_chapter(" in source)
    looks_back = [n for n, source in enumerate(sources) if re.search(r'predict\("\d\d\.r', source)]
    assert all(n <= opened + 8 for n in looks_back)


@EACH
def test_the_question_stands_above_its_stub(info: ChapterInfo, prediction: Prediction) -> None:
    question = question_of(info, prediction.id)
    assert f"**{prediction.kind} {prediction.id}.**" in question
    if isinstance(prediction.answer, str):
        for word in (prediction.answer, *prediction.wrong):
            assert f'`"{word}"`' in question, f"the question does not offer {word}"
    if isinstance(prediction.answer, bool):
        assert "`True`" in question and "`False`" in question


@EACH
def test_the_next_cell_shows_what_the_answer_says(
    info: ChapterInfo, prediction: Prediction
) -> None:
    cells = cells_of(info.path)[place_of(info, prediction) + 1 :]
    if prediction.recalls:
        assert not prediction.shown
        return
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert prediction.shown, "a text of the next cell's output that proves the answer"
    assert prediction.shown in text_of(code[0]), text_of(code[0])


@EACH
def test_the_untouched_stub_is_not_attempted(info: ChapterInfo, prediction: Prediction) -> None:
    assert prediction.judge(...).state is State.NOT_ATTEMPTED


@EACH
def test_the_answer_is_right_in_each_spelling(info: ChapterInfo, prediction: Prediction) -> None:
    for answer in (prediction.answer, *prediction.also, *spellings(prediction.answer)):
        verdict = prediction.judge(answer)
        assert verdict.state is State.CORRECT, answer
        assert verdict.message == prediction.why


def spellings(answer: Any) -> list[Any]:
    if isinstance(answer, bool):
        return [str(answer), str(answer).lower(), {True: "yes", False: "No"}[answer]]
    if isinstance(answer, str):
        return [answer.upper(), f" {answer} ", f"`{answer}`"]
    return [float(answer), str(answer), f"{answer:,}", Decimal(str(answer)), np.float64(answer)]


@EACH
def test_a_wrong_answer_is_told_its_own_reason_and_the_right_one(
    info: ChapterInfo, prediction: Prediction
) -> None:
    reasons = list(prediction.wrong.values())
    assert len(reasons) >= (1 if isinstance(prediction.answer, bool) else 2)
    assert len(set(reasons)) == len(reasons)
    for answer, reason in prediction.wrong.items():
        verdict = prediction.judge(answer)
        assert verdict.state is State.NOT_YET, answer
        assert verdict.message.startswith(reason)
        assert show(prediction.answer) in verdict.message
        assert verdict.message.endswith(prediction.why)


@EACH
def test_another_kind_of_answer_is_asked_for_again(
    info: ChapterInfo, prediction: Prediction
) -> None:
    odd: tuple[Any, ...] = (None, [], "something else", print, float("nan"))
    for answer in odd:
        verdict = prediction.judge(answer)
        assert verdict.state is State.NOT_ATTEMPTED, answer
        assert verdict.message.startswith("Answer with ")


@EACH
def test_what_is_said_is_short_and_calm(info: ChapterInfo, prediction: Prediction) -> None:
    for text in (prediction.title, prediction.why, *prediction.wrong.values()):
        assert 0 < len(text.split()) <= 60
        assert "!" not in re.sub(r"`[^`]*`", "", text)
        assert text.count("`") % 2 == 0
    assert not prediction.title.endswith(".")


NUMBER = Prediction(
    "06.a", "A <number>", 27_004, "There are `27,004` rows.", {27_003: "One too few.", 0: "None."}
)


@pytest.mark.parametrize("answer", ["27,004", "27_004", "27 004", " 27004.0 ", np.int64(27_004)])
def test_a_number_may_be_written_as_people_write_it(answer: Any) -> None:
    assert NUMBER.judge(answer).state is State.CORRECT


@pytest.mark.parametrize("answer", ["27,00", "2,7,004", "27004 rows", True, 1j, "1e3"])
def test_what_is_no_number_is_asked_for_again(answer: Any) -> None:
    assert NUMBER.judge(answer).state is State.NOT_ATTEMPTED


def test_a_number_that_nobody_thought_of_is_told_the_answer() -> None:
    verdict = NUMBER.judge(5)
    assert verdict.state is State.NOT_YET
    assert verdict.message == "The answer is 27,004. There are `27,004` rows."


def test_true_and_1_are_different_answers() -> None:
    truth = Prediction("06.b", "A truth", True, "It is so.", {False: "It is not."})
    assert truth.judge(1).state is State.NOT_ATTEMPTED
    assert truth.judge(np.bool_(True)).state is State.CORRECT
    assert truth.judge("false").message.startswith("It is not.")


@pytest.mark.parametrize("answer", [..., 27_004, 27_003, None])
def test_the_card_says_the_same_as_text_and_as_html(answer: Any) -> None:
    verdict = NUMBER.judge(answer)
    card = PredictionCard(NUMBER, verdict, "A note.")
    text, html = repr(card), card._repr_html_()
    for part in ("Prediction 06.a", LABELS[verdict.state], "A note."):
        assert part in text
        assert part in html
    assert "A &lt;number&gt;" in html
    assert 'role="group"' in html

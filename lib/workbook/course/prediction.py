"""Questions without code: what will the next cell show, and what do you still know?

A prediction is answered before the cell runs that shows what happens: by a number, by True or
False, or by a word out of those that the question gives. Each chapter has two, a and b; from
chapter 02 on three more at its start, r1 to r3, ask for what was learned two chapters before.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from numbers import Real
from typing import Any

from lib.workbook.checking.verdict import State, Verdict
from lib.workbook.course.card import as_html, as_text

Answer = int | float | bool | str
LABELS = {
    State.NOT_ATTEMPTED: "not attempted",
    State.CORRECT: "right",
    State.NOT_YET: "not right",
}
STUB = re.compile(r'chapter\.predict\("((\d\d)\.\w+)", \.\.\.\)')  # its cell: id, chapter
_TRUE, _FALSE = ("true", "yes"), ("false", "no")


@dataclass(frozen=True)
class Prediction:
    """One question, in one place: its answer, why that is so, and what else people say.

    Its text stands in the notebook, in the cell above. `wrong` has a reason for each plausible
    wrong answer; the words of a question with words are the answer and these. `also` are other
    spellings of the answer. `shown` is a text that the cell shows which is run next, or nothing.
    """

    id: str
    title: str
    answer: Answer
    why: str
    wrong: Mapping[Answer, str]
    also: tuple[Answer, ...] = ()
    shown: str = field(default="", kw_only=True)

    @property
    def recalls(self) -> bool:
        """Tell whether it asks for what an earlier chapter has taught."""
        return ".r" in self.id

    @property
    def kind(self) -> str:
        return "Recall" if self.recalls else "Prediction"

    def judge(self, answer: Any) -> Verdict:
        """Return what the card says to this answer."""
        if answer is ...:
            return Verdict(
                State.NOT_ATTEMPTED,
                f"Put {self._wanted()} in place of the `...`, and run this cell"
                + ("." if self.recalls else " before you run the next one."),
            )
        given = self._read(answer)
        if given is None:
            text = f"`{type(answer).__name__}`" if not isinstance(answer, str) else "this text"
            return Verdict(State.NOT_ATTEMPTED, f"Answer with {self._wanted()}, not with {text}.")
        if any(_same(given, each) for each in (self.answer, *self.also)):
            return Verdict(State.CORRECT, self.why)
        reasons = [reason for each, reason in self.wrong.items() if _same(given, each)]
        told = [*reasons, f"The answer is {show(self.answer)}. {self.why}"]
        return Verdict(State.NOT_YET, "\n".join(told))

    def _wanted(self) -> str:
        if isinstance(self.answer, bool):
            return "`True` or `False`"
        if isinstance(self.answer, str):
            words = sorted(map(show, (self.answer, *self.wrong)))
            return f"{', '.join(words[:-1])} or {words[-1]}"
        return "a number"

    def _read(self, answer: Any) -> Answer | None:
        """Return the answer as one of the question's kind; None when it is none of these."""
        text = _plain(answer) if isinstance(answer, str) else None
        if isinstance(self.answer, bool):
            if text is not None:
                return True if text in _TRUE else False if text in _FALSE else None
            return bool(answer) if type(answer).__name__ in ("bool", "bool_") else None
        if isinstance(self.answer, str):
            known = (self.answer, *self.also, *self.wrong)
            return text if any(_same(text, each) for each in known) else None
        if text is not None:
            digits = re.sub(r"(?<=\d)[,_ ](?=\d{3})", "", text)
            return float(digits) if re.fullmatch(r"[+-]?\d+(\.\d+)?", digits) else None
        number = isinstance(answer, Real | Decimal) and not isinstance(answer, bool)
        return float(answer) if number and answer == answer else None  # nan is not itself


@dataclass(frozen=True)
class PredictionCard:
    """One prediction after it was made."""

    prediction: Prediction
    verdict: Verdict
    note: str = ""  # what the workbook has to say about itself

    @property
    def state(self) -> str:
        return LABELS[self.verdict.state]

    @property
    def _name(self) -> str:
        return f"{self.prediction.kind} {self.prediction.id}"

    def __repr__(self) -> str:
        return as_text(self._name, self.prediction.title, self.verdict, self.state, self.note)

    def _repr_html_(self) -> str:
        note = f"<div>{escape(self.note)}</div>" if self.note else ""
        return as_html(self._name, self.prediction.title, self.verdict, self.state, note)


def show(answer: Answer) -> str:
    """Return an answer as one types it: numbers with their commas."""
    if isinstance(answer, str):
        return f'`"{answer}"`'
    return str(answer) if isinstance(answer, bool) else f"{answer:,}"


def predictions_of(chapter: str) -> dict[str, Prediction]:
    """Return the predictions of a chapter by their ids, in the order of the notebook."""
    module = importlib.import_module(f"lib.workbook.predictions.ch{chapter}")
    return {each.id: each for each in module.PREDICTIONS}


def _same(given: Any, wanted: Any) -> bool:
    if isinstance(wanted, str):
        return isinstance(given, str) and _plain(given) == _plain(wanted)
    return not isinstance(given, str) and given == wanted


def _plain(text: str) -> str:
    """The text without case, quotation marks and doubled blanks."""
    return " ".join(text.casefold().strip(" \t\n\"'`.").split())

"""The card that a check shows, and the map of chapters: as HTML, and as plain text.

Both say the same. The HTML uses no script and no widget: <details> opens a hint by mouse or
keyboard, works in a stored notebook without a kernel, and in a page that was printed to HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lib.workbook.checking.verdict import State, Verdict
from lib.workbook.course.exercise import Exercise

# A sign besides the colour, for those who see no colour, or hear the page.
_SIGNS = {
    State.NOT_ATTEMPTED: ("○", "var(--jp-border-color0, #9e9e9e)"),
    State.CORRECT: ("✓", "var(--jp-success-color1, #388e3c)"),
    State.NOT_YET: ("↻", "var(--jp-warn-color1, #f57c00)"),
    State.RAISED: ("✗", "var(--jp-error-color1, #d32f2f)"),
    State.FAULT: ("⚠", "var(--jp-error-color1, #d32f2f)"),
}


@dataclass(frozen=True)
class Card:
    """One exercise after a check."""

    exercise: Exercise
    verdict: Verdict
    note: str = ""  # what the workbook has to say about itself

    @property
    def state(self) -> str:
        return self.verdict.state.value

    @property
    def _name(self) -> str:
        return f"Exercise {self.exercise.id}"

    def __repr__(self) -> str:
        stuck = ""
        if self.verdict.state not in (State.CORRECT, State.FAULT):
            number = self.exercise.id
            stuck = f'Stuck? chapter.hint("{number}"), then chapter.solution("{number}")'
        return as_text(self._name, self.exercise.title, self.verdict, self.state, stuck, self.note)

    def _repr_html_(self) -> str:
        note = f"<div>{escape(self.note)}</div>" if self.note else ""
        below = self._help() + note
        return as_html(self._name, self.exercise.title, self.verdict, self.state, below)

    def _help(self) -> str:
        """The hints, each inside the one before it, and the solution inside the last."""
        if self.verdict.state is State.FAULT:
            return ""
        code = escape(self.exercise.solution_code)
        solution = f'<pre style="overflow-x: auto; margin: 8px 0"><code>{code}</code></pre>'
        if self.verdict.state is State.CORRECT:
            return _details("Compare with our solution", solution)
        inner = _details("Show the solution", solution)
        for number in range(len(self.exercise.hints), 0, -1):
            label = "Show a hint" if number == 1 else "Show another hint"
            hint = f'<div style="margin: 4px 0">{code_marks(self.exercise.hints[number - 1])}</div>'
            inner = _details(label, hint + inner)
        return inner


@dataclass(frozen=True)
class NotThere:
    """Says that there is no exercise, or prediction, of this number, and which there are."""

    kind: str  # "Exercise" or "Prediction"
    asked: str
    title: str  # the chapter's
    message: str
    state: str = "not there"

    @property
    def _parts(self) -> tuple[str, str, Verdict, str]:
        verdict = Verdict(State.FAULT, self.message)
        return f"{self.kind} {self.asked}", self.title, verdict, self.state

    def __repr__(self) -> str:
        return as_text(*self._parts)

    def _repr_html_(self) -> str:
        return as_html(*self._parts)


def as_text(name: str, title: str, verdict: Verdict, state: str, *below: str) -> str:
    """Return a card as plain text: a line that says what and how, and the message under it."""
    sign, _ = _SIGNS[verdict.state]
    lines = [*verdict.message.splitlines(), *(line for line in below if line)]
    return "\n".join([f"{sign} {name} · {title} · {state}", *(f"  {line}" for line in lines)])


def as_html(name: str, title: str, verdict: Verdict, state: str, below: str = "") -> str:
    """Return the same card as HTML; `below` is HTML that stands under the message."""
    sign, colour = _SIGNS[verdict.state]
    message = "<br>".join(code_marks(line) for line in verdict.message.splitlines())
    return (
        f'<div role="group" aria-label="{escape(name)}" style="'
        f"border: 1px solid var(--jp-border-color2, #e0e0e0); border-left: 6px solid {colour}; "
        "border-radius: 4px; padding: 10px 14px; margin: 4px 0; max-width: 52em; "
        'line-height: 1.5">'
        f"<div><strong>{escape(name)}</strong> · "
        f"{escape(title)} "
        f'<span style="float: right"><span style="color: {colour}">{sign}</span> '
        f"<strong>{state}</strong>"
        "</span></div>"
        f'<div style="margin: 6px 0">{message}</div>'
        f"{below}</div>"
    )


def _details(label: str, content: str) -> str:
    summary = (
        '<summary style="cursor: pointer; display: inline-block; padding: 1px 10px; '
        "border: 1px solid var(--jp-border-color1, #bdbdbd); border-radius: 4px; "
        f'background: var(--jp-layout-color2, #eeeeee)">{label}</summary>'
    )
    return f'<details style="margin: 4px 0">{summary}{content}</details>'


def code_marks(text: str) -> str:
    """Return the text as HTML, with what stands between backticks set as code."""
    parts = escape(text, quote=False).split("`")
    return "".join(
        f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts)
    )


@dataclass(frozen=True)
class MapLine:
    """One chapter on the map."""

    number: str
    title: str
    minutes: int
    done: int
    exercises: int
    predicted: int
    predictions: int
    file: str


@dataclass(frozen=True)
class CourseMap:
    """All chapters, with what is solved and what was predicted in each."""

    lines: tuple[MapLine, ...]

    def __repr__(self) -> str:
        return "\n".join(
            f"{line.number}  {line.title:<24}{line.minutes:>4} min   "
            f"{line.done} of {line.exercises} solved   "
            f"{line.predicted} of {line.predictions} predicted"
            for line in self.lines
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td>{line.number}</td><td style="text-align: left">'
            f'<a href="{escape(line.file)}">{escape(line.title)}</a></td>'
            f"<td>{line.minutes} min</td>"
            f'<td><progress value="{line.done}" max="{line.exercises}" style="width: 8em" '
            f'aria-label="{line.done} of {line.exercises} exercises solved"></progress></td>'
            f"<td>{line.done} of {line.exercises}</td>"
            f"<td>{line.predicted} of {line.predictions}</td></tr>"
            for line in self.lines
        )
        return (
            '<table><thead><tr><th></th><th style="text-align: left">Chapter</th><th>Time</th>'
            f"<th>Exercises</th><th>Solved</th><th>Predicted</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )

"""Whether an exercise holds what it must: for authors, one line for each claim.

The same claims are tests of the project, on each database; see CONTRIBUTING.md and
lib/workbook/README.md for what they ask of a check.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from lib.config import Settings
from lib.workbook.checking.verdict import State, Verdict
from lib.workbook.course.chapters import ChapterInfo
from lib.workbook.course.exercise import Exercise, judge
from lib.workbook.course.notebooks import EXERCISE_TAG, NotebookError, read, tags
from lib.workbook.course.words import task_of, uncovered


@dataclass(frozen=True)
class Claim:
    """One thing that must hold of an exercise, whether it does, and what was seen where it does
    not."""

    holds: bool
    what: str
    seen: str = ""

    def __str__(self) -> str:
        sign = "ok  " if self.holds else "FAIL"
        return f"{sign} {self.what}" + (f"\n     {self.seen}" if self.seen else "")


def claims(info: ChapterInfo, exercise: Exercise, settings: Settings) -> Iterator[Claim]:
    """Yield each claim about an exercise, as soon as it is known whether it holds."""

    def judged(answer: Any, wanted: tuple[State, ...], what: str, says: str = "") -> Claim:
        with redirect_stdout(io.StringIO()):  # some wrong answers print
            verdict = judge(exercise, answer, settings)
        holds = verdict.state in wanted and says in verdict.message
        return Claim(holds, what, "" if holds else _seen(verdict, says))

    try:
        stub = stub_of(info, exercise.id)
    except (NotebookError, SyntaxError) as error:
        yield Claim(False, "the notebook has a stub, and its check after it", str(error))
    else:
        yield judged(stub, (State.NOT_ATTEMPTED,), "the untouched stub is not attempted")
    yield judged(exercise.solution(), (State.CORRECT,), "the solution is correct")
    yield Claim(bool(exercise.also_right), "there is another right way")
    for way in exercise.also_right:
        yield judged(way(), (State.CORRECT,), f"correct: {way.__name__}")
    yield Claim(len(exercise.wrong) >= 2, "there are two wrong answers or more")
    for wrong in exercise.wrong:
        yield judged(wrong.answer(), (State.NOT_YET,), f"told why: {wrong.reveals}", wrong.says)
    task = task_of(info, exercise.id)
    phrases = [*(word.phrase for word in exercise.words), *exercise.asides]
    absent = [phrase for phrase in phrases if phrase not in task]
    yield Claim(not absent, "each phrase stands in the task", "; ".join(absent))
    left = uncovered(task, phrases)
    yield Claim(not left, "each word that binds has a row", "; ".join(left))
    refused = (State.NOT_YET, State.RAISED)
    for word in exercise.words:
        yield judged(word.ignored(), refused, f"refused, when it ignores: {word.phrase}")


def stub_of(info: ChapterInfo, exercise_id: str) -> Any:
    """Run the stub's cell, and return what the check's cell would hand over.

    Raises NotebookError when one of the two cells is not where it must be.
    """
    cells = read(info.path).cells
    tag = f"{EXERCISE_TAG}{exercise_id}"
    places = [number for number, cell in enumerate(cells) if tag in tags(cell)]
    if len(places) != 1:
        raise NotebookError(f"{info.path.name} has {len(places)} cells with the tag {tag}, not 1.")
    following = cells[places[0] + 1].source if places[0] + 1 < len(cells) else ""
    check = re.fullmatch(rf'chapter\.check\("{re.escape(exercise_id)}", (\w+)\)', following)
    if check is None:
        wanted = f'chapter.check("{exercise_id}", NAME)'
        raise NotebookError(f"The cell after {tag} is not {wanted}: {following}")
    namespace: dict[str, Any] = {}
    exec(cells[places[0]].source, namespace)
    return namespace.get(check[1])


def _seen(verdict: Verdict, says: str) -> str:
    told = " ".join(verdict.message.split())
    wanted = f", expected to say {says!r}" if says and says not in verdict.message else ""
    return f"{verdict.state.value}: {told}{wanted}\n{verdict.trace}".rstrip()

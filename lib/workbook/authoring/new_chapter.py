"""The skeleton of a chapter: all that the harness asks for, with one exercise that is proved.

Written are the notebook, the exercise, the predictions; and a line for the chapter in each list
that has one. What the author has to replace are texts, never a place where something goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lib.config import ROOT
from lib.errors import PipelineError
from lib.workbook.course.chapters import CHAPTERS, ChapterInfo
from lib.workbook.course.notebooks import as_bytes, clean

TEMPLATES = Path(__file__).with_name("templates")
MINUTES, EXERCISE_MINUTES = 30, 10
TOPIC = "[a-z][a-z0-9_]{1,30}"


@dataclass(frozen=True)
class Skeleton:
    """A chapter that is to be made: its number, "14", and its topic, "late_rows"."""

    number: str
    topic: str
    root: Path = ROOT

    @property
    def info(self) -> ChapterInfo:
        """The chapter as the course will know it."""
        title = self.topic.replace("_", " ").capitalize()
        return ChapterInfo(self.number, self.topic, title, MINUTES, 1)

    @property
    def before(self) -> ChapterInfo:
        """The chapter that leads on to it."""
        return CHAPTERS[-1]


def check(skeleton: Skeleton) -> None:
    """Raise PipelineError where the chapter cannot be made: its number, its topic, a file."""
    following = f"{int(CHAPTERS[-1].number) + 1:02}"
    if skeleton.number != following:
        raise PipelineError(
            f"The next chapter is {following}; {skeleton.number} is taken, or leaves a gap.",
            f"Type: python run.py new-chapter {following} {skeleton.topic}",
        )
    if not re.fullmatch(TOPIC, skeleton.topic) or skeleton.topic.endswith("_"):
        raise PipelineError(
            f"{skeleton.topic!r} is no topic: small letters, digits and underscores, as in a "
            "module's name.",
            f"Type: python run.py new-chapter {following} late_rows",
        )
    for path in new_files(skeleton):
        if path.exists():
            name = path.relative_to(skeleton.root).as_posix()
            raise PipelineError(f"There is a {name} already.", "Rename it, or remove it.")


def new_files(skeleton: Skeleton) -> dict[Path, bytes]:
    """Return the new files, by their paths, and what is in them."""
    number = int(skeleton.number)
    classroom = skeleton.root / "lib" / "workbook"
    package = classroom / "exercises" / f"ch{skeleton.number}"
    return {
        skeleton.root / "notebooks" / skeleton.info.path.name: _notebook(skeleton),
        package / "__init__.py": _filled(skeleton, "package.py").encode(),
        package / f"ex{number}_1_flights_of.py": _filled(skeleton, "exercise.py").encode(),
        classroom
        / "predictions"
        / f"ch{skeleton.number}.py": _filled(skeleton, "predictions.py").encode(),
    }


def changed_files(skeleton: Skeleton) -> dict[Path, bytes]:
    """Return the files that name each chapter, as they are with the new one in them.

    Raises PipelineError where one does not look as this module knows it.
    """
    info, last = skeleton.info, skeleton.before
    listed = f'"{info.number}", "{info.topic}", "{info.title}", {MINUTES}, 1'
    row = f"| {info.number} | [{info.title}](notebooks/{info.path.name}) | say what |\n"
    lines = {  # of the lists: what their lines look like, and the one for this chapter
        "lib/workbook/course/chapters.py": (
            r'^    ChapterInfo\("\d\d".*\),\n',
            f"    ChapterInfo({listed}),\n",
        ),
        "lib/workbook/teaching/plans.py": (
            r'^    "\d\d": Teaching\((?:\n        .*)+\n    \),\n',
            _teaching(info),
        ),
        "README.md": (r"^\| \d\d \| \[.*\n", row),
    }
    edits: dict[str, Callable[[str], str]] = {
        name: partial(_after_last, line=line, new=new) for name, (line, new) in lines.items()
    }
    edits[".github/ISSUE_TEMPLATE/problem.yml"] = partial(_form, info=info)
    edits[f"notebooks/{last.path.name}"] = partial(_way_on, info=info)
    changed = {}
    for name, edit in edits.items():
        path = skeleton.root / name
        try:
            before = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
            changed[path] = edit(before).encode()
        except (OSError, ValueError) as error:
            raise PipelineError(
                f"{name} does not look as it did when this command was written ({error}).",
                "Add the chapter there by hand, as the others stand, then take the rest from "
                "lib/workbook/authoring/templates.",
            ) from error
    return changed


def write(skeleton: Skeleton) -> list[Path]:
    """Write the skeleton; return the paths, the new files first. Raises PipelineError before."""
    check(skeleton)
    files = new_files(skeleton) | changed_files(skeleton)
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(files)


# --- New files ------------------------------------------------------------------------------


def _filled(skeleton: Skeleton, name: str) -> str:
    text = (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")
    info = skeleton.info
    for mark, value in (
        ("@NN@", info.number),
        ("@N@", str(int(info.number))),
        ("@TITLE@", info.title),
        ("@MINUTES@", str(info.minutes)),
    ):
        text = text.replace(mark, value)
    return text


def _notebook(skeleton: Skeleton) -> bytes:
    """Return the notebook of the template: a line `%% kind id tags` begins each cell."""
    cells = []
    for part in _filled(skeleton, "notebook").split("%% ")[1:]:
        head, _, source = part.partition("\n")
        kind, name, *tags = head.split()
        make: Any = new_markdown_cell if kind == "markdown" else new_code_cell
        cell = make(source.rstrip("\n"), id=name)
        cell.metadata = {"tags": tags} if tags else {}
        cells.append(cell)
    return as_bytes(clean(new_notebook(cells=cells)))


# --- Lists ----------------------------------------------------------------------------------


def _after_last(text: str, line: str, new: str) -> str:
    """Put new lines behind the last of those that look like `line`; ValueError where none does."""
    found = list(re.finditer(line, text, re.MULTILINE))
    if not found:
        raise ValueError(f"nothing looks like {line}")
    end = found[-1].end()
    return text[:end] + new + text[end:]


def _teaching(info: ChapterInfo) -> str:
    return "\n".join(
        (
            f'    "{info.number}": Teaching(',
            f"        exercises={EXERCISE_MINUTES},",
            f'        stop="After exercise {int(info.number)}.1.",',
            '        cut="Say what may be left out.",',
            '        prepare="Say what to bring.",',
            "        offline=NOTHING_TO_DO,",
            "    ),\n",
        )
    )


def _form(text: str, info: ChapterInfo) -> str:
    if re.search(rf"^        - {info.number} ", text, re.MULTILINE):
        return text
    return _after_last(text, r"^        - \d\d .*\n", f"        - {info.number} {info.title}\n")


def _way_on(text: str, info: ChapterInfo) -> str:
    """Let the last chapter lead on, in its last cell; by text, so that nothing else changes."""
    lines = json.loads(text)["cells"][-1]["source"]
    form = next(line for line in reversed(lines) if "](problem.md)" in line)
    written = json.dumps(form, ensure_ascii=False)
    head, found, tail = text.rpartition(written)
    if not found or "way on" not in "".join(lines).lower():
        raise ValueError("its last cell has no way on")
    sentence = f"Next comes [chapter {info.number}]({info.path.name}): say why, in a sentence.\n"
    new = "".join(f"{json.dumps(each, ensure_ascii=False)},\n    " for each in (sentence, "\n"))
    return f"{head}{new}{found}{tail}"

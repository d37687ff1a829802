"""The skeleton of a chapter: all that the harness asks for, with one exercise that is proved.

Written are the notebook, the exercise, the predictions; and a line for the chapter in each list
that has one. What the author has to replace are texts, never a place where something goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lib.errors import PipelineError
from lib.workbook.authoring.skeleton import MINUTES, Skeleton, check, places
from lib.workbook.course.chapters import ChapterInfo
from lib.workbook.course.notebooks import as_bytes, clean

TEMPLATES = Path(__file__).with_name("templates")
EXERCISE_MINUTES = 10


def new_files(skeleton: Skeleton) -> dict[Path, bytes]:
    """Return the new files, by their paths, and what is in them."""
    contents = [
        _notebook(skeleton),
        *(_filled(skeleton, name).encode() for name in ("package.py", "exercise.py")),
        _filled(skeleton, "predictions.py").encode(),
    ]
    return dict(zip(places(skeleton), contents, strict=True))


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

"""The notebooks as files: find them, clean them, fill in their exercises.

A stored notebook is read by people in a diff and compared by the tests, so nothing in it may
depend on who ran it, when, or in which editor. :func:`clean` is the one place that says what
remains.
"""

import copy
import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
EXERCISE_TAG = "exercise-"
IGNORE_TAG = "nbval-ignore-output"
RAISES_TAGS = frozenset({"raises-exception", "nbval-raises-exception"})
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# What an author says about a cell; every other key is what an editor remembers about it.
_KEPT_METADATA = ("slideshow", "tags")
_CHAPTER_NAME = re.compile(r"\d\d_\w+\.ipynb")
# Names that people choose are kept. Tools roll theirs: 8 hex digits (nbformat), or a UUID
# (JupyterLab).
_NAMED_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ROLLED_ID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]{8}")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_PROMPT = re.compile(r"(?<=In\[)\d+(?=\])|(?<=In \[)\d+(?=\])")


class NotebookError(RuntimeError):
    """A notebook cannot be filled or run; the message says which cell, why, and what to do."""


def chapter_files(folder: Path) -> list[Path]:
    """The chapters in `folder`, ``NN_topic.ipynb``, in the order in which they are read."""
    return sorted(path for path in folder.glob("*.ipynb") if _CHAPTER_NAME.fullmatch(path.name))


def read(path: Path) -> NotebookNode:
    """The notebook in `path`, in the one format that the rest of this module knows."""
    with warnings.catch_warnings():
        # nbformat gives random ids to cells that lack one; clean() then sees and replaces them.
        warnings.simplefilter("ignore", DuplicateCellId)
        warnings.simplefilter("ignore", MissingIDFieldWarning)
        return _node(nbformat.read(path, as_version=4))


def as_bytes(nb: NotebookNode) -> bytes:
    """The file of a notebook: UTF-8, LF on every platform, one newline at the end."""
    text: str = nbformat.writes(nb)
    return (text.rstrip("\n") + "\n").encode("utf-8")


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell, in their order."""
    return [str(tag) for tag in cell.metadata.get("tags", [])]


def plain(text: str) -> str:
    """`text` without the colours that IPython puts into tracebacks."""
    return _ANSI.sub("", text)


def clean(nb: NotebookNode) -> NotebookNode:
    """A copy of `nb` as it should be stored; cleaning twice is the same as cleaning once.

    A cell that was never executed keeps its missing number: to give it one would hide exactly what
    the tests must find.
    """
    tidy = copy.deepcopy(nb)
    tidy.nbformat, tidy.nbformat_minor = 4, 5
    tidy.metadata = _node({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    count = 0
    for cell, name in zip(tidy.cells, _stable_ids(tidy.cells), strict=True):
        cell.id = name
        cell.metadata = _kept_metadata(cell)
        if cell.cell_type == "code":
            count += bool(cell.source.strip())
            if cell.execution_count is not None:
                cell.execution_count = count
            cell.outputs = clean_outputs(cell.outputs, cell.execution_count)
    return tidy


def clean_outputs(outputs: list[NotebookNode], count: int | None) -> list[NotebookNode]:
    """Outputs without what changes from run to run: the views of widgets, how a stream was cut into
    pieces, the frames of a traceback that lie in installed files (their paths and lines differ)."""
    tidy: list[NotebookNode] = []
    for original in outputs:
        output = copy.deepcopy(original)
        last = tidy[-1] if tidy else None
        if output.output_type == "stream":
            if last is not None and last.output_type == "stream" and last.name == output.name:
                last.text += output.text
                continue
        elif output.output_type == "error":
            output.traceback = [
                part if count is None else _PROMPT.sub(str(count), part)
                for part in output.traceback
                if not plain(part).startswith("File ")
            ]
        else:
            output.data.pop(WIDGET_VIEW, None)
            output.metadata.pop(WIDGET_VIEW, None)
            if not output.data:
                continue
            if output.output_type == "execute_result":
                output.execution_count = count
        tidy.append(output)
    return tidy


def fill(nb: NotebookNode, solutions: Mapping[str, str]) -> NotebookNode:
    """A copy of `nb` in which each stub, a cell tagged ``exercise-4.2``, is ``solutions["4.2"]``.

    Both must name the same exercises, else :class:`NotebookError`: an exercise that is left out
    here would be an exercise that no test ever solves.
    """
    filled = copy.deepcopy(nb)
    found: set[str] = set()
    for cell in filled.cells:
        for key in (tag[len(EXERCISE_TAG) :] for tag in tags(cell) if tag.startswith(EXERCISE_TAG)):
            found.add(key)
            if key in solutions:
                # Outputs of the stub would be read as outputs of the solution.
                cell.source, cell.outputs, cell.execution_count = solutions[key], [], None
    if missing := sorted(found - set(solutions)):
        raise NotebookError(
            f"No solution for exercise {', '.join(missing)}, whose stub is in the notebook. "
            "Write it in lib/workbook/exercises/, or remove the tag from the cell."
        )
    if unused := sorted(set(solutions) - found):
        raise NotebookError(
            f"No stub for exercise {', '.join(unused)}, which has a solution. "
            f"Tag its cell {EXERCISE_TAG}{unused[0]} in the notebook."
        )
    return filled


def cell_name(nb: NotebookNode, index: int) -> str:
    """How messages call a cell: its place, counted from 1, its kind, and how it starts."""
    cell = nb.cells[index]
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "empty")
    kind = "code" if cell.cell_type == "code" else cell.cell_type.capitalize()
    return f"cell {index + 1} ({kind}: {first[:50]})"


def _node(value: Any) -> NotebookNode:
    """`nbformat.from_dict`, whose own annotations stop at ``Any``."""
    node = nbformat.from_dict(copy.deepcopy(value))
    assert isinstance(node, NotebookNode)
    return node


def _kept_metadata(cell: NotebookNode) -> NotebookNode:
    return _node({key: cell.metadata[key] for key in _KEPT_METADATA if cell.metadata.get(key)})


def _stable_ids(cells: list[NotebookNode]) -> list[str]:
    """One id for each cell: its own where a person chose it, else one made from its position."""
    kept: list[str | None] = []
    for cell in cells:
        own = str(cell.get("id", ""))
        named = _NAMED_ID.fullmatch(own) and not _ROLLED_ID.fullmatch(own) and len(own) <= 64
        kept.append(own if named and own not in kept else None)
    taken = {name for name in kept if name}
    ids: list[str] = []
    for position, name in enumerate(kept, start=1):
        attempt = 1
        while name is None:
            candidate = f"cell-{position:02d}" + (f"-{attempt}" if attempt > 1 else "")
            name = None if candidate in taken else candidate
            attempt += 1
        taken.add(name)
        ids.append(name)
    return ids


def main(files: Sequence[str] | None = None) -> int:
    """Clean the files in place, as a hook before a commit; 1 when one was not clean."""
    unclean = 0
    for path in map(Path, sys.argv[1:] if files is None else files):
        tidy = as_bytes(clean(read(path)))
        if path.read_bytes() != tidy:
            path.write_bytes(tidy)
            print(f"cleaned {path}")
            unclean = 1
    return unclean


if __name__ == "__main__":
    sys.exit(main())

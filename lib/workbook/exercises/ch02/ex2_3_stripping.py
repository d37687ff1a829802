"""Exercise 2.3: a notebook without its outputs."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import copy
from typing import Any

import nbformat
from nbformat import NotebookNode

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, Wrong, expect, expect_function
from lib.workbook.exercises.ch02.ex2_3_stripping_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.slips import slip

CLEARED = ("outputs", "execution_count")
PICTURE = "iVBORw0KGgo="


def example() -> Any:
    """A notebook with all that the check looks at."""
    v4: Any = nbformat.v4
    shown = v4.new_output("execute_result", {"text/plain": "12.6"}, execution_count=3)
    printed = v4.new_output("stream", name="stdout", text="842 flights\n")
    failed = v4.new_output("error", ename="NameError", evalue="late", traceback=["NameError"])
    plotted = v4.new_output("display_data", {"image/png": PICTURE}, metadata={"width": 4})
    cells = [
        v4.new_markdown_cell("# Delays", id="title", metadata={"slideshow": {"slide": 1}}),
        v4.new_code_cell("count()", id="count", execution_count=3, outputs=[printed, shown]),
        v4.new_code_cell("import os", id="import", execution_count=5),
        v4.new_code_cell("late", id="late", execution_count=6, outputs=[failed]),
        v4.new_raw_cell("raw", id="raw", metadata={"format": "text/html"}),
        v4.new_code_cell("plot()", id="plot", outputs=[plotted, shown]),
        v4.new_code_cell("", id="never"),
        v4.new_markdown_cell("![a](attachment:a.png)", id="picture"),
        v4.new_code_cell("\nmean()  \n", id="mean", execution_count=7, outputs=[shown]),
    ]
    cells[1].metadata = {"tags": ["exercise-1.1"], "jupyter": {"source_hidden": True}}
    cells[7].attachments = {"a.png": {"image/png": PICTURE}}
    kernel = {"name": "python3", "display_name": "Python 3"}
    language = {"name": "python", "version": "3.11.9"}
    nb = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": language})
    nb.nbformat_minor = 5
    return nb


def check_stripped(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "without_outputs")
    for original in (example(), nbformat.v4.new_notebook()):
        before = copy.deepcopy(original)
        found = sandbox.call(answer, original)
        expect_notebook(found)
        expect(
            found is not original or original != before,
            "Your function returns the very notebook that it is given; a new one is asked for.",
        )
        expect(
            original == before,
            "It changes the notebook that it is given, as well. The learner who has it open would "
            "lose the outputs; work on a copy. Its cells are objects too, so the copy must be a "
            "deep one.",
        )
        expect_cells(found.cells, before.cells)
        expect_kept("The notebook", before, found, but=("cells",))
    return "That is it. As a hook, this is what the tool nbstripout does."


def expect_notebook(found: Any) -> None:
    """Expect what `nbformat.read` would return: an object with cells."""
    expect(
        found is not None,
        "The function returns nothing. It should return the notebook without outputs.",
    )
    if not isinstance(found, NotebookNode):
        more = ", on which `nb.cells` does not work" if isinstance(found, dict) else ""
        raise NotYet(
            "This asks for a notebook, as `nbformat.read` returns it; what your function returns "
            f"is of type {type(found).__name__}{more}. `nbformat.from_dict` makes one of a dict."
        )
    cells = found.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotYet("The notebook that your function returns has no list of `cells`.")
    for cell in cells:
        expect(
            isinstance(cell, NotebookNode),
            "A cell of the notebook that your function returns is a plain dict, on which "
            "`cell.cell_type` does not work. `nbformat.from_dict` makes a notebook of a dict.",
        )


def expect_cells(cells: list[Any], before: list[Any]) -> None:
    """Expect the same cells in the same order, the code cells without their outputs."""
    expect(
        len(cells) == len(before),
        f"The notebook has {len(cells)} cells; {len(before)} went in. Cells stay.",
    )
    for cell, was in zip(cells, before, strict=True):
        name = f"The {was.cell_type} cell {was.source!r}"
        expect_kept(name, was, cell, but=CLEARED)
        if was.cell_type == "code":
            expect_cleared(cell, name)
        else:
            expect(
                "outputs" not in cell and "execution_count" not in cell,
                f"{name} has got outputs or a number; only code cells have these.",
            )


def expect_cleared(cell: Any, name: str) -> None:
    """Expect an empty list of outputs, and no number."""
    for key in CLEARED:
        expect(key in cell, f"{name} has no key `{key}` now. The format of notebooks demands it.")
    outputs = cell["outputs"]
    expect(
        isinstance(outputs, list),
        f"{name}: `outputs` is {shown(outputs)}; an empty list is expected.",
    )
    expect(outputs == [], f"{name} still has outputs.")
    number = cell["execution_count"]
    expect(
        number is None,
        f"{name}: `execution_count` is {shown(number)}; `None` is expected. The number changes "
        "with every run, so it belongs to the output.",
    )


def expect_kept(name: str, before: Any, after: Any, but: tuple[str, ...]) -> None:
    """Expect that all stays, but these keys."""
    for key in {**before, **after}:
        if key in but or (key in before and key in after and before[key] == after[key]):
            continue
        if key not in before:
            raise NotYet(f"{name} has got `{key}`, which it did not have. All else stays.")
        was, now = before[key], after.get(key)
        if isinstance(was, dict) and isinstance(now, dict):
            inner = [str(each) for each in {**was, **now} if was.get(each) != now.get(each)]
            raise NotYet(f"{name}: in its `{key}`, {', '.join(inner)} has changed. All else stays.")
        is_now = f"is now {shown(now)}" if key in after else "is gone"
        raise NotYet(f"{name}: its `{key}`, {shown(was)}, {is_now}. All else stays.")


def shown(value: Any) -> str:
    """Return a value as a card can show it: at most 60 signs."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]} ..."


def solution_stripped() -> Any:
    def without_outputs(nb):
        bare = copy.deepcopy(nb)
        for cell in bare.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
        return bare

    return without_outputs


EXERCISE = Exercise(
    id="2.3",
    title="A notebook without its outputs",
    check=check_stripped,
    hints=(
        "Begin with `copy.deepcopy(nb)`, and go through `cells` of the copy.",
        "Only where `cell.cell_type` is `code` is there something to empty: `outputs` becomes an "
        "empty list.",
        "`execution_count` becomes `None`. Return the copy.",
    ),
    solution=solution_stripped,
    also_right=ALSO_RIGHT,
    wrong=(
        *WRONG,
        Wrong(
            slip(
                solution_stripped,
                (
                    "cell.execution_count = None",
                    "cell.execution_count, cell.source = None, cell.source.strip()",
                ),
            ),
            "All else stays",
            "tidies up what was not asked for",
        ),
    ),
    words=WORDS,
    asides=(
        "`nb.cells` are the cells; `cell.cell_type` is `code`, `markdown` or `raw`. The module "
        "`copy` is imported.",
    ),
)

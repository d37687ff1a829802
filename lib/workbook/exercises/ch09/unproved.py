"""Exercise 9.4: what a green run has not checked."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_function

RAISES = {"tags": ["raises-exception"]}


def samples() -> dict[str, tuple[NotebookNode, list[int]]]:
    """Notebooks by what is special in them, and the places that an answer must give."""
    seven = new_output("execute_result", data={"text/plain": "7"}, execution_count=1)
    said = new_output("stream", name="stdout", text="careful\n")
    error = new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    text = new_markdown_cell("# Title")
    sound = new_code_cell("3 + 4", execution_count=1, outputs=[seven])
    quiet = new_code_cell("x = 7", execution_count=2)
    stripped = new_code_cell("3 + 4")
    forgotten = new_code_cell("3 + 4", outputs=[seven])
    empty, blank = new_code_cell(""), new_code_cell(" \n")
    raised = new_code_cell("{}['x']", execution_count=3, outputs=[error], metadata=RAISES)
    late = new_code_cell("f()", execution_count=3, outputs=[said, error], metadata=RAISES)
    tame = new_code_cell("x = 1", execution_count=4, metadata=RAISES)
    talks = new_code_cell("f()", execution_count=4, outputs=[said], metadata=RAISES)
    both = new_code_cell("x = 1", metadata=RAISES)
    other = new_code_cell("x", execution_count=5, metadata={"tags": ["exercise-9.4"]})
    return {
        "a notebook in which all is well": (notebook(text, sound, quiet, raised, other), []),
        "a notebook with a stripped cell": (notebook(text, sound, stripped, quiet), [2]),
        "a notebook that is stripped, but still has an output": (notebook(forgotten), [0]),
        "a notebook with an empty cell, which has nothing to check": (notebook(empty, sound), []),
        "a notebook with a cell of white space only, which has nothing to check": (
            notebook(blank, sound),
            [],
        ),
        "a notebook that promises an error which did not come": (notebook(text, tame, quiet), [1]),
        "a notebook that promises an error, and printed something else": (notebook(talks), [0]),
        "a notebook with a cell that is stripped, and has the tag as well": (
            notebook(text, both, quiet),
            [1],
        ),
        "a notebook that prints before its error": (notebook(text, text, late), []),
        "a longer notebook": (
            notebook(stripped, text, tame, sound, blank, raised, text, talks, forgotten),
            [0, 2, 7, 8],
        ),
    }


def notebook(*cells: NotebookNode) -> NotebookNode:
    own = [NotebookNode(cell, id=f"cell-{place}") for place, cell in enumerate(cells)]
    nb: NotebookNode = new_notebook(cells=own)
    return nb


def check_unproved(answer: Any, bench: Bench) -> str:
    expect_function(answer, "unproved")
    for kind, (nb, wanted) in samples().items():
        found = bench.call(answer, nb)
        expect(
            found is not None,
            "It returns nothing. Collect the places in a list, and return the list.",
        )
        expect(
            isinstance(found, list | tuple | set),
            f"This asks for a list of places; it returns {type(found).__name__}.",
        )
        expect(
            all(isinstance(place, int) for place in found),
            "This asks for places, which are whole numbers; the list holds something else.",
        )
        twice = sorted({place for place in found if list(found).count(place) > 1})
        expect(
            not twice,
            f"For {kind} the list has {twice} more than once. A cell may be unchecked for two "
            "reasons; its place is asked for once.",
        )
        expect(
            sorted(found) == wanted,
            f"For {kind} the places are {wanted}; yours are {sorted(found)}.",
        )
    return "That is it. Run it on your notebooks before you believe that they are green."


def solution_unproved() -> Any:
    def unproved(nb):
        places = []
        for place, cell in enumerate(nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            promised = "raises-exception" in cell.metadata.get("tags", [])
            raised = any(output.output_type == "error" for output in cell.outputs)
            if cell.execution_count is None or (promised and not raised):
                places.append(place)
        return places

    return unproved


def unproved_in_two_steps() -> Any:
    def unproved(nb):
        code = {i: c for i, c in enumerate(nb.cells) if c.cell_type == "code" and c.source.strip()}
        never = {i for i, c in code.items() if not c.execution_count}
        promise = {i for i, c in code.items() if "raises-exception" in c.metadata.get("tags", ())}
        error = {i for i, c in code.items() if "error" in [o.output_type for o in c.outputs]}
        return never | (promise - error)

    return unproved


def unproved_by_outputs() -> Any:
    def unproved(nb):
        code = [(i, cell) for i, cell in enumerate(nb.cells) if cell.cell_type == "code"]
        return [i for i, cell in code if cell.source.strip() and not cell.outputs]

    return unproved


def unproved_only_stripped() -> Any:
    def unproved(nb):
        code = [(i, cell) for i, cell in enumerate(nb.cells) if cell.cell_type == "code"]
        return [i for i, c in code if c.source.strip() and c.execution_count is None]

    return unproved


def unproved_counts_empty() -> Any:
    def unproved(nb):
        code = [(i, cell) for i, cell in enumerate(nb.cells) if cell.cell_type == "code"]
        return [i for i, cell in code if cell.execution_count is None]

    return unproved


def unproved_any_output() -> Any:
    def unproved(nb):
        places = []
        for place, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and cell.source.strip():
                promised = "raises-exception" in cell.metadata.get("tags", [])
                if cell.execution_count is None or (promised and not cell.outputs):
                    places.append(place)
        return places

    return unproved


def unproved_counts_code() -> Any:
    def unproved(nb):
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        return [i for i, c in enumerate(code) if c.source.strip() and c.execution_count is None]

    return unproved


def unproved_counts_white_space() -> Any:
    def unproved(nb):
        places = []
        for place, cell in enumerate(nb.cells):
            if cell["cell_type"] == "code" and cell["source"]:
                promised = "raises-exception" in cell["metadata"].get("tags", [])
                raised = any(output["output_type"] == "error" for output in cell["outputs"])
                if cell["execution_count"] is None or (promised and not raised):
                    places.append(place)
        return places

    return unproved


def unproved_twice() -> Any:
    def unproved(nb):
        places = []
        for place, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and cell.source.strip():
                if cell.execution_count is None:
                    places.append(place)
                if "raises-exception" in cell.metadata.get("tags", []):
                    if "error" not in [output.output_type for output in cell.outputs]:
                        places.append(place)
        return places

    return unproved


def unproved_the_cells() -> Any:
    def unproved(nb):
        code = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
        return [cell for cell in code if cell.execution_count is None]

    return unproved


EXERCISE = Exercise(
    id="9.4",
    title="What a green run has not checked",
    check=check_unproved,
    hints=(
        "Go through `enumerate(nb.cells)`, and pass over what is no code, and what has a "
        "`source` that is empty or holds only white space.",
        "A cell that ran has an `execution_count`, whether it printed something or not. A cell "
        "that raised has an output whose `output_type` is `error`.",
        '`cell.metadata.get("tags", [])` are its tags. The place counts when the count is None, '
        "or when the tag `raises-exception` is there and no output is an error.",
    ),
    solution=solution_unproved,
    also_right=(unproved_in_two_steps,),
    wrong=(
        Wrong(
            unproved_by_outputs,
            "a notebook in which all is well",
            "takes a cell that prints nothing for one that never ran",
        ),
        Wrong(
            unproved_only_stripped,
            "promises an error which did not come",
            "sees the stripped cell and forgets the broken promise",
        ),
        Wrong(
            unproved_counts_empty,
            "an empty cell, which has nothing to check",
            "wants proof of a cell in which nothing stands",
        ),
        Wrong(
            unproved_any_output,
            "printed something else",
            "takes any output for the error that was promised",
        ),
        Wrong(
            unproved_counts_code,
            "a notebook with a stripped cell",
            "counts code cells, where the place among all cells is asked for",
        ),
        Wrong(
            unproved_counts_white_space,
            "a cell of white space only",
            "takes a cell for empty only when its text has no characters",
        ),
        Wrong(
            unproved_twice,
            "more than once",
            "asks two questions of a cell, and writes its place down for each",
        ),
        Wrong(
            unproved_the_cells,
            "This asks for places",
            "collects the cells, where their places are asked for",
        ),
    ),
)

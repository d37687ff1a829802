"""Exercise 9.4: what a green run has not checked."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from numbers import Integral
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from lib.workbook.course.exercise import Exercise, Sandbox, Word, Wrong, expect, expect_function
from lib.workbook.exercises.ch09 import ex9_4_unproved_answers as answers
from lib.workbook.exercises.slips import slip

RAISES = {"tags": ["raises-exception"]}


def samples() -> dict[str, tuple[NotebookNode, list[int]]]:
    """Notebooks by what is special in them, and the places that an answer must give."""
    seven = new_output("execute_result", data={"text/plain": "7"}, execution_count=1)
    said = new_output("stream", name="stderr", text="output_type: error, as in a ValueError\n")
    error = new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    text, raw = new_markdown_cell("# Title"), new_raw_cell("raises-exception")
    sound = new_code_cell("3 + 4", execution_count=1, outputs=[seven])
    quiet = new_code_cell("x = 7", execution_count=2)
    stripped = new_code_cell("3 + 4")
    forgotten = new_code_cell("3 + 4", outputs=[seven])
    remark = new_code_cell("# to be done")
    empty, blank, tabs = new_code_cell(""), new_code_cell(" \n"), new_code_cell("\t\n\t")
    raised = new_code_cell("{}['x']", execution_count=3, outputs=[error], metadata=RAISES)
    late = new_code_cell("f()", execution_count=3, outputs=[said, error], metadata=RAISES)
    early = new_code_cell("f()", execution_count=3, outputs=[error, said, seven], metadata=RAISES)
    tame = new_code_cell("x = 1", execution_count=4, metadata=RAISES)
    talks = new_code_cell("f()", execution_count=4, outputs=[said, seven], metadata=RAISES)
    both = new_code_cell("x = 1", metadata=RAISES)
    other = new_code_cell("x", execution_count=5, metadata={"tags": ["exercise-9.4"]})
    near = new_code_cell("x", execution_count=5, metadata={"tags": ["no-raises-exception"]})
    more = new_code_cell("x", execution_count=5, metadata={"tags": ["a", "raises-exception"]})
    broken = new_code_cell("1 / 0", execution_count=6, outputs=[error])
    return {
        "a notebook in which all is well": (notebook(text, sound, quiet, raised, other), []),
        "a notebook with a stripped cell": (notebook(text, sound, stripped, quiet), [2]),
        "a notebook that is stripped, but still has an output": (notebook(forgotten), [0]),
        "a notebook whose stripped cell holds a comment only": (notebook(sound, remark), [1]),
        "a notebook with an empty cell, which has nothing to check": (notebook(empty, sound), []),
        "a notebook with a cell of white space only, which has nothing to check": (
            notebook(blank, sound, tabs),
            [],
        ),
        "a notebook that promises an error which did not come": (notebook(text, tame, quiet), [1]),
        "a notebook that promises an error, and printed something else": (notebook(talks), [0]),
        "a notebook whose promise is one of two tags": (notebook(sound, more), [1]),
        "a notebook with a cell that is stripped, and has the tag as well": (
            notebook(text, both, quiet),
            [1],
        ),
        "a notebook that prints before its error, or after it": (
            notebook(text, text, late, early),
            [],
        ),
        "a notebook with other tags, and an error without a promise": (
            notebook(near, broken),
            [],
        ),
        "a notebook with a raw cell, which is no code": (notebook(raw, quiet, stripped), [2]),
        "a longer notebook": (
            notebook(stripped, text, tame, sound, blank, raised, text, talks, forgotten),
            [0, 2, 7, 8],
        ),
    }


def notebook(*cells: NotebookNode) -> NotebookNode:
    own = [NotebookNode(cell, id=f"cell-{place}") for place, cell in enumerate(cells)]
    nb: NotebookNode = new_notebook(cells=own)
    return nb


def check_unproved(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "unproved")
    for kind, (nb, wanted) in samples().items():
        found = sandbox.call(answer, nb)
        expect(
            found is not None,
            "It returns nothing. Collect the places in a list, and return the list.",
        )
        expect(
            isinstance(found, list | tuple | set),
            f"This asks for a list of places; it returns {type(found).__name__}.",
        )
        odd = [
            place for place in found if isinstance(place, bool) or not isinstance(place, Integral)
        ]
        expect(
            not odd,
            "This asks for places, which are whole numbers; the list holds something else: "
            f"{odd[0] if odd else None!r:.60}",
        )
        twice = sorted({place for place in found if list(found).count(place) > 1})
        expect(
            not twice,
            f"For {kind}, the list has {twice} more than once. Each place is asked for once.",
        )
        expect(
            sorted(found) == wanted,
            f"For {kind}, the places are {wanted}; yours are {sorted(found)}.",
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
    also_right=(
        answers.unproved_in_two_steps,
        answers.unproved_by_items,
        answers.unproved_by_two_loops,
        answers.unproved_with_pandas,
    ),
    words=(
        Word(
            "Write `unproved(nb)`",
            "a call with one notebook",
            slip(solution_unproved, ("def unproved(nb)", "def unproved(nb, place)")),
        ),
        Word(
            "a notebook as `notebooks.read` gives it",
            "a call with a notebook, not with its path",
            answers.unproved_of_a_path,
        ),
        Word("returns a list", "the kind of what comes back", answers.unproved_by_yield),
        Word(
            "the places in `nb.cells`",
            "a cell of text before the stripped one",
            answers.unproved_counts_code,
        ),
        Word(
            "counted from 0",
            "a stripped cell in the third place, which is 2",
            slip(solution_unproved, ("enumerate(nb.cells)", "enumerate(nb.cells, 1)")),
        ),
        Word(
            "the cells that were never executed",
            "stripped cells: with an output, without one, and with a comment only",
            slip(solution_unproved, ("cell.execution_count is None or ", "")),
        ),
        Word(
            "those with the tag `raises-exception`",
            "cells with other tags, and with none",
            slip(
                solution_unproved,
                ('"raises-exception" in cell.metadata.get("tags", [])', "cell.metadata"),
            ),
        ),
        Word(
            "whose stored outputs hold no error",
            "promises that were kept, at the first output and at the last",
            slip(solution_unproved, ("promised and not raised", "promised")),
        ),
        Word(
            "Each place stands there once",
            "a stripped cell with the tag",
            answers.unproved_twice,
        ),
        Word(
            "Cells of text do not count",
            "cells of Markdown, and a raw cell",
            slip(solution_unproved, ('cell.cell_type != "code"', 'cell.cell_type == "markdown"')),
        ),
        Word(
            "nor do cells that are empty",
            "an empty cell",
            slip(solution_unproved, ("not cell.source.strip()", "cell.source.isspace()")),
        ),
        Word(
            "or hold only white space",
            "cells with a blank and a line's end, and with tabs",
            slip(solution_unproved, ("not cell.source.strip()", "not cell.source.strip(' ')")),
        ),
        Word(
            "an `output_type`, which is `error` for an error",
            "a printed line in which these words stand",
            slip(
                solution_unproved,
                ('output.output_type == "error"', '"error" in str(output)'),
            ),
        ),
    ),
    asides=(
        "of those code cells that a green run of plain nbval has not checked",
        "You have seen the fields of a cell above. Each item of `outputs` has",
    ),
    wrong=(
        Wrong(
            answers.unproved_by_outputs,
            "a notebook in which all is well",
            "takes a cell that prints nothing for one that never ran",
        ),
        Wrong(
            answers.unproved_only_stripped,
            "promises an error which did not come",
            "sees the stripped cell and forgets the broken promise",
        ),
        Wrong(
            answers.unproved_counts_empty,
            "an empty cell, which has nothing to check",
            "wants proof of a cell in which nothing stands",
        ),
        Wrong(
            answers.unproved_any_output,
            "printed something else",
            "takes any output for the error that was promised",
        ),
        Wrong(
            slip(
                solution_unproved,
                (
                    'any(output.output_type == "error" for output in cell.outputs)',
                    '"Error" in str(cell.outputs)',
                ),
            ),
            "printed something else",
            "searches the outputs for a word, which may be printed as well",
        ),
        Wrong(
            answers.unproved_counts_code,
            "a notebook with a stripped cell",
            "counts code cells, where the place among all cells is asked for",
        ),
        Wrong(
            answers.unproved_counts_white_space,
            "a cell of white space only",
            "takes a cell for empty only when its text has no characters",
        ),
        Wrong(
            answers.unproved_twice,
            "more than once",
            "asks two questions of a cell, and writes its place down for each",
        ),
        Wrong(
            answers.unproved_the_cells,
            "This asks for places",
            "collects the cells, where their places are asked for",
        ),
        Wrong(
            answers.unproved_by_truth,
            "the list holds something else: ",
            "returns a yes or no for each cell",
        ),
        Wrong(
            answers.unproved_remembers,
            "a notebook that is stripped",
            "keeps the list of the last call in a parameter's default",
        ),
        Wrong(
            answers.unproved_last_output,
            "prints before its error, or after it",
            "looks at the last output only",
        ),
        Wrong(
            answers.unproved_any_error,
            "an error without a promise",
            "wants each error to be promised, which nbval does not",
        ),
    ),
)

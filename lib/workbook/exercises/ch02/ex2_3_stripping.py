"""Exercise 2.3: a notebook without its outputs."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import copy
from typing import Any

import nbformat

from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function


def example() -> Any:
    """A notebook with all that the check looks at."""
    v4: Any = nbformat.v4
    shown = v4.new_output("execute_result", {"text/plain": "12.6"}, execution_count=3)
    printed = v4.new_output("stream", name="stdout", text="842 flights\n")
    cells = [
        v4.new_markdown_cell("# Delays", id="title"),
        v4.new_code_cell("count()", id="count", execution_count=3, outputs=[printed, shown]),
        v4.new_code_cell("mean()", id="mean", execution_count=7, outputs=[shown]),
        v4.new_raw_cell("raw", id="raw"),
    ]
    cells[1].metadata["tags"] = ["exercise-1.1"]
    return v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )


def check_stripped(answer: Any, bench: Bench) -> str:
    expect_function(answer, "without_outputs")
    original = example()
    before = copy.deepcopy(original)
    found = bench.call(answer, original)
    expect(
        found is not None,
        "The function returns nothing. It should return the notebook without outputs.",
    )
    if not isinstance(found, dict):
        raise NotYet(f"This asks for a notebook; your function returns a {type(found).__name__}.")
    expect(
        original == before,
        "It changes the notebook that it is given, as well. The learner who has it open would lose "
        "the outputs; work on a copy. Its cells are objects too, so the copy must be a deep one.",
    )
    cells = found.get("cells", [])
    expect(
        len(cells) == len(before.cells),
        f"The notebook has {len(cells)} cells; {len(before.cells)} went in. Cells stay.",
    )
    for cell, was in zip(cells, before.cells, strict=True):
        name = f"The {was.cell_type} cell {was.source!r}"
        if was.cell_type == "code":
            expect("outputs" in cell, f"{name} has no key `outputs` now. The format wants a list.")
            expect(
                cell["outputs"] is not None,
                f"In {name[0].lower() + name[1:]}, `outputs` is None; an empty list is expected.",
            )
            expect(cell["outputs"] == [], f"{name} still has outputs.")
            expect(
                cell.get("execution_count") is None,
                f"{name} still has its number, {cell.get('execution_count')}. It changes with "
                "every run, so it belongs to the output.",
            )
        else:
            expect(
                "outputs" not in cell and "execution_count" not in cell,
                f"{name} has got outputs or a number; only code cells have these.",
            )
        kept = {key: value for key, value in was.items() if key not in CLEARED}
        expect(
            {key: value for key, value in cell.items() if key not in CLEARED} == kept,
            f"{name} has lost more than its outputs: source, id and metadata stay.",
        )
    expect(found.get("metadata") == before.metadata, "The notebook's own metadata have changed.")
    return "That is it. As a hook, this is what the tool nbstripout does."


CLEARED = ("outputs", "execution_count")


def solution_stripped() -> Any:
    def without_outputs(nb):
        bare = copy.deepcopy(nb)
        for cell in bare.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
        return bare

    return without_outputs


def built_anew() -> Any:
    def without_outputs(nb):
        cells = [
            {**cell, "outputs": [], "execution_count": None} if "outputs" in cell else {**cell}
            for cell in nb["cells"]
        ]
        return nbformat.from_dict({**nb, "cells": cells})

    return without_outputs


def in_place() -> Any:
    def without_outputs(nb):
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
        return nb

    return without_outputs


def shallow() -> Any:
    def without_outputs(nb):
        bare = copy.copy(nb)
        for cell in bare.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        return bare

    return without_outputs


def keeps_numbers() -> Any:
    def without_outputs(nb):
        bare = copy.deepcopy(nb)
        for cell in bare.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        return bare

    return without_outputs


def every_cell() -> Any:
    def without_outputs(nb):
        bare = copy.deepcopy(nb)
        for cell in bare.cells:
            cell.outputs, cell.execution_count = [], None
        return bare

    return without_outputs


def outputs_none() -> Any:
    def without_outputs(nb):
        bare = copy.deepcopy(nb)
        for cell in bare.cells:
            if cell.cell_type == "code":
                cell.outputs = cell.execution_count = None
        return bare

    return without_outputs


def no_key() -> Any:
    def without_outputs(nb):
        bare = copy.deepcopy(nb)
        for cell in bare.cells:
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
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
    also_right=(built_anew,),
    wrong=(
        Wrong(in_place, "changes the notebook that it is given", "empties the caller's notebook"),
        Wrong(shallow, "must be a deep one", "copies the notebook, shares the cells"),
        Wrong(keeps_numbers, "still has its number", "forgets what counts the runs"),
        Wrong(every_cell, "only code cells have these", "gives outputs to text"),
        Wrong(
            outputs_none, "an empty list is expected", "takes None for a list with nothing in it"
        ),
        Wrong(no_key, "has no key", "removes what the format demands"),
    ),
)

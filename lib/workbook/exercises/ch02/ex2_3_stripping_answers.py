"""Answers to exercise 2.3: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import copy
import json

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from lib.workbook.course.exercise import Word, Wrong


def emptied(each, *, copied=copy.deepcopy):
    """Return the answer that does this to each cell of a copy."""

    def without_outputs(nb):
        bare = copied(nb)
        for cell in bare.cells:
            each(cell)
        return bare

    return without_outputs


def clear(cell):
    """Empty a code cell."""
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None


def made_of_dicts():
    def without_outputs(nb):
        cells = [
            {**cell, "outputs": [], "execution_count": None} if "outputs" in cell else {**cell}
            for cell in nb["cells"]
        ]
        return nbformat.from_dict({**nb, "cells": cells})

    return without_outputs


def through_json():
    def without_outputs(nb):
        bare = json.loads(json.dumps(nb))
        for cell in bare["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        return nbformat.from_dict(bare)

    return without_outputs


def written_and_read():
    def without_outputs(nb):
        bare = nbformat.reads(nbformat.writes(nb), as_version=4)
        for cell in bare.cells:
            if cell.get("outputs") is not None:
                cell.outputs.clear()
                cell["execution_count"] = None
        return bare

    return without_outputs


def copies_of_cells():
    def without_outputs(nb):
        bare = copy.copy(nb)
        bare.cells = []
        for cell in nb.cells:
            cell = NotebookNode(cell)
            if cell.cell_type == "code":
                cell["outputs"] = []
                cell["execution_count"] = None
            bare.cells.append(cell)
        return bare

    return without_outputs


def with_a_new_notebook():
    def without_outputs(nb):
        bare = new_notebook(metadata=nb.metadata, nbformat_minor=nb.nbformat_minor)
        bare.cells = copy.deepcopy(nb.cells)
        for cell in filter(lambda cell: cell.cell_type == "code", bare.cells):
            cell.outputs, cell.execution_count = [], None
        return bare

    return without_outputs


def only_what_has_any():
    def each(cell):
        if cell.get("outputs"):
            cell.outputs = []
        if cell.get("execution_count"):
            cell.execution_count = None

    return emptied(each)


ALSO_RIGHT = (
    made_of_dicts,
    through_json,
    written_and_read,
    copies_of_cells,
    with_a_new_notebook,
    only_what_has_any,
)


def setting(**values):
    """Return the answer that sets these values in the code cells, and no others."""
    return emptied(lambda cell: cell.update(values) if cell.cell_type == "code" else None)


def losing(*keys):
    """Return the right answer, which then takes these keys out of all cells."""
    return afterwards(lambda bare: [cell.pop(key, None) for key in keys for cell in bare.cells])


def afterwards(change):
    """Return the right answer, with something done to the new notebook at the end."""

    def without_outputs(nb):
        bare = emptied(clear)(nb)
        change(bare)
        return bare

    return without_outputs


def made_into(change):
    """Return the answer that returns something made of the right notebook."""
    return lambda nb: change(emptied(clear)(nb))


def in_place():
    return emptied(clear, copied=lambda nb: nb)


def stops_at_the_first():
    def without_outputs(nb):
        bare = copy.deepcopy(nb)
        for cell in bare.cells:
            if cell.cell_type == "code":
                clear(cell)
                return bare
        return bare

    return without_outputs


def those_with_a_number():
    return emptied(lambda cell: clear(cell) if cell.get("execution_count") else None)


def keeps_errors():
    def each(cell):
        if not any("ename" in out for out in cell.get("outputs", [])):
            clear(cell)

    return emptied(each)


def tags_only():
    def each(cell):
        clear(cell)
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}

    return emptied(each)


def new_cells():
    def without_outputs(nb):
        v4 = nbformat.v4
        make = {"markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
        cells = [
            make.get(cell.cell_type, v4.new_code_cell)(
                cell.source, id=cell.id, metadata=cell.metadata
            )
            for cell in nb.cells
        ]
        return v4.new_notebook(cells=cells, metadata=nb.metadata)

    return without_outputs


def plain_cells():
    def without_outputs(nb):
        bare = copy.copy(nb)
        bare.cells = [dict(cell) for cell in emptied(clear)(nb).cells]
        return bare

    return without_outputs


WRONG = (
    Wrong(in_place, "changes the notebook that it is given", "empties the caller's notebook"),
    Wrong(
        lambda: emptied(clear, copied=copy.copy),
        "must be a deep one",
        "copies the notebook, shares the cells",
    ),
    Wrong(lambda: lambda nb: nb, "the very notebook", "returns what came in"),
    Wrong(lambda: setting(outputs=[]), "`execution_count` is 3", "forgets what counts the runs"),
    Wrong(lambda: setting(execution_count=None), "still has outputs", "forgets the outputs"),
    Wrong(
        lambda: setting(outputs=[], execution_count=0),
        "`execution_count` is 0",
        "writes 0 where nothing has run",
    ),
    Wrong(
        lambda: emptied(lambda cell: cell.update(outputs=[], execution_count=None)),
        "only code cells have these",
        "gives outputs to text",
    ),
    Wrong(
        lambda: setting(outputs=None, execution_count=None),
        "an empty list is expected",
        "takes None for a list with nothing in it",
    ),
    Wrong(
        lambda: losing("outputs", "execution_count"),
        "has no key `outputs`",
        "removes what the format demands",
    ),
    Wrong(
        lambda: losing("execution_count"),
        "has no key `execution_count`",
        "removes the number in place of emptying it",
    ),
    Wrong(stops_at_the_first, "The code cell 'import os'", "returns from within the loop"),
    Wrong(keeps_errors, "The code cell 'late' still has outputs", "leaves cells that failed"),
    Wrong(those_with_a_number, "The code cell 'plot()' still", "goes by the number of the run"),
    Wrong(
        lambda: afterwards(lambda bare: bare.cells.pop(0)),
        "8 cells; 9 went in. Cells stay",
        "loses a cell of text",
    ),
    Wrong(
        lambda: afterwards(lambda bare: bare.cells.reverse()),
        "is now 'mean'",
        "returns the cells in another order",
    ),
    Wrong(tags_only, "in its `metadata`, slideshow", "keeps the tags, and no other metadata"),
    Wrong(
        lambda: afterwards(lambda bare: bare.metadata.pop("language_info", None)),
        "in its `metadata`, language_info",
        "removes what an editor wrote",
    ),
    Wrong(
        lambda: afterwards(lambda bare: [cell.update(id="cell") for cell in bare.cells]),
        "its `id`, 'title', is now 'cell'",
        "gives the cells other ids",
    ),
    Wrong(new_cells, "its `attachments`", "makes cells of what it knows, and loses the rest"),
    Wrong(
        lambda: afterwards(lambda bare: bare.update(nbformat_minor=4)),
        "its `nbformat_minor`, 5, is now 4",
        "writes another format",
    ),
    Wrong(
        lambda: made_into(lambda bare: json.loads(json.dumps(bare))),
        "of type dict, on which `nb.cells` does not",
        "returns a plain dict",
    ),
    Wrong(plain_cells, "is a plain dict, on which", "puts plain dicts into a notebook"),
    Wrong(lambda: made_into(lambda bare: bare.cells), "is of type list", "returns the cells"),
    Wrong(lambda: made_into(nbformat.writes), "is of type str", "returns the file's text"),
    Wrong(lambda: made_into(print), "returns nothing", "prints it, and returns nothing"),
    Wrong(new_notebook, "the function itself", "hands over a notebook, not a function"),
)
WORDS = (
    Word("Write `without_outputs(nb)`", "the function is handed over", new_notebook),
    Word(
        "It gets a notebook, as `nbformat.read` returns it, and returns a new one",
        "the type of what is returned, and the notebook that was handed in",
        lambda: made_into(lambda bare: json.loads(json.dumps(bare))),
    ),
    Word(
        "every code cell has an empty list of `outputs`",
        "five code cells: printed, shown, failed, plotted, without output",
        those_with_a_number,
    ),
    Word(
        "and the `execution_count` `None`", "the numbers 3, 5, 6 and 7", lambda: setting(outputs=[])
    ),
    Word("Everything else stays as it is: text, ids, metadata", "all other keys", tags_only),
    Word("and the notebook that was handed in", "it is compared, before and after", in_place),
)

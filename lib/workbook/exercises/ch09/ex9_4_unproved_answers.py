"""Answers to exercise 9.4, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd

# --- Right ----------------------------------------------------------------------------------


def unproved_in_two_steps() -> Any:
    def unproved(nb):
        code = {i: c for i, c in enumerate(nb.cells) if c.cell_type == "code" and c.source.strip()}
        never = {i for i, c in code.items() if not c.execution_count}
        promise = {i for i, c in code.items() if "raises-exception" in c.metadata.get("tags", ())}
        error = {i for i, c in code.items() if "error" in [o.output_type for o in c.outputs]}
        return never | (promise - error)

    return unproved


def unproved_by_items() -> Any:
    def unproved(nb):
        def checked(cell):
            if cell["cell_type"] != "code" or cell["source"].strip() == "":
                return True
            kinds = {output["output_type"] for output in cell["outputs"]}
            promise = "raises-exception" in cell["metadata"].get("tags", [])
            return cell["execution_count"] is not None and (not promise or "error" in kinds)

        return tuple(i for i, cell in enumerate(nb["cells"]) if not checked(cell))

    return unproved


def unproved_by_two_loops() -> Any:
    def unproved(nb):
        found = []
        for place in reversed(range(len(nb.cells))):
            cell = nb.cells[place]
            if cell.cell_type == "code" and not re.fullmatch(r"\s*", cell.source):
                if cell.execution_count is None:
                    found.append(place)
                elif "raises-exception" in cell.metadata.get("tags", []):
                    for output in cell.outputs:
                        if output.output_type == "error":
                            break
                    else:
                        found.append(place)
        return found

    return unproved


def unproved_with_pandas() -> Any:
    def unproved(nb):
        cells = pd.DataFrame(
            {
                "code": [c.cell_type == "code" and bool(c.source.strip()) for c in nb.cells],
                "never": [c.get("execution_count") is None for c in nb.cells],
                "promise": ["raises-exception" in c.metadata.get("tags", []) for c in nb.cells],
                "error": [
                    "error" in [o.output_type for o in c.get("outputs", [])] for c in nb.cells
                ],
            }
        )
        wanted = cells["code"] & (cells["never"] | (cells["promise"] & ~cells["error"]))
        return list(np.flatnonzero(wanted))  # numbers of NumPy, which are whole, too

    return unproved


# --- Wrong ----------------------------------------------------------------------------------


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


def unproved_of_a_path() -> Any:
    def unproved(nb):
        with open(nb, encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        return [place for place, cell in enumerate(cells) if not cell.get("execution_count")]

    return unproved


def unproved_by_yield() -> Any:
    def unproved(nb):
        for place, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and cell.execution_count is None:
                yield place

    return unproved


def unproved_by_truth() -> Any:
    def unproved(nb):
        return [c.cell_type == "code" and c.execution_count is None for c in nb.cells]

    return unproved


def unproved_remembers() -> Any:
    def unproved(nb, places=[]):  # noqa: B006
        for place, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and cell.source.strip():
                promised = "raises-exception" in cell.metadata.get("tags", [])
                raised = "error" in [output.output_type for output in cell.outputs]
                if cell.execution_count is None or (promised and not raised):
                    places.append(place)
        return places

    return unproved


def unproved_last_output() -> Any:
    def unproved(nb):
        places = []
        for place, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and cell.source.strip():
                promised = "raises-exception" in cell.metadata.get("tags", [])
                raised = cell.outputs and cell.outputs[-1].output_type == "error"
                if cell.execution_count is None or (promised and not raised):
                    places.append(place)
        return places

    return unproved


def unproved_any_error() -> Any:
    def unproved(nb):
        places = []
        for place, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and cell.source.strip():
                promised = "raises-exception" in cell.metadata.get("tags", [])
                raised = "error" in [output.output_type for output in cell.outputs]
                if cell.execution_count is None or promised != raised:
                    places.append(place)
        return places

    return unproved

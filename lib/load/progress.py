"""A bar that shows how far a load is: in a terminal and in a notebook, where a person looks on."""

from __future__ import annotations

import sys
from typing import Any


def progress_bar(source: Any) -> Any:
    """Return a bar that counts the bytes read of a source; hidden without a terminal or notebook.

    It is what `run_pipeline` and `load_files` take as `watch`, and a context manager around what
    `bulk_load` takes as `progress`.
    """
    shape = {"desc": source.name, "unit": "B", "unit_scale": True, "leave": False}
    total = getattr(source, "size", None)
    if in_notebook():
        from tqdm.notebook import tqdm as notebook_bar

        return notebook_bar(total=total, disable=not somebody_types(), **shape)
    from tqdm import tqdm

    return tqdm(total=total, disable=None, **shape)  # None: off where there is no terminal


def in_notebook() -> bool:
    """Tell whether this process is a notebook's kernel."""
    return _kernel() is not None


def somebody_types() -> bool:
    """Tell whether the cell at work was run by hand.

    A front end with a person in front of it allows questions; nbclient and nbval, which run the
    notebooks as tests and would store the bar, do not.
    """
    return bool(getattr(_kernel(), "_allow_stdin", False))


def _kernel() -> Any:
    # Only a kernel has imported IPython's shell by itself; nothing is imported to find out.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)

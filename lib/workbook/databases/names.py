"""What both stores of checkpoint and copies share: names, limits, and one error."""

from __future__ import annotations

from lib.errors import PipelineError

CHECKPOINT = "january"
MONTH = "2013-01"
# Of the month, in the copies for answers: quick to make, and a wrong join takes no minutes there.
FIRST_DAYS = 3
DAILY = ("weather", "flights")  # the tables that have days
LOCK_WAIT = 10  # seconds
HASTE_S = 3  # for a lock in the copy for an answer, which none but the answer can hold


def in_use(name: str) -> PipelineError:
    """Return the error for a copy that another program holds."""
    return PipelineError(
        f"The database of {name} is in use: another kernel holds it.",
        "In JupyterLab: Kernel, Shut Down All Kernels. Then run this cell again.",
    )

"""What both stores of checkpoint and copies share: names, limits, and one error."""

from __future__ import annotations

from lib.errors import PipelineError

CHECKPOINT = "january"
MONTH = 1
FIRST_DAYS = 10  # of the month, in the copies for answers: quick to make, and other numbers
DAILY = ("weather", "flights")  # the tables that have days
LOCK_WAIT = 10  # seconds


def in_use(name: str) -> PipelineError:
    """Return the error for a copy that somebody else holds."""
    return PipelineError(
        f"The database of {name} is in use: another kernel holds it.",
        "In JupyterLab: Kernel, Shut Down All Kernels. Then run this cell again.",
    )

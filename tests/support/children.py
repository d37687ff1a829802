"""What a child process of a test should not inherit: the measuring of coverage, and the workers."""

from __future__ import annotations

import os

OURS = ("SLIPCOVER_", "PYTEST_XDIST_")


def unmeasured(*hidden: str) -> dict[str, str]:
    """Return the environment without what belongs to this run, and without the variables named."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OURS) and name not in hidden
    }

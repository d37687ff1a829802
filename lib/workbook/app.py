"""`run.py app`: which port the page takes."""

from __future__ import annotations

from lib.errors import PipelineError
from lib.workbook.lab import is_free, next_free_port

FIRST_PORT = 8501


def choose_port(wanted: int | None) -> int:
    """Return the port to use: the wanted one, or 8501, or the next free one.

    Raises PipelineError when the wanted one is in use.
    """
    if wanted is None:
        port = next_free_port(FIRST_PORT)
        if port != FIRST_PORT:
            print(f"Port {FIRST_PORT} is in use; taking {port}.")
        return port
    if not is_free(wanted):
        raise PipelineError(
            f"Port {wanted} is in use, or needs an administrator.",
            f"Type: python run.py app --port {next_free_port(max(wanted + 1, 1024))}",
        )
    return wanted

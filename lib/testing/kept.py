"""A program that ends with this process, however that ends: `keeper` is the one that sees to it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from lib.testing import keeper


class Kept:
    """A program at work, and its folder, which goes when the program is told to end."""

    def __init__(self, command: list[str], folder: Path, log: IO[bytes]) -> None:
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, str(folder), *command],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A Ctrl-C in the terminal is for this process, which then decides what ends.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def exit_code(self) -> int | None:
        """Return the program's exit code; None while it is at work."""
        return self._keeper.poll()

    def wait(self) -> int:
        """Wait until the program has ended by itself; return its exit code."""
        code = self._keeper.wait()
        self.end()
        return code

    def kill(self) -> None:
        """End the program at once; the folder stays."""
        self._tell(keeper.KILL)

    def end(self) -> None:
        """End the program in good order, and remove the folder; nothing if it has ended before."""
        self._tell(keeper.END)

    def _tell(self, order: bytes) -> None:
        stream = self._keeper.stdin
        assert stream is not None
        if not stream.closed:
            with suppress(OSError):  # the program has ended, and the keeper with it
                stream.write(order)
            stream.close()
        try:
            self._keeper.wait(timeout=keeper.PATIENCE_S + 10)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()

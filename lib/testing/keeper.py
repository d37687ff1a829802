"""Runs a program that must not outlive the one that needs it, and its folder with it.

    python keeper.py FOLDER PROGRAM [ARGUMENT ...]

The process that starts this holds the other end of its standard input. The system closes a pipe
when a process ends, however it ends, SIGKILL and a crash included. So the end of the input is the
end of the program, in good order, and of the folder, as is a line that says "end". One that says
"kill" ends the program at once, and leaves the folder. The exit code is the program's.

It imports nothing of this project, so that it starts in a few milliseconds.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Event, Thread

KILL, END = b"kill\n", b"end\n"
PATIENCE_S = 20.0  # seconds that a server gets to write what it has in memory


class Keeper:
    """The program at work, and how it is ended."""

    def __init__(self, folder: str, command: list[str]) -> None:
        self.folder = folder
        self.ending, self.ended = Event(), Event()
        # A session of its own: a Ctrl-C in the terminal is not for it, and what the program starts
        # in turn (where it is a script, say) gets each signal, too.
        self.program = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def obey(self) -> None:
        """Wait for an order, or for the end of the input, and carry it out."""
        # Not sys.stdin: a thread that waits there keeps a lock that Python's exit wants.
        if os.read(0, len(KILL)) == KILL:
            self._signal("SIGKILL")
        else:
            self.end()

    def end(self) -> None:
        """End the program in good order, or by force after a while, and remove the folder."""
        self.ending.set()
        self._signal("SIGTERM")
        try:
            self.program.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._signal("SIGKILL")
            self.program.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.ended.set()

    def _signal(self, name: str) -> None:
        if os.name == "nt":  # which knows one way to end a program
            self.program.terminate()
            return
        with suppress(ProcessLookupError, PermissionError):  # it has ended by itself
            os.killpg(self.program.pid, getattr(signal, name))


def main(folder: str, command: list[str]) -> int:
    """Run the command; return its exit code, as a shell would."""
    try:
        keeper = Keeper(folder, command)
    except OSError as error:
        print(f"ERROR {command[0]} cannot be started: {error.strerror}", flush=True)
        return 127
    Thread(target=keeper.obey, daemon=True).start()
    # In a thread: a handler that waits for the program would wait for what it interrupts.
    signal.signal(signal.SIGTERM, lambda *_: Thread(target=keeper.end).start())
    code = keeper.program.wait()
    # Of a program that ends by itself the folder stays, with its log.
    if keeper.ending.is_set():
        keeper.ended.wait(PATIENCE_S)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

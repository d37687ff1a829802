"""Runs pytest and its kernels in processes that have imported already what each would import.

Each chapter is run twice here, and each run needs a pytest, a kernel and all that a chapter
imports. So one process imports that once, and is forked: into a pytest for each run, and that into
a kernel for each notebook. They are what they would be otherwise but for their first second.

A fork copies one thread, and the locks that others hold stay locked in it for ever: so there must
be no other thread, and who forks asserts that. On other systems than Linux, whose own libraries
start threads, each run has an interpreter of its own.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from lib.config import ROOT
from lib.workbook.proof.harness import Run, finished

IMPORTED = (
    "lib.skip_rfc3987",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "nbval.plugin",
    "lib.workbook.course.chapter",
    "lib.workbook.proof.nbval_strict",
)


class Runner:
    """A process that waits for commands, and forks for each; see `running`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, command: list[str], variables: Mapping[str, str], limit: float) -> str:
        """Do what `lib.workbook.proof.harness.finished` does, with a command that runs pytest."""
        assert command[:3] == [sys.executable, "-m", "pytest"]
        output = Path(variables["IPYTHONDIR"], "output")
        notebooks = [one for one in command if one.endswith(".ipynb")]
        order = {"arguments": command[3:], "environment": dict(variables)}
        order |= {"output": str(output), "kernels": len(notebooks)}  # type: ignore[dict-item]
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        if not select.select([self._process.stdout], [], [], limit)[0]:
            raise TimeoutError(f"The run did not end in {limit:g} seconds.")
        answer = self._process.stdout.readline()
        assert answer, "the process that imports ended"
        return output.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(variables: Mapping[str, str]) -> Iterator[Run]:
    """Give a runner for a block; these variables are there when its Python starts."""
    if sys.platform != "linux":
        yield finished
        return
    from lib.orchestration.dask_cluster import (
        FORKED,  # not above: it imports pandas, see `import_all`
    )

    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=ROOT,
        env={**os.environ, **variables, **FORKED},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    with process:
        try:
            yield Runner(process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


# --- In the process that imports ----------------------------------------------------------------


def import_all() -> None:
    """Import what kernels need, as if this were one: pandas asks for that once, at its import.

    In a kernel it shows frames of up to 20 columns whole; in a terminal, what fits into a line.
    """
    for name in IMPORTED:
        importlib.import_module(name)
    assert "pandas" not in sys.modules, "imported already, as in a terminal"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "get_ipython", lambda: SimpleNamespace(kernel=True), raising=False)
        importlib.import_module("pandas")


def serve() -> None:
    """Import, then fork for each line of stdin; a child leaves by SystemExit, like any program."""
    import_all()
    threads = [Path(one, "comm").read_text("utf-8") for one in Path("/proc/self/task").iterdir()]
    assert len(threads) == 1, f"imports started threads, and a fork would copy one: {threads}"
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run_pytest(**json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def become(variables: Mapping[str, str], output: str) -> None:
    """Take these variables and these streams, as a program has them that was just started."""
    os.environ.clear()
    os.environ.update(variables)
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def run_pytest(
    arguments: list[str], environment: Mapping[str, str], output: str, kernels: int
) -> NoReturn:
    from jupyter_client.provisioning import local_provisioner

    become(environment, output)
    waiting = [Kernel() for _ in range(kernels)]  # before there are threads, which no fork copies

    def launch_kernel(command: list[str], **options: Any) -> Kernel:
        kernel = waiting.pop()
        kernel.launch(command, **options)
        return kernel

    local_provisioner.launch_kernel = launch_kernel
    sys.exit(pytest.main(arguments))


class Kernel:
    """A process that becomes a kernel when it is told to; for Jupyter it is a Popen."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        orders, self._pipe = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._pipe)
            with os.fdopen(orders, encoding="utf-8") as stream:
                told = stream.readline()  # to its end would wait for who else was forked meanwhile
            if not told:  # pytest ended without it
                os._exit(0)
            self._run(**json.loads(told))
        os.close(orders)
        os.setpgid(self.pid, self.pid)  # whom Jupyter interrupts: the kernel and what it started

    @staticmethod
    def _run(arguments: list[str], environment: Mapping[str, str], folder: str) -> NoReturn:
        from ipykernel.kernelapp import launch_new_instance

        become(environment, os.devnull)
        os.chdir(folder)
        # As ipykernel_launcher has it: the folder from which Python was started is not a library.
        sys.path.remove(str(ROOT))
        sys.argv = ["ipykernel_launcher", *arguments]
        launch_new_instance(arguments)
        sys.exit()

    def launch(
        self, command: list[str], env: Mapping[str, str], cwd: str | None = None, **_: Any
    ) -> None:
        """Become the kernel that this command would start."""
        assert command[1:3] == ["-m", "ipykernel_launcher"], command
        order = {"arguments": command[3:], "folder": str(cwd or os.getcwd())}
        order["environment"] = {**env, "JPY_PARENT_PID": str(os.getpid())}
        with os.fdopen(self._pipe, "w", encoding="utf-8") as stream:
            print(json.dumps(order), file=stream)

    def poll(self) -> int | None:
        return self._waited(os.WNOHANG)

    def wait(self) -> int | None:
        return self._waited(0)

    def _waited(self, options: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    serve()

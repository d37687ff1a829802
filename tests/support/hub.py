"""A JupyterHub for a test: hub/jupyterhub_config.py, with ports and a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib.local_server import answers, any_free_port
from tests.support.learners import NOT_COPIED, OTHERS, ROOT, runs_for

ENV = ROOT / ".workbook" / "hub-env"  # made by .ci/hub-env
PASSWORD = "a class of thirty"
START_LIMIT_S = 90


@dataclass(frozen=True)
class Hub:
    """A hub at work, its homes, the repository that learners get, and whose the first home is."""

    address: str
    homes: Path
    source: Path
    first_user: int
    log: Path


@contextmanager
def hub(january: Path) -> Iterator[Hub]:
    """Start a hub whose learners get this checkout as it is now; `january` stands for the year."""
    with tempfile.TemporaryDirectory(prefix="hub-", dir="/tmp", ignore_cleanup_errors=True) as made:
        top = Path(made).resolve()
        top.chmod(0o755)
        source = repository(top / "source", january)
        python = str(ENV / "bin" / "python")
        root = os.geteuid() == 0
        first = OTHERS if root and runs_for(OTHERS, python, source) else 0
        ports = [any_free_port() for _ in range(3)]
        env = {
            **{name: os.environ[name] for name in os.environ if name != "WORKBOOK_DIR"},
            "PATH": os.pathsep.join([str(ENV / "bin"), os.environ["PATH"]]),
            "DATABASE_URL": "",
            "WORKBOOK_HUB_PASSWORD": PASSWORD,
            "WORKBOOK_HUB_FOLDER": str(top / "hub"),
            "WORKBOOK_HUB_SOURCE": str(source),
            "WORKBOOK_HUB_FIRST_UID": str(first),
        }
        command = [python, "-m", "jupyterhub", "-f", str(source / "hub" / "jupyterhub_config.py")]
        command += [f"--JupyterHub.bind_url=http://127.0.0.1:{ports[0]}"]
        command += [f"--JupyterHub.hub_port={ports[1]}"]
        command += [f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{ports[2]}"]
        log = top / "hub.log"
        with open(log, "w", encoding="utf-8") as stream:
            child = subprocess.Popen(
                command, cwd=top, env=env, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
            )
            try:
                started = answers(child, ports[0], "/hub/login", START_LIMIT_S)
                assert started, log.read_text(encoding="utf-8")
                address = f"http://localhost:{ports[0]}"
                yield Hub(address, top / "hub" / "homes", source, first, log)
            finally:
                child.send_signal(signal.SIGINT)  # it ends the learners' servers and the proxy
                try:
                    child.wait(60)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()


def repository(folder: Path, january: Path) -> Path:
    """Make a repository of this checkout, with what is not committed yet, and prepared data."""
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    commit(folder)
    chapters = folder / ".workbook" / "chapters"
    chapters.mkdir(parents=True)
    shutil.copy(january, chapters)
    shutil.copy(january, folder / ".workbook" / "workbook.db")
    return folder


def commit(folder: Path) -> None:
    """Commit what was changed."""
    git(folder, "commit", "--quiet", "--all", "--message", "change")


def git(folder: Path, *words: str) -> None:
    """Run git, as somebody with a name."""
    who = ["-c", "user.name=Teacher", "-c", "user.email=teacher@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True)

"""The scripts in findings/: each is listed, says what was guessed and what came, and stands alone.

They are run by hand: what they show is of other people's versions, and needs a package index.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FINDINGS = Path(__file__).resolve().parents[2] / "findings"
SCRIPTS = sorted(FINDINGS.glob("*.sh"))


def test_the_list_has_each_script_with_its_first_line() -> None:
    text = (FINDINGS / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| \[\w+\]\((\w+\.sh)\) \| (.+) \|$", text, re.MULTILINE))
    titles = {path.name: path.read_text("utf-8").splitlines()[1][2:] for path in SCRIPTS}
    assert listed == titles
    assert len(titles) >= 8


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_says_what_came_and_stands_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("\nset -euo pipefail\n")
    labels = re.findall(r"^# (\w+): \S", head, re.MULTILINE)
    assert labels == ["Guess", "Comes", "Matters", "Do"]
    packages = " ".join(re.findall(r"\bpip install -q (.+)$", rest, re.MULTILINE)).split()
    assert all("==" in package for package in packages), "versions are pinned"
    programs = re.findall(r"<<'(PY\w*)'\n(.+?)\n\1$", rest, re.MULTILINE | re.DOTALL)
    assert programs
    nodes = [node for _, code in programs for node in ast.walk(ast.parse(code))]
    assert any(isinstance(node, ast.Assert) for node in nodes) or "sys.exit(" in rest
    names = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    names += [each.name for node in nodes if isinstance(node, ast.Import) for each in node.names]
    assert not {name.partition(".")[0] for name in names} & {"lib", "tests"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_bash_can_read_a_script(path: Path) -> None:
    done = subprocess.run(["bash", "-n", path.name], cwd=FINDINGS, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")

"""Runs a project's own code in processes of its own: the probe, and its tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from lib.errors import PipelineError

PROBE_S, TESTS_S = 300, 600
# Takes one rule out of one feed, before the tests are collected.
WITHOUT_A_RULE = """
import importlib, os
from dataclasses import replace

feeds = importlib.import_module(os.environ["RULE_PACKAGE"] + ".feeds").FEEDS
name, number = os.environ["RULE_FEED"], int(os.environ["RULE_NUMBER"])
rules = [rule for place, rule in enumerate(feeds[name].rules) if place != number]
feeds[name] = replace(feeds[name], rules=rules)
"""


def package_of(folder: Path) -> str:
    """Return the name of the project's package; raises PipelineError where there is none."""
    found = sorted(path.parent.name for path in folder.glob("*/feeds.py"))
    try:
        given = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        named = given.get("tool", {}).get("pipeline", {}).get("name")
    except (OSError, ValueError):
        named = None
    if named in found:
        return str(named)
    if len(found) == 1:
        return found[0]
    raise PipelineError(
        f"In {folder} is no project that `new` has made: it has no package with a feeds.py.",
        "Type: python run.py new FOLDER --from FILE, and name that folder.",
    )


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return what a process of the project sees: nothing of the workbook's own settings."""
    hidden = ("DATABASE_URL", "TEST_MYSQL_URL", "WORKBOOK_DIR", "PYTHONPATH", "PYTEST_ADDOPTS")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return kept | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | more


def probe(folder: Path) -> dict[str, Any]:
    """Return what the probe finds; raises PipelineError where the project cannot be imported."""
    script = Path(__file__).with_name("probe.py")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        # -P: or the folder of the script would be looked into before the project's.
        command = [sys.executable, "-P", str(script), package_of(folder), scratch]
        done = _run(command, folder, environment(folder), PROBE_S)
        place = Path(scratch) / "found.json"
        if not place.is_file():
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise PipelineError(
                f"The project in {folder} cannot be looked at: {last}",
                "Type there: python run.py test",
            )
        found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        return found


@dataclass(frozen=True)
class TestRun:
    """What came of the project's tests: names, by outcome; `word` is the last line they said."""

    passed: Sequence[str]
    failed: Sequence[str]
    skipped: Sequence[str]
    word: str

    __test__ = False  # it is no test of pytest's


def run_tests(
    folder: Path, server: str | None = None, *options: str, plugin: str = "", **variables: str
) -> TestRun:
    """Run the tests of the project; on the server, too, where its URL is given."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        report = Path(scratch) / "report.xml"
        more = dict(variables) | ({"TEST_MYSQL_URL": server} if server else {})
        env = environment(folder, **more)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
        if plugin:
            (Path(scratch) / "without_a_rule.py").write_text(plugin, encoding="utf-8")
            env["PYTHONPATH"] = os.pathsep.join([str(folder), scratch])
            command += ["-p", "without_a_rule"]
        done = _run([*command, f"--junitxml={report}"], folder, env, TESTS_S)
        word = (done.stdout.strip().splitlines() or done.stderr.strip().splitlines() or [""])[-1]
        return _read_report(report, word)


def _read_report(report: Path, word: str) -> TestRun:
    passed: list[str] = []
    failed: list[str] = []
    skipped: list[str] = []
    cases = ElementTree.parse(report).iter("testcase") if report.is_file() else ()
    for case in cases:
        kinds = {child.tag for child in case}
        list_ = (
            failed if kinds & {"failure", "error"} else skipped if "skipped" in kinds else passed
        )
        list_.append(case.get("name", ""))
    return TestRun(passed, failed, skipped, word)


def _run(
    command: list[str], folder: Path, env: dict[str, str], seconds: int
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise PipelineError(
            f"After {seconds} seconds the project in {folder} was still at work.",
            "Look with smaller files: those in tests/files are enough.",
        ) from None

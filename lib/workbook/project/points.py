"""The twelve points of a project, together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lib.errors import PipelineError
from lib.starter.core import changed_files
from lib.workbook.project.passwords import passwords_in
from lib.workbook.project.point import Point
from lib.workbook.project.probe_points import points_of_probe
from lib.workbook.project.running import WITHOUT_A_RULE, package_of, probe, run_tests

MAX_RULES = 5  # that are taken out, one after the other


def twelve_points(folder: Path, server: str | None) -> list[Point]:
    """Return the points of the project in a folder; its tests run on the server, too, if given.

    Raises PipelineError where there is no project, or where it cannot be imported.
    """
    package_of(folder)
    found = probe(folder)
    points = [*points_of_probe(found), *points_of_tests(folder, server, found)]
    points += [point_of_passwords(folder), point_of_core(folder)]
    return sorted(points, key=lambda point: point.number)


# --- The tests ------------------------------------------------------------------------------------


def points_of_tests(folder: Path, server: str | None, found: dict[str, Any]) -> Iterator[Point]:
    """Yield points 8 and 9: the tests pass on both databases, and fail without a rule."""
    run = run_tests(folder, server)
    if run.failed or not run.passed:
        first = f": {', '.join(run.failed[:3])}" if run.failed else f" ({run.word})"
        count = f"{len(run.failed)} tests fail" if run.failed else "No test passes"
        yield Point(8, False, f"{count}{first}. Type there: python run.py test")
        yield Point(9, False, "First the tests must pass.")
        return
    yield _both(run.passed, run.skipped, server)
    yield _rules(folder, found)


def _both(passed: Any, skipped: Any, server: str | None) -> Point:
    on_server = [name for name in passed if "mysql" in name.lower()]
    if server is None:
        return Point(
            8,
            False,
            f"{len(passed)} tests pass on SQLite. No MySQL or MariaDB is here to try the others: "
            "install one, or name it in TEST_MYSQL_URL.",
        )
    if not on_server:
        return Point(
            8,
            False,
            f"{len(passed)} tests pass, and none of them on MySQL: use the fixture `db` of "
            "tests/conftest.py, which gives each test both.",
        )
    left = [name for name in skipped if "mysql" in name.lower()]
    if left:
        return Point(8, False, f"On MySQL, {len(left)} tests are skipped: {', '.join(left[:3])}.")
    return Point(8, True, f"{len(passed)} tests pass, {len(on_server)} of them on MySQL.")


def _rules(folder: Path, found: dict[str, Any]) -> Point:
    feeds = {name: feed for name, feed in found["feeds"].items() if name != "errors"}
    rules = [
        (name, number, rule)
        for name, feed in feeds.items()
        for number, rule in enumerate(feed["rules"])
    ]
    if not rules:
        return Point(
            9,
            False,
            "No feed has a rule of its own. What may a value not be, though its type takes it? "
            'Rule("amount", "is below 0", lambda values: pc.less(values, 0)), and a row in '
            "tests/files that breaks it.",
        )
    for name, number, rule in rules[:MAX_RULES]:
        run = run_tests(
            folder,
            None,
            "-x",
            "-k",
            "not page and not notebook",
            plugin=WITHOUT_A_RULE,
            RULE_PACKAGE=package_of(folder),
            RULE_FEED=name,
            RULE_NUMBER=str(number),
        )
        if not run.failed:
            return Point(
                9,
                False,
                f"Without the rule `{rule}` of {name}, all tests pass: put a row that breaks it "
                "into a file in tests/files, and into EXPECTED.",
            )
    return Point(9, True, "Without its rule, a test fails.")


# --- The folder -----------------------------------------------------------------------------------


def point_of_passwords(folder: Path) -> Point:
    """Return point 10."""
    try:
        found = passwords_in(folder)
    except PipelineError as error:
        return Point(10, False, str(error))
    if found:
        return Point(
            10,
            False,
            f"{'; '.join(found[:3])}: git would take it. Passwords stand in .env, which "
            ".gitignore names; one that was committed is changed at the server.",
        )
    return Point(10, True, "What git takes holds no password.")


def point_of_core(folder: Path) -> Point:
    """Return point 12."""
    try:
        changed = changed_files(folder / "lib")
    except PipelineError as error:
        return Point(12, False, str(error))
    if changed:
        return Point(
            12,
            False,
            f"Changed by hand: {', '.join(changed[:3])}. Move it into your own package, then "
            "lib can be replaced.",
        )
    return Point(12, True, "It can be replaced: python run.py new FOLDER --update")

"""The twelve points of a project: what holds, and what to do where one is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.errors import PipelineError
from lib.starter.core import changed_files
from lib.workbook.project.passwords import passwords_in
from lib.workbook.project.running import (
    WITHOUT_A_RULE,
    package_of,
    probe,
    run_tests,
)

MAX_REPEATS = 0.01  # of the rows of a feed that repeat a key: more speak against the key
MAX_VERSIONS = 0.2  # of the rows of a file that a newer one of the same file keeps out
MAX_LIMIT = 0.5
FOOTER_ROWS = 3  # that the look takes for rows, and the feed for what stands below them
MAX_RULES = 5  # that are taken out, one after the other
TITLES = (
    "The key is proved",
    "The zone is named",
    "Each value is checked",
    "Twice changes nothing",
    "The counts add up",
    "A limit is set",
    "Models and migrations agree",
    "Tests on both databases",
    "A rule that is missed when it is gone",
    "No password in git",
    "The page, empty and full",
    "The core is untouched",
)


@dataclass(frozen=True)
class Point:
    """One point: its number from 1, whether it holds, and what was seen or what to do."""

    number: int
    holds: bool
    text: str

    @property
    def title(self) -> str:
        return TITLES[self.number - 1]


def twelve_points(folder: Path, server: str | None) -> list[Point]:
    """Return the points of the project in a folder; its tests run on the server, too, if given.

    Raises PipelineError where there is no project, or where it cannot be imported.
    """
    package_of(folder)
    found = probe(folder)
    points = [*points_of_probe(found), *points_of_tests(folder, server, found)]
    points += [point_of_passwords(folder), point_of_core(folder)]
    return sorted(points, key=lambda point: point.number)


# --- What the probe has found ---------------------------------------------------------------------


def points_of_probe(found: dict[str, Any]) -> list[Point]:
    """Return points 1 to 7 and 11."""
    feeds: dict[str, Any] = dict(found["feeds"])
    errors = feeds.pop("errors", {})
    feeds = {name: feed for name, feed in feeds.items() if feed.get("first")}
    without = sorted(set(found["feeds"]) - {"errors"} - set(feeds))
    open_ = [f"{name} is not loaded: {error}" for name, error in errors.items()]
    open_ += [f"{name} has no files: put some into data/, or into tests/files/" for name in without]

    def point(number: int, fault: Callable[[str, dict[str, Any]], str], good: str) -> Point:
        faults = [told for name, feed in feeds.items() if (told := fault(name, feed))]
        faults = [*open_, *faults] if feeds or open_ else ["FEEDS is empty: write a Feed"]
        return Point(number, not faults, "; ".join(faults) + "." if faults else good)

    rows = sum(report["read"] for feed in feeds.values() for report in feed["first"])
    return [
        point(1, _key, f"Of {rows:,} rows, the keys tell all apart."),
        point(2, _zone, "No local time is without the zone of its clock."),
        point(3, _checked, "A nonsense text was refused in each column."),
        point(4, _twice, "The second load left each row as it was."),
        point(5, _adds_up, f"{rows:,} rows read: each is in its table, or has its reason."),
        point(6, _limit, "Each feed says how many bad rows are too many."),
        _migrations(found),
        _page(found),
    ]


def _key(name: str, feed: dict[str, Any]) -> str:
    key = ", ".join(feed["key"])
    if feed["made"]:
        return (
            f"the key of {name} is {key}, which the database makes, so each load adds all rows "
            "again: write key=(...) with columns of the file, and a UniqueConstraint on them"
        )
    first = feed["first"][0]  # into an empty table: what is older there, is so within the file
    if first["older"] > MAX_VERSIONS * first["read"]:
        return (
            f"{first['older']:,} of {first['read']:,} rows of {first['source']} have a key of "
            f"{name} ({key}) that another row has, and newest_by keeps one of each: take the "
            "column into the key that tells them apart"
        )
    repeats = sum(reason.startswith("repeats") for _, _, reason in feed["bad"])
    read = sum(report["read"] for report in feed["first"])
    if repeats > MAX_REPEATS * read:
        return (
            f"{repeats:,} of {read:,} rows of {name} repeat the key ({key}): look at them in the "
            "quarantine, and take the column into the key that tells them apart"
        )
    return ""


def _zone(name: str, feed: dict[str, Any]) -> str:
    if not feed["zoneless"]:
        return ""
    return (
        f"{name} reads {', '.join(feed['zoneless'])} as local time and names no zone: "
        'Local(..., zone="Europe/Berlin"), or zone="Etc/UTC" where the clock shows UTC'
    )


def _checked(name: str, feed: dict[str, Any]) -> str:
    if not feed["anything"]:
        return ""
    return (
        f"{', '.join(feed['anything'])} of {name} takes a text of 5,000 snowmen: give the column "
        "its type, or String(n), and in the feed the value that reads it"
    )


def _twice(name: str, feed: dict[str, Any]) -> str:
    changed = sum(report["inserted"] + report["updated"] for report in feed["second"])
    if not changed:
        return ""
    return (
        f"the second load of the same files changed {changed:,} rows of {name}: where two files "
        "have rows of one key, say which is newer: newest_by="
    )


def _adds_up(name: str, feed: dict[str, Any]) -> str:
    for report, seen in zip(feed["first"], feed["seen"], strict=True):
        parts = ("inserted", "updated", "unchanged", "rejected", "older")
        if report["read"] != sum(report[part] for part in parts):
            return f"{report['source']}: {report['read']:,} rows read are not the sum of the parts"
        if seen - report["read"] > max(FOOTER_ROWS, seen / 100):
            return (
                f"{report['source']} has {seen:,} rows, and the feed {name} has read "
                f"{report['read']:,}: are skip and footer right?"
            )
        if not report["read"]:
            return f"the feed {name} has read no row of {report['source']}"
    made = sum(each["inserted"] - each["vanished"] - each["removed"] for each in feed["first"])
    if feed["rows"] != made:
        return f"{made:,} rows were inserted into {name}, and it has {feed['rows']:,}"
    return ""


def _limit(name: str, feed: dict[str, Any]) -> str:
    limit = feed["limit"]
    if limit is None:
        return f"{name} has none: limit=0.05 stops a load when more than 5 % of a file are bad"
    if not 0 <= limit <= MAX_LIMIT:
        return f"{name} bears {limit:.0%} of bad rows, which stops no load: limit=0.05"
    return ""


def _migrations(found: dict[str, Any]) -> Point:
    errors = found.get("errors", {})
    if error := errors.get("upgrade") or errors.get("differences"):
        return Point(7, False, f"The migrations do not run: {error}.")
    if found["differences"]:
        some = "; ".join(found["differences"][:3])
        return Point(
            7,
            False,
            f"The models say other things than the migrations ({some}): alembic revision "
            "--autogenerate, and read what it wrote.",
        )
    return Point(7, True, "The migrations make the tables that the models say.")


def _page(found: dict[str, Any]) -> Point:
    if error := found.get("errors", {}).get("page"):
        return Point(11, False, f"The page does not start: {error}.")
    shown = [f"{state}: {errors[0]}" for state, errors in found["page"].items() if errors]
    if shown:
        return Point(11, False, f"The page shows an error; {'; '.join(shown)}.")
    return Point(11, True, "No error with no database, with empty tables, and with full ones.")


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

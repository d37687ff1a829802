"""The points that the probe answers: keys, zones, values, counts, limits, migrations, the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.workbook.project.point import Point

MAX_REPEATS = 0.01  # of the rows of a feed that repeat a key: more speak against the key
MAX_VERSIONS = 0.2  # of the rows of a file that a newer one of the same file keeps out
MAX_LIMIT = 0.5
FOOTER_ROWS = 3  # that the look takes for rows, and the feed for what stands below them


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
    repeats = sum(_repeats(feed) for feed in feeds.values())
    told = f"{repeats:,} repeat a key, and are in the quarantine" if repeats else "no key repeats"
    return [
        point(1, _key, f"Of {rows:,} rows, {told}."),
        point(2, _zone, "No local time is without the zone of its clock."),
        point(3, _checked, "A nonsense text was refused in each column."),
        point(4, _twice, "The second load left each row as it was."),
        point(5, _adds_up, f"{rows:,} rows read: each is in its table, or has its reason."),
        point(6, _limit, "Each feed says how many bad rows are too many."),
        _migrations(found),
        _page(found),
    ]


def _repeats(feed: dict[str, Any]) -> int:
    return sum(reason.startswith("repeats") for _, _, reason in feed["bad"])


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
    repeats = _repeats(feed)
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

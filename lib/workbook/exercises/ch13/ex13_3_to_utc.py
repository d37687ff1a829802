"""Exercise 13.3: local times in their order become moments in UTC."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function, expect_type
from lib.workbook.exercises.ch13.ex13_3_to_utc_answers import ALSO_RIGHT, WORDS, WRONG

# Local times, and after the > their moments in UTC; - for one that the clocks skip.
CASES = (
    ("a winter's day", "05.01.2026 08:00 > 05.01.2026 07:00; 05.01.2026 23:45 > 05.01.2026 22:45"),
    ("a summer's day", "01.07.2026 00:30 > 30.06.2026 22:30; 01.07.2026 08:00 > 01.07.2026 06:00"),
    (
        "the whole hour that comes twice",
        "26.10.2025 01:30 > 25.10.2025 23:30; 26.10.2025 02:00 > 26.10.2025 00:00; "
        "26.10.2025 02:30 > 26.10.2025 00:30; 26.10.2025 02:00 > 26.10.2025 01:00; "
        "26.10.2025 02:30 > 26.10.2025 01:30; 26.10.2025 03:00 > 26.10.2025 02:00",
    ),
    (
        "one reading in each of the two hours, at the same minute",
        "26.10.2025 01:30 > 25.10.2025 23:30; 26.10.2025 02:30 > 26.10.2025 00:30; "
        "26.10.2025 02:30 > 26.10.2025 01:30; 26.10.2025 03:30 > 26.10.2025 02:30",
    ),
    (
        "one reading in the first of the two hours, none in the second",
        "26.10.2025 01:30 > 25.10.2025 23:30; 26.10.2025 02:15 > 26.10.2025 00:15; "
        "26.10.2025 03:15 > 26.10.2025 02:15",
    ),
    (
        "two autumns",
        "27.10.2024 02:30 > 27.10.2024 00:30; 27.10.2024 02:30 > 27.10.2024 01:30; "
        "26.10.2025 02:00 > 26.10.2025 00:00; 26.10.2025 02:00 > 26.10.2025 01:00",
    ),
    (
        "an hour that is skipped",
        "29.03.2026 01:45 > 29.03.2026 00:45; 29.03.2026 02:00 > -; 29.03.2026 02:30 > -; "
        "29.03.2026 03:00 > 29.03.2026 01:00",
    ),
    ("the hours that were skipped in another year", "29.03.2025 02:30 > 29.03.2025 01:30"),
    (
        "ten readings in the first of the two hours, six in the second",
        "; ".join(
            [
                f"26.10.2025 02:{minute:02} > 26.10.2025 00:{minute:02}"
                for minute in range(10, 60, 5)
            ]
            + [f"26.10.2025 02:{minute:02} > 26.10.2025 01:{minute:02}" for minute in range(6)]
        ),
    ),
    ("no time", ""),
)
FORM = "%d.%m.%Y %H:%M"


def parsed(case: str) -> list[tuple[str, datetime | None]]:
    pairs = [pair.split(" > ") for pair in case.split("; ") if pair]
    return [
        (text, None if utc == "-" else datetime.strptime(utc, FORM).replace(tzinfo=UTC))
        for text, utc in pairs
    ]


def check_to_utc(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "to_utc")
    for what, case in CASES:
        pairs = parsed(case)
        found = sandbox.call(answer, [text for text, _ in pairs])
        expect(found is not None, "The function returns nothing. Return the list.")
        expect_type(found, list, "a list")
        expect(
            len(found) == len(pairs),
            f"With {what}, the list has {len(found)} values for {len(pairs)} texts.",
        )
        for value, (text, wanted) in zip(found, pairs, strict=True):
            expect_moment(value, text, wanted, what)
    return "That is it. In UTC each reading has a moment of its own, and the key holds."


def expect_moment(value: Any, text: str, wanted: datetime | None, what: str) -> None:
    if wanted is None:
        expect(
            value is None,
            f"With {what}, {text!r} becomes {value!r}: there is no such time in Berlin. Return "
            "None for it.",
        )
        return
    expect(
        value is not None, f"With {what}, {text!r} becomes None; it is {wanted:%d.%m.%Y %H:%M} UTC."
    )
    expect_type(value, datetime, "datetimes in the list")
    expect(
        value.utcoffset() is not None,
        f"With {what}, {text!r} becomes {value}, which names no zone: give it `tzinfo=UTC`.",
    )
    expect(
        value.utcoffset() == timedelta(0),
        f"With {what}, {text!r} becomes {value}, which is not in UTC.",
    )
    expect(
        value.timestamp() == wanted.timestamp(),
        f"With {what}, {text!r} becomes {value:%d.%m.%Y %H:%M} UTC; it is "
        f"{wanted:%d.%m.%Y %H:%M} UTC.",
    )


def solution_to_utc() -> Any:
    def to_utc(texts):
        berlin, moments, last = ZoneInfo("Europe/Berlin"), [], None
        for text in texts:
            wall = datetime.strptime(text, "%d.%m.%Y %H:%M")
            moment = wall.replace(tzinfo=berlin).astimezone(UTC)
            if last is not None and moment <= last:
                moment = wall.replace(tzinfo=berlin, fold=1).astimezone(UTC)
            if moment.astimezone(berlin).replace(tzinfo=None) == wall:
                last = moment
                moments.append(moment)
            else:
                moments.append(None)
        return moments

    return to_utc


EXERCISE = Exercise(
    id="13.3",
    title="Local times in order",
    check=check_to_utc,
    hints=(
        "`fold=0` is the first of the two hours, `fold=1` the second. Take the first, unless it "
        "would not be later than the moment before.",
        "A time that the clocks skip does not come back: from UTC to Berlin it is another one.",
        "Keep the last moment in a variable. `if last is not None and moment <= last:` then make "
        "the moment again, with `fold=1`; and compare "
        "`moment.astimezone(berlin).replace(tzinfo=None)` with the time as it was read.",
    ),
    solution=solution_to_utc,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=(
        "An example, all on 26 October: after `01:45`, the times `02:15`, `02:45`, `02:15`, "
        "`03:15` are 00:15, 00:45, 01:15 and 02:15 in UTC.",
    ),
)

"""The check of exercise 10.1, and its flights: other months and years, the edges of a month."""

from __future__ import annotations

import warnings
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from lib.database import Database
from lib.models import Flight
from lib.workbook.course.exercise import NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch10.looking import by_dest, is_insert
from lib.workbook.exercises.checking import outcome_of, rows_of, still_open, told
from lib.workbook.exercises.driver import COMMIT, is_work, meeting, no_room

MONTHS = ("2013-01", "2013-02", "2013-10", "2014-01")  # in this order they are asked for
# Rows of months that are never asked for: with numbers that no flights give.
ELSEWHERE = [("2012-12", "MIA", 7), ("2013-11", "BOS", 9), ("2013-12", "LAX", 0)]

MONTH, NEXT = MONTHS[:2]
OLD = {"ATL": 3, "BOS": 5, "XNA": 1}  # a report that is to be replaced
EST, EDT = timedelta(hours=5), timedelta(hours=4)  # from New York's time to UTC
# The local hour, what it is from UTC, where to, how many flights.
MORE = (
    (datetime(2012, 12, 31, 21), EST, "MIA", 2),  # in UTC it is January
    (datetime(2013, 1, 2, 9), EST, "ANC", 1),  # cancelled, and the only one
    (datetime(2013, 1, 2, 10), EST, "SEA", 1),  # left, and never arrived
    (datetime(2013, 1, 31, 21), EST, "BOS", 3),  # in UTC it is February
    (datetime(2013, 2, 1, 10), EST, "BOS", 2),
    (datetime(2013, 2, 3, 10), EST, "MIA", 1),
    (datetime(2013, 10, 1, 0), EDT, "BOS", 1),
    (datetime(2013, 10, 31, 22), EDT, "ATL", 4),  # in UTC it is November
    (datetime(2013, 11, 5, 10), EST, "LAX", 2),
    (datetime(2013, 12, 24, 10), EST, "MIA", 1),
    (datetime(2014, 1, 2, 10), EST, "BOS", 4),
    (datetime(2014, 1, 2, 11), EST, "BZN", 1),
)


def more_flights() -> list[dict[str, Any]]:
    """Rows for the table `flights`, beside those of the first days of January 2013."""
    rows: list[dict[str, Any]] = []
    for local, ahead, dest, count in MORE:
        for _ in range(count):
            time = 100 * local.hour
            rows.append(
                {
                    "time_hour": local + ahead,
                    "carrier": "UA",
                    "flight": 9_000 + len(rows),
                    "year": local.year,
                    "month": local.month,
                    "day": local.day,
                    "dep_time": None if dest == "ANC" else time,
                    "sched_dep_time": time,
                    "arr_time": None if dest in ("ANC", "SEA") else time,
                    "sched_arr_time": time,
                    "origin": "EWR",
                    "dest": dest,
                    "distance": 1_000,
                    "hour": local.hour,
                    "minute": 0,
                }
            )
    return rows


def of_the(month: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a flight is of this month."""
    return Flight.year == int(month[:4]), Flight.month == int(month[-2:])


def expected(db: Database, month: str) -> dict[str, int]:
    """The number of flights of the month by destination."""
    return _counts(db, func.count(), *of_the(month))


def other_counts(db: Database, month: str) -> dict[str, dict[str, int]]:
    """What else people count, by the sentence that tells of it; no two are alike."""
    year, number = int(month[:4]), int(month[-2:])
    start, end = datetime(year, number, 1), datetime(year + number // 12, number % 12 + 1, 1)
    mine = of_the(month)
    return {
        "These are the flights of all months.": _counts(db, func.count()),
        "These are the flights of that month in every year: `Flight.year` has to fit as well.": (
            _counts(db, func.count(), Flight.month == number)
        ),
        "These are the flights of that year: `Flight.month` has to fit as well.": _counts(
            db, func.count(), Flight.year == year
        ),
        "These are the flights whose `time_hour` lies in that month; but it is UTC, and the "
        "month of a flight, `Flight.month`, is New York's.": _counts(
            db, func.count(), Flight.time_hour >= start, Flight.time_hour < end
        ),
        "These are the flights that departed; a cancelled one is a flight, too.": _counts(
            db, func.count(Flight.dep_time), *mine
        ),
        "These are the flights that arrived; one that did not is a flight, too.": _counts(
            db, func.count(Flight.arr_time), *mine
        ),
    }


def _counts(
    db: Database, count: ColumnElement[int], *conditions: ColumnElement[bool]
) -> dict[str, int]:
    counted = select(Flight.dest, count).where(*conditions).group_by(Flight.dest)
    return {dest: number for dest, number in rows_of(db, counted) if number}


# --- The check ------------------------------------------------------------------------------


def report(db: Database, month: str = MONTH) -> dict[str, int]:
    mine = select(by_dest.c.dest, by_dest.c.flights).where(by_dest.c.month == month)
    return dict(rows_of(db, mine))


def check_refresh(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "refresh")
    db = sandbox.db
    by_dest.create(db.engine, checkfirst=True)
    db.execute([insert(by_dest).values(ELSEWHERE), insert(Flight).values(more_flights())])
    expect_each_month(answer, sandbox, db)
    expect_again(answer, sandbox, db)
    expect_what_has_changed(answer, sandbox, db)
    expect_all_or_nothing(answer, sandbox, db)
    return "That is it. However often it runs, and wherever it stops, the report is true or old."


def expect_each_month(answer: Any, sandbox: Sandbox, db: Database) -> None:
    """Expect a true report of each month, and that each leaves the others alone."""
    for place, month in enumerate(MONTHS):
        before = {each: report(db, each) for each in MONTHS[:place]}
        sent: list[str] = []
        with meeting(db, sent.append):
            sandbox.call(answer, db, month)
        _expect_others(db)
        found = report(db, month)
        if not found:
            raise NotYet(f"After `refresh(db, '{month}')` {_why_empty(sent, db, month)}")
        right = expected(db, month)
        if found != right:
            counted = {dest: number for dest, number in found.items() if number}
            named = [why for why, counts in other_counts(db, month).items() if counts == counted]
            cause = named[0] if len(named) == 1 else ""
            _expect_same(found, right, f"After `refresh(db, '{month}')`,", cause)
        changed = [each for each in before if before[each] != report(db, each)]
        expect(
            not changed,
            f"`refresh(db, '{month}')` has changed the report of {', '.join(changed)}. The rows "
            "of other months stay.",
        )


def expect_again(answer: Any, sandbox: Sandbox, db: Database) -> None:
    """Expect that a second run changes nothing."""
    again = outcome_of(sandbox, answer, db, MONTH).error
    expect(
        not isinstance(again, IntegrityError),
        "The second run raises IntegrityError: the rows of January are there already. A task will "
        "be run twice; what is there has to make way, or be changed.",
    )
    if again is not None:
        raise NotYet(f"The second run raises {told(again)}.")
    _expect_same(report(db), expected(db, MONTH), "After a second run,")
    _expect_others(db)


def expect_what_has_changed(answer: Any, sandbox: Sandbox, db: Database) -> None:
    """Expect that the report follows flights that are withdrawn, moved and new."""
    january = of_the(MONTH)
    db.execute(
        [
            delete(Flight).where(*january, Flight.dest == "MIA"),
            update(Flight).where(*january, Flight.dest == "BOS", Flight.day < 2).values(dest="LAX"),
            update(Flight).where(*january, Flight.dest == "SEA").values(dest="BZN"),
        ]
    )
    error = outcome_of(sandbox, answer, db, MONTH).error
    if error is not None:
        raise NotYet(f"After some flights have changed, it raises {told(error)}.")
    found, right = report(db), expected(db, MONTH)
    expect(
        "MIA" not in found,
        "All flights of January to MIA were withdrawn, and the report still has them. What the "
        "source no longer has must leave the report, too.",
    )
    _expect_same(found, right, "Some flights have changed, and the report does not follow:")
    db.execute([delete(Flight).where(*of_the(NEXT))])
    with warnings.catch_warnings(action="ignore"):  # of an INSERT without rows
        error = outcome_of(sandbox, answer, db, NEXT).error
    left = report(db, NEXT)
    expect(
        not left or error is not None,
        f"All flights of February were withdrawn; it runs without an error, and the report still "
        f"has {len(left)} destinations of February.",
    )
    _expect_others(db)


def expect_all_or_nothing(answer: Any, sandbox: Sandbox, db: Database) -> None:
    """Expect that the report is old or true, wherever an error comes."""
    right = expected(db, MONTH)
    sent: list[str] = []
    with meeting(db, sent.append):
        sandbox.call(answer, db, MONTH)
    steps = [statement for statement in sent if is_work(statement)]
    last = len(steps) - 1
    for place in sorted({0, 1, 2, len(steps) // 2, last - 1, last} & set(range(len(steps)))):
        rows = [{"month": MONTH, "dest": dest, "flights": count} for dest, count in OLD.items()]
        db.execute([delete(by_dest).where(by_dest.c.month == MONTH), insert(by_dest).values(rows)])
        left = [place]

        def breaks(statement: str, left: list[int] = left) -> None:
            if is_work(statement):
                left[0] -= 1
                if left[0] == -1:
                    raise no_room(db)

        with meeting(db, breaks):
            error = outcome_of(sandbox, answer, db, MONTH).error
            kept = still_open(db)
        step = " ".join(steps[place].split()[:3])
        where = f"The disk was full at `{step}`, step {place + 1} of {last + 1}"
        found = report(db)
        expect(
            found in (OLD, right),
            f"{where}, and the report of January is neither old nor true: it had {len(OLD)} rows, "
            f"should get {len(right)}, and has {len(found)}. Delete and insert in one transaction.",
        )
        expect(
            found == right or error is not None,
            f"{where}: nothing has changed, and it returns as if the report were true now. Let the "
            "error out, or nobody hears of it.",
        )
        expect(not kept, f"{where}, and a connection is still open: use it in a `with` block.")
        _expect_others(db)


def _expect_others(db: Database) -> None:
    rows = rows_of(db, select(by_dest).where(by_dest.c.month.not_in(MONTHS)))
    months = sorted({month for month, *_ in set(ELSEWHERE) ^ set(rows)})
    expect(
        not months,
        f"In `by_dest`, the rows of {' and '.join(months)} are not as before. Only those of the "
        "month that is asked for may change.",
    )


def _why_empty(sent: list[str], db: Database, month: str) -> str:
    number = len(expected(db, month))
    nothing = f"the table has no row of {month}; there are flights to {number} destinations."
    inserts = [place for place, text in enumerate(sent) if is_insert(text, "by_dest")]
    if not inserts:
        return f"{nothing} No INSERT was sent."
    if COMMIT not in sent[inserts[-1] :]:
        return f"{nothing} An INSERT was sent, and no COMMIT after it."
    return f"{nothing} An INSERT was sent and committed, and had no row of that month."


def _expect_same(found: dict[str, int], right: dict[str, int], when: str, why: str = "") -> None:
    """Expect the right report; tell the first destination in which the two differ."""
    dest = min((key for key in found | right if found.get(key) != right.get(key)), default="")
    if dest not in right:
        what = f"the report has a row for {dest}, to which no flight of that month goes."
    elif dest not in found:
        what = f"the report has no row for {dest}; the flights of that month to it: {right[dest]}."
    else:
        what = f"the report gives {dest} {found[dest]}; the flights to it are {right[dest]}."
    expect(not dest, f"{when} {what} {why}".strip())

"""Exercise 3.5: two statements in one transaction."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    Word,
    Wrong,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.airlines import (
    Picture,
    add_airlines,
    expect_as,
    expect_settled,
    picture,
)
from lib.workbook.exercises.ch03.ex3_5_merger_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG
from lib.workbook.exercises.checking import outcome_of
from lib.workbook.exercises.driver import Sent, Tap, tapped

MOST_WRITES = 50


class _PowerCut(BaseException):
    """What the driver raises when the check has cut the power; no answer can go on after it."""


def check_merge(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "merge_airlines")
    add_airlines(sandbox.db)
    now = picture(sandbox.db)
    for old, new in (("Q_", "UA"), ("Q1", "UA"), ("US", "AA"), ("Q2", "Q3"), ("Q'", "Q4")):
        now = _expect_merged(answer, sandbox, old, new, now)
    now = _expect_all_or_nothing(answer, sandbox, "q1", "DL", now)
    # A flight of W5 shares its hour and number with one of UA, which was Q1's.
    _expect_refused(answer, sandbox, "W5", "UA", now)
    _expect_merged(answer, sandbox, "W5", "AA", now)
    return "That is it: both statements, or neither."


def _expect_merged(answer: Any, sandbox: Sandbox, old: str, new: str, before: Picture) -> Picture:
    """Expect that the airline has become a part of the other; return how the tables are now."""
    with tapped(sandbox.db.engine) as tap:
        returned = _merge(answer, sandbox, old, new)
        kept, sent = len(tap.kept), list(tap.sent)
        checks_keys = _checks_foreign_keys(sandbox.db)
    after = picture(sandbox.db)
    _expect_sent(sent, before, after)
    expect_as(after, before.merged(old, new), f"After the merger of {old} into {new}, ")
    expect(
        kept == 0,
        "Your function left a connection checked out. Open it in a `with` block, which gives it "
        "back.",
    )
    expect(
        checks_keys,
        "Your function switched the check of foreign keys off, and left it off for the next one "
        "who gets this connection.",
    )
    expect(
        not any(f"'{old}'" in each.statement or f'"{old}"' in each.statement for each in sent),
        "The code of the airline is written into the SQL. Send it as a bound value.",
    )
    _expect_returned(returned, before.counts[old], old)
    return after


def _checks_foreign_keys(db: Database) -> bool:
    """Ask the connection that is in the pool, which was the answer's, if it gave it back."""
    asked = "SELECT @@foreign_key_checks" if db.dialect.name == "mysql" else "PRAGMA foreign_keys"
    with db.engine.connect() as connection:
        return bool(connection.scalar(text(asked)))


def _merge(answer: Any, sandbox: Sandbox, old: str, new: str) -> Any:
    try:
        return sandbox.call(answer, sandbox.db.engine, old, new)
    except Exception as error:
        if "'" in old and isinstance(error.__cause__, DBAPIError):
            raise NotYet(
                f"The code of an airline may hold an apostrophe, as {old} does. There your "
                f"function raises {type(error.__cause__).__name__}. Send the codes as bound values."
            ) from error
        raise


def _expect_sent(sent: list[Sent], before: Picture, after: Picture) -> None:
    """Expect that something was sent, and settled."""
    # But for the settings of a new connection.
    asked = [each for each in sent if each.word not in ("PRAGMA", "SET", "SHOW")]
    expect(
        after != before or any(each.reads or each.writes for each in asked),
        "Your function sent nothing through the `engine` that it was given. The check calls it "
        "with an engine of its own, not with the one in `db`.",
    )
    expect_settled(sent, before, after)


def _expect_returned(returned: Any, moved: int, old: str) -> None:
    expect(
        returned is not None,
        "The tables are right, but your function returns None. `return` hands the number to the "
        "caller.",
    )
    expect_type(returned, int, "a whole number, how many flights moved")
    expect(
        returned == moved and not isinstance(returned, bool),
        f"The function returned {returned}; flights of {old} that moved: {moved:,}.",
    )


def _expect_all_or_nothing(
    answer: Any, sandbox: Sandbox, old: str, new: str, before: Picture
) -> Picture:
    """Cut the power before the first write, the second, and so on, until there is no more."""
    for writes in range(MOST_WRITES):
        with tapped(sandbox.db.engine) as tap:
            cut = _cut_before(tap, writes)
            outcome = outcome_of(sandbox, answer, sandbox.db.engine, old, new, stops=_PowerCut)
        if not cut:
            break
        expect_as(
            picture(sandbox.db),
            before,
            f"The check cut the power before your write number {writes + 1}, "
            f"{cut[0].word}. Half of the work stays: ",
        )
        expect(
            outcome.error is not None,
            f"The check cut the power before your write number {writes + 1}, {cut[0].word}. "
            f"Nothing has changed, and your function returns {outcome.value!r:.60} as if all were "
            "well. Let the error out.",
        )
    after = picture(sandbox.db)
    expect_as(after, before.merged(old, new), f"After the merger of {old} into {new}, ")
    return after


def _cut_before(tap: Tap, writes: int) -> list[Sent]:
    """Cut the power before a write, counted from 0; the list tells before which one it was."""
    cut: list[Sent] = []

    def stop(sent: Sent) -> BaseException | None:
        if cut:  # nothing works any more; the database rolls back by itself
            return None if sent.word == "ROLLBACK" else _PowerCut()
        if sent.writes and sum(each.writes for each in tap.sent) > writes:
            cut.append(sent)
            return _PowerCut()
        return None

    tap.stop = stop
    return cut


def _expect_refused(answer: Any, sandbox: Sandbox, old: str, new: str, before: Picture) -> None:
    """Expect that a merger which must fail leaves no trace."""
    with tapped(sandbox.db.engine) as tap:
        outcome = outcome_of(sandbox, answer, sandbox.db.engine, old, new)
        kept = len(tap.kept)
    told = f"{old} cannot be merged into {new}: some flights would get a key that is taken. But "
    expect_as(picture(sandbox.db), before, told)
    expect(kept == 0, told + "a connection has not come back to the pool.")
    expect(
        outcome.error is not None,
        f"{told}your function returns {outcome.value!r:.60} as if all were well. Let the error "
        "out.",
    )


def solution_merge() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.begin() as connection:
            moved = connection.execute(move, {"old": old, "new": new}).rowcount
            connection.execute(remove, {"old": old})
        return moved

    return merge_airlines


def merge_swallows() -> Any:
    merge = solution_merge()

    def merge_airlines(engine, old, new):
        try:
            return merge(engine, old, new)
        except Exception:
            return 0

    return merge_airlines


EXERCISE = Exercise(
    id="3.5",
    title="Two airlines become one",
    check=check_merge,
    hints=(
        "`with engine.begin() as connection:` is one transaction. Everything that must "
        "happen together goes into this one block.",
        "First an UPDATE that gives the flights to the new airline, then a DELETE of the old "
        "one. The other order breaks a foreign key.",
        "`connection.execute(...)` of the UPDATE returns a result; its `rowcount` is the "
        "number of flights that moved.",
    ),
    solution=solution_merge,
    also_right=ALSO_RIGHT,
    wrong=(
        *WRONG,
        Wrong(
            merge_swallows,
            "returns 0 as if all were well",
            "catches the error, and the caller takes the merger for done",
        ),
    ),
    words=(
        *WORDS,
        Word(
            "an error goes on to the caller",
            "the power is cut before each statement that writes; a merger that meets a taken key",
            merge_swallows,
        ),
    ),
    asides=ASIDES,
)

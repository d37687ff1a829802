"""Exercises of chapter 04, Sessions."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import delete, event, func, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError, PendingRollbackError
from sqlalchemy.orm import Session

from lib.database import Database
from lib.models import Airline, Base, Flight
from lib.workbook.exercise import Bench, Exercise, Wrong, expect, expect_function

Kinds = type[Exception] | tuple[type[Exception], ...]

# --- What the checks look at ----------------------------------------------------------------


def airlines_of(db: Database) -> dict[str, str]:
    """What another program sees: the names by their codes."""
    with db.engine.connect() as connection:
        rows = connection.execute(select(Airline.carrier, Airline.name)).all()
    return {row.carrier: row.name for row in rows}


def flights_of(db: Database) -> dict[str, int]:
    """What another program sees: the number of flights by the airline's code."""
    counted = select(Flight.carrier, func.count().label("flights")).group_by(Flight.carrier)
    with db.engine.connect() as connection:
        return {row.carrier: row.flights for row in connection.execute(counted)}


def expect_nothing_open(db: Database, when: str) -> None:
    """Expect that no connection is still in somebody's hands.

    Also asked before the check itself writes: it would have to wait for the lock.
    """
    pool: Any = db.engine.pool
    expect(
        pool.checkedout() == 0,
        f"{when}, a transaction is still open: a connection has not come back to the pool. The "
        "next writer would wait for it.",
    )


def result_or_error(bench: Bench, kinds: Kinds, answer: Any, *args: Any) -> Any:
    """Call the learner's function; errors of these kinds, which the check has words for, are
    returned."""

    def call() -> Any:
        try:
            return answer(*args)
        except kinds as error:
            return error

    return bench.call(call)


def vary(bench: Bench) -> Database:
    """The bench's database with other data than the chapter's, so that no number can be known."""
    bench.db.execute(
        [
            insert(Airline).values(carrier="Q1", name="Quebec One"),
            insert(Airline).values(carrier="Q2", name="Quebec Two"),
            delete(Flight).where(Flight.carrier.in_(["HA", "US"]), Flight.day > 20),
        ]
    )
    return bench.db


# --- 4.1 ------------------------------------------------------------------------------------


def check_add_airline(answer: Any, bench: Bench) -> str:
    expect_function(answer, "add_airline")
    db = vary(bench)
    before = airlines_of(db)
    with db.sessions() as session:
        count, sent = bench.statements(answer, session, "ZZ", "Zulu Air")
        expect(
            "COMMIT" not in sent,
            "Your function commits. The caller opened this session, perhaps with more work in it; "
            "the caller decides when all of it is settled.",
        )
        expect(
            any(statement.startswith("INSERT INTO airlines") for statement in sent),
            "When your function returns, no INSERT has been sent: the airline is still pending. "
            "A flush, or a query that makes the session flush, sends it.",
        )
        expect(airlines_of(db) == before, "Other connections see the airline before the commit.")
        wanted = len(before) + 1
        expect(
            count != len(before),
            f"It returns {count}: the airlines before the new one. Count after the add.",
        )
        expect(
            count == wanted,
            f"It returns {count!r}; the session can see {wanted} airlines, the new one included. "
            "The check has added some of its own, so the number must come from a query.",
        )
        session.commit()
    expect(
        airlines_of(db) == {**before, "ZZ": "Zulu Air"},
        "After the caller's commit the table does not hold the new airline with its name.",
    )
    return "That is it. The row is sent and counted, and the caller may still take it back."


def solution_add_airline() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        return session.scalar(select(func.count()).select_from(Airline))

    return add_airline


def add_airline_by_autoflush() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        return len(session.scalars(select(Airline)).all())

    return add_airline


def add_airline_by_insert() -> Any:
    def add_airline(session, carrier, name):
        session.execute(insert(Airline).values(carrier=carrier, name=name))
        return session.scalar(select(func.count(Airline.carrier)))

    return add_airline


def add_airline_and_commit() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.commit()
        return session.scalar(select(func.count()).select_from(Airline))

    return add_airline


def add_airline_unsent() -> Any:
    def add_airline(session, carrier, name):
        count = session.scalar(select(func.count()).select_from(Airline))
        session.add(Airline(carrier=carrier, name=name))
        return count + 1

    return add_airline


def add_airline_known_number() -> Any:
    def add_airline(session, carrier, name):
        session.add(Airline(carrier=carrier, name=name))
        session.flush()
        return 17

    return add_airline


# --- 4.2 ------------------------------------------------------------------------------------


def check_rehearsal(answer: Any, bench: Bench) -> str:
    expect_function(answer, "rehearsal")
    db = bench.db
    before = airlines_of(db)
    endings: tuple[tuple[str, BaseException | None], ...] = (
        ("When the block ends well", None),
        ("When the block raises an error", ValueError("from the check")),
        ("When the block is interrupted", KeyboardInterrupt("from the check")),
    )
    for when, fault in endings:
        scope = bench.call(answer, db)
        expect(
            hasattr(scope, "__enter__"),
            "What it returns cannot stand after `with`. Is `@contextmanager` above the function, "
            "and a `yield` in it?",
        )
        session = bench.call(scope.__enter__)
        expect(
            isinstance(session, Session),
            f"The block gets a {type(session).__name__}, not a session. Yield the session.",
        )
        kept = session.get(Airline, "MQ")
        session.add(Airline(carrier="ZZ", name="Zulu Air"))
        session.flush()
        swallowed = bench.call(scope.__exit__, type(fault) if fault else None, fault, None)
        expect(
            airlines_of(db) == before,
            f"{when}, the work stays: other connections see the new airline. A rehearsal must "
            "never commit.",
        )
        expect_nothing_open(db, when)
        expect(
            not (fault and swallowed),
            f"{when}, the caller does not hear of it: your scope swallows the exception. Put "
            "`raise` after the rollback, or leave the exception alone with `finally`.",
        )
        expect(
            inspect(kept).detached,
            f"{when}, the session is not closed: an object from the block is still attached, and "
            "reading it later would open a new transaction.",
        )
    return "That is it. Inside, the work is real; outside, it never happened, whatever ends it."


def solution_rehearsal() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
        finally:
            session.rollback()
            session.close()

    return rehearsal


def rehearsal_closed_by_with() -> Any:
    @contextmanager
    def rehearsal(db):
        with db.sessions() as session:
            yield session

    return rehearsal


def rehearsal_commits() -> Any:
    @contextmanager
    def rehearsal(db):
        with db.session_scope() as session:
            yield session

    return rehearsal


def rehearsal_without_finally() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        yield session
        session.rollback()
        session.close()

    return rehearsal


def rehearsal_except_exception() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
            session.close()
        except Exception:
            session.close()
            raise

    return rehearsal


def rehearsal_swallows() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
        except BaseException:
            session.rollback()
        finally:
            session.close()

    return rehearsal


def rehearsal_left_attached() -> Any:
    @contextmanager
    def rehearsal(db):
        session = db.sessions()
        try:
            yield session
        finally:
            session.rollback()

    return rehearsal


# --- 4.3 ------------------------------------------------------------------------------------


def check_add_if_new(answer: Any, bench: Bench) -> str:
    expect_function(answer, "add_if_new")
    db = vary(bench)
    before = airlines_of(db)
    expect(
        bench.call(answer, db, "ZZ", "Zulu Air") is True,
        "For a code that is new it must return True.",
    )
    expect_nothing_open(db, "When it has returned")
    before["ZZ"] = "Zulu Air"
    expect(
        airlines_of(db) == before,
        "It returned True, but other connections do not see the airline: nothing was committed.",
    )
    for carrier in ("Q1", "ZZ"):
        known = (PendingRollbackError, IntegrityError)
        outcome = result_or_error(bench, known, answer, db, carrier, "Another Name")
        expect(
            not isinstance(outcome, PendingRollbackError),
            "A PendingRollbackError comes out. You caught the IntegrityError inside the scope, so "
            "the scope saw no error and tried to commit a poisoned session. Let the error leave "
            "the scope, and catch it outside.",
        )
        expect(
            not isinstance(outcome, IntegrityError),
            "For a code that is there already, an IntegrityError comes out of your function. "
            "`session.add` sends nothing, so it cannot fail: the error comes with the flush, at "
            "the end of the scope at the latest. Put the `try` around the whole `with`.",
        )
        expect_nothing_open(db, "When it has met a code that is there already")
        expect(
            airlines_of(db) == before,
            f"{carrier} was there already, and your function changed its name. Leave it alone.",
        )
        expect(
            outcome is False,
            f"{carrier} was there already: it must return False; it returned {outcome!r}.",
        )
    return "That is it. The scope ended the failed transaction before you answered the caller."


def solution_add_if_new() -> Any:
    def add_if_new(db, carrier, name):
        try:
            with db.session_scope() as session:
                session.add(Airline(carrier=carrier, name=name))
        except IntegrityError:
            return False
        return True

    return add_if_new


def add_if_new_asks_first() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            if session.get(Airline, carrier) is not None:
                return False
            session.add(Airline(carrier=carrier, name=name))
            return True

    return add_if_new


def add_if_new_catches_inside() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            session.add(Airline(carrier=carrier, name=name))
            try:
                session.flush()
            except IntegrityError:
                return False
            return True

    return add_if_new


def add_if_new_catches_the_add() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            try:
                session.add(Airline(carrier=carrier, name=name))
            except IntegrityError:
                return False
        return True

    return add_if_new


def add_if_new_merges() -> Any:
    def add_if_new(db, carrier, name):
        with db.session_scope() as session:
            session.merge(Airline(carrier=carrier, name=name))
        return True

    return add_if_new


# --- 4.4 ------------------------------------------------------------------------------------


def check_profile(answer: Any, bench: Bench) -> str:
    expect_function(answer, "profile")
    db = vary(bench)
    names, flights = airlines_of(db), flights_of(db)
    for carrier in ("HA", "Q1", "US"):
        found = bench.call(answer, db, carrier)
        expect_nothing_open(db, "When it has returned")
        expect(
            not isinstance(found, Base),
            f"It returns an {type(found).__name__} object. Its session is closed, so it is "
            "detached: the caller could not load its flights. Return a dict of plain values.",
        )
        expect(
            isinstance(found, dict),
            f"This asks for a dict; your function returns a {type(found).__name__}.",
        )
        expect(
            set(found) == {"name", "flights"},
            f"The keys are {', '.join(sorted(map(str, found)))}; expected are name and flights.",
        )
        expect(
            not isinstance(found["flights"], list),
            "flights is a list of Flight objects, which are detached by now. Return how many.",
        )
        wanted = {"name": names[carrier], "flights": flights.get(carrier, 0)}
        for key, value in wanted.items():
            expect(
                found[key] == value,
                f"For {carrier}, {key} is {found[key]!r}; the check's own data say {value!r}.",
            )
    missing = result_or_error(bench, AttributeError, answer, db, "??")
    expect(
        not isinstance(missing, AttributeError),
        "For a code that no airline has, `session.get` gives None, and None has no name. Return "
        "None then.",
    )
    expect(missing is None, f"For a code that no airline has it returns {missing!r}, not None.")
    return "That is it. What leaves the scope is plain data, and needs no session any more."


def solution_profile() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            if airline is None:
                return None
            return {"name": airline.name, "flights": len(airline.flights)}

    return profile


def profile_by_query() -> Any:
    def profile(db, carrier):
        counted = select(func.count()).where(Flight.carrier == carrier).scalar_subquery()
        question = select(Airline.name, counted.label("flights")).where(Airline.carrier == carrier)
        with db.session_scope() as session:
            row = session.execute(question).one_or_none()
            return dict(row._mapping) if row else None

    return profile


def profile_gives_the_object() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            return session.get(Airline, carrier)

    return profile


def profile_gives_flights() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            return {"name": airline.name, "flights": airline.flights}

    return profile


def profile_forgets_the_unknown() -> Any:
    def profile(db, carrier):
        with db.session_scope() as session:
            airline = session.get(Airline, carrier)
            return {"name": airline.name, "flights": len(airline.flights)}

    return profile


# --- 4.5 ------------------------------------------------------------------------------------


def check_merge(answer: Any, bench: Bench) -> str:
    expect_function(answer, "merge_airlines")
    db = vary(bench)
    names, flights = airlines_of(db), flights_of(db)

    def expect_untouched(when: str) -> None:
        expect_nothing_open(db, when)
        now, flying = airlines_of(db), flights_of(db)
        left = [
            *(
                f"airline {code} is {now.get(code)!r}"
                for code in names
                if now.get(code) != names[code]
            ),
            *(
                f"{code} has {flying.get(code, 0):,} flights instead of {flights[code]:,}"
                for code in flights
                if flying.get(code) != flights[code]
            ),
        ]
        expect(
            not left,
            f"{when}, half of the work stays: {'; '.join(left)}. All steps belong into one scope, "
            "with no commit on the way.",
        )

    # Interrupted before its first write, its second, and so on, until it comes to its end.
    found, writes = None, 0
    while True:
        with interrupt_before(db, writes) as interrupted, suppress(KeyboardInterrupt):
            found = bench.call(answer, db, "HA", "DL", "Delta and Hawaiian")
        if not interrupted:
            break
        writes += 1
        expect_untouched(f"Interrupted before write number {writes}")
    expect_nothing_open(db, "When it has returned")
    _expect_merged(db, names, flights, found)

    names, flights = airlines_of(db), flights_of(db)
    outcome = result_or_error(bench, Exception, answer, db, "FL", "WN", "Southwest")
    expect_untouched("FL cannot be merged into WN, as some flights would get a key that is taken")
    expect(
        isinstance(outcome, Exception),
        "FL cannot be merged into WN: some flights would get a key that is taken. Nothing was "
        "changed, but your function returns as if all were well. Let the error through.",
    )
    merged = bench.call(answer, db, "US", "AA", "American Airlines")
    wanted = {"name": "American Airlines", "moved": flights["US"]}
    expect(merged == wanted, f"For US into AA it returns {merged!r}, not {wanted!r}.")
    return (
        f"That is it. Stopped before each of its {writes} writes, and by a key that was taken, it "
        "left nothing behind."
    )


def _expect_merged(
    db: Database, names: dict[str, str], flights: dict[str, int], found: Any
) -> None:
    """Expect that HA has become a part of DL, and that the caller was told in plain data."""
    now, flying = airlines_of(db), flights_of(db)
    moved = flights["HA"]
    expect(
        "HA" not in flying and flying["DL"] == flights["DL"] + moved,
        f"HA has {flying.get('HA', 0)} flights, DL {flying['DL']:,}; expected were 0 and "
        f"{flights['DL'] + moved:,}. Was there a commit?",
    )
    expect("HA" not in now, "The old airline is still in the table: delete it.")
    expect(
        now["DL"] == "Delta and Hawaiian",
        f"The new airline is called {now['DL']!r}, not as the caller wished.",
    )
    rest = {code: name for code, name in names.items() if code not in ("HA", "DL")}
    expect(
        rest.items() <= now.items() and sum(flying.values()) == sum(flights.values()),
        "Something else has changed: another airline, or the number of all flights.",
    )
    expect(
        not isinstance(found, Base),
        "It returns a mapped object, detached by now. Return a dict of plain values.",
    )
    expect(
        isinstance(found, dict) and set(found) == {"name", "moved"},
        f"This asks for a dict with the keys name and moved; your function returns {found!r}.",
    )
    expect(
        found == {"name": "Delta and Hawaiian", "moved": moved},
        f"It returns {found!r}; name should be 'Delta and Hawaiian', moved {moved}.",
    )


@contextmanager
def interrupt_before(db: Database, write: int) -> Iterator[list[str]]:
    """Raise KeyboardInterrupt before a write, counted from 0; the list tells which one it was."""
    seen: list[str] = []
    stopped: list[str] = []

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            seen.append(statement)
            if len(seen) == write + 1:
                stopped.append(statement)
                raise KeyboardInterrupt

    event.listen(db.engine, "before_cursor_execute", on_statement)
    try:
        yield stopped
    finally:
        event.remove(db.engine, "before_cursor_execute", on_statement)


def solution_merge() -> Any:
    def merge_airlines(db, old, new, name):
        move = update(Flight).where(Flight.carrier == old).values(carrier=new)
        with db.session_scope() as session:
            moved = session.execute(move).rowcount
            session.get(Airline, new).name = name
            session.delete(session.get(Airline, old))
            return {"name": name, "moved": moved}

    return merge_airlines


def merge_object_by_object() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            flights = session.scalars(select(Flight).where(Flight.carrier == old)).all()
            for flight in flights:
                flight.carrier = new
            session.flush()
            airline = session.get(Airline, new)
            airline.name = name
            session.delete(session.get(Airline, old))
            result = {"name": airline.name, "moved": len(flights)}
        return result

    return merge_airlines


def merge_by_built_in() -> Any:
    def merge_airlines(db, old, new, name):
        with db.sessions.begin() as session:
            flights = select(func.count()).where(Flight.carrier == old)
            moved = session.scalar(flights)
            session.execute(update(Flight).where(Flight.carrier == old).values(carrier=new))
            session.execute(delete(Airline).where(Airline.carrier == old))
            session.execute(update(Airline).where(Airline.carrier == new).values(name=name))
        return {"name": name, "moved": moved}

    return merge_airlines


def merge_in_three_scopes() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            move = update(Flight).where(Flight.carrier == old).values(carrier=new)
            moved = session.execute(move).rowcount
        with db.session_scope() as session:
            session.get(Airline, new).name = name
        with db.session_scope() as session:
            session.delete(session.get(Airline, old))
        return {"name": name, "moved": moved}

    return merge_airlines


def merge_commits_on_the_way() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            session.get(Airline, new).name = name
            session.commit()
            move = update(Flight).where(Flight.carrier == old).values(carrier=new)
            moved = session.execute(move).rowcount
            session.delete(session.get(Airline, old))
        return {"name": name, "moved": moved}

    return merge_airlines


def merge_gives_the_object() -> Any:
    def merge_airlines(db, old, new, name):
        with db.session_scope() as session:
            session.execute(update(Flight).where(Flight.carrier == old).values(carrier=new))
            airline = session.get(Airline, new)
            airline.name = name
            session.delete(session.get(Airline, old))
            return airline

    return merge_airlines


def merge_swallows() -> Any:
    def merge_airlines(db, old, new, name):
        try:
            with db.session_scope() as session:
                move = update(Flight).where(Flight.carrier == old).values(carrier=new)
                moved = session.execute(move).rowcount
                session.get(Airline, new).name = name
                session.delete(session.get(Airline, old))
        except IntegrityError:
            return None
        return {"name": name, "moved": moved}

    return merge_airlines


EXERCISES = [
    Exercise(
        id="4.1",
        title="Sent, not settled",
        check=check_add_airline,
        hints=(
            "Three steps: put a new `Airline` into the session, have the session send it, count.",
            "`session.flush()` sends what is pending and settles nothing. A query in the same "
            "session sees the new row.",
            "`session.scalar(select(func.count()).select_from(Airline))` counts.",
        ),
        solution=solution_add_airline,
        also_right=(add_airline_by_autoflush, add_airline_by_insert),
        wrong=(
            Wrong(
                add_airline_and_commit,
                "Your function commits",
                "takes commit for the way to send; does not see that the caller owns the "
                "transaction",
            ),
            Wrong(
                add_airline_unsent,
                "no INSERT has been sent",
                "takes add for the insert: the object is only pending",
            ),
            Wrong(
                add_airline_known_number,
                "must come from a query",
                "read the number off the chapter's own table",
            ),
        ),
    ),
    Exercise(
        id="4.2",
        title="A rehearsal",
        check=check_rehearsal,
        hints=(
            "Begin with the last version of the scope. Which of its lines makes the work stay?",
            "A rehearsal ends in the same way whether the block succeeds or fails. Python has one "
            "word for what happens in every case: `finally`.",
            "`try:` yield the session; `finally:` roll back, then close.",
        ),
        solution=solution_rehearsal,
        also_right=(rehearsal_closed_by_with,),
        wrong=(
            Wrong(rehearsal_commits, "must never commit", "wraps the scope that commits"),
            Wrong(
                rehearsal_without_finally,
                "When the block raises an error, a transaction is still open",
                "does not see that an exception leaves the generator at its yield",
            ),
            Wrong(
                rehearsal_except_exception,
                "When the block is interrupted, a transaction is still open",
                "takes KeyboardInterrupt for an Exception",
            ),
            Wrong(
                rehearsal_swallows,
                "swallows the exception",
                "forgets to raise again: the caller believes that all went well",
            ),
            Wrong(
                rehearsal_left_attached,
                "the session is not closed",
                "takes rollback for the end of the session's life",
            ),
        ),
    ),
    Exercise(
        id="4.3",
        title="There already",
        check=check_add_if_new,
        hints=(
            "Adding a code that is there already raises an `IntegrityError`. Where does it come "
            "out: at the add, at the flush, at the end of the scope?",
            "Do not catch it inside the scope: the scope has to see it, to roll back.",
            "`try:` the whole `with` block; `except IntegrityError:` return False.",
        ),
        solution=solution_add_if_new,
        also_right=(add_if_new_asks_first,),
        wrong=(
            Wrong(
                add_if_new_catches_inside,
                "commit a poisoned session",
                "believes that a caught error is a cured session",
            ),
            Wrong(
                add_if_new_catches_the_add,
                "`session.add` sends nothing",
                "expects the error where the object is added, not where it is sent",
            ),
            Wrong(
                add_if_new_merges,
                "changed its name",
                "takes merge for 'add when it is new'; it updates what is there",
            ),
        ),
    ),
    Exercise(
        id="4.4",
        title="Plain data leave the scope",
        check=check_profile,
        hints=(
            "Read all that you need while the session is open; `airline.flights` can be loaded "
            "there.",
            "A `return` inside the `with` block is fine: the scope still commits and closes.",
            "`session.get` gives None for a code that no airline has. Test for it before you read "
            "the name.",
        ),
        solution=solution_profile,
        also_right=(profile_by_query,),
        wrong=(
            Wrong(
                profile_gives_the_object,
                "Return a dict of plain values",
                "hands out the object; it is expired and detached at once",
            ),
            Wrong(
                profile_gives_flights,
                "list of Flight objects",
                "takes the dict for plain data although it holds mapped objects",
            ),
            Wrong(
                profile_forgets_the_unknown,
                "None has no name",
                "forgets that get answers None",
            ),
        ),
    ),
    Exercise(
        id="4.5",
        title="A merger, all or nothing",
        check=check_merge,
        hints=(
            "One `db.session_scope()` around everything, and no commit of your own in it.",
            "A flight must always have its airline: move the flights before you delete the old "
            "airline. `update(Flight).where(...).values(...)` moves all in one statement, and its "
            "result has a `rowcount`.",
            "Rename with `session.get(Airline, new).name = name`, delete with "
            "`session.delete(...)`, and return a dict.",
        ),
        solution=solution_merge,
        also_right=(merge_object_by_object, merge_by_built_in),
        wrong=(
            Wrong(
                merge_in_three_scopes,
                "half of the work stays",
                "one scope for each step: each step is safe, the job is not",
            ),
            Wrong(
                merge_commits_on_the_way,
                "half of the work stays",
                "commits inside the scope, to be on the safe side",
            ),
            Wrong(
                merge_gives_the_object,
                "Return a dict of plain values",
                "hands a mapped object out of its scope",
            ),
            Wrong(
                merge_swallows,
                "returns as if all were well",
                "turns a failure into silence",
            ),
        ),
    ),
]

"""Exercises of chapter 03, The engine."""

# The solutions are shown to learners as they would type them: without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote

from sqlalchemy import (
    URL,
    Engine,
    create_engine,
    delete,
    event,
    func,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from lib.database import Database
from lib.dialects import NotReady
from lib.errors import PipelineError
from lib.models import Airline, Airport, Flight
from lib.workbook.exercise import (
    Bench,
    Exercise,
    NotYet,
    Wrong,
    expect,
    expect_function,
    expect_type,
)

# --- 3.1 ------------------------------------------------------------------------------------

PASSWORD = "50%/day@desk#1"


def check_url(answer: Any, _bench: Bench) -> str:
    expect_type(answer, URL, "a URL object, not text")
    expect(
        answer.host == "db.example.com",
        f"The host is {answer.host!r}, which is not where the server is. A part of the password "
        "was read as the host.",
    )
    expect(
        answer.drivername in ("mysql+pymysql", "mariadb+pymysql"),
        f"The URL begins with {answer.drivername}://; the task names a dialect and a driver, "
        "joined by a plus sign.",
    )
    expect(
        answer.password == PASSWORD or unquote(str(answer.password)) != PASSWORD,
        "The password is escaped twice: `URL.create` takes it as it is, and writes the signs like "
        "%40 by itself.",
    )
    for name, wanted in (
        ("username", "reader"),
        ("port", 3307),
        ("database", "flights"),
    ):
        found = getattr(answer, name)
        expect(found == wanted, f"The {name} is {found!r}; it should be {wanted!r}.")
    expect(
        answer.password == PASSWORD,
        "The password is not the one of the task: a part of it is missing or changed.",
    )
    return "That is it. Printed, this URL shows *** where the password is."


def solution_url() -> Any:
    reader_url = URL.create(
        "mysql+pymysql",
        username="reader",
        password="50%/day@desk#1",
        host="db.example.com",
        port=3307,
        database="flights",
    )
    return reader_url


def escaped_url() -> Any:
    return make_url("mysql+pymysql://reader:50%25%2Fday%40desk%231@db.example.com:3307/flights")


def pasted_url() -> Any:
    return make_url("mysql+pymysql://reader:50%/day@desk#1@db.example.com:3307/flights")


def twice_escaped_url() -> Any:
    safe = "50%25%2Fday%40desk%231"
    return URL.create("mysql+pymysql", "reader", safe, "db.example.com", 3307, "flights")


# --- 3.2 ------------------------------------------------------------------------------------


class _TooLong(BaseException):
    """Ends a loop that does not end by itself; `except Exception` must not catch it."""


class _Ping:
    """A stand-in for `db.ping`: refuses until the try `opens_at`, and counts the tries."""

    def __init__(self, deadline: float, opens_at: int = 0, error: Exception | None = None) -> None:
        self.opens_at = opens_at
        self.error = error or NotReady("No database answers.")
        self.start = time.monotonic()
        self.latest = self.start + deadline + 2
        self.tries = 0

    def __call__(self) -> None:
        self.tries += 1
        if time.monotonic() > self.latest:
            raise _TooLong
        if not self.opens_at or self.tries < self.opens_at:
            raise self.error


def _outcome(bench: Bench, answer: Callable[..., Any], ping: _Ping, deadline: float) -> Any:
    """Return what came out of the answer: None, or the error of the ping."""
    try:
        bench.call(answer, ping, deadline)
    except _TooLong as error:
        return error
    except Exception as wrapper:
        if not isinstance(wrapper.__cause__, PipelineError | TimeoutError):
            raise
        return wrapper.__cause__
    return None


def check_wait(answer: Any, bench: Bench) -> str:
    expect_function(answer, "wait_for")
    ping = _Ping(5, opens_at=3)
    outcome = _outcome(bench, answer, ping, 5)
    expect(
        not isinstance(outcome, PipelineError | TimeoutError),
        "The database answers at the third try, long before the deadline, but your function gave "
        f"up after try {ping.tries}.",
    )
    expect(
        ping.tries >= 3,
        f"Your function came back after try {ping.tries}, though the database had not answered.",
    )
    expect(
        outcome is None and ping.tries == 3,
        "The database answered, but your function goes on asking.",
    )
    ping = _Ping(5, error=PipelineError("The server refuses this password."))
    outcome = _outcome(bench, answer, ping, 0.3)
    expect(
        outcome is ping.error and ping.tries == 1,
        "The password was wrong, and no waiting mends that: this error should come out at the "
        "first try. Catch `NotReady` only.",
    )
    for deadline in (0.3, 0.6):
        ping = _Ping(deadline)
        outcome = _outcome(bench, answer, ping, deadline)
        took = time.monotonic() - ping.start
        expect(
            not isinstance(outcome, _TooLong),
            f"With a deadline of {deadline} seconds, your function was still asking two seconds "
            "after it.",
        )
        expect(
            outcome is not None,
            "The deadline passed without an answer, and your function came back as if all were "
            "well. Whoever called it must hear of it.",
        )
        expect(
            took > deadline / 2,
            f"With a deadline of {deadline} seconds, your function gave up long before it. Look "
            "at the clock instead of counting tries.",
        )
        expect(
            ping.tries <= 100,
            f"Your function asked {ping.tries:,} times in {deadline} seconds. Pause between two "
            "tries: the server has work to do.",
        )
    return "That is it: it waits as long as it must, never longer, and only where waiting helps."


def solution_wait() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while True:
            try:
                return ping()
            except NotReady:
                if time.monotonic() >= end:
                    raise
            time.sleep(0.05)

    return wait_for


def wait_with_last_error() -> Any:
    def wait_for(ping, deadline):
        start, last = time.time(), None
        while last is None or time.time() - start < deadline:
            try:
                ping()
                return
            except NotReady as error:
                last = error
                time.sleep(0.05)
        raise last

    return wait_for


def wait_for_ever() -> Any:
    def wait_for(ping, deadline):
        while True:
            try:
                return ping()
            except NotReady:
                time.sleep(0.05)

    return wait_for


def wait_counting() -> Any:
    def wait_for(ping, deadline):
        for attempt in range(3):
            try:
                return ping()
            except NotReady as error:
                last = error
                time.sleep(0.01)
        raise last

    return wait_for


def wait_catching_all() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while True:
            try:
                return ping()
            except Exception:
                if time.monotonic() >= end:
                    raise
            time.sleep(0.05)

    return wait_for


def wait_without_pause() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while True:
            try:
                return ping()
            except NotReady:
                if time.monotonic() >= end:
                    raise

    return wait_for


def wait_silently() -> Any:
    def wait_for(ping, deadline):
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            try:
                return ping()
            except NotReady:
                time.sleep(0.05)

    return wait_for


# --- 3.3 ------------------------------------------------------------------------------------


def check_engine(answer: Any, bench: Bench) -> str:
    expect_function(answer, "make_engine")
    engine = bench.call(answer, bench.db.url)
    expect_type(engine, Engine, "an engine, as create_engine returns it")
    try:
        _check_engine(engine, bench)
    finally:
        engine.dispose()
    return "That is it. This engine survives lunch, and never takes more than its share."


def _check_engine(engine: Engine, bench: Bench) -> None:
    expect(
        engine.url == bench.db.url,
        "The engine leads to another database than the URL that your function was given.",
    )
    expect(
        isinstance(engine.pool, QueuePool),
        "This engine's pool does not count its connections; leave out `poolclass`.",
    )
    bench.call(_hang_up, engine)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        raise NotYet(
            "The check hung up on the pool's connection, and the next statement failed with "
            f"{type(error).__name__}. The pool should test a connection before it hands it out."
        ) from error
    patience = getattr(engine.pool, "timeout", lambda: 0.0)()
    expect(
        0.5 <= patience <= 2,
        f"When both connections are taken, the next caller would wait {patience:g} seconds for "
        "one. It should give up after one second.",
    )
    held = []
    try:
        for number in (1, 2, 3):
            try:
                held.append(engine.connect())
            except PoolTimeout:
                break
    finally:
        for connection in held:
            connection.close()
    expect(
        len(held) < 3,
        "A third connection could be opened while two were in use. `pool_size` says how many are "
        "kept; another setting says how many may be added for a while.",
    )
    expect(len(held) == 2, "Two connections should be possible at once; the second was refused.")


def _hang_up(engine: Engine) -> None:
    """Cut the connection that waits in the pool, as a server does after a long silence."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
    if engine.dialect.name == "mysql":
        driver._sock.shutdown(socket.SHUT_RDWR)
    else:
        driver.close()


def solution_engine() -> Any:
    def make_engine(url):
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=2,
            max_overflow=0,
            pool_timeout=1,
        )

    return make_engine


def engine_with_overflow() -> Any:
    def make_engine(url):
        options = {"pool_size": 1, "max_overflow": 1, "pool_timeout": 1.0}
        return create_engine(url, pool_pre_ping=True, **options)

    return make_engine


def engine_that_recycles() -> Any:
    def make_engine(url):
        return create_engine(url, pool_recycle=3600, pool_size=2, max_overflow=0, pool_timeout=1)

    return make_engine


def engine_that_grows() -> Any:
    def make_engine(url):
        return create_engine(url, pool_pre_ping=True, pool_size=2, pool_timeout=1)

    return make_engine


def engine_that_waits() -> Any:
    def make_engine(url):
        return create_engine(url, pool_pre_ping=True, pool_size=2, max_overflow=0)

    return make_engine


# --- 3.4 ------------------------------------------------------------------------------------


@contextmanager
def _sent(engine: Engine) -> Iterator[list[tuple[str, str]]]:
    """Collect the statements that the block sends, each with its parameters as text."""
    sent: list[tuple[str, str]] = []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> None:
        sent.append((statement, repr(parameters)))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def check_search(answer: Any, bench: Bench) -> str:
    expect_function(answer, "find_airports")
    ours = [
        {"faa": "ZZ2", "name": "Quayside O'Hara Strip"},
        {"faa": "ZZ1", "name": "Quayside Meadow"},
    ]
    bench.db.execute([insert(Airport).values(**row) for row in ours])
    sent = _check_search(answer, bench, "Quayside")
    expect(
        not any("Quayside" in statement for statement, _ in sent),
        "The text that somebody searches for has become a part of the SQL. With the text "
        "`' OR name LIKE '` your function gives back every airport.",
    )
    expect(
        any("Quayside" in parameters for _, parameters in sent),
        "Your function reads every airport and looks through them in Python. Let the database "
        "search: send the text as a bound value.",
    )
    for part in ("O'Hara", "Eagle's Nest", "' OR name LIKE '", "no such airport"):
        _check_search(answer, bench, part)
    return "That is it. Any text may come from the form, and it stays a text."


def _check_search(answer: Any, bench: Bench, part: str) -> list[tuple[str, str]]:
    """Expect the airports whose names hold the part; return what the answer sent."""
    wanted = bench.db.execute(
        [
            select(Airport.faa, Airport.name)
            .where(Airport.name.like(f"%{part}%"))
            .order_by(Airport.faa)
        ]
    )[0]
    assert not isinstance(wanted, int)
    engine = bench.db.engine
    with _sent(engine) as sent, engine.connect() as connection:
        found = bench.call(answer, connection, part)
    expect(
        found is not None,
        "Your function returns None; perhaps its last line is no `return`.",
    )
    expect_type(found, list, "a list")
    expect(
        len(found) == len(wanted),
        f"Searching for `{part}`, your function finds {len(found):,} airports; "
        f"there are {len(wanted):,}.",
    )
    expect(
        all(isinstance(item, Mapping) for item in found),
        "The list holds rows, which are tuples. This asks for dicts, so that who calls can "
        'write `airport["name"]`.',
    )
    expect(
        all(set(item) == {"faa", "name"} for item in found),
        "Each dict should have the two keys faa and name.",
    )
    rows = [(item["faa"], item["name"]) for item in found]
    expected = [(row.faa, row.name) for row in wanted]
    if rows != expected and sorted(rows) == sorted(expected):
        raise NotYet("The right airports, but not in the order of their codes.")
    expect(rows == expected, f"Searching for `{part}`, your function finds other airports.")
    return sent


def solution_search() -> Any:
    def find_airports(connection, part):
        sql = "SELECT faa, name FROM airports WHERE name LIKE :pattern ORDER BY faa"
        result = connection.execute(text(sql), {"pattern": f"%{part}%"})
        return [dict(row) for row in result.mappings()]

    return find_airports


def search_with_select() -> Any:
    def find_airports(connection, part):
        statement = select(Airport.faa, Airport.name).where(Airport.name.contains(part))
        rows = connection.execute(statement.order_by(Airport.faa))
        return [{"faa": row.faa, "name": row.name} for row in rows]

    return find_airports


def search_with_f_string() -> Any:
    def find_airports(connection, part):
        statement = f"SELECT faa, name FROM airports WHERE name LIKE '%{part}%' ORDER BY faa"
        return [dict(row) for row in connection.execute(text(statement)).mappings()]

    return find_airports


def search_without_wildcards() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE :part ORDER BY faa")
        return list(connection.execute(statement, {"part": part}).mappings())

    return find_airports


def search_for_rows() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE :part ORDER BY faa")
        return connection.execute(statement, {"part": f"%{part}%"}).all()

    return find_airports


def search_without_order() -> Any:
    def find_airports(connection, part):
        statement = text("SELECT faa, name FROM airports WHERE name LIKE :part ORDER BY name DESC")
        result = connection.execute(statement, {"part": f"%{part}%"})
        return [dict(row) for row in result.mappings()]

    return find_airports


def search_in_python() -> Any:
    def find_airports(connection, part):
        result = connection.execute(text("SELECT faa, name FROM airports ORDER BY faa"))
        return [dict(row) for row in result.mappings() if part in (row["name"] or "")]

    return find_airports


# --- 3.5 ------------------------------------------------------------------------------------


class _PowerCut(Exception):
    """What the check raises between two statements of the answer."""


def _flights(db: Database, carrier: str) -> int:
    with db.session_scope() as session:
        query = select(func.count()).select_from(Flight).where(Flight.carrier == carrier)
        return session.scalar(query) or 0


def _known(db: Database, carrier: str) -> bool:
    with db.session_scope() as session:
        return session.get(Airline, carrier) is not None


@contextmanager
def _given_back(engine: Engine) -> Iterator[None]:
    """Expect that the block gives back each connection that it takes."""
    taken: list[PoolProxiedConnection] = []

    def note(_raw: Any, _record: Any, connection: PoolProxiedConnection) -> None:
        taken.append(connection)  # and so the garbage collector does not tidy up after the answer

    event.listen(engine, "checkout", note)
    try:
        yield
    finally:
        event.remove(engine, "checkout", note)
        kept = [connection for connection in taken if connection.is_valid]
        for connection in kept:
            connection.close()
    expect(
        not kept,
        "Your function left a connection checked out. Open it in a `with` block, which gives it "
        "back.",
    )


def check_merge(answer: Any, bench: Bench) -> str:
    expect_function(answer, "merge_airlines")
    db = bench.db
    for old, new in (("US", "AA"), ("YV", "UA")):
        _check_merge(answer, bench, old, new)
    before = _flights(db, "9E")
    _cut_at_delete(answer, db, "9E", "DL")
    expect(
        _flights(db, "9E") == before and _known(db, "9E"),
        "The check cut the power between your two statements. The flights were moved already, "
        "and the old airline was still there: half the work. Both statements belong into one "
        "transaction.",
    )
    return "That is it: both statements, or neither."


def _check_merge(answer: Any, bench: Bench, old: str, new: str) -> None:
    db, engine = bench.db, bench.db.engine
    moved, total = _flights(db, old), _flights(db, old) + _flights(db, new)
    with _sent(engine) as sent, _given_back(engine):
        returned = bench.call(answer, engine, old, new)
    writes = any(words.lstrip().upper().startswith(("UPDATE", "DELETE")) for words, _ in sent)
    if writes and _flights(db, old) == moved and _known(db, old):
        raise NotYet(
            "The statements were sent, and afterwards nothing has changed: the write was lost, "
            "because nobody committed."
        )
    expect(
        _flights(db, old) == 0,
        f"{_flights(db, old):,} flights still belong to {old}; none should.",
    )
    expect(_flights(db, new) == total, f"Flights were lost: {new} has {_flights(db, new):,} now.")
    expect(not _known(db, old), f"The flights have moved, but the airline {old} is still there.")
    expect(
        not any(f"'{old}'" in words or f'"{old}"' in words for words, _ in sent),
        "The code of the airline is written into the SQL. Send it as a bound value.",
    )
    expect_type(returned, int, "the number of flights that moved, a whole number,")
    expect(
        returned == moved,
        f"The function returned {returned:,}, but {moved:,} flights moved. Each statement has a "
        "`rowcount` of its own.",
    )


def _cut_at_delete(answer: Any, db: Database, old: str, new: str) -> None:
    """Call the answer with a failure before its DELETE; what it raises is of no interest."""

    def cut(_c: Any, _k: Any, statement: str, _p: Any, _x: Any, _many: bool) -> None:
        if statement.lstrip().upper().startswith("DELETE"):
            raise _PowerCut

    event.listen(db.engine, "before_cursor_execute", cut)
    try:
        with suppress(Exception):
            answer(db.engine, old, new)
    finally:
        event.remove(db.engine, "before_cursor_execute", cut)


def solution_merge() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.begin() as connection:
            moved = connection.execute(move, {"old": old, "new": new}).rowcount
            connection.execute(remove, {"old": old})
        return moved

    return merge_airlines


def merge_with_commit() -> Any:
    def merge_airlines(engine, old, new):
        with engine.connect() as connection:
            result = connection.execute(
                update(Flight).where(Flight.carrier == old).values(carrier=new)
            )
            connection.execute(delete(Airline).where(Airline.carrier == old))
            connection.commit()
            return result.rowcount

    return merge_airlines


def merge_with_session() -> Any:
    def merge_airlines(engine, old, new):
        values = {"old": old, "new": new}
        with Session(engine) as session, session.begin():
            move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
            result: Any = session.execute(move, values)
            session.execute(text("DELETE FROM airlines WHERE carrier = :old"), values)
        return result.rowcount

    return merge_airlines


def merge_without_commit() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.connect() as connection:
            moved = connection.execute(move, {"old": old, "new": new}).rowcount
            connection.execute(remove, {"old": old})
        return moved

    return merge_airlines


def merge_in_two_transactions() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.begin() as connection:
            moved = connection.execute(move, {"old": old, "new": new}).rowcount
        with engine.begin() as connection:
            connection.execute(remove, {"old": old})
        return moved

    return merge_airlines


def merge_counting_the_last() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        remove = text("DELETE FROM airlines WHERE carrier = :old")
        with engine.begin() as connection:
            result = connection.execute(move, {"old": old, "new": new})
            result = connection.execute(remove, {"old": old})
        return result.rowcount

    return merge_airlines


def merge_without_delete() -> Any:
    def merge_airlines(engine, old, new):
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        with engine.begin() as connection:
            return connection.execute(move, {"old": old, "new": new}).rowcount

    return merge_airlines


def merge_left_open() -> Any:
    def merge_airlines(engine, old, new):
        connection = engine.connect()
        values = {"old": old, "new": new}
        move = text("UPDATE flights SET carrier = :new WHERE carrier = :old")
        moved = connection.execute(move, values).rowcount
        connection.execute(text("DELETE FROM airlines WHERE carrier = :old"), values)
        connection.commit()
        return moved

    return merge_airlines


EXERCISES = [
    Exercise(
        id="3.1",
        title="A password with odd signs",
        check=check_url,
        hints=(
            "`make_url` reads a URL that is complete. `URL.create` builds one from its parts.",
            '`URL.create("dialect+driver", username=..., password=...)`: the password stands '
            "there as it is, without any signs like %40.",
            "Seven facts are given: dialect and driver in one string, then username, password, "
            "host, port (a number) and database.",
        ),
        solution=solution_url,
        also_right=(escaped_url,),
        wrong=(
            Wrong(
                pasted_url,
                "A part of the password was read as the host",
                "pasted the password into the URL: the @ in it ends the password",
            ),
            Wrong(
                twice_escaped_url,
                "escaped twice",
                "believes that URL.create wants the password escaped",
            ),
            Wrong(
                lambda: "mysql+pymysql://reader:50%25%2Fday%40desk%231@db.example.com:3307/flights",
                "a URL object",
                "takes the URL for a text; the text shows its password wherever it is printed",
            ),
            Wrong(
                lambda: solution_url().set(drivername="mysql"),
                "a dialect and a driver",
                "left the driver out: SQLAlchemy would look for another one, mysqlclient",
            ),
        ),
    ),
    Exercise(
        id="3.2",
        title="Wait, but not for ever",
        check=check_wait,
        hints=(
            "Note the end before the first try: `end = time.monotonic() + deadline`. Then loop: "
            "try, and after a refusal look at the clock.",
            "Inside `while True:` a `try:` with `return ping()`, and an `except NotReady:` that "
            "asks whether the end has come. A bare `raise` lets the error out again.",
            "After the `except` block, still in the loop: `time.sleep(0.05)`.",
        ),
        solution=solution_wait,
        also_right=(wait_with_last_error,),
        wrong=(
            Wrong(wait_for_ever, "still asking", "forgot the deadline: the job hangs for ever"),
            Wrong(
                wait_counting,
                "gave up long before",
                "counts tries; how long that takes depends on the machine",
            ),
            Wrong(
                wait_catching_all,
                "Catch `NotReady` only",
                "retries every error, so a wrong password costs the whole deadline",
            ),
            Wrong(
                wait_without_pause,
                "Pause between two tries",
                "asks as fast as the machine can, and keeps the server from starting",
            ),
            Wrong(
                wait_silently,
                "as if all were well",
                "leaves the loop at the deadline without an error",
            ),
        ),
    ),
    Exercise(
        id="3.3",
        title="An engine for a long day",
        check=check_engine,
        hints=(
            "All three wishes are arguments of `create_engine`, after the URL. You have met each "
            "of them above.",
            "`pool_pre_ping` tests a connection before it is handed out. `pool_size` and "
            "`max_overflow` together are the most that there can be. `pool_timeout` is in seconds.",
        ),
        solution=solution_engine,
        also_right=(engine_with_overflow,),
        wrong=(
            Wrong(
                engine_that_recycles,
                "hung up on the pool's connection",
                "trusts a connection because it is young; a server may restart at any time",
            ),
            Wrong(
                engine_that_grows,
                "A third connection",
                "takes pool_size for the limit; max_overflow adds ten more",
            ),
            Wrong(engine_that_waits, "30 seconds", "left the default patience of the pool"),
        ),
    ),
    Exercise(
        id="3.4",
        title="A search that takes any text",
        check=check_search,
        hints=(
            "`WHERE name LIKE :pattern` in a `text()`, and the value for `pattern` in a dict "
            "beside it. No quotation marks around `:pattern`.",
            "The percent signs belong to the value, not to the SQL: "
            '`{"pattern": f"%{part}%"}`. This f-string makes a value, so it does no harm.',
            "`result.mappings()` gives rows that read like dicts; `dict(row)` makes a real one. "
            "`ORDER BY faa` is for the database to do.",
        ),
        solution=solution_search,
        also_right=(search_with_select,),
        wrong=(
            Wrong(
                search_with_f_string,
                "a part of the SQL",
                "builds SQL from what somebody typed: the door to SQL injection",
            ),
            Wrong(
                search_without_wildcards,
                "finds 0 airports",
                "forgot the percent signs: LIKE without them means equal",
            ),
            Wrong(search_for_rows, "The list holds rows", "does not tell a Row from a dict"),
            Wrong(
                search_without_order,
                "not in the order of their codes",
                "sorts by another column than the one that was asked for",
            ),
            Wrong(
                search_in_python,
                "Let the database search",
                "fetches the whole table to keep a few rows",
            ),
        ),
    ),
    Exercise(
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
        also_right=(merge_with_commit, merge_with_session),
        wrong=(
            Wrong(
                merge_without_commit,
                "the write was lost",
                "expects connect() to commit at the end of the block",
            ),
            Wrong(
                merge_in_two_transactions,
                "cut the power",
                "one transaction for each statement: a failure between them leaves half the work",
            ),
            Wrong(
                merge_counting_the_last,
                "a `rowcount` of its own",
                "returns what the DELETE changed, not what the UPDATE changed",
            ),
            Wrong(
                merge_without_delete,
                "is still there",
                "does the first half of the task only",
            ),
            Wrong(
                merge_left_open,
                "left a connection checked out",
                "commits, but never gives the connection back to the pool",
            ),
        ),
    ),
]

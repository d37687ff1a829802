"""One engine, its sessions, and one way to use them: all, or nothing."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row, Select, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from lib.database.dialects import DIALECTS
from lib.errors import NotReady, PipelineError

if TYPE_CHECKING:
    import pandas as pd

ATTEMPTS = 5
T = TypeVar("T")


class Database:
    """One engine and one sessionmaker for a URL.

    Making one opens no connection and no file; the first statement does. Use it as a context
    manager, or call `close()`, to give its connections back.
    """

    def __init__(
        self, url: str | URL, *, shown_url: str | URL | None = None, echo: bool = False
    ) -> None:
        self.url = make_url(url)
        self.shown_url = make_url(shown_url or url)  # what messages name
        self.dialect = DIALECTS[self.url.get_backend_name()]
        self.engine: Engine = create_engine(self.url, echo=echo, **self.dialect.options(self.url))
        self.dialect.listen(self.engine)
        self.sessions: sessionmaker[Session] = sessionmaker(self.engine)

    def __repr__(self) -> str:
        return f"Database({self.shown_url.render_as_string(hide_password=True)!r})"

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    @contextmanager
    def session_scope(self) -> Iterator[Session]:
        """A session around a series of operations: all of them, or none.

        Commits at the end of the block, rolls back on any exception, closes always.
        """
        session = self.sessions()
        try:
            yield session
            session.commit()
        except BaseException:  # KeyboardInterrupt, too: an interrupted cell leaves nothing behind
            session.rollback()
            raise
        finally:
            session.close()

    def execute(self, statements: Iterable[str | Executable]) -> list[Sequence[Row[Any]] | int]:
        """Run the statements in order, in one scope: all of them, or none.

        Returns one item for each: its rows, or the number of rows that it changed. A string is
        taken as SQL, with `:name` for a bound parameter (give those with `text(...).bindparams`).
        """
        if isinstance(statements, str | Executable):
            raise TypeError("execute takes a list of statements: db.execute([statement])")
        answers: list[Sequence[Row[Any]] | int] = []
        with self.session_scope() as session:
            # Rows of plain values: the session's own would hold objects, expired by its commit.
            connection = session.connection()
            for statement in statements:
                clause = text(statement) if isinstance(statement, str) else statement
                result: Any = connection.execute(clause)
                answers.append(result.all() if result.returns_rows else result.rowcount)
        return answers

    def in_transaction(
        self,
        work: Callable[[Connection], T],
        attempts: int = ATTEMPTS,
        *,
        read_committed: bool = False,
    ) -> T:
        """Call `work` with a connection, in a transaction, and return what it returns.

        After a transient error (another transaction held or changed what it needs: a lock, a
        deadlock, a changed record) it is called again after a pause, up to so many times: it must
        be able to start from the beginning. Ctrl-C is raised as KeyboardInterrupt, even where a
        driver turns it into an error of its own.

        With `read_committed`, each statement on a server sees what others have committed by then.
        By default all see the state at the first one, and MariaDB, since 11.6.2, ends the
        transaction (1020) when it writes where others have written since: too often where many
        loads add rows to one table. SQLite has one writer at a time and needs neither.
        https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-system-variables
        """
        before = sys.exception()
        for attempt in range(1, attempts + 1):
            try:
                with self.engine.connect() as connection:
                    if read_committed:
                        self.dialect.read_committed(connection)
                    with connection.begin():
                        return work(connection)
            except Exception as error:
                if _interrupted(error, before):
                    raise KeyboardInterrupt from error
                cause = error.__cause__ if isinstance(error, PipelineError) else error
                if not isinstance(cause, DBAPIError) or not self.dialect.is_transient(cause):
                    raise
                if attempt == attempts:
                    raise
            time.sleep(random.uniform(0.075, 0.125) * 2**attempt)  # longer each time
        raise AssertionError("attempts must be at least 1")

    def query(self, statement: Select[Any] | str) -> pd.DataFrame:
        """Return the rows of a select as a data frame, one column for each selected column."""
        import pandas as pd  # here: who asks for no data frame need not wait for it

        clause = text(statement) if isinstance(statement, str) else statement
        with self.engine.connect() as connection:
            return pd.read_sql(clause, connection)

    def prepare(self) -> None:
        """Make the folder of an SQLite file; a server needs nothing. Raises PipelineError."""
        self.dialect.prepare(self.url)

    def ping(self, timeout: float = 10.0) -> None:
        """Send one real query, and wait for its answer for at most `timeout` seconds.

        Raises PipelineError, with the cause in plain words, when the database does not answer.
        """
        try:
            with self.dialect.probe(self.engine, timeout) as connection:
                connection.execute(text("SELECT 1")).scalar_one()
        except (DBAPIError, RuntimeError) as error:
            raise self.explain(error) from error

    def wait_until_ready(self, deadline: float = 30.0) -> None:
        """Try a real query until it answers, for at most `deadline` seconds.

        A container that is started, and even one that is called healthy, may still refuse a
        connection. What waiting cannot mend, such as a wrong password, is raised at once.
        """
        end = time.monotonic() + deadline
        while True:
            try:
                return self.ping(min(10.0, max(0.5, end - time.monotonic())))
            except PipelineError as error:
                if not isinstance(error, NotReady) or time.monotonic() >= end:
                    raise
            time.sleep(min(0.25, max(0.0, end - time.monotonic())))

    def explain(self, error: BaseException) -> PipelineError:
        """Return the error in words that a user can act on; never with a password in them."""
        return self.dialect.explain(error, self.shown_url)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection, in one transaction, on which tables may be rebuilt."""
        self.prepare()
        with self.engine.connect() as connection, self.dialect.rebuild(connection):
            yield connection


def _interrupted(error: BaseException | None, before: BaseException | None) -> bool:
    """Tell whether the error came of Ctrl-C, and not of what was at hand before.

    PyMySQL stopped in LOAD DATA finds its connection out of step, and ADBC cannot cancel SQLite:
    each says that, not why.
    """
    while error is not None and error is not before:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False

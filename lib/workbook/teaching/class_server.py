"""A class on one MySQL or MariaDB server: users and databases that see nothing of each other.

What belongs to the class `class`, and is removed with it:

| database | what it is |
|---|---|
| `class_teacher` | which learners were made, so that nothing of others is ever touched |
| `class_year`, `class_year_january` | the year, which all may read, and what chapters start from |
| `class_01`, and `class_01_...` | the first learner's own, and what chapters and checks make |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from lib.database import Database
from lib.database.mysql_errors import code_of
from lib.errors import PipelineError
from lib.workbook.databases.mysql_store import MysqlStore, copy_tables, make_empty
from lib.workbook.databases.names import CHECKPOINT
from lib.workbook.teaching.class_names import Learner, grants, owns
from lib.workbook.teaching.class_refusals import (
    not_ours,
    refuse_what_is_not_ours,
    what_undoes_grants,
)

MAX_DROP_WAIT_S = 10  # for a statement that still runs in a database that is dropped
# What a server answers where an account has too few rights to prepare a class.
NO_RIGHT = (1044, 1142, 1227, 1410)
# A learner's connections at once, in the chapters that open most (tests.by_hand.classroom counts
# them); and how many a learner may have, so that a loop that opens engines takes none of others.
CONNECTIONS_EACH, MAX_CONNECTIONS = 6, 30
Say = Callable[[str], None]


class ClassServer:
    """A class on a server, seen by an administrator of it; `url` names no database."""

    def __init__(self, url: URL, name: str) -> None:
        self.url = URL.create(
            url.drivername, url.username, url.password, url.host, url.port, query=url.query
        )
        self.name = name
        self.year, self._ledger = f"{name}_year", f"{name}_teacher"
        self.place = f"{url.host}:{url.port or 3306}"

    def prepare(
        self, wanted: Sequence[str], passwords: Mapping[str, str], say: Say
    ) -> list[Learner]:
        """Make what is missing for these users, and return all learners that there are then.

        Those that were made before keep their databases; each gets the password of `passwords`.
        Raises PipelineError, with the cause in words that have no password in them.
        """
        with self._alone() as connection:
            known = self._known(connection)
            there = self._all(connection)
            ours = () if self._ledger in there else (self.year, self._january)
            new = [each for each in wanted if each not in known]
            refuse_what_is_not_ours(connection, new, ours, there, self.place)
            self._prepare_year(connection, say)
            users = sorted({*known, *wanted}, key=_in_order)
            unmade = [user for user in users if not known.get(user)]
            for count, user in enumerate(unmade, start=1):
                say(f"{user}, {count} of {len(unmade)} ...")
                self._make(connection, user)
            learners = [Learner(user, passwords[user]) for user in users]
            for learner in learners:
                self._let_in(connection, learner)
            for learner in learners:
                self._try(connection, learner, users)
            self._count_connections(connection, len(learners), say)
        return learners

    def known(self) -> dict[str, bool]:
        """Return the users of the class that were made, and whether each was finished."""
        with self._alone() as connection:
            return self._known(connection)

    def databases(self) -> list[str]:
        """Return the names of all databases of the class, those of its learners included."""
        with self._alone() as connection:
            return self._databases(connection, [*self._known(connection)])

    def remove(self, say: Say) -> None:
        """Remove users and databases of the class; what was stopped half-way goes on."""
        with self._alone() as connection:
            connection.execute(text(f"SET SESSION lock_wait_timeout = {MAX_DROP_WAIT_S}"))
            for user in self._known(connection):
                say(f"{user} ...")
                # First the user: who is not let in opens no further database.
                connection.execute(text(f"DROP USER IF EXISTS '{user}'@'%'"))
                self._hang_up(connection, user)
                for database in self._databases(connection, [user]):
                    if owns(user, database):
                        connection.execute(text(f"DROP DATABASE IF EXISTS `{database}`"))
                connection.execute(
                    text(f"DELETE FROM `{self._ledger}`.learners WHERE user = :user"),
                    {"user": user},
                )
            for database in (self._january, self.year, self._ledger):
                connection.execute(text(f"DROP DATABASE IF EXISTS `{database}`"))

    # --- What there is ------------------------------------------------------------------------

    @property
    def _january(self) -> str:
        return f"{self.year}_{CHECKPOINT}"

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """An administrator's connection that commits at once; one command for a class at a time."""
        with Database(self.url) as db:
            try:
                with db.engine.connect() as plain:
                    connection = plain.execution_options(isolation_level="AUTOCOMMIT")
                    lock = {"name": f"{self.name}.classroom"}
                    if not connection.scalar(text("SELECT GET_LOCK(:name, 0)"), lock):
                        raise PipelineError(
                            f"Another command is at work on the class {self.name!r} at "
                            f"{self.place}.",
                            "Wait until it has ended, then type the same command again.",
                        )
                    try:
                        yield connection
                    finally:
                        connection.invalidate()  # with its lock; its settings are not for others
            # Without its cause: what SQLAlchemy tells of a statement has the password in it.
            except DBAPIError as error:
                raise self._in_words(db, error) from None

    def _in_words(self, db: Database, error: DBAPIError) -> PipelineError:
        if code_of(error) in NO_RIGHT:
            return PipelineError(
                f"User {self.url.username!r} may not prepare or remove a class at {self.place}: "
                f"{_said(error)}",
                "Name an account that may make users and databases, and grant: "
                "DATABASE_URL=mysql+pymysql://root:PASSWORD@HOST:3306/mysql",
            )
        return db.explain(error)

    def _known(self, connection: Connection) -> dict[str, bool]:
        if self._ledger not in self._all(connection):
            return {}
        try:
            rows = connection.execute(text(f"SELECT user, ready FROM `{self._ledger}`.learners"))
        except SQLAlchemyError:
            raise not_ours(f"the database {self._ledger!r}", self.place) from None
        return {
            user: bool(ready) for user, ready in sorted(rows, key=lambda row: _in_order(row[0]))
        }

    def _all(self, connection: Connection) -> list[str]:
        return [str(name) for (name,) in connection.execute(text("SHOW DATABASES"))]

    def _databases(self, connection: Connection, users: Sequence[str]) -> list[str]:
        ours = (self._ledger, self.year, self._january)
        return [
            each
            for each in self._all(connection)
            if each in ours or any(owns(user, each) for user in users)
        ]

    # --- Making it ----------------------------------------------------------------------------

    def _prepare_year(self, connection: Connection, say: Say) -> None:
        utf8 = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        connection.execute(text(f"CREATE DATABASE IF NOT EXISTS `{self._ledger}` {utf8}"))
        connection.execute(
            text(
                f"CREATE TABLE IF NOT EXISTS `{self._ledger}`.learners "
                "(user VARCHAR(32) PRIMARY KEY, ready BOOL NOT NULL)"
            )
        )
        connection.execute(text(f"CREATE DATABASE IF NOT EXISTS `{self.year}` {utf8}"))
        from lib.pipeline import run_pipeline  # not above: removing needs neither pandas nor Arrow

        url = self.url.set(database=self.year)
        say(f"The year, into {self.year} ...")
        with Database(url) as db:
            run_pipeline(db)
        MysqlStore(url).prepare()

    def _make(self, connection: Connection, user: str) -> None:
        """Make a learner's databases, again where that was stopped half-way."""
        note = text(f"REPLACE INTO `{self._ledger}`.learners VALUES (:user, :ready)")
        connection.execute(note, {"user": user, "ready": False})
        for origin, target in ((self.year, user), (self._january, f"{user}_{CHECKPOINT}")):
            make_empty(connection, target)
            copy_tables(connection, origin, target)
        connection.execute(note, {"user": user, "ready": True})

    def _let_in(self, connection: Connection, learner: Learner) -> None:
        """Make the user, or give it this password; grant what it needs, and nothing else."""
        named = {"password": learner.password}
        account = f"USER '{learner.user}'@'%'"
        connection.execute(
            text(f"CREATE USER IF NOT EXISTS '{learner.user}'@'%' IDENTIFIED BY :password"), named
        )
        connection.execute(
            text(
                f"ALTER {account} IDENTIFIED BY :password WITH MAX_USER_CONNECTIONS "
                f"{MAX_CONNECTIONS}"
            ),
            named,
        )
        for statement in grants(learner.user, self.year):
            connection.execute(text(statement))

    def _try(self, admin: Connection, learner: Learner, users: Sequence[str]) -> None:
        """Log in as the learner; make a database, and look that none of another's is in sight."""
        url = self.url.set(username=learner.user, password=learner.password, database=learner.user)
        probe = f"{learner.user}_probe"
        others = [user for user in users if user != learner.user]
        with Database(url) as db:
            try:
                with db.engine.connect() as connection:
                    seen = self._all(connection)
                    connection.execute(text(f"CREATE DATABASE IF NOT EXISTS `{probe}`"))
                    connection.execute(text(f"DROP DATABASE `{probe}`"))
            except OperationalError as error:
                raise PipelineError(
                    f"The server at {self.place} does not let {learner.user!r} do what it was "
                    f"granted: {_said(error)}",
                    what_undoes_grants(admin, learner.user),
                ) from None
        foreign = [each for each in seen if any(owns(other, each) for other in others)]
        if foreign:
            raise PipelineError(
                f"{learner.user!r} can see {foreign[0]!r} at {self.place}: the server gives its "
                "users more than this command grants.",
                "Look at the grants of its roles, and whether it runs with --skip-grant-tables; "
                "then type the same command again.",
            )

    def _count_connections(self, connection: Connection, learners: int, say: Say) -> None:
        """Say it where the server takes fewer connections than a class may open."""
        most = connection.scalar(text("SELECT @@max_connections"))
        needed = learners * CONNECTIONS_EACH
        if needed > int(most):
            say(
                f"The server takes {most} connections, and {learners} learners may open {needed}. "
                f"Type on it: SET GLOBAL max_connections = {needed + 20};"
            )

    def _hang_up(self, connection: Connection, user: str) -> None:
        """End a user's connections, which could keep a database from being dropped."""
        rows: list[Any] = list(connection.execute(text("SHOW PROCESSLIST")).mappings())
        for row in rows:
            if row["User"] == user:
                with suppress(DBAPIError):  # it has ended by itself
                    connection.execute(text(f"KILL {int(row['Id'])}"))


def _said(error: DBAPIError) -> str:
    """Return the server's own words, in which there are no values of the statement."""
    return str(error.orig.args[-1]) if error.orig is not None and error.orig.args else ""


def _in_order(user: str) -> tuple[int, str]:
    """Sort class_100 behind class_99."""
    return len(user), user

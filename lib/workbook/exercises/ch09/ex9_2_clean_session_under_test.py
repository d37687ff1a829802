"""What the session of exercise 9.2 is used for, and on what it stood when it was handed over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lib.database import Database
from lib.models import Airline, Airport
from lib.workbook.course.exercise import NotYet

NO_TRANSACTION = (
    "A commit is final, and a list of rows to delete is never complete. Begin a transaction around "
    "the test, and let a commit in it end a savepoint only."
)
ELSEWHERE = (
    "You hold a connection, and your session is not on it: it takes another one, and commits "
    "there. Give it yours: `bind=connection`."
)
NOT_BEGUN = (
    "The session is on your connection, but no transaction was begun there, so the session began "
    "one, and ended it. Begin yours on the connection before you make the session."
)
ENDED = (
    "Your transaction was begun, and was ended by the code under test. `join_transaction_mode` "
    "decides what a commit and a rollback in the test end."
)
OWN_COMMIT = (
    "Until the test was over, nobody else saw a change, and your transaction was still open: your "
    "fixture has committed it. Roll back there; a `with` around `begin()` commits by itself."
)


@dataclass
class Start:
    """What the fixture had begun when the code under test got its session."""

    bound: Any  # an engine, or the connection that the session works on
    outer: Any  # the transaction of that connection
    elsewhere: bool  # a connection is held, and it is not the session's

    @classmethod
    def of(cls, session: Session, db: Database) -> Start:
        bound = session.get_bind()
        outer = bound.get_transaction() if isinstance(bound, Connection) else None
        held: int = db.engine.pool.checkedout()  # type: ignore[attr-defined]
        return cls(bound, outer, held > 0 and not session.in_transaction())

    def why(self) -> str:
        """What this start lacks when a change is left; asked before the fixture goes on."""
        if not isinstance(self.bound, Connection):
            return ELSEWHERE if self.elsewhere else NO_TRANSACTION
        if self.outer is None:
            return NOT_BEGUN
        return "" if self.outer.is_active else ENDED


# --- The code under test; its docstring says what it does -----------------------------------


def commits(session: Session) -> None:
    """adds rows and commits."""
    session.add(Airline(carrier="ZZ", name="Zulu Air"))
    session.commit()
    session.add(Airport(faa="ZZZ", name="Zulu Field"))
    session.commit()
    if session.get(Airline, "ZZ") is None or session.get(Airport, "ZZZ") is None:
        raise NotYet(
            "The code under test adds an airline and commits, and its own session does not find "
            "it afterwards. The test must see what the code did."
        )


def goes_on(session: Session) -> None:
    """commits, meets an error, rolls back and commits again."""
    session.get_one(Airline, "MQ").name = "Eagle"
    session.commit()
    session.add(Airline(carrier="MQ", name="Twice"))
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
    session.expire_all()
    found = session.get_one(Airline, "MQ").name
    session.get_one(Airport, "EWR").alt = 19
    session.add(Airline(carrier="ZY", name="Zebra Air"))
    session.commit()
    if found != "Eagle":
        raise NotYet(
            "The code under test commits, then meets an error and rolls back. The rollback took "
            "the commit back as well, and so the test sees what never happens in earnest. "
            "`join_transaction_mode` decides what a rollback in the test ends."
        )


def ends_with_a_rollback(session: Session) -> None:
    """deletes a row, commits, meets an error and rolls back."""
    session.execute(delete(Airline))
    session.commit()
    session.add_all([Airport(faa="ZZY"), Airport(faa="EWR", name="Twice")])
    with suppress(IntegrityError):
        session.flush()
    session.rollback()
    session.add(Airport(faa="ZZX"))  # and no commit: the test is over


CODES = commits, goes_on, ends_with_a_rollback

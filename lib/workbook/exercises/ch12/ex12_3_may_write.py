"""Exercise 12.3: find out whether a way in can write."""

# The solution stands here as one would type it into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.exc import DBAPIError

from lib.config import Settings
from lib.database import Database
from lib.database.read_only import open_read_only
from lib.models import Airline
from lib.workbook.course.exercise import Exercise, Sandbox, Word, Wrong, expect, expect_function
from lib.workbook.exercises.ch12 import ex12_3_may_write_answers as answers
from lib.workbook.exercises.ch12.looking import contents
from lib.workbook.exercises.driver import Sent, tapped
from lib.workbook.exercises.slips import slip

MOST_SENT = 12  # statements of a trial, after which nobody looks any more
DEFINING = ("CREATE", "DROP", "ALTER", "RENAME", "TRUNCATE")  # MySQL commits them by itself


def check_may_write(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "may_write")
    expect_yes(answer, sandbox, "The chapter's own way in")
    with open_read_only(Settings(sandbox.settings.home, sandbox.db.url)) as page:
        expect_no(answer, sandbox, page, "The way in of the page, which `open_read_only` makes,")
    with refused_without_a_setting(sandbox.db) as page:
        expect_no(
            answer,
            sandbox,
            page,
            "A way in whose settings say nothing, and which the " "database refuses all the same,",
        )
    expect_yes(answer, sandbox, "Asked once more: the chapter's own way in")
    return "That is it. Nobody has to believe a setting that can be tried."


def expect_yes(answer: Any, sandbox: Sandbox, who: str) -> None:
    """Expect True of a way in that may write, no trace in the database, and no connection kept."""
    before = contents(sandbox.db)
    seen: list[str] = []
    with Database(sandbox.db.url) as other, tapped(sandbox.db.engine) as tap:

        def look(sent: Sent) -> None:
            """Note what others see once a statement that writes has been sent."""
            wrote = any(each.writes for each in tap.sent[:-1])
            if wrote and (sent.reads or sent.writes) and len(tap.sent) <= MOST_SENT and not seen:
                with sandbox.clock.pause():
                    seen.extend(touched(before, contents(other)))

        tap.stop = look
        said = sandbox.call(answer, sandbox.db)
        expect(
            not tap.kept,
            "A connection has not come back to the pool: use it in a `with` block.",
        )
        defining = next((sent.statement for sent in tap.sent if sent.word in DEFINING), "")
    left = touched(before, contents(sandbox.db))
    expect(
        not left,
        f"The trial has left its traces: {', '.join(left)} is not as before. Roll back what you "
        "try; what a database cannot roll back, such as CREATE TABLE on MySQL, do not try.",
    )
    expect(
        not seen,
        f"While your function ran, others saw its trial: {', '.join(seen)} was not as before. To "
        "take it away later is no way back: who was quicker has seen it, and what is interrupted "
        "leaves it. Commit nothing of the trial; roll it back.",
    )
    expect(
        not defining,
        f"Your trial sends `{' '.join(defining.split()[:2])}`. SQLite can roll that back; MySQL "
        "and MariaDB commit it by themselves, and others see it. Try a statement that changes "
        "rows.",
    )
    expect(
        said is True or said is False,
        f"It returns {said!r:.60}; this asks for True or False.",
    )
    expect(said, f"{who} may write, and your function says that it may not.")


def touched(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of what is not as before."""
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def expect_no(answer: Any, sandbox: Sandbox, page: Database, who: str) -> None:
    """Expect False of a way in that is refused."""
    said = sandbox.outcome(DBAPIError, answer, page)
    expect(
        not isinstance(said, DBAPIError),
        f"{who} is refused, and that error comes out of your function: {type(said).__name__}. The "
        "refusal is the answer: catch `DBAPIError`, and return False.",
    )
    expect(
        said is True or said is False,
        f"It returns {said!r:.60} where writing is refused; this asks for True or False.",
    )
    expect(
        said is False,
        f"{who} passes for one that may write. Only a statement that writes finds out: try one.",
    )


@contextmanager
def refused_without_a_setting(db: Database) -> Iterator[Database]:
    """A way in by the same URL; its sessions may only read, which no setting of it tells."""
    with Database(db.url) as page:

        def only_read(raw: Any, _record: object) -> None:
            sqlite = page.dialect.name == "sqlite"
            cursor = raw.cursor()
            cursor.execute(
                "PRAGMA query_only = ON" if sqlite else "SET SESSION TRANSACTION READ ONLY"
            )
            cursor.close()

        event.listen(page.engine, "connect", only_read)
        yield page


def solution_may_write() -> Any:
    def may_write(db):
        trial = insert(Airline).values(carrier="??", name="a trial")
        with db.engine.connect() as connection:
            try:
                connection.execute(trial)
            except DBAPIError:
                return False
            finally:
                connection.rollback()
        return True

    return may_write


EXERCISE = Exercise(
    id="12.3",
    title="Try it, leave nothing",
    check=check_may_write,
    hints=(
        "An INSERT that is rolled back writes nothing, and is refused where writing is.",
        "`with db.engine.connect() as connection:` does not commit by itself. Execute the INSERT "
        "inside `try`, and catch `DBAPIError`.",
    ),
    solution=solution_may_write,
    also_right=(
        answers.by_a_delete,
        answers.by_a_scope_that_fails,
        answers.by_an_update_of_nothing,
        answers.by_a_savepoint,
        answers.by_many_rows,
        answers.by_a_transaction_by_hand,
    ),
    words=(
        Word(
            "Write `may_write(db)`",
            "calls with one database",
            slip(solution_may_write, ("def may_write(db)", "def may_write()")),
        ),
        Word(
            "it returns `True` when this way in can write",
            "the chapter's own database",
            slip(solution_may_write, ("return True", "return False")),
        ),
        Word(
            "and `False` when it is refused",
            "the way in that `open_read_only` makes",
            slip(solution_may_write, ("return False", "return None")),
        ),
        Word(
            "It tries",
            "a way in whose settings say nothing, and which is refused",
            answers.by_the_address,
        ),
        Word(
            "and leaves no trace in the database",
            "all rows of all tables, their columns and indexes, and the names of tables and views",
            slip(solution_may_write, ("connection.rollback()", "connection.commit()")),
        ),
        Word(
            "also not for a moment: nobody else may see what it tries",
            "a second connection, which looks before each of the statements",
            answers.takes_it_away_again,
        ),
        Word(
            "The same statements must do on SQLite and on MySQL, which commits a `CREATE TABLE` at "
            "once and by itself",
            "the kinds of the statements that were sent",
            answers.rolls_a_table_back,
        ),
    ),
    asides=("A setting can be wrong; a trial cannot.",),
    wrong=(
        Wrong(
            answers.leaves_its_trial,
            "has left its traces",
            "tests in production, and commits the test",
        ),
        Wrong(
            answers.deletes_for_good,
            "weather is not as before",
            "takes the chapter's example, and forgets its rollback",
        ),
        Wrong(
            answers.changes_a_column,
            "weather is not as before",
            "counts the rows, finds as many as before, and calls that no trace",
        ),
        Wrong(
            answers.makes_a_table,
            "trial is not as before",
            "leaves a table, which on MySQL no rollback takes away",
        ),
        Wrong(
            answers.adds_an_index,
            "planes is not as before",
            "changes no row, and the table all the same",
        ),
        Wrong(
            answers.takes_it_away_again,
            "others saw its trial: airlines was not as before",
            "commits the trial, and deletes it in a second transaction",
        ),
        Wrong(
            answers.renames_and_names_back,
            "others saw its trial: airlines was not as before",
            "changes a row, and changes it back",
        ),
        Wrong(
            answers.drops_its_table,
            "was not as before",
            "makes a table, and drops it",
        ),
        Wrong(
            answers.rolls_a_table_back,
            "MySQL",
            "believes that every database can take back a CREATE TABLE",
        ),
        Wrong(
            answers.lets_the_refusal_out,
            "The refusal is the answer",
            "sees an error where the database gives the answer",
        ),
        Wrong(
            answers.only_reads,
            "passes for one that may write",
            "takes a connection that answers for one that may do everything",
        ),
        Wrong(
            answers.by_the_address,
            "passes for one that may write",
            "reads the settings, where a trial is asked for",
        ),
        Wrong(
            answers.takes_a_key_that_is_there,
            "and your function says that it may not",
            "tries a row that is there already, and takes that for a refusal",
        ),
        Wrong(
            answers.says_so_in_words,
            "this asks for True or False",
            "returns a sentence, which is true whatever it says",
        ),
        Wrong(
            answers.keeps_its_connection,
            "has not come back to the pool",
            "puts the connection away, with the trial in it",
        ),
    ),
)

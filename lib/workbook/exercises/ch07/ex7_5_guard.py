"""Exercise 7.5: the guard of a history, for CI."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from lib.database import Database
from lib.workbook.course.exercise import Exercise, Sandbox, expect, expect_function, expect_type
from lib.workbook.exercises.ch07.ex7_5_guard_answers import WORDS, WRONG
from lib.workbook.exercises.ch07.ex7_5_guard_right import ALSO_RIGHT
from lib.workbook.exercises.ch07.running import make

KNOWN = ("heads", "behind", "models")
REVISION = '''"""{name}."""
revision = {name!r}
down_revision = {parent!r}


def upgrade():
    pass


def downgrade():
    pass
'''
EMPTY: dict[str, str | None] = {}
LINE: dict[str, str | None] = {"aa01": None, "bb02": "aa01"}
FORK = LINE | {"cc02": "aa01"}
TRIDENT = FORK | {"dd02": "aa01"}
# What the models say besides what the database has, and the other way round.
AGREE, MORE, LESS, OTHER = "agree with", "have a column more than", "lack a table of", "give "
OTHER += "another type to a column of"


@dataclass(frozen=True)
class Case:
    """What is wrong, the history, where the database stands, and what the models say to it."""

    wanted: tuple[str, ...]
    history: dict[str, str | None]
    stands: tuple[str, ...]
    models: str = AGREE

    @property
    def heads(self) -> list[str]:
        """The revisions on which no other builds."""
        return sorted(set(self.history) - set(self.history.values()))

    def __str__(self) -> str:
        return (
            f"The history's heads: {' and '.join(self.heads) or 'none'}; the database stands at "
            f"{' and '.join(self.stands) or 'none'}; the models {self.models} the database."
        )


CASES = (
    Case((), LINE, ("bb02",)),
    Case(("heads",), FORK, ("bb02", "cc02")),
    Case(("heads",), TRIDENT, ("dd02", "bb02", "cc02")),
    Case(("behind",), LINE, ("aa01",)),
    Case(("behind",), LINE, ()),
    Case(("behind",), LINE, ("zz99",)),  # of another branch's revision, which is not here
    Case(("behind",), LINE, ("bb02", "zz99")),  # at the head, and at another branch's revision
    Case(("models",), LINE, ("bb02",), MORE),
    Case(("models",), LINE, ("bb02",), LESS),
    Case(("models",), LINE, ("bb02",), OTHER),
    Case(("heads", "behind"), FORK, ("bb02",)),
    Case(("heads", "models"), FORK, ("cc02", "bb02"), MORE),
    Case(("behind", "models"), LINE, ("aa01",), LESS),
    Case(("heads", "behind", "models"), FORK, ("aa01",), MORE),
    Case((), EMPTY, ()),
)


def models(kind: str) -> sa.MetaData:
    metadata = sa.MetaData()
    added = [sa.Column("hub", sa.String(3))] if kind == MORE else []
    name = sa.Column("name", sa.Integer() if kind == OTHER else sa.String(64))
    sa.Table(
        "airlines", metadata, sa.Column("carrier", sa.String(2), primary_key=True), name, *added
    )
    if kind != LESS:
        sa.Table("airports", metadata, sa.Column("faa", sa.String(3), primary_key=True))
    return metadata


def check_guard(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "guard")
    with Database("sqlite://") as db:  # the guard is the same on each kind of database
        make(db, *models(AGREE).sorted_tables)
        db.execute(["CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"])
        for case in CASES:
            judge_one(answer, sandbox, db, case)
    return "That is it. A colleague who merges now hears of it before the database does."


def judge_one(answer: Any, sandbox: Sandbox, db: Database, case: Case) -> None:
    rows = [f"INSERT INTO alembic_version VALUES ('{each}')" for each in case.stands]
    db.execute(["DELETE FROM alembic_version", *rows])
    with tempfile.TemporaryDirectory() as folder, db.engine.connect() as connection:
        found = sandbox.call(answer_to, answer, Path(folder), connection, case)
    expect_words(found, case)
    stands: Any = db.execute(["SELECT version_num FROM alembic_version"])[0]
    expect(
        {row[0] for row in stands} == set(case.stands),
        f"{case} After your function, it stands elsewhere: a guard tells, and changes nothing.",
    )


def answer_to(answer: Any, folder: Path, connection: Any, case: Case) -> Any:
    """What the guard says to this history; an error of Alembic's is returned."""
    (folder / "versions").mkdir()
    for name, parent in case.history.items():
        text = REVISION.format(name=name, parent=parent)
        (folder / "versions" / f"{name}.py").write_text(text, encoding="utf-8")
    try:
        return answer(ScriptDirectory(folder), connection, models(case.models))
    except CommandError as error:
        return error


def expect_words(found: Any, case: Case) -> None:
    wanted = list(case.wanted)
    if isinstance(found, CommandError):
        several = len(case.heads) > 1 or len(case.stands) > 1
        raise_for = (
            " `get_current_head` and `get_current_revision`, without an s, believe in one head. "
            "Ask for the heads."
        )
        words = str(found).splitlines()[0] if str(found) else ""
        expect(
            False,
            f"{case} Your function stops with a CommandError: {words}."
            + (raise_for if several else ""),
        )
    expect_type(found, list, "a list of words")
    unknown = [word for word in found if word not in KNOWN]
    expect(not unknown, f"The list holds {unknown[:1]}; the words are heads, behind and models.")
    expect(
        wanted or found != ["behind"] or not case.stands,
        f"{case} Your list says behind. Alembic gives {case.heads} for the heads and "
        f"{case.stands} for where it stands; compared as they are, a list is never equal to a "
        "tuple.",
    )
    expect(
        found == wanted or sorted(found) != sorted(wanted),
        f"{case} The words are right; the order is heads, behind, models.",
    )
    missing = [word for word in wanted if word not in found]
    expect(not missing, f"{case} Your list lacks {', '.join(missing)}: it is {found}.")
    expect(found == wanted, f"{case} Your list is {found}; expected is {wanted}.")


def solution_guard() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        heads, stands = scripts.get_heads(), context.get_current_heads()
        wrong = {
            "heads": len(heads) > 1,
            "behind": set(heads) != set(stands),
            "models": bool(compare_metadata(context, metadata)),
        }
        return [word for word, applies in wrong.items() if applies]

    return guard


EXERCISE = Exercise(
    id="7.5",
    title="The guard",
    check=check_guard,
    hints=(
        "Three questions, each with its own answer; all of them may apply at once.",
        "`scripts.get_heads()` and `context.get_current_heads()` hold the same revisions when "
        "the database is at the head, perhaps in another order, and one is a list, the other a "
        "tuple: compare sets.",
        "`compare_metadata(context, metadata)` gives a list of differences, empty when there "
        "are none.",
    ),
    solution=solution_guard,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=(
        "`scripts` is Alembic's `ScriptDirectory`; it has `get_heads()`.",
        "`MigrationContext.configure(connection)` can tell `get_current_heads()`.",
    ),
)

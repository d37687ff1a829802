"""Exercise 7.5: the guard of a history, for CI."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from lib.database import Database
from lib.workbook.course.exercise import (
    Bench,
    Exercise,
    Wrong,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch07.running import make

REVISION = '''"""{name}."""
revision = {name!r}
down_revision = {parent!r}


def upgrade():
    pass


def downgrade():
    pass
'''
LINE = {"aa01": None, "bb02": "aa01"}
FORK = LINE | {"cc02": "aa01"}
# What is wrong, the history, where the database stands, whether the models have a column more.
CASES = [
    ([], LINE, ["bb02"], False),
    (["heads"], FORK, ["bb02", "cc02"], False),
    (["behind"], LINE, ["aa01"], False),
    (["behind"], LINE, [], False),
    (["models"], LINE, ["bb02"], True),
    (["heads", "behind"], FORK, ["bb02"], False),
    (["heads", "behind", "models"], FORK, ["aa01"], True),
]


def airlines(more: bool) -> sa.MetaData:
    metadata = sa.MetaData()
    carrier = sa.Column("carrier", sa.String(2), primary_key=True)
    added = [sa.Column("hub", sa.String(3))] if more else []
    sa.Table("airlines", metadata, carrier, sa.Column("name", sa.String(64)), *added)
    return metadata


def check_guard(answer: Any, bench: Bench) -> str:
    expect_function(answer, "guard")
    with Database("sqlite://") as db:  # the guard is the same on each kind of database
        judge_each(answer, bench, db)
    return "That is it. Whoever merges now hears of it before the database does."


def judge_each(answer: Any, bench: Bench, db: Database) -> None:
    make(db, airlines(False).tables["airlines"])
    db.execute(["CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"])
    for wanted, history, stands, more in CASES:
        rows = [f"INSERT INTO alembic_version VALUES ('{each}')" for each in stands]
        db.execute(["DELETE FROM alembic_version", *rows])
        with tempfile.TemporaryDirectory() as folder, db.engine.connect() as connection:
            found = bench.call(answer_to, answer, history, Path(folder), connection, more)
        judge_one(found, wanted, history, stands, more)


def answer_to(
    answer: Any, history: dict[str, str | None], folder: Path, connection: Any, more: bool
) -> Any:
    """What the guard says to this history; an error of Alembic's is returned."""
    (folder / "versions").mkdir()
    for name, parent in history.items():
        text = REVISION.format(name=name, parent=parent)
        (folder / "versions" / f"{name}.py").write_text(text, encoding="utf-8")
    try:
        return answer(ScriptDirectory(folder), connection, airlines(more))
    except CommandError as error:
        return error


def judge_one(
    found: Any, wanted: list[str], history: dict[str, str | None], stands: list[str], more: bool
) -> None:
    heads = "bb02 and cc02" if history == FORK else "bb02"
    case = (
        f"The history's head is {heads}; the database stands at {' and '.join(stands) or 'none'}; "
        f"the models {'have a column more than' if more else 'agree with'} the database."
    )
    expect(
        not isinstance(found, CommandError),
        f"{case} Your function stops with a CommandError: `get_current_head`, without an s, "
        "believes in one head. Ask for the heads.",
    )
    expect_type(found, list, "a list of words")
    unknown = [word for word in found if word not in ("heads", "behind", "models")]
    expect(not unknown, f"The list holds {unknown[:1]}; the words are heads, behind and models.")
    # A list is never equal to a tuple, which is what the two functions give.
    expect(
        wanted or found != ["behind"],
        f"{case} Your list says behind. `get_heads()` gives a list, `get_current_heads()` a "
        "tuple; they are equal only as sets.",
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


def guard_step_by_step() -> Any:
    def guard(scripts, connection, metadata):
        found = []
        context = MigrationContext.configure(connection)
        if len(scripts.get_heads()) != 1:
            found.append("heads")
        if sorted(scripts.get_heads()) != sorted(context.get_current_heads()):
            found.append("behind")
        if compare_metadata(context, metadata) != []:
            found.append("models")
        return found

    return guard


def guard_list_and_tuple() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        found = ["heads"] if len(scripts.get_heads()) > 1 else []
        if scripts.get_heads() != context.get_current_heads():
            found.append("behind")
        if compare_metadata(context, metadata):
            found.append("models")
        return found

    return guard


def guard_first_only() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        if len(scripts.get_heads()) > 1:
            return ["heads"]
        if set(scripts.get_heads()) != set(context.get_current_heads()):
            return ["behind"]
        return ["models"] if compare_metadata(context, metadata) else []

    return guard


def guard_one_head() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        found = ["heads"] if len(scripts.get_heads()) > 1 else []
        if scripts.get_current_head() != context.get_current_revision():
            found.append("behind")
        if compare_metadata(context, metadata):
            found.append("models")
        return found

    return guard


def guard_tables_only() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        found = ["heads"] if len(scripts.get_heads()) > 1 else []
        if set(scripts.get_heads()) != set(context.get_current_heads()):
            found.append("behind")
        there = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
        if there != set(metadata.tables):
            found.append("models")
        return found

    return guard


def guard_at_any_head() -> Any:
    def guard(scripts, connection, metadata):
        context = MigrationContext.configure(connection)
        found = ["heads"] if len(scripts.get_heads()) > 1 else []
        if not set(scripts.get_heads()) & set(context.get_current_heads()):
            found.append("behind")
        if compare_metadata(context, metadata):
            found.append("models")
        return found

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
    also_right=(guard_step_by_step,),
    wrong=(
        Wrong(
            guard_list_and_tuple,
            "equal only as sets",
            "compares a list with a tuple, which is never equal",
        ),
        Wrong(
            guard_first_only,
            "Your list lacks",
            "stops at the first fault: the next one shows after the next push",
        ),
        Wrong(
            guard_one_head,
            "Ask for the heads",
            "cannot imagine the fault that the guard is there for",
        ),
        Wrong(
            guard_tables_only,
            "Your list lacks models",
            "compares the names of tables: a column more or less goes unseen",
        ),
        Wrong(
            guard_at_any_head,
            "Your list lacks behind",
            "takes one branch of a fork for the whole history",
        ),
    ),
)

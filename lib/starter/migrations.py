"""The first two migrations of a project: the load's own tables, then those that were guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext

from lib.database.base import NAMING
from lib.load.tables import LoadedFile, PipelineRun, RejectedRow
from lib.starter.guess import TableGuess

REVISION = '''"""{title}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, sqlite

revision = "{number}"
down_revision = {before!r}
branch_labels = None
depends_on = None
{fine}
TIMESTAMP = sa.DateTime().with_variant(sqlite.DATETIME(truncate_microseconds=True), "sqlite")


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''
FINE = """FINE_{0} = sa.DateTime().with_variant(mysql.DATETIME(fsp={0}), "mysql", "mariadb")
"""


def write_migrations(folder: Path, tables: Sequence[TableGuess]) -> None:
    """Write both revisions into a folder."""
    folder.mkdir(parents=True)
    own = sa.MetaData(naming_convention=NAMING)
    for model in (PipelineRun, RejectedRow, LoadedFile):
        table = model.__table__
        assert isinstance(table, sa.Table)
        table.to_metadata(own)
    both = sa.MetaData(naming_convention=NAMING)
    for table in own.sorted_tables:
        table.to_metadata(both)
    for guess in tables:
        guess.table(both)
    _write(
        folder,
        "0001",
        None,
        "Create the tables in which loads keep their books",
        sa.MetaData(),
        own,
    )
    _write(folder, "0002", "0001", "Create the tables of the files", own, both)


def _write(
    folder: Path,
    number: str,
    before: str | None,
    title: str,
    there: sa.MetaData,
    wanted: sa.MetaData,
) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        there.create_all(connection)
        script = produce_migrations(MigrationContext.configure(connection), wanted)
    engine.dispose()
    # Tables go with their indexes: MySQL drops none by itself that a foreign key needs.
    names = [table.name for table in wanted.sorted_tables if table.name not in there.tables]
    up = _code(script.upgrade_ops)
    down = "\n".join(f'    op.drop_table("{name}")' for name in reversed(names))
    fine = "".join(FINE.format(n) for n in (3, 6) if f"FINE_{n}" in up)
    text = REVISION.format(
        number=number, before=before, title=title, up=up, down=down, fine=fine and f"\n{fine}"
    )
    text = text.replace("import sqlite\n", f"import {'mysql, ' * bool(fine)}sqlite\n")
    name = "_".join(title.lower().split()[:3])
    path = folder / f"{number}_{name}.py"
    path.write_text(text, encoding="utf-8", newline="\n")


def _code(operations: object) -> str:
    text = render_python_code(operations)  # type: ignore[arg-type]
    # Alembic leaves out the arguments of a variant.
    fine = r"sa\.DateTime\(\)(\.with_variant\(mysql\.DATETIME\(fsp=(\d)\), '\w+'\))+"
    text = re.sub(fine, r"FINE_\2", text)
    text = text.replace("sa.DateTime().with_variant(sqlite.DATETIME(), 'sqlite')", "TIMESTAMP")
    lines = [line for line in text.splitlines() if not line.strip().startswith("# ###")]
    return indent("\n".join(line.removeprefix("    ") for line in lines), "    ")

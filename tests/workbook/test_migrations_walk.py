"""A walk along a history moves a real database, and tells the same in words, HTML and a widget."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from lib.config import sqlite_url
from lib.database import Database, schema
from lib.workbook import walk_migrations
from lib.workbook.course import notebooks
from lib.workbook.show.migrations_walk import MigrationsWalk, Tables

FIRST = """'''Genesis.'''
import sqlalchemy as sa
from alembic import op
revision, down_revision = "aa01", None


def upgrade():
    op.create_table(
        "a<b",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(8)),
        sa.Column("old", sa.Boolean()),
        sa.UniqueConstraint("name", name="uq"),
    )


def downgrade():
    op.drop_table("a<b")
"""
SECOND = """'''Longer names.

Because eight letters were too few.

Revision ID: bb02
'''
import sqlalchemy as sa
from alembic import op
revision, down_revision = "bb02", "aa01"


def upgrade():
    with op.batch_alter_table("a<b") as batch:
        batch.alter_column("name", existing_type=sa.String(8), type_=sa.String(9), nullable=False)
        batch.drop_column("old")
        batch.add_column(sa.Column("new", sa.Boolean()))
        batch.create_index("ix", ["new"])


def downgrade():
    raise RuntimeError("no way < back")
"""


@pytest.fixture(params=["sqlite", "mysql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = sqlite_url(tmp_path / "walk.db").render_as_string()
    else:
        fresh: Callable[[], str] = request.getfixturevalue("fresh_mysql")
        url = fresh()
    with Database(url) as made:
        yield made


@pytest.fixture
def small(tmp_path: Path) -> Iterator[MigrationsWalk]:
    """A walk along two small revisions, the second of which has no way back."""
    scripts = history(tmp_path, FIRST, SECOND)
    with Database(sqlite_url(tmp_path / "small.db")) as made:
        yield MigrationsWalk(made, scripts, mover(made, scripts))


def history(folder: Path, *revisions: str) -> ScriptDirectory:
    (folder / "versions").mkdir()
    for number, text in enumerate(revisions):
        (folder / "versions" / f"r{number}.py").write_text(text, encoding="utf-8")
    return ScriptDirectory(folder)


def mover(db: Database, scripts: ScriptDirectory) -> Callable[[str, str], None]:
    """Move as `env.py` would, without one."""

    def move(verb: str, revision: str) -> None:
        steps: Any = scripts._upgrade_revs if verb == "upgrade" else scripts._downgrade_revs
        with (
            EnvironmentContext(
                schema.alembic_config(), scripts, fn=lambda now, _: steps(revision, now)
            ) as environment,
            db.migrating() as connection,
        ):
            environment.configure(connection=connection)
            environment.run_migrations()

    return move


# --- Moving -----------------------------------------------------------------------------------


def test_this_projects_history_goes_up_and_down_on_both_databases(db: Database) -> None:
    walk = walk_migrations(db)
    assert walk.heading == "At base: nothing yet (no tables)"
    seen = []
    for stop in walk.stops[1:]:
        assert walk.go("+1") is walk
        assert schema.current(db) == stop.revision
        seen.append((walk.heading, walk.changes, repr(walk)))
    assert seen[1][1] == [
        "airports: +inferred",
        "pipeline_runs: +rows_inferred",
        "planes: +inferred",
    ]
    assert walk.stops[2].why.startswith("The flag is NOT NULL")
    assert walk.stops[2].why.endswith("added and flagged.")
    walk.go("base")
    assert schema.current(db) is None
    assert walk.changes[0] == "-airlines"
    assert "(gone)" in repr(walk)
    with Database("sqlite://") as other:
        again = walk_migrations(other)
        for told in seen:  # what is told does not depend on the database
            again.go("+1")
            assert (again.heading, again.changes, repr(again)) == told


def test_a_walk_starts_where_the_database_is(db: Database) -> None:
    schema.upgrade(db)
    walk = walk_migrations(db)
    assert walk.stops[walk.position].revision == schema.head()
    assert walk.changes == []
    walk.go("head")
    assert walk.changes == []


def test_each_kind_of_change_has_its_mark(small: MigrationsWalk) -> None:
    small.go("aa01")
    assert small.changes == ["+a<b: id, name, old, unique (name)"]
    assert small.heading == "At aa01: Genesis (1 table)"
    small.go(1)
    assert small.stops[2].why == "Because eight letters were too few."
    assert small.changes == [
        "a<b: ~name (VARCHAR(8) → VARCHAR(9) not null), +new, +index (new), -old"
    ]
    assert "<ins" in small._repr_html_() and "<del" in small._repr_html_()
    assert "a&lt;b" in small._repr_html_()


@pytest.mark.parametrize("place", ["zz99", "-1", "+9", 5, ""])
def test_a_place_that_is_not_there_is_named_and_nothing_moves(
    small: MigrationsWalk, place: str | int
) -> None:
    with pytest.raises(LookupError, match="There are: base, aa01, bb02"):
        small.go(place)
    assert Tables.of(small.db).parts == {}


def test_two_heads_are_no_line_to_walk_along(tmp_path: Path) -> None:
    fork = SECOND.replace("bb02", "cc02")
    scripts = history(tmp_path, FIRST, SECOND, fork)
    with Database("sqlite://") as made, pytest.raises(ValueError, match="2 heads .bb02, cc02"):
        MigrationsWalk(made, scripts, lambda verb, revision: None)


# --- The slider -------------------------------------------------------------------------------


def test_the_slider_and_its_buttons_move_the_database(small: MigrationsWalk) -> None:
    view = small.slider()
    assert (view.down.disabled, view.up.disabled) == (True, False)
    view.slider.value = 1
    assert set(Tables.of(small.db).parts) == {"a<b"}
    assert "At aa01: Genesis" in view.page.value
    view.up.click()
    assert view.slider.value == 2
    assert (view.down.disabled, view.up.disabled) == (False, True)
    assert "→ VARCHAR(9)" in view.page.value


def test_a_step_that_fails_is_told_where_the_learner_looks(small: MigrationsWalk) -> None:
    view = small.go("head").slider()
    view.down.click()
    assert view.slider.value == 2
    assert 'role="alert"' in view.page.value
    assert "RuntimeError: no way &lt; back" in view.page.value


def test_the_slider_follows_a_walk_in_words(small: MigrationsWalk) -> None:
    view = small.slider()
    small.go("head")
    assert view.slider.value == 2
    assert "At bb02" in view.page.value


def test_the_slider_has_a_name_and_says_the_same_without_a_browser(small: MigrationsWalk) -> None:
    view = small.go("aa01").slider()
    naming = view.box.children[-1].outputs[0]["data"]["application/javascript"]
    assert "aria-label" in naming and view.slider.description in naming
    bundle = view._repr_mimebundle_()
    assert notebooks.WIDGET_VIEW in bundle
    assert bundle["text/plain"] == repr(view) == repr(small)
    assert 'role="status"' in bundle["text/html"]
    for words in re.findall(r"[\w<]+", bundle["text/plain"]):
        assert words.replace("<", "&lt;") in bundle["text/html"]

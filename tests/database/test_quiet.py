"""`alembic check` with the comparison of `lib.database.quiet`: quiet where nothing differs, awake
where something does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from lib.database import Database
from lib.database.quiet import TRIAL, quiet_options

ALEMBICS: dict[str, Any] = {"compare_type": True, "compare_server_default": True}

# Of each type a default, in each way to say it, and another one.
S, N, D = sa.String(9), sa.Numeric(10, 2), sa.DateTime()
DEFAULTS: dict[str, tuple[Any, Any, Any]] = {
    "integer_text": (sa.Integer(), "1", "2"),
    "integer": (sa.Integer(), text("1"), text("10")),
    "negative": (sa.Integer(), text("-1"), text("1")),
    "negative_text": (sa.Integer(), "-1", "-2"),
    "small": (sa.SmallInteger(), "0", None),
    "big": (sa.BigInteger(), text("0"), "1"),
    "false": (sa.Boolean(), sa.false(), sa.true()),
    "true": (sa.Boolean(), sa.true(), sa.false()),
    "false_as_text": (sa.Boolean(), text("0"), text("1")),
    "false_as_word": (sa.Boolean(), text("false"), text("true")),
    "empty": (S, "", None),
    "empty_sql": (S, text("''"), text("' '")),
    "blank": (S, " ", ""),
    "apostrophe": (S, "it's", "its"),
    "two_apostrophes": (S, "''", "'"),
    "quotation": (S, 'a"b', "ab"),
    "bracket": (S, "(a)", "a"),
    "open_bracket": (S, "(", ")"),
    "null_as_text": (S, "NULL", None),
    "now_as_text": (S, "now()", "now"),
    "percent": (S, "5%", "5%%"),
    "backslash": (S, "a\\b", "ab"),
    "colon": (S, ":a", ":b"),
    "accent": (sa.Unicode(9), "é", "e"),
    "capital": (S, "A", "a"),
    "number_as_text": (S, "1", "1.0"),
    "char": (sa.CHAR(3), "abc", "abd"),
    "numeric": (N, "0", "0.01"),
    "numeric_sql": (N, text("0"), text("1")),
    "numeric_places": (N, "0.00", "1.00"),
    "numeric_fraction": (N, text("2.5"), text("2.25")),
    "numeric_negative": (N, text("-2.5"), text("2.5")),
    "decimal": (sa.DECIMAL(12, 3), text("1.250"), text("1.251")),
    "float": (sa.Float(), text("0.5"), text("0.25")),
    "float_text": (sa.Float(), "0", "1"),
    "double": (sa.Double(), text("1e3"), text("1e4")),
    "now": (D, sa.func.now(), None),
    "current_timestamp": (D, text("CURRENT_TIMESTAMP"), "2013-01-01 00:00:00"),
    "current_timestamp_call": (D, sa.func.current_timestamp(), text("'2013-01-01'")),
    "timestamp": (sa.TIMESTAMP(), sa.func.now(), "2013-01-01 00:00:01"),
    "datetime": (D, "2013-01-01 00:00:00", "2013-01-01 00:00:01"),
    "date": (sa.Date(), "2013-01-01", "2013-01-02"),
    "current_date": (sa.Date(), text("(CURRENT_DATE)"), "2013-01-02"),
    "time": (sa.Time(), "10:00:00", "10:00:01"),
    "null": (sa.Integer(), text("NULL"), "0"),
    "null_expression": (S, sa.null(), ""),
    "sum": (sa.Integer(), text("(1 + 1)"), text("(1 + 2)")),
    "function": (S, text("(lower('A'))"), text("(lower('B'))")),
    "enum": (sa.Enum("a", "b", name="e"), "a", "b"),
    "long_text": (sa.Text(), text("('x')"), text("('y')")),
    "json": (sa.JSON(), text("('{}')"), text("('[]')")),
}
# Two spellings of one default: what made the table, and what the model says.
SAME: dict[str, tuple[Any, Any, Any]] = {
    "integer": (sa.Integer(), text("1"), "1"),
    "false": (sa.Boolean(), text("0"), sa.false()),
    "false_text": (sa.Boolean(), "0", sa.false()),
    "true": (sa.Boolean(), sa.true(), text("1")),
    "numeric": (N, "0", text("0.00")),
    "now": (D, text("CURRENT_TIMESTAMP"), sa.func.now()),
    "now_call": (D, sa.func.current_timestamp(), sa.func.now()),
    "null": (sa.Integer(), None, text("NULL")),
    "null_other": (sa.Integer(), text("NULL"), None),
    "string": (S, "x", text("'x'")),
    "sum": (sa.Integer(), text("(1+1)"), text("((1+1))")),
}
# Each type, and another one. UUID in capitals is none of MySQL's.
TYPES: dict[str, tuple[Any, Any]] = {
    "integer": (sa.Integer(), sa.BigInteger()),
    "small": (sa.SmallInteger(), sa.Integer()),
    "big": (sa.BigInteger(), sa.SmallInteger()),
    "boolean": (sa.Boolean(), sa.Integer()),
    "numeric": (sa.Numeric(10, 2), sa.Numeric(10, 3)),
    "decimal": (sa.DECIMAL(12, 3), sa.DECIMAL(13, 3)),
    "float": (sa.Float(), sa.Double()),
    "float_24": (sa.Float(24), sa.Double()),
    "float_53": (sa.Float(53), sa.Integer()),
    "real": (sa.REAL(), sa.Integer()),
    "double": (sa.Double(), sa.Float()),
    "double_precision": (sa.DOUBLE_PRECISION(), sa.Integer()),
    "string": (sa.String(9), sa.String(10)),
    "text": (sa.Text(), sa.String(9)),
    "unicode": (sa.Unicode(9), sa.Unicode(10)),
    "unicode_text": (sa.UnicodeText(), sa.Unicode(9)),
    "char": (sa.CHAR(3), sa.CHAR(4)),
    "nchar": (sa.NCHAR(3), sa.NCHAR(4)),
    "nvarchar": (sa.NVARCHAR(3), sa.NVARCHAR(4)),
    "date": (sa.Date(), sa.DateTime()),
    "time": (sa.Time(), sa.Date()),
    "datetime": (sa.DateTime(), sa.Date()),
    "timestamp": (sa.TIMESTAMP(), sa.Date()),
    "interval": (sa.Interval(), sa.Date()),
    "blob": (sa.LargeBinary(), sa.Integer()),
    "bytes": (sa.LargeBinary(9), sa.Integer()),
    "binary": (sa.BINARY(9), sa.Integer()),
    "varbinary": (sa.VARBINARY(9), sa.Integer()),
    "pickle": (sa.PickleType(), sa.Integer()),
    "json": (sa.JSON(), sa.Integer()),
    "enum": (sa.Enum("a", "b", name="e"), sa.Enum("a", "bcd", name="e")),
    "uuid": (sa.Uuid(), sa.String(9)),
    "uuid_type": (sa.UUID(), sa.Integer()),
}
NOT_THERE = {"mysql": {"uuid_type"}}


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    with Database(database_url) as db, db.engine.connect() as connection:
        yield connection


def tables(columns: dict[str, Callable[[], sa.Column[Any]]]) -> sa.MetaData:
    """One table for each column, which bears the column's name."""
    metadata = sa.MetaData()
    for name, column in columns.items():
        sa.Table(f"t_{name}", metadata, sa.Column("id", sa.Integer, primary_key=True), column())
    return metadata


def differences(
    connection: sa.Connection, metadata: sa.MetaData, options: dict[str, Any] | None = None
) -> set[tuple[str, str]]:
    """Return what Alembic would change: the kind of each change, and the name of the thing."""
    context = MigrationContext.configure(connection, opts=options or quiet_options())
    found = set()
    for change in compare_metadata(context, metadata):
        for kind, *about in change if isinstance(change, list) else [change]:
            table = getattr(about[-1], "table", None)
            if kind.startswith("modify"):
                found.add((kind, about[1]))
            else:
                found.add((kind, str(getattr(about[-1], "name", None) or table)))
    return found


def with_default(name: str, type_: Any, default: Any) -> Callable[[], sa.Column[Any]]:
    return lambda: sa.Column("c", type_, server_default=default)


def made(connection: sa.Connection, metadata: sa.MetaData) -> None:
    metadata.create_all(connection)
    connection.commit()


def server_of(connection: sa.Connection) -> str:
    maria = getattr(connection.dialect, "is_mariadb", False)
    return "mariadb" if maria else connection.dialect.name


def test_every_default_is_quiet_and_each_change_of_one_is_seen(connection: sa.Connection) -> None:
    here, there = {}, {}
    for name, (type_, default, other) in DEFAULTS.items():
        here[name] = with_default(name, type_, default)
        there[name] = with_default(name, type_, other)
    made(connection, tables(here))
    assert differences(connection, tables(here)) == set()
    assert differences(connection, tables(there)) == {
        ("modify_default", f"t_{name}") for name in DEFAULTS
    }
    nothing = {name: with_default(name, type_, None) for name, (type_, *_) in DEFAULTS.items()}
    assert differences(connection, tables(nothing)) == {
        ("modify_default", f"t_{name}") for name in DEFAULTS.keys() - {"null", "null_expression"}
    }


def test_a_default_that_is_new_is_seen(connection: sa.Connection) -> None:
    nothing = {name: with_default(name, type_, None) for name, (type_, *_) in DEFAULTS.items()}
    made(connection, tables(nothing))
    here = {name: with_default(name, type_, one) for name, (type_, one, _) in DEFAULTS.items()}
    assert differences(connection, tables(here)) == {
        ("modify_default", f"t_{name}") for name in DEFAULTS.keys() - {"null", "null_expression"}
    }


def test_alembic_alone_is_not_quiet(connection: sa.Connection) -> None:
    """Without this there would be no reason for our own."""
    here = {name: with_default(name, type_, one) for name, (type_, one, _) in DEFAULTS.items()}
    made(connection, tables(here))
    noise = {table for _, table in differences(connection, tables(here), ALEMBICS)}
    assert {"t_empty", "t_apostrophe"} <= noise
    assert len(noise) >= {"sqlite": 3, "mariadb": 15, "mysql": 15}[server_of(connection)]


def test_two_spellings_of_one_default_are_one(connection: sa.Connection) -> None:
    made(connection, tables({name: with_default(name, *pair[:2]) for name, pair in SAME.items()}))
    model = tables({name: with_default(name, pair[0], pair[2]) for name, pair in SAME.items()})
    assert differences(connection, model) == set()


def test_every_type_is_quiet_and_each_change_of_one_is_seen(connection: sa.Connection) -> None:
    types = {
        name: pair
        for name, pair in TYPES.items()
        if name not in NOT_THERE.get(server_of(connection), ())
    }
    here, there = {}, {}
    for name, (type_, other) in types.items():
        here[name] = with_default(name, type_, None)
        there[name] = with_default(name, other, None)
    made(connection, tables(here))
    assert differences(connection, tables(here)) == set()
    seen = {table.removeprefix("t_") for _, table in differences(connection, tables(there))}
    assert sorted(types.keys() - seen) == BLIND[server_of(connection)]


# What Alembic takes for one type: TINYINT is BOOLEAN on a server, and SQLite has no DOUBLE.
BLIND: dict[str, list[str]] = {"sqlite": [], "mariadb": [], "mysql": []}


def test_what_is_computed_or_numbered_by_the_server_is_left_to_alembic(
    connection: sa.Connection,
) -> None:
    def model() -> sa.MetaData:
        metadata = sa.MetaData()
        number = sa.Column("id", sa.Integer, sa.Identity(), primary_key=True)
        some = sa.Column("some", sa.Integer, server_default=sa.FetchedValue())
        sa.Table("t", metadata, number, sa.Column("n", sa.Integer), some)
        sa.Table(
            "c",
            metadata,
            sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("m", sa.Integer, sa.Computed("n * 2")),
        )
        return metadata

    made(connection, model())
    connection.execute(text("ALTER TABLE t ADD COLUMN more INTEGER DEFAULT 5"))
    wanted = model()
    wanted.tables["t"].append_column(
        sa.Column("more", sa.Integer, server_default=sa.FetchedValue())
    )
    assert differences(connection, wanted) == set()


def constrained(**without: bool) -> sa.MetaData:
    """Every kind of constraint and index; each name that is given as False is left out."""
    metadata = sa.MetaData()
    sa.Table(
        "parent",
        metadata,
        sa.Column("a", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("b", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("one", sa.Integer, nullable=False),
        sa.UniqueConstraint("one", name="uq_parent_one"),
    )
    items: list[Any] = [
        sa.UniqueConstraint("x", name="uq_x"),
        sa.UniqueConstraint("x", "y", name="uq_x_y"),
        sa.ForeignKeyConstraint(["x"], ["parent.one"], name="fk_x"),
        sa.ForeignKeyConstraint(["y"], ["parent.one"], name="fk_y", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["x", "y"], ["parent.a", "parent.b"], name="fk_x_y"),
        sa.Index("ix_y", "y"),
        sa.Index("ix_y_x", "y", "x"),
        sa.Index("ix_z", "z", unique=True),
        sa.Index("ix_z_down", sa.column("z").desc()) if without.get("desc") else None,
    ]
    kept = [item for item in items if item is not None and without.get(str(item.name), True)]
    sa.Table(
        "child",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Integer) for name in "xyz"),
        *kept,
    )
    return metadata


NAMES = ("uq_x", "uq_x_y", "fk_x", "fk_y", "fk_x_y", "ix_y_x", "ix_z")


def test_constraints_and_indexes_are_quiet_and_each_that_goes_or_comes_is_seen(
    connection: sa.Connection,
) -> None:
    made(connection, constrained())
    assert differences(connection, constrained()) == set()
    for name in NAMES:
        found = differences(connection, constrained(**{name: False}))
        assert {thing for _, thing in found} == {name}, name
        assert all(kind.startswith("remove") for kind, _ in found)
    constrained().drop_all(connection)
    made(connection, constrained(**dict.fromkeys(NAMES, False)))
    for name in NAMES:
        others = {other: False for other in NAMES if other != name}
        found = differences(connection, constrained(**others))
        assert {thing for _, thing in found} == {name}, name
        assert all(kind.startswith("add") for kind, _ in found)


def lowered(name: str, *, there: bool = True) -> sa.MetaData:
    metadata = sa.MetaData()
    table = sa.Table(
        "t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(9))
    )
    if there:
        sa.Index(name, sa.func.lower(table.c.a))
    return metadata


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_an_index_on_an_expression_is_told_by_its_name(
    connection: sa.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    kind = server_of(connection)
    if kind == "mariadb":  # it has none; when it gets them, this is where to look
        with pytest.raises(sa.exc.DBAPIError):
            made(connection, lowered("ix_lower"))
        return
    made(connection, lowered("ix_lower"))
    if kind == "sqlite":  # which Alembic tells by itself
        with pytest.warns(UserWarning, match="'ix_lower'"):
            assert differences(connection, lowered("ix_lower")) == set()
        return
    with caplog.at_level(logging.WARNING):
        assert differences(connection, lowered("ix_lower")) == set()
    assert "index ix_lower of t is on an expression" in caplog.text
    assert ("add_index", "ix_other") in differences(connection, lowered("ix_other"))


def test_nothing_is_left_behind(connection: sa.Connection) -> None:
    here = tables({"a": with_default("a", S, "it's")})
    made(connection, here)
    assert differences(connection, tables({"a": with_default("a", S, "")})) != set()
    with pytest.raises(sa.exc.DBAPIError):
        connection.execute(text(f"SELECT * FROM {TRIAL}"))

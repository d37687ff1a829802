"""What the servers do with keys, upserts, transactions, plans and schemas.

Adds its questions when it is imported.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from lib.workbook.teaching.server_questions import Server, question, shown, yes

# --- Keys, upserts and foreign keys -----------------------------------------------------------


@question("the columns of a natural key are NOT NULL (05)")
def null_in_a_unique_key(server: Server) -> str:
    """Two NULLs in a UNIQUE column"""
    server.table("v INTEGER UNIQUE")
    return server.tried("INSERT INTO t VALUES (NULL), (NULL)")


@question("SQLAlchemy declares keys NOT NULL (05)")
def null_in_a_primary_key(server: Server) -> str:
    """NULL in a primary key of text"""
    server.table("k VARCHAR(9) PRIMARY KEY")
    return server.tried("INSERT INTO t VALUES (NULL)")


@question("counts new and changed rows by statements of their own (08)")
def counts_of_an_upsert(server: Server) -> str:
    """The count of an upsert by SQLAlchemy: of a new row, one that stays equal, one that changes"""
    server.table("k INTEGER PRIMARY KEY, v INTEGER")
    insert = f"INSERT INTO t VALUES (1, %s) {server.upsert}"
    return ", ".join(str(server.run(insert.replace("%s", value))) for value in "112")


@question("the staging table keeps one row for each key (08)")
def twice_in_an_upsert(server: Server) -> str:
    """Which of two rows with one key an upsert keeps"""
    server.table("k INTEGER PRIMARY KEY, v VARCHAR(9)")
    server.run(f"INSERT INTO t VALUES (1, 'first'), (1, 'last') {server.upsert}")
    return str(server.value("SELECT v FROM t"))


@question("no REPLACE: an upsert keeps the children (08)", by_version=True)
def children_of_a_replaced_row(server: Server) -> str:
    """Rows of a child table, ON DELETE CASCADE, after REPLACE of their parent"""
    server.run("DROP TABLE IF EXISTS c", "DROP TABLE IF EXISTS t")
    server.table("k INTEGER PRIMARY KEY")
    reference = "FOREIGN KEY (k) REFERENCES t (k) ON DELETE CASCADE"
    server.table(f"k INTEGER, {reference}", name="c")
    if server.sqlite:
        server.run("PRAGMA foreign_keys = ON")
    server.run("INSERT INTO t VALUES (1)", "INSERT INTO c VALUES (1)", "REPLACE INTO t VALUES (1)")
    left = server.value("SELECT count(*) FROM c")
    server.run("DROP TABLE c", *(["PRAGMA foreign_keys = OFF"] if server.sqlite else []))
    return str(left)


@question("`PRAGMA foreign_keys = ON` for each connection (05)")
def child_without_parent(server: Server) -> str:
    """A row whose parent is missing, on a connection as it comes"""
    server.run("DROP TABLE IF EXISTS c")
    server.table("k INTEGER PRIMARY KEY")
    server.table("k INTEGER, FOREIGN KEY (k) REFERENCES t (k)", name="c")
    told = server.tried("INSERT INTO c VALUES (7)")
    server.run("DROP TABLE c")
    return told


@question("rules reject the row before it is written (08)")
def ignored_null(server: Server) -> str:
    """INSERT IGNORE, or INSERT OR IGNORE, of a NULL into an INTEGER NOT NULL"""
    server.table("v INTEGER NOT NULL")
    server.run(f"INSERT {'OR ' if server.sqlite else ''}IGNORE INTO t VALUES (NULL)")
    rows = server.value("SELECT count(*) FROM t")
    return f"stored: {shown(server.value('SELECT v FROM t'))}" if rows else "left out"


@question("`lib` does without")
def returning(server: Server) -> str:
    """INSERT ... RETURNING"""
    server.table("v INTEGER")
    return server.tried("INSERT INTO t VALUES (1) RETURNING v")


@question("ONLY_FULL_GROUP_BY in each session of `lib`")
def not_grouped(server: Server) -> str:
    """A column that is neither grouped nor summed, beside GROUP BY"""
    server.table("k INTEGER, v INTEGER")
    return server.tried("SELECT k, v FROM t GROUP BY k")


@question("nothing: they agree")
def null_in_order(server: Server) -> str:
    """Where ORDER BY puts NULL"""
    query = "SELECT v FROM (SELECT 1 AS v UNION ALL SELECT NULL) AS t ORDER BY v"
    return "first" if server.value(query) is None else "last"


# --- Transactions -----------------------------------------------------------------------------


@question("one change in each revision (07)")
def rolled_back_table(server: Server) -> str:
    """Is a table there after BEGIN, CREATE TABLE, ROLLBACK?"""
    server.run("DROP TABLE IF EXISTS t", "BEGIN", "CREATE TABLE t (v INTEGER)", "ROLLBACK")
    return yes(server.tried("SELECT v FROM t") == "done")


@question("a load makes no lasting table in its transaction (08)")
def row_before_a_table(server: Server) -> str:
    """Is a row there after BEGIN, INSERT, CREATE TABLE, ROLLBACK?"""
    server.run("DROP TABLE IF EXISTS c")
    server.table("v INTEGER")
    server.run("BEGIN", "INSERT INTO t VALUES (1)", "CREATE TABLE c (v INTEGER)", "ROLLBACK")
    there = server.value("SELECT count(*) FROM t")
    server.run("DROP TABLE IF EXISTS c")
    return yes(there)


@question("natural keys; a number may have gaps (05)")
def number_after_a_rollback(server: Server) -> str:
    """The number of the first row, after one that was rolled back"""
    key = "INTEGER PRIMARY KEY" if server.sqlite else "INTEGER PRIMARY KEY AUTO_INCREMENT"
    server.table(f"k {key}, v INTEGER")
    server.run("BEGIN", "INSERT INTO t (v) VALUES (1)", "ROLLBACK", "INSERT INTO t (v) VALUES (2)")
    return str(server.value("SELECT k FROM t"))


def _read_then_changed(server: Server) -> tuple[int, str]:
    """Read in a transaction, let another one change the row: what is read then, and an UPDATE."""
    server.table("k INTEGER PRIMARY KEY, v INTEGER")
    server.run("INSERT INTO t VALUES (1, 1)", "BEGIN")
    try:
        server.value("SELECT v FROM t")
        with server.connection.engine.connect() as other:
            other.exec_driver_sql("UPDATE t SET v = 2")
        again = server.value("SELECT v FROM t")
        told = server.tried("UPDATE t SET v = v + 1")
    finally:
        with suppress(DBAPIError):  # where the server has ended the transaction itself
            server.run("ROLLBACK")
    return int(again), told


@question("what belongs together is read in one transaction (04)")
def read_again(server: Server) -> str:
    """Does a transaction see what another one has committed since its first read?"""
    return yes(_read_then_changed(server)[0] == 2)


@question("a transient error: the whole transaction again (10, 11)", by_version=True)
def written_after_it_changed(server: Server) -> str:
    """UPDATE of a row that another transaction has changed since the first read"""
    return _read_then_changed(server)[1]


# --- Plans and schemas ------------------------------------------------------------------------


@question("asks for FORMAT=TRADITIONAL (06)", by_version=True)
def columns_of_a_plan(server: Server) -> str:
    """The first columns of a query plan"""
    server.table("v INTEGER")
    plan = "EXPLAIN QUERY PLAN" if server.sqlite else "EXPLAIN"
    names = list(server.connection.exec_driver_sql(f"{plan} SELECT v FROM t").keys())
    return ", ".join(f"`{name}`" for name in names[:3])


def _default(server: Server, column: str) -> str:
    """Return how a column's default is spelled where a migration looks it up."""
    server.table(f"v {column}")
    catalogue = (
        "SELECT dflt_value FROM pragma_table_info('t')"
        if server.sqlite
        else "SELECT column_default FROM information_schema.columns "
        "WHERE table_schema = database() AND table_name = 't'"
    )
    return shown(server.value(catalogue))


@question("migrations compare defaults by meaning (07)")
def default_false(server: Server) -> str:
    """BOOLEAN DEFAULT false, in the catalogue"""
    return _default(server, "BOOLEAN NOT NULL DEFAULT false")


@question("migrations compare defaults by meaning (07)")
def default_empty(server: Server) -> str:
    """VARCHAR(9) DEFAULT '', in the catalogue"""
    return _default(server, "VARCHAR(9) NOT NULL DEFAULT ''")


@question("migrations compare defaults by meaning (07)")
def default_now(server: Server) -> str:
    """DEFAULT CURRENT_TIMESTAMP, in the catalogue"""
    return _default(server, "DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP")


@question("numbers have columns of their own")
def number_in_json(server: Server) -> str:
    """The text of `{"b": 1.10, "a": 1}` in a JSON column"""
    return shown(server.stored("JSON", """'{"b": 1.10, "a": 1}'""").strip("`'"))

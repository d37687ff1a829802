"""What the error codes of MySQL and MariaDB mean, in words, and what to do about each.

https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
https://mariadb.com/docs/server/reference/error-codes
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, ExceptionContext

from lib.errors import NotReady, PipelineError

# 0: PyMySQL had closed the connection before this statement; 1927, 4031: the server did.
BROKEN_OFF = (0, 1927, 2006, 2013, 4031)
NO_SERVER = (1040, 1053, 2002, 2003)
# It runs with --read-only, or with innodb_read_only: a primary that has become a replica.
READ_ONLY = (1290, 1836)
# Lock wait timeout, deadlock, changed since read (MariaDB), rolled back by a cluster at its commit;
# and a duplicate key, where another load has committed the same row since this one looked: then it
# is an update.
TRANSIENT = (1205, 1213, 1020, 3101, 1062)

# What a server says of a transaction or a statement that is larger than it takes.
_SMALLER = "Load smaller files, each in a transaction of its own (load_files), or {}."
_MORE = "let an administrator give it a higher {}"
_ROOM = "Let an administrator make room there; what was not committed is undone."
_WORDS: dict[int, tuple[str, str]] = {
    1205: (
        "Another connection to the server at {server} held a lock for longer than this one waits "
        "({said}).",
        "Let the other load or program end (SHOW PROCESSLIST lists them), then run this again.",
    ),
    1213: (
        "The server at {server} undid this transaction: it and another one waited for each other "
        "({said}).",
        "Run this again when fewer programs write into the same tables.",
    ),
    1020: (
        "The server at {server} undid this transaction: another one has changed what it had read "
        "({said}).",
        "Run this again when fewer programs write into the same tables.",
    ),
    3101: (
        "The cluster at {server} undid this transaction: another server of it changed the same "
        "rows ({said}).",
        "Run this again when fewer programs write into the same tables.",
    ),
    1153: (
        "A statement is larger than the server at {server} takes in one packet: {said}.",
        _MORE.capitalize().format("max_allowed_packet") + ", or shorten the largest values.",
    ),
    1197: (
        "The transaction is larger than the server at {server} takes: {said}.",
        _SMALLER.format(_MORE.format("max_binlog_cache_size")),
    ),
    1180: (
        "The server at {server} could not commit, and undid the transaction: {said}.",
        "If it says that a message is too long, its cluster limits the size of a transaction. "
        + _SMALLER.format(_MORE.format("wsrep_max_ws_size")),
    ),
    3100: (
        "The cluster at {server} did not take the transaction, which is undone: {said}.",
        _SMALLER.format(_MORE.format("group_replication_transaction_size_limit")),
    ),
    1206: (
        "The transaction needs more locks than the server at {server} has memory for.",
        _SMALLER.format(_MORE.format("innodb_buffer_pool_size")),
    ),
    1021: ("There is no room left at the server at {server}: {said}.", _ROOM),
    1114: ("There is no room left for a table at the server at {server}: {said}.", _ROOM),
}


def code_of(error: BaseException) -> int | None:
    """Return the code of SQLAlchemy's error or of PyMySQL's own; None where it has none."""
    orig = getattr(error, "orig", None) or error
    code = orig.args[0] if orig.args else None
    return code if isinstance(code, int) else None


def explain(error: BaseException, url: URL) -> PipelineError:
    """Return the error in words that a user can act on; never with a password in them."""
    orig = getattr(error, "orig", None) or error
    code = code_of(error)
    said = str(orig.args[-1]).rstrip(".") if orig.args else ""
    server = f"{url.host}:{url.port or 3306}"
    if code in BROKEN_OFF and getattr(orig, "while_committing", False):
        return NotReady(
            f"The connection to the server at {server} broke off while it was to commit; "
            "whether it did so is not known.",
            "Look whether the server still runs, then run this again: it finds what is there.",
        )
    if code in BROKEN_OFF:
        return NotReady(
            f"The connection to the server at {server} broke off; "
            "what was not committed is undone.",
            "Look whether the server still runs, then run this again. If it breaks off again, its "
            "log says why: a value that is larger than max_allowed_packet, for instance.",
        )
    if code in NO_SERVER:
        return NotReady(
            f"No database answers at {server}.",
            "Start it (docker compose up -d --wait), check host and port in DATABASE_URL, "
            "or leave DATABASE_URL out to use SQLite.",
        )
    if code in READ_ONLY:
        return NotReady(
            f"The server at {server} takes no writing ({said}); the connection was closed, and "
            "what was not committed is undone.",
            "Run this again when it takes writing again; if another server has its part now, name "
            "that one in DATABASE_URL.",
        )
    if code in (1045, 1698):
        return PipelineError(
            f"The server at {server} refuses user {url.username!r} with this password.",
            "Check both in DATABASE_URL. With docker compose they are MYSQL_USER and MYSQL_PASSWORD "
            "in .env; a container keeps the password that it was first started with.",
        )
    if code in (1044, 1049):
        # Often another one than the URL's: the bench and the chapters make some of their own.
        named = re.findall("['`]([^'`]+)['`]", said) or [url.database]
        return PipelineError(
            f"User {url.username!r} may not use the database {named[-1]!r} at {server}, "
            "or it does not exist.",
            "Check its name in DATABASE_URL, or let an administrator create it and grant it.",
        )
    if code in (1142, 1143, 1227):
        return PipelineError(
            f"User {url.username!r} lacks a right at {server}: {said}.",
            "Let an administrator grant it.",
        )
    if code in _WORDS:
        message, fix = _WORDS[code]
        return PipelineError(message.format(server=server, said=said), fix)
    if isinstance(orig, RuntimeError) and "cryptography" in str(orig):
        return PipelineError(
            "Logging in to this server needs the package cryptography.",
            "Type: python -m pip install 'PyMySQL[rsa]'",
        )
    return PipelineError(f"The server at {server} refused: {orig}", topic="refused")


def watch(engine: Engine) -> None:
    """Close a connection to a server that takes no writing, and note what broke off in a COMMIT.

    An error of a connection that cannot be made gets a note with its cause and what to do: Python
    prints it below the traceback.

    A pool would give such a connection to the next load, and to the one after it, also when there
    is a server that writes: after a failover, the name leads to another one.
    """

    @event.listens_for(engine, "begin")
    def begins(connection: Any) -> None:
        connection.info.pop("committing", None)

    @event.listens_for(engine, "commit")
    def commits(connection: Any) -> None:
        connection.info["committing"] = True

    @event.listens_for(engine, "handle_error")
    def handles(context: ExceptionContext) -> None:
        error, connection = context.original_exception, context.connection
        if connection is None and context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.add_note(str(explain(error, engine.url)))
        if code_of(error) in READ_ONLY:
            context.is_disconnect = True
        if connection is not None and context.statement is None and not connection.invalidated:
            if connection.info.get("committing"):
                vars(error)["while_committing"] = True

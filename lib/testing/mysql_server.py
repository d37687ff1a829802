"""A private MariaDB or MySQL: its own folder, port, socket and passwords.

For the tests, for the bench, and for trying what happens when a server dies.

The system's own server, if there is one, is neither used nor disturbed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
from sqlalchemy.engine import URL, make_url

from lib.testing.kept import Kept
from lib.testing.programs import SERVER_VARIABLE, find_program, find_server

# What the application's user may do anything with, and nothing else, as in docker-compose.yml. An
# underscore stands for any character in a grant, unless it is escaped.
GRANTED = ("demo", r"demo\_%", r"workbook\_%", r"test\_%")

SETTINGS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",  # or each login would ask the resolver who 127.0.0.1 is
    "--local-infile=1",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_bin",  # as in docker-compose.yml
    "--max-connections=200",
    "--skip-log-bin",
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=256M",
    # Written at each commit, but not forced to the disk: fast, and what was committed survives the
    # death of the server, though not that of the machine. With 0 a kill would lose a second of it.
    "--innodb-flush-log-at-trx-commit=2",
    "--loose-debug-no-sync",  # nor is anything else forced; MySQL has no such option
    # For databases that come and go: no file for each table, no statistics that are kept.
    "--loose-innodb-file-per-table=0",
    "--loose-innodb-stats-persistent=0",
    "--loose-mysqlx=OFF",  # MySQL's second port; MariaDB has none
)


class ServerError(RuntimeError):
    """The private server could not be made, started or reached; says what its log says."""


class PrivateServer:
    """A server that lives as long as the `with` block, and leaves nothing behind.

    `url` logs in as the application's user, `admin_url` as root; both name the database demo.
    """

    def __init__(
        self, *options: str, start_timeout: float = 60.0, program: str | None = None
    ) -> None:
        self.options = options  # of the server, after those that it always gets
        self.start_timeout = start_timeout
        self._program = program or find_server()
        self._folder: Path | None = None
        self._process: Kept | None = None
        self._port = 0
        # With every character that has a meaning in a URL or in a configuration file: what works
        # with these passwords has quoted them everywhere.
        self._password = "p@ss/w#rd%:" + secrets.token_hex(12)
        self._root_password = "r@@t/#%:" + secrets.token_hex(12)

    def __enter__(self) -> PrivateServer:
        try:
            self._create()
            self.start()
        except BaseException:  # Ctrl-C, too
            self.stop()
            raise
        return self

    def __exit__(self, *_raised: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The URL of the database demo, for the application's user; its password is in it."""
        return self._url("workbook", self._password)

    @property
    def reader_url(self) -> str:
        """The same for a user who may only read."""
        return self._url("reader", self._password)

    @property
    def admin_url(self) -> str:
        """The same for root."""
        return self._url("root", self._root_password)

    @property
    def running(self) -> bool:
        """Whether the server's process is alive."""
        return self._process is not None and self._process.exit_code() is None

    def start(self) -> None:
        """Start the server on its folder and port, and wait until it answers a query."""
        if self.running:
            return
        command = [*self._command(), f"--port={self._port}", f"--init-file={self._init_file}"]
        command += self.options
        with self._log.open("ab") as log:
            self._process = Kept(command, self._home, log)
        self._wait_until_ready()

    def kill(self) -> None:
        """End the process at once, as a power cut would; the folder stays for `start`."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """End the server in good order and remove its folder; a second call does nothing."""
        if self._process is not None:
            self._process.end()
        if self._folder is not None:
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._folder = None

    # --- How it is made -----------------------------------------------------------------------

    def _url(self, user: str, password: str) -> str:
        url = URL.create("mysql+pymysql", user, password, "127.0.0.1", self._port, "demo")
        return url.render_as_string(hide_password=False)

    @property
    def _home(self) -> Path:
        if self._folder is None:
            raise ServerError("The private server is stopped, and its folder is gone.")
        return self._folder

    @property
    def _log(self) -> Path:
        return self._home / "server.log"

    @property
    def _init_file(self) -> Path:
        return self._home / "init.sql"

    def _command(self) -> list[str]:
        assert self._program is not None
        command = [
            self._program,
            "--no-defaults",  # has to come first: nothing of the system's own server is read
            f"--datadir={self._home / 'data'}",
            f"--socket={self._home / 's'}",
            f"--pid-file={self._home / 'pid'}",
            f"--tmpdir={self._home / 'tmp'}",
            # Where the server reads and writes files of its own accord. Built into Debian's MySQL
            # is a folder that its core package does not make, and without it no server starts.
            f"--secure-file-priv={self._home / 'tmp'}",
            *SETTINGS,
        ]
        if os.name == "nt":
            command.append("--console")  # there, MySQL writes its log into its folder otherwise
        if _is_root():
            command.append("--user=root")  # a server refuses to run as root unless told to
        return command

    def _create(self) -> None:
        if self._program is None:
            raise ServerError("No mariadbd and no mysqld is installed.")
        if find_program(self._program) is None:
            raise ServerError(f"{SERVER_VARIABLE} names {self._program}: that is no program here.")
        # Short: a socket's path may have 100 characters, and macOS uses half of them already.
        self._folder = Path(tempfile.mkdtemp(prefix="wb-"))
        (self._folder / "tmp").mkdir()
        version = self._run([self._program, "--no-defaults", "--version"])
        maria = "mariadb" in version.lower()
        if maria:
            try:
                self._run(self._install_command())
            except ServerError:  # seen once in hundreds, on a busy machine; it goes on where it was
                self._run(self._install_command())
        else:
            self._run([*self._command(), "--initialize-insecure"])
        # Read at each start, before anyone is let in: it is at no time without passwords.
        self._init_file.touch(mode=0o600)
        self._init_file.write_text("\n".join(self._accounts(maria)) + "\n", encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]

    def _install_command(self) -> list[str]:
        assert self._program is not None
        installer = find_program("mariadb-install-db", "mysql_install_db", beside=self._program)
        if installer is None:
            raise ServerError("mariadbd is installed, but mariadb-install-db is missing.")
        command = [installer, "--no-defaults", f"--datadir={self._home / 'data'}"]
        if os.name == "nt":  # another program of the same name, which knows few options
            return [installer, f"--datadir={self._home / 'data'}"]
        command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
        command.append("--rpm")  # do not look up this machine's name, which may have no address
        if _is_root():
            # Not --user: with it the installer changes a folder of the system.
            command.append("-uroot")
        return command

    def _accounts(self, maria: bool) -> Iterator[str]:
        table = "mysql.global_priv" if maria else "mysql.user"
        yield (
            f"DELETE FROM {table} WHERE User = '' OR (User = 'root' AND Host NOT IN "
            "('localhost', '127.0.0.1'));"
        )
        yield "FLUSH PRIVILEGES;"
        yield "DROP DATABASE IF EXISTS test;"
        yield f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{self._root_password}';"
        yield "CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';"
        yield f"ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '{self._root_password}';"
        yield "GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;"
        for user, right in (("workbook", "ALL"), ("reader", "SELECT")):
            yield f"CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY '{self._password}';"
            for pattern in GRANTED:
                yield f"GRANT {right} ON `{pattern}`.* TO '{user}'@'%';"
        # The collation is named, because MySQL runs this file with its built-in one, whatever
        # --collation-server says (seen with 9.7.4).
        yield "CREATE DATABASE IF NOT EXISTS demo CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;"

    def _run(self, command: list[str]) -> str:
        """Run a program of the server to its end and return what it printed."""
        log = self._home / "made.log"
        with log.open("wb") as stream:
            self._process = Kept(command, self._home, stream)
        code = self._process.wait()
        told = log.read_text(encoding="utf-8", errors="replace")
        if code:
            lines = told.splitlines()
            lines = [line for line in lines if "ERROR" in line] or lines[-15:]
            name = Path(command[0]).name
            raise ServerError("\n".join([f"{name} ended with exit code {code}:", *lines]))
        return told

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + self.start_timeout
        while True:
            assert self._process is not None
            code = self._process.exit_code()
            if code is not None:
                raise ServerError(f"The server ended with exit code {code}.\n{self._last_lines()}")
            try:
                # A real query, with a password that only this server knows: the port could have
                # been taken by another one in the meantime.
                with connect(self.url) as connection, connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                    return
            except pymysql.Error as error:
                if time.monotonic() >= end:
                    self.kill()
                    raise ServerError(
                        f"The server did not answer within {self.start_timeout:g} seconds "
                        f"({error}).\n{self._last_lines()}"
                    ) from error
            time.sleep(0.05)

    def _last_lines(self, count: int = 15) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "The last lines of its log:\n" + "\n".join(lines[-count:])


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def connect(url: str, timeout: float = 5.0) -> pymysql.connections.Connection:
    """Return a plain PyMySQL connection for a SQLAlchemy URL."""
    parts = make_url(url)
    return pymysql.connect(
        host=parts.host or "127.0.0.1",
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.database,
        connect_timeout=timeout,
        autocommit=True,
        ssl_disabled=parts.host == "127.0.0.1",  # see dialects
    )

"""A small Alembic project to learn with: a temporary folder, and the `alembic` command in it."""

from __future__ import annotations

import importlib
import inspect
import io
import logging
import logging.config
import os
import re
import shlex
import shutil
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stdout
from itertools import groupby
from pathlib import Path
from unittest.mock import patch

from alembic.config import CommandLine, Config
from alembic.script import ScriptDirectory

from lib.database import Database
from lib.workbook.show.migrations_walk import MigrationsWalk

# What Alembic tells about itself and the database at hand, which is not the same for each of ours.
_TALK = ("Context impl", "Will assume", "[alembic.runtime.plugins", "[alembic.config", "static SQL")
_AGAIN = "You have run this cell already; go on."
_UNORDERED = ("Generating ", "] Detected ")


class ScratchProject:
    """A folder with files, and an `alembic` that works there on a database, as in a terminal.

    The folder goes away with the object. Alembic reads the database's URL from `DATABASE_URL`,
    which is set for the length of a command only.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self.folder = Path(tempfile.mkdtemp(prefix="alembic-")).resolve()
        self._edits: list[tuple[str, dict[str, str]]] = []
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def __repr__(self) -> str:
        """The files, one on each line, folders with a slash."""
        paths = sorted(self.folder.rglob("*"), key=lambda path: path.relative_to(self.folder).parts)
        lines = []
        for path in paths:
            depth = len(path.relative_to(self.folder).parts) - 1
            lines.append("    " * depth + path.name + ("/" if path.is_dir() else ""))
        return "\n".join(lines) or "(an empty folder)"

    def write(self, name: str, text: str) -> None:
        """Write a file; there must be a line break at its end, and there is none before it."""
        (self.folder / name).write_text(text.strip("\n") + "\n", encoding="utf-8")

    def add(self, name: str, text: str) -> None:
        """Add a piece of code at the end of a file, after two empty lines.

        Raises ValueError when it is there already.
        """
        old = self._file(name).read_text(encoding="utf-8").rstrip("\n")
        if text.strip("\n") in old:
            raise ValueError(_AGAIN)
        self.write(name, f"{old}\n\n\n" + text.strip("\n"))

    def show(self, name: str, start: str = "", end: str = "") -> None:
        """Print a file or a revision, whole or from one text up to another.

        Raises ValueError when the file does not have these texts.
        """
        text = self._file(name).read_text(encoding="utf-8")
        first = text.index(start)
        print(text[first : text.index(end, first) if end else None].strip("\n"))

    def rewrite(self, revision: str, *functions: Callable[[], None]) -> None:
        """Put functions, as they stand in a cell, in place of those of the same names in a file."""
        file = self._file(revision)
        text = file.read_text(encoding="utf-8")
        for function in functions:
            body = re.compile(rf"^def {function.__name__}\(.*?(?=^\S|\Z)", re.DOTALL | re.MULTILINE)
            if len(body.findall(text)) != 1:
                raise ValueError(f"{file.name} has no function {function.__name__}.")
            source = inspect.getsource(function).strip("\n") + "\n\n\n"
            text = body.sub(lambda _: source, text)
        file.write_text(text.strip("\n") + "\n", encoding="utf-8")

    def edit(self, name: str, changes: Mapping[str, str]) -> None:
        """Replace pieces of a file, as an editor would.

        Raises ValueError when a piece is not there, or is there more than once, or when the same
        edit has been made.
        """
        text = self._file(name).read_text(encoding="utf-8")
        again = (name, dict(changes)) in self._edits
        for old, new in changes.items():
            if again and (text.count(old) != 1 or new and new in text):
                raise ValueError(_AGAIN)
            if text.count(old) != 1:
                raise ValueError(f"{name} has {old!r} {text.count(old)} times, not once.")
            text = text.replace(old, new)
        self.write(name, text)
        self._edits.append((name, dict(changes)))

    def remove(self, name: str) -> None:
        """Remove a file or a revision."""
        self._file(name).unlink()

    def alembic(self, command: str, db: Database | None = None, *, url: str = "") -> None:
        """Run `alembic` with these words in the folder, and print what it prints.

        `db` stands in for the project's own database, `url` for any. Raises what Alembic raises: a
        CommandError is what a terminal shows behind "FAILED:"; and ValueError for a new revision
        by the name of one that is there, of which Alembic would make a history that goes in a
        circle.
        """
        where = url or (db or self.db).url.render_as_string(hide_password=False)
        output = log = io.StringIO()
        line = CommandLine(prog="alembic")
        options = line.parser.parse_args(["--raiseerr", *shlex.split(command)])
        made = getattr(options, "rev_id", None)
        if made and self._file(made).is_file():
            raise ValueError(_AGAIN)
        if getattr(options, "sql", False):
            log = io.StringIO()  # what is to be SQL must be nothing else
        try:
            with self._workplace(where), redirect_stdout(output), _listening(log):
                line.run_cmd(Config("alembic.ini", cmd_opts=options, stdout=output), options)
        finally:
            print(self._relative(output.getvalue()), end="")

    def walk(self, db: Database) -> MigrationsWalk:
        """Return a walk along the project's history, on a database that may be thrown away."""

        def move(verb: str, revision: str) -> None:
            with redirect_stdout(io.StringIO()):
                self.alembic(f"{verb} {revision}", db)

        return MigrationsWalk(db, self.scripts(), move)

    def scripts(self) -> ScriptDirectory:
        """Return the project's revisions."""
        return ScriptDirectory(self.folder / "migrations")

    def _file(self, name: str) -> Path:
        """The file of this name, or that of the revision."""
        file = self.folder / name
        if file.is_file():
            return file
        versions = self.folder / "migrations" / "versions"
        return next(versions.glob(f"{name}_*.py"), file)

    def _relative(self, text: str) -> str:
        text = text.replace(f"{self.folder}{os.sep}", "").replace(os.sep, "/")
        # Alembic puts "done" where the terminal ends, which is somewhere else for everybody.
        text = re.sub(r"\s*\.\.\.\s+done", " ... done", text)
        lines = [
            line
            for line in text.splitlines(keepends=True)
            if not any(talk in line for talk in _TALK)
        ]
        # Files come in the order of a folder, differences in that of a set: new in each place and
        # run.
        runs = groupby(lines, lambda line: next((each for each in _UNORDERED if each in line), ""))
        return "".join(line for kind, run in runs for line in (sorted(run) if kind else run))

    @contextmanager
    def _workplace(self, url: str) -> Iterator[None]:
        """The folder, and the environment, that a terminal would have.

        A new process would be the real thing, and take a second for each command. So what a
        process would not share is put aside: modules that were read from the folder (they may have
        been edited since), their compiled form, the path, and what env.py does to the loggers.
        """
        path, cached = list(sys.path), sys.dont_write_bytecode
        self._forget_modules()
        sys.dont_write_bytecode = True
        no_logging: Callable[..., None] = lambda *args, **kwargs: None  # noqa: E731
        try:
            with (
                chdir(self.folder),
                patch.dict(os.environ, {"DATABASE_URL": url}),
                patch.object(logging.config, "fileConfig", no_logging),
            ):
                yield
        finally:
            sys.path[:], sys.dont_write_bytecode = path, cached
            self._forget_modules()

    def _forget_modules(self) -> None:
        ours = f"{self.folder}{os.sep}"  # as text: a Path for each of thousands of modules is slow
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None)).startswith(ours):
                del sys.modules[name]
        importlib.invalidate_caches()


@contextmanager
def _listening(output: io.StringIO) -> Iterator[None]:
    """Alembic's log, as `alembic.ini` sets it up: it is the command's output for people."""
    handler = logging.StreamHandler(output)
    handler.setFormatter(logging.Formatter("%(levelname)-5.5s [%(name)s] %(message)s"))
    logger = logging.getLogger("alembic")
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate

"""What all verbs share: the parser, errors, exit codes.

0 is done, 1 is failed (one clear message; --debug adds the traceback), 2 is used wrongly, and 130
is stopped with Ctrl-C. No password is printed, whatever happens.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

from lib.config import load_settings
from lib.errors import PipelineError

Verb = Callable[[argparse.Namespace], int]
Judge = Callable[[argparse.Namespace], None]
# The folder in which the command was typed, where run.py works in another: paths count from it.
TYPED_IN = "WORKBOOK_TYPED_IN"
# What to type here, for what the core can name only in general: see PipelineError.topic.
HINTS = {
    "no data": "Type: python run.py pipeline",
    "refused": "Type: python run.py doctor",
    "damaged": "Type: python run.py reset all, or choose another file with --database-url.",
    "newer schema": "Update the workbook (git pull), or choose another database with "
    "--database-url.",
}
MAX_ERROR_CHARS = 500  # of an error that was not foreseen: SQLAlchemy's hold whole statements

# In a URL: what stands between the user's name and the last @, if that is on the same line.
_IN_URL = re.compile(r"(://[^\s:/@]*:)\S*(@)")


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that repeats no password when it complains of an argument."""

    def error(self, message: str) -> NoReturn:
        super().error(_IN_URL.sub(r"\1***\2", message))


def make_parser(prog: str) -> tuple[Parser, Any]:
    """Return a parser, and the object that `add_verb` adds its verbs to."""
    parser = Parser(prog=prog, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", required=True)
    return parser, verbs


def add_verb(
    verbs: Any,
    name: str,
    work: Verb,
    text: str,
    *,
    database: bool = False,
    judge: Judge | None = None,
) -> Parser:
    """Add a verb with the options that every verb has; return its parser for further ones.

    `judge` raises PipelineError, or ends with `args.usage`, for words that cannot be meant. It
    imports nothing that has to be installed: run.py asks it before there is an environment.
    """
    parser: Parser = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
    parser.set_defaults(work=work, judge=judge, database_url=None, stopped="Stopped.")
    parser.set_defaults(usage=parser.error)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    if database:
        parser.add_argument(
            "--database-url", metavar="URL", help="which database; beats DATABASE_URL"
        )
    return parser


def understand(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace | int:
    """Return what the words mean, or the exit code where they ask for help or cannot be meant."""
    try:
        args = parser.parse_args(argv)
        if args.judge:
            args.judge(args)
    except SystemExit as end:
        return int(end.code or 0)
    except PipelineError as error:
        _complain(f"{error.message}\n{advice(error)}".rstrip(), args)
        return 1
    finally:
        os.environ.pop(TYPED_IN, None)  # what starts from here is typed in a folder of its own
    return args


def refuse(parser: argparse.ArgumentParser, argv: Sequence[str]) -> int | None:
    """Return the exit code of words with which no work begins; None where work would begin.

    For run.py, which has no environment yet: of the settings, too, what can be said without one.
    """
    args = understand(parser, argv)
    if isinstance(args, int):
        return args
    if args.verb != "doctor":  # which tells more
        from lib.config import load_settings

        try:
            with suppress(ImportError):  # of what is installed later
                load_settings(args.database_url)
        except PipelineError as error:
            _complain(f"{error.message}\n{advice(error)}".rstrip(), args)
            return 1
    return None


def run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> int:
    """Parse, run the verb, and turn whatever comes out of it into an exit code."""
    args = understand(parser, argv)
    if isinstance(args, int):
        return args
    try:
        code: int = args.work(args)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print(f"\n{args.stopped}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # ... | head: the reader has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except PipelineError as error:
        _complain(f"{error.message}\n{advice(error)}".rstrip(), args)
    except ImportError as error:
        _complain(f"{error}.\nType: python run.py doctor", args)
    except Exception as error:
        text = " ".join(f"{type(error).__name__}: {error}".split())
        text = text if len(text) <= MAX_ERROR_CHARS else f"{text[:MAX_ERROR_CHARS]} ..."
        hint = "" if args.debug else " (add --debug for the traceback)"
        _complain("\n".join([*getattr(error, "__notes__", ()), f"{text}{hint}"]), args)
    return 1


def advice(error: PipelineError) -> str:
    """Return what to type next, in the words of this project's own commands where it has some."""
    return HINTS.get(error.topic, error.fix)


def _complain(text: str, args: argparse.Namespace) -> None:
    if args.debug:
        text = f"{traceback.format_exc()}\n{text}"
    print(without_passwords(text, args.database_url), file=sys.stderr)


def without_passwords(text: str, url: str | None = None) -> str:
    """Return the text with *** for the password of the database, as written and as meant."""
    text = _IN_URL.sub(r"\1***\2", text)
    for source in (url, os.environ.get("DATABASE_URL"), _url_of_env_file()):
        match = re.search(r"://[^:/@]*:(.*)@", source or "")
        if match and match[1]:
            for secret in {match[1], unquote(match[1])}:
                text = text.replace(secret, "***")
    return text


def _url_of_env_file() -> str | None:
    try:
        return load_settings().database_url.render_as_string(hide_password=False)
    except (PipelineError, ImportError):  # it may be what the complaint is about, or not there yet
        return None


def port_number(word: str) -> int:
    """Return a port, for argparse."""
    if not word.isdecimal() or not 1 <= int(word) <= 65535:
        raise argparse.ArgumentTypeError(f"{word!r} is not a port: a number from 1 to 65535")
    return int(word)


# --- What words are -------------------------------------------------------------------------


def typed_path(word: str) -> Path:
    """Return a path as the one who typed it means it, for argparse."""
    place = os.environ.get(TYPED_IN)
    return Path(place, word) if place and place != os.getcwd() else Path(word)


def expect_file(path: Path) -> None:
    """Raise PipelineError where there is no such file."""
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise PipelineError(f"{path} {what}.", "Name a file: CSV, JSON lines or Parquet.")

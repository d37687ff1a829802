"""The verb `classroom`: a database and a user for each learner, on one server."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lib.cli import add_verb, port_number
from lib.config import load_settings
from lib.errors import PipelineError
from lib.workbook.teaching.class_names import (
    MAX_LEARNERS,
    NAME,
    Learner,
    learner_name,
    new_password,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


def add_classroom(verbs: Any) -> None:
    """Add classroom."""
    text = "Prepare a MySQL or MariaDB server for a class: a user and a database for each learner."
    part = add_verb(verbs, "classroom", classroom, text, database=True)
    part.epilog = (
        "DATABASE_URL or --database-url names an administrator's account, as in "
        "mysql+pymysql://root@HOST:3306/mysql; where it has no password, you are asked for it. A "
        "learner takes some 120 MB on the server. Type it again to make what is missing."
    )
    what = part.add_mutually_exclusive_group(required=True)
    what.add_argument("--learners", type=_count, metavar="N", help="how many there are to be")
    what.add_argument("--remove", action="store_true", help="remove all users and databases of it")
    part.add_argument("--name", type=_name, default="class", help="default: class (class_01, ...)")
    part.add_argument(
        "--address", type=_address, metavar="HOST[:PORT]", help="how the learners reach the server"
    )
    part.add_argument(
        "--new-passwords", action="store_true", help="give all new ones: old sheets become useless"
    )
    part.add_argument("--yes", action="store_true", help="with --remove: do not ask")
    part.set_defaults(
        stopped="Stopped. Type the same command again to go on where it was.",
    )


def _count(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= MAX_LEARNERS:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 1 to {MAX_LEARNERS}")
    return int(word)


def _name(word: str) -> str:
    if not re.fullmatch(NAME, word):
        raise argparse.ArgumentTypeError(
            f"{word!r} is not a name of small letters and digits, 16 at most, a letter first"
        )
    return word


def _address(word: str) -> tuple[str, int | None]:
    host, colon, port = word.rpartition(":")
    if not colon:
        host, port = word, ""
    if not re.fullmatch(r"[\w.-]+", host):
        raise argparse.ArgumentTypeError(f"{word!r} is not like db.example.org or 10.0.0.5:3306")
    return host, port_number(port) if colon else None


def classroom(args: argparse.Namespace) -> int:
    """Prepare the class, or remove it."""
    settings = load_settings(args.database_url)
    url = settings.database_url
    if url.get_backend_name() != "mysql":
        raise PipelineError(
            "A class needs a MySQL or MariaDB server, and the account of its administrator.",
            "Type: python run.py classroom --learners 30 --database-url "
            "mysql+pymysql://root@HOST:3306/mysql",
        )
    if url.password is None and sys.stdin.isatty():
        asked = f"Password of {url.username} at {url.host}:{url.port or 3306}: "
        url = url.set(password=getpass.getpass(asked))
    if args.remove:
        return _remove(args, url, settings.home)
    return _prepare(args, url, settings.home)


def _prepare(args: argparse.Namespace, url: URL, home: Path) -> int:
    from lib.database.mysql import LOOPBACK
    from lib.workbook.teaching import class_sheet
    from lib.workbook.teaching.class_server import ClassServer

    server = ClassServer(url, args.name)
    folder = class_sheet.folder_of(home, args.name, url)
    roster = class_sheet.roster_in(folder)
    before = server.known()
    passwords = {} if args.new_passwords else class_sheet.read_passwords(folder)
    if lost := [user for user, ready in before.items() if ready and user not in passwords]:
        if not args.new_passwords:
            raise PipelineError(
                f"The passwords of {len(lost)} learners, {lost[0]} the first, are not in {roster}: "
                "they were made on another machine, or the file was removed.",
                "Bring the file back, or add --new-passwords; sheets that are handed out become "
                "useless then.",
            )
    wanted = [learner_name(args.name, number + 1) for number in range(args.learners)]
    passwords |= {each: new_password() for each in {*before, *wanted} if each not in passwords}
    host, port = args.address or class_sheet.read_address(folder)
    reached = server.url.set(host=host or url.host, port=port or url.port)
    # Written first: a password that is on the server, and in no file, would help no one.
    users = sorted({*before, *wanted}, key=lambda user: (len(user), user))
    class_sheet.write_roster(folder, [Learner(user, passwords[user]) for user in users], reached)
    learners = server.prepare(wanted, passwords, lambda text: print(text, flush=True))
    sheet = class_sheet.write_sheet(folder, learners, reached, server.year)
    made = len(learners) - sum(before.values())
    print(f"{len(learners)} learners at {server.place}: {made} made now, the others as they were.")
    print(f"To print: {sheet}\nAs a table: {roster}")
    print("Both have passwords in them, for your eyes alone. Remove them when all are handed out.")
    if args.address is None and reached.host in LOOPBACK:
        print(f"The addresses name {reached.host}, this machine. For others add --address HOST")
    return 0


def _remove(args: argparse.Namespace, url: URL, home: Path) -> int:
    from lib.workbook.teaching import class_sheet
    from lib.workbook.teaching.class_server import ClassServer

    server = ClassServer(url, args.name)
    users, databases = server.known(), server.databases()
    folder = class_sheet.folder_of(home, args.name, url)
    if not databases:
        class_sheet.remove(folder)
        print(f"There is no class {args.name!r} at {server.place}.")
        return 0
    print(
        f"At {server.place}, this removes {len(users)} users and {len(databases)} databases of the "
        f"class {args.name!r}, with all that the learners have in them."
    )
    if not args.yes and not _agreed(args.name):
        print("Nothing was removed.")
        return 1
    server.remove(lambda text: print(text, flush=True))
    class_sheet.remove(folder)
    print(f"Removed: {len(users)} users, {len(databases)} databases, and the sheet.")
    return 0


def _agreed(name: str) -> bool:
    try:
        return input(f"To go on, type the name of the class ({name}): ").strip() == name
    except EOFError:
        raise PipelineError("No one answered, and nothing was removed.", "Add --yes.") from None

"""What a teacher hands out: a sheet to print, and the same as a table, each for one reader only.

Both have passwords in them, so they are made for their owner alone (mode 600, in a folder of mode
700). On Windows, which has no such modes, they are as private as the folder of the workbook.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from uuid import uuid4

from sqlalchemy.engine import URL, make_url

from lib.errors import PipelineError
from lib.workbook.teaching.class_names import Learner

HEAD = ("user", "password", "database_url")

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ max-width: 48rem; margin: 1rem auto; font: 11pt/1.4 sans-serif; color: #111; }}
section {{ border: 1px dashed #666; padding: 0.5rem 1rem; margin: 0 0 0.75rem;
  break-inside: avoid; }}
h2 {{ font-size: 12pt; margin: 0.25rem 0; }}
p, ol {{ margin: 0.25rem 0; }}
code {{ font: 10.5pt/1.5 monospace; overflow-wrap: anywhere; }}
@media print {{ .teacher {{ display: none; }} }}
</style>
</head>
<body>
<h1 class="teacher">{title}</h1>
<p class="teacher">A card for each learner, to cut out. It has the learner's password on it. Remove
this file when all cards are handed out.</p>
{cards}
</body>
</html>
"""
_CARD = """<section>
<h2>The pipeline workbook: {user}</h2>
<ol>
<li>Write this line into the file <code>.env</code> in the workbook's folder; make the file where
there is none:<br><code>DATABASE_URL={url}</code></li>
<li>Type: <code>python run.py lab</code></li>
</ol>
<p>Server <code>{server}</code>, user and database <code>{user}</code>,
password <code>{password}</code>. Other learners do not see what you write there. The whole year,
to read, is in the database <code>{year}</code> as well.</p>
</section>"""


def address_of(learner: Learner, server: URL) -> str:
    """Return the learner's DATABASE_URL, with the password in it."""
    url = server.set(username=learner.user, password=learner.password, database=learner.user)
    return url.render_as_string(hide_password=False)


def write_roster(folder: Path, learners: Sequence[Learner], server: URL) -> Path:
    """Write the table; return its path. Raises PipelineError.

    `server` is how the learners reach it: host, port, and what the URL asks for beside.
    """
    rows = io.StringIO()
    table = csv.writer(rows, lineterminator="\n")
    table.writerow(HEAD)
    table.writerows((each.user, each.password, address_of(each, server)) for each in learners)
    return _write(roster_in(folder), rows.getvalue())


def write_sheet(folder: Path, learners: Sequence[Learner], server: URL, year: str) -> Path:
    """Write the sheet to print; return its path. Raises PipelineError."""
    place = f"{server.host}:{server.port or 3306}"
    cards = (
        _CARD.format(
            user=escape(each.user),
            password=escape(each.password),
            url=escape(address_of(each, server)),
            server=escape(place),
            year=escape(year),
        )
        for each in learners
    )
    title = escape(f"The pipeline workbook: addresses at {place}")
    return _write(sheet_in(folder), _PAGE.format(title=title, cards="\n".join(cards)))


def _write(path: Path, text: str) -> Path:
    try:
        write_private(path, text)
    except OSError as error:
        raise PipelineError(
            f"{path} cannot be written ({error.strerror}).",
            "Let WORKBOOK_DIR name a folder that you may write, then type the same command again.",
        ) from error
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that none but its owner can read, at no moment; an older one is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.chmod(0o700)
    part = path.with_name(f"{path.name}.{uuid4().hex[:8]}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_passwords(folder: Path) -> dict[str, str]:
    """Return the passwords of the table by their users; empty where there is no table."""
    return {row["user"]: row["password"] for row in _rows(folder)}


def read_address(folder: Path) -> tuple[str | None, int | None]:
    """Return the host and the port that the table's addresses name; None where there is none."""
    for row in _rows(folder):
        url = make_url(row["database_url"])
        return url.host, url.port
    return None, None


def _rows(folder: Path) -> list[dict[str, str]]:
    with suppress(FileNotFoundError), roster_in(folder).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
    return []


def remove(folder: Path) -> None:
    """Remove both files, and their folder where nothing else is in it."""
    for path in (sheet_in(folder), roster_in(folder)):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # not there, or not empty
        folder.rmdir()


def folder_of(home: Path, name: str, server: URL) -> Path:
    """Return where the files of a class on a server lie."""
    place = re.sub(r"[^\w.-]", "_", f"{server.host}-{server.port or 3306}")
    return home / "classroom" / f"{name}-{place}"


def sheet_in(folder: Path) -> Path:
    """Return the path of the sheet to print."""
    return folder / "addresses.html"


def roster_in(folder: Path) -> Path:
    """Return the path of the table, a CSV file."""
    return folder / "addresses.csv"

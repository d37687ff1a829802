"""sqlite-utils. Runs in an environment of its own: imports nothing of ours that needs a package."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from lib.bench.shell import unpacked

KEYS = ("time_hour", "carrier", "flight")
TEXTS = ("carrier", "tailnum", "origin", "dest")


def upsert(url: str, file: Path) -> None:
    """sqlite-utils: upsert_all of the rows that csv reads; foreign keys off, its default"""
    from sqlite_utils import Database

    database = Database(url.removeprefix("sqlite:///"))
    with unpacked(file) as plain, plain.open(encoding="utf-8", newline="") as stream:
        database["flights"].upsert_all(rows(stream), pk=KEYS, batch_size=10_000)
    database.close()


def upsert_again(url: str, file: Path) -> None:
    """the same once more, on the full table"""
    upsert(url, file)


def rows(lines: Iterator[str]) -> Iterator[dict[str, object]]:
    """Yield the rows of a CSV file as the table has them."""
    for row in csv.DictReader(lines):
        yield {name: value(name, text) for name, text in row.items()}


def value(name: str, text: str) -> object:
    """Return what a text of the file stands for, in the form that SQLite keeps it in."""
    if text == "NA":
        return None
    if name == "time_hour":
        return text.replace("T", " ").removesuffix("Z")
    return text if name in TEXTS else int(text)

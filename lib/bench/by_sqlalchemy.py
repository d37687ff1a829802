"""What people load with: the ORM, SQLAlchemy's Core, and pandas' `to_sql`."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lib.database import Database
from lib.models import Flight

FLIGHTS: sa.Table = Flight.metadata.tables["flights"]
VALUES = {"sqlite": 32_766, "mysql": 65_535}  # at most, in one statement


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    if file.suffix != ".zip":
        with file.open(encoding="utf-8", newline="") as stream:
            yield stream
    else:
        with zipfile.ZipFile(file) as archive, archive.open(archive.namelist()[0]) as member:
            yield io.TextIOWrapper(member, encoding="utf-8", newline="")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of the file as the models want them."""
    with _opened(file) as stream:
        reader = csv.reader(stream)
        names = next(reader)
        convert = [_converter(FLIGHTS.c[name].type) for name in names]
        for texts in reader:
            yield {
                name: None if text == "NA" else make(text)
                for name, make, text in zip(names, convert, texts, strict=True)
            }


def _converter(kind: sa.types.TypeEngine[Any]) -> Callable[[str], Any]:
    if isinstance(kind, sa.DateTime):
        return lambda text: datetime.fromisoformat(text).replace(tzinfo=None)
    return int if isinstance(kind, sa.Integer) else str


def orm_row_by_row(url: str, file: Path) -> None:
    """session.add(Flight(...)) and commit, row by row"""
    with Database(url) as db, Session(db.engine) as session:
        for row in _rows(file):
            session.add(Flight(**row))
            session.commit()


def add_all(url: str, file: Path) -> None:
    """session.add_all() of all the Flight objects, one commit"""
    with Database(url) as db, db.session_scope() as session:
        session.add_all([Flight(**row) for row in _rows(file)])


def session_execute(url: str, file: Path) -> None:
    """session.execute(insert(Flight), dicts)"""
    with Database(url) as db, db.session_scope() as session:
        session.execute(sa.insert(Flight), list(_rows(file)))


def core_executemany(url: str, file: Path) -> None:
    """connection.execute(insert(table), dicts)"""
    with Database(url) as db, db.engine.begin() as connection:
        connection.execute(sa.insert(FLIGHTS), list(_rows(file)))


def to_sql(url: str, file: Path) -> None:
    """pandas.read_csv, then DataFrame.to_sql(if_exists="append")"""
    _to_sql(url, file)


def to_sql_multi(url: str, file: Path) -> None:
    """the same with method="multi", in chunks as long as the database allows"""
    limit = VALUES[sa.make_url(url).get_backend_name()] // len(FLIGHTS.c)
    _to_sql(url, file, method="multi", chunksize=limit)


def _to_sql(url: str, file: Path, **options: Any) -> None:
    frame = pd.read_csv(
        file, keep_default_na=False, na_values=["NA"], parse_dates=["time_hour"], low_memory=False
    )
    frame["time_hour"] = frame["time_hour"].dt.tz_localize(None)
    # By itself, pandas would write another form of the time on SQLite than the table has.
    options["dtype"] = {"time_hour": FLIGHTS.c.time_hour.type}
    with Database(url) as db, db.engine.begin() as connection:
        frame.to_sql("flights", connection, if_exists="append", index=False, **options)

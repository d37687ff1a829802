"""The table `flights` into a data frame; each returns the number of rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from lib.database import Database
from lib.database.frames import read_batches, read_frame
from lib.models import Flight

ALL = sa.select(*Flight.metadata.tables["flights"].columns)


def by_read_sql(url: str, _file: Path) -> int:
    """pandas.read_sql(select, connection)"""
    with Database(url) as db, db.engine.connect() as connection:
        return len(pd.read_sql(ALL, connection))


def by_read_frame(url: str, _file: Path) -> int:
    """lib.database.frames.read_frame: Arrow reads lines that the database writes"""
    with Database(url) as db, db.engine.connect() as connection:
        return len(read_frame(connection, ALL))


def by_read_batches(url: str, _file: Path) -> int:
    """lib.database.frames.read_batches: the same as a stream of frames"""
    with Database(url) as db, db.engine.connect() as connection:
        return sum(len(frame) for frame in read_batches(connection, ALL))

"""The table of exercise 13.4, and files for it, as a shop would send them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from lib.database import Database
from lib.database.base import MYSQL, NAMING, Base
from lib.load.tables import LoadedFile, PipelineRun, RejectedRow


class Own(DeclarativeBase):
    """A table beside those of the workbook."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = Base.type_annotation_map
    __table_args__: Any = MYSQL


class Price(Own):
    """The price of an article, and since when it holds."""

    __tablename__ = "prices"

    article: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    price: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2))
    changed: Mapped[datetime] = mapped_column(comment="UTC")


TABLES: list[Any] = [
    PipelineRun.__table__,
    LoadedFile.__table__,
    RejectedRow.__table__,
    Price.__table__,
]


@contextmanager
def price_list(name: str, *rows: str, total: str = "Summe;;;") -> Iterator[Path]:
    """A file with these rows, for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        text = "\n".join(["Artikel;Preis;Geändert;Notiz", *rows, total, ""])
        path.write_bytes(text.encode("latin-1"))
        yield path


def make_tables(db: Database) -> None:
    """Make the tables again that a load of prices needs."""
    Base.metadata.drop_all(db.engine, tables=TABLES[2::-1])
    Own.metadata.drop_all(db.engine)
    Base.metadata.create_all(db.engine, tables=TABLES[:3])
    Own.metadata.create_all(db.engine)


def prices_in(db: Database) -> dict[str, tuple[Decimal, datetime]]:
    """Return what stands in the table."""
    query = sa.select(Price.article, Price.price, Price.changed)
    with db.engine.connect() as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def rejected_in(db: Database) -> list[tuple[Any, ...]]:
    """Return the rows of the quarantine: line, field and text."""
    rows = RejectedRow.__table__.c
    query = sa.select(rows.line, rows.column_name, rows.value).order_by(rows.line)
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]

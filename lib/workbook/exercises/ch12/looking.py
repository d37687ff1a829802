"""What the checks of chapter 12 look at: the tables, and the pages that an answer makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pandas.util import hash_pandas_object
from sqlalchemy import func, inspect, select
from streamlit.testing.v1 import AppTest

from lib.database import Database
from lib.database.frames import read_frame
from lib.models import Base, Flight
from lib.workbook.course.exercise import expect
from lib.workbook.show.page_run import run_page


def contents(db: Database) -> dict[str, int]:
    """A number for each table that is there; another one when a row of ours is another."""
    with db.engine.connect() as connection:
        found = dict.fromkeys(inspect(connection).get_table_names(), 0)
        for name in found.keys() & Base.metadata.tables.keys():
            rows = read_frame(connection, select(Base.metadata.tables[name]))
            found[name] = int(hash_pandas_object(rows, index=False).sum())
    return found


def flights_by_origin(db: Database) -> dict[str, int]:
    """The number of flights by the airport that they leave from."""
    counted = select(Flight.origin, func.count().label("flights")).group_by(Flight.origin)
    with db.engine.connect() as connection:
        return {row.origin: row.flights for row in connection.execute(counted)}


def run_answer(answer: Callable[..., Any], db: Database) -> AppTest:
    """Run the answer as a page; expect that it shows no error."""
    page = run_page(answer, db=db)
    expect_no_error(page)
    return page


def expect_no_error(page: AppTest) -> None:
    """Expect that the page shows no error."""
    told = page.exception[0].message.splitlines()[0] if page.exception else ""
    expect(
        not page.exception,
        f"The page shows an error instead of numbers: {told}. A page runs outside of this "
        "notebook: it must import what it needs, inside the function.",
    )


def digits(text: object) -> str:
    """The number in a text, without commas and the like."""
    return "".join(sign for sign in str(text) if sign.isdigit())

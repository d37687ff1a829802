"""What the checks of chapter 12 look at: the tables, and the pages that an answer makes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy
from pandas.util import hash_pandas_object
from sqlalchemy import func, insert, select
from streamlit import config
from streamlit.testing.v1 import AppTest

from lib.database import Database
from lib.database.frames import read_frame
from lib.models import Airport, Base, Flight
from lib.workbook.checking.sandbox import NOT_ASYNC
from lib.workbook.course.exercise import NotYet, Sandbox, expect
from lib.workbook.show.page_run import run_page

AIRPORTS = ("EWR", "JFK", "LGA")
FOURTH = "SWF"  # an airport of departure that nobody asks for


def contents(db: Database) -> dict[str, Any]:
    """What is there, by its name: tables and their rows, columns and indexes, and views."""
    found: dict[str, Any] = {}
    with db.engine.connect() as connection:
        look = sqlalchemy.inspect(connection)
        for name in look.get_table_names():
            columns = [column["name"] for column in look.get_columns(name)]
            indexes = sorted(str(index["name"]) for index in look.get_indexes(name))
            rows = 0
            if name in Base.metadata.tables:
                frame = read_frame(connection, select(Base.metadata.tables[name]))
                rows = int(hash_pandas_object(frame, index=False).sum())
            found[name] = columns, indexes, rows
        found |= dict.fromkeys(look.get_view_names(), "a view")
    return found


def add_flights(db: Database) -> None:
    """Add what the first days of January lack: a fourth airport, other months, cancelled flights.

    Each airport gets another number of them.
    """
    rows: list[dict[str, Any]] = []
    for place, origin in enumerate((*AIRPORTS, FOURTH), 1):
        for local in (datetime(2013, 7, 4, 10), datetime(2014, 1, 2, 10)):
            for number in range(place):
                time = None if number == 0 else 1000  # the first of each is cancelled
                rows.append(
                    {
                        "time_hour": local + timedelta(hours=5),
                        "carrier": "UA",
                        "flight": 9_000 + len(rows),
                        "year": local.year,
                        "month": local.month,
                        "day": local.day,
                        "dep_time": time,
                        "sched_dep_time": 1000,
                        "arr_time": time,
                        "sched_arr_time": 1200,
                        "origin": origin,
                        "dest": "BOS",
                        "distance": 200,
                        "hour": local.hour,
                        "minute": 0,
                    }
                )
    with db.session_scope() as session:
        if session.get(Airport, FOURTH) is None:
            session.add(Airport(faa=FOURTH, name="Stewart Intl"))
    db.execute([insert(Flight).values(rows)])


def flights_by_origin(db: Database, counted: Any = None) -> dict[str, int]:
    """The number of flights by the airport that they leave from."""
    number = func.count() if counted is None else func.count(counted)
    question = select(Flight.origin, number.label("flights")).group_by(Flight.origin)
    with db.engine.connect() as connection:
        return {row.origin: row.flights for row in connection.execute(question)}


@contextmanager
def errors_in_full() -> Iterator[None]:
    """A block in which a page tells its errors, whatever the settings of the real page say."""
    option = "client.showErrorDetails"
    before = config.get_option(option)
    config.set_option(option, "full")
    try:
        yield
    finally:
        config.set_option(option, before)


def run_answer(answer: Callable[..., Any], db: Database, sandbox: Sandbox) -> AppTest:
    """Run the answer as a page; expect that it shows no error."""
    try:
        inspect.getsource(answer)
    except (OSError, TypeError, ValueError):
        raise NotYet(
            "Streamlit runs a page from the text of its function, and finds none here. Write it "
            "with `def`, in the cell."
        ) from None
    if inspect.iscoroutinefunction(answer):
        raise NotYet(NOT_ASYNC)
    with errors_in_full():
        page: AppTest = sandbox.call(partial(run_page, answer, db=db))
    expect_no_error(page)
    return page


def expect_no_error(page: AppTest, when: str = "") -> None:
    """Expect that the page shows no error."""
    if not page.exception:
        return
    shown = page.exception[0]
    kind, text = str(shown.proto.type), (shown.message.splitlines() or [""])[0]
    told = text if text.startswith(kind) else f"{kind}: {text}"
    missing = ". A page runs outside of this notebook: it imports what it needs, in the function."
    expect(
        False,
        f"{when or 'The page shows'} an error: {told}{missing if kind == 'NameError' else ''}",
    )


def digits(text: object) -> str:
    """The number in a text, without commas and the like."""
    return "".join(sign for sign in str(text) if sign.isdigit())

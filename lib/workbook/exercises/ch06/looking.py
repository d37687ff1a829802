"""What the checks of chapter 06 share: a month with gaps of its own, and how to ask."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import CompoundSelect, Select, delete, update
from sqlalchemy.exc import SQLAlchemyError

from lib.database import Database
from lib.models import Flight, Weather
from lib.workbook.course.exercise import Bench, NotYet, expect_type


def gaps(bench: Bench) -> Database:
    """The bench's database with more cancelled flights than the chapter's, and no plane for them,
    as it is with 155 of the chapter's own."""
    missing = ("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum")
    early = update(Flight).where(Flight.carrier == "MQ", Flight.day < 3, Flight.hour < 9)
    bench.db.execute([early.values(dict.fromkeys(missing))])
    return bench.db


def less_weather(bench: Bench) -> Database:
    """The same with less weather: hours without a report, and reports without a wind."""
    bench.db.execute(
        [
            delete(Weather).where(Weather.origin == "LGA", Weather.day == 2),
            update(Weather).where(Weather.day == 1, Weather.hour < 12).values(wind_speed=None),
            update(Weather).where(Weather.day == 3, Weather.hour > 12).values(wind_speed=20.0),
        ]
    )
    return gaps(bench)


def expect_select(answer: Any, name: str) -> None:
    """Expect a select that has not been asked yet; people hand over its answer."""
    if isinstance(answer, pd.DataFrame):
        raise NotYet(
            f"`{name}` is a data frame: the question has been asked already. The check asks it "
            "itself, of other data. Hand over the select."
        )
    expect_type(answer, (Select, CompoundSelect), "a select")


def ask(db: Database, question: Any) -> pd.DataFrame:
    """Ask the learner's select; what the database has against it is told in plain words."""
    try:
        return db.query(question)
    except (SQLAlchemyError, pd.errors.DatabaseError) as error:
        cause = error.__cause__ if isinstance(error, pd.errors.DatabaseError) else error
        windows = "over(" in str(question).lower().replace(" ", "")
        reason = f"The database refuses your select: {type(cause or error).__name__}."
        if windows:
            reason += (
                " Is a window function used in `where` or inside a group? Windows are computed "
                "after both; put them in a step before (a CTE)."
            )
        else:
            reason += " Ask it yourself, with `db.query`, and read the message."
        raise NotYet(reason) from error


def columns_first(frame: pd.DataFrame, wanted: list[str]) -> None:
    """Expect these columns: named first, as they say most about what was misunderstood."""
    if list(frame.columns) != wanted:
        raise NotYet(
            f"The columns are {', '.join(map(str, frame.columns))}; expected are "
            f"{', '.join(wanted)}, in this order. `label` gives a column its name."
        )

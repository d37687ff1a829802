"""Airlines and flights of the checks' own, beside those of January, and a picture of both tables.

They are what answers trip over: a code in small letters, one with an apostrophe or an underscore,
an airline without flights, two of one name, one without a name; a flight in October, one that was
cancelled, one that left and never arrived, two of one number.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from lib.database import Database
from lib.models import Airline, Flight
from lib.workbook.course.exercise import expect
from lib.workbook.exercises.driver import Sent

AIRLINES = {
    "Q1": "Quebec One",
    "q1": "Quebec's Small Letters",
    "Q2": "Quebec Two",  # no flight
    "Q3": "Quebec One",  # no flight, and the name of another
    "Q4": "",
    "W5": "Whiskey Five",  # shares an hour and a number with Q1
    "Q'": "Quebec's Apostrophe",
    "Q_": "Quebec Underscore",
}
MOST = 5  # differences that are told
KEY = ("time_hour", "carrier", "flight")
# The airline, month, hour and number of each flight, and what the others have not.
_CANCELLED = dict.fromkeys(
    ("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum"), None
)
_LOST = dict.fromkeys(("arr_time", "arr_delay", "air_time"), None)
_FLIGHTS: tuple[tuple[str, int, int, int, dict[str, Any]], ...] = (
    ("Q1", 1, 5, 1, {}),
    ("Q1", 1, 6, 1, {"dep_delay": 0, "arr_delay": 0}),
    ("Q1", 1, 7, 2, _CANCELLED),
    ("Q1", 1, 8, 3, _LOST),
    ("Q1", 10, 9, 4, {}),
    ("Q1", 12, 9, 5, {"dest": "SEA"}),
    ("q1", 1, 5, 11, {}),
    ("q1", 10, 5, 12, _CANCELLED),
    ("Q4", 1, 5, 21, {}),
    ("W5", 1, 5, 1, {}),
    ("W5", 1, 5, 31, {}),
    ("Q'", 1, 5, 41, {}),
    ("Q_", 1, 5, 51, {}),
)


@dataclass(frozen=True)
class Picture:
    """Both tables: the names by their codes, and the flights by hour, airline and number."""

    airlines: dict[str, str]
    flights: dict[tuple[datetime, str, int], tuple[Any, ...]]

    @property
    def counts(self) -> Counter[str]:
        """The number of flights by the airline's code; 0 for one that has none."""
        return Counter(carrier for _, carrier, _ in self.flights)

    def merged(self, old: str, new: str, name: str | None = None) -> Picture:
        """What the tables hold when `old` has become a part of `new`, which is called `name`."""
        airlines = {code: each for code, each in self.airlines.items() if code != old}
        flights = {
            (hour, new if carrier == old else carrier, number): rest
            for (hour, carrier, number), rest in self.flights.items()
        }
        return Picture({**airlines, **({} if name is None else {new: name})}, flights)

    def differences(self, wanted: Picture) -> list[str]:
        """Say in words what is not as in `wanted`, one clause for each, and not too many."""
        found = []
        for code in sorted({*self.airlines, *wanted.airlines}):
            here, there = self.airlines.get(code), wanted.airlines.get(code)
            if here is None and there is not None:
                found.append(f"the airline {code} is gone")
            elif there is None and here is not None:
                found.append(f"the airline {code} is there")
            elif here != there:
                found.append(f"the airline {code} is called {here!r}, not {there!r}")
        mine, theirs = self.counts, wanted.counts
        found += [
            f"{code} has {mine[code]:,} flight{'s' * (mine[code] != 1)}, not {theirs[code]:,}"
            for code in sorted({*mine, *theirs})
            if mine[code] != theirs[code]
        ]
        if not found and self.flights != wanted.flights:
            found.append("flights have changed in other columns than `carrier`")
        return found if len(found) <= MOST else [*found[:MOST], f"and {len(found) - MOST} more"]


def add_airlines(db: Database) -> None:
    """Put the airlines and flights of this module into the tables; of the others, keep one day."""
    rows = [
        {
            "time_hour": datetime(2013, month, 2, hour + 5),
            "carrier": carrier,
            "flight": number,
            "year": 2013,
            "month": month,
            "day": 2,
            "dep_time": hour * 100 + 7,
            "sched_dep_time": hour * 100,
            "dep_delay": 7,
            "arr_time": hour * 100 + 300,
            "sched_arr_time": hour * 100 + 310,
            "arr_delay": -10,
            "tailnum": "N14228",
            "origin": "JFK",
            "dest": "LAX",
            "air_time": 170,
            "distance": 2475,
            "hour": hour,
            "minute": 0,
            **other,
        }
        for carrier, month, hour, number, other in _FLIGHTS
    ]
    airlines = [{"carrier": code, "name": name} for code, name in AIRLINES.items()]
    with db.engine.begin() as connection:
        connection.execute(delete(Flight).where(Flight.day > 1))
        connection.execute(insert(Airline), airlines)
        connection.execute(insert(Flight), rows)


def picture(db: Database) -> Picture:
    """What another program sees now."""
    table = Flight.__table__
    key = [table.columns[name] for name in KEY]
    rest = [column for name, column in table.columns.items() if name not in KEY]
    with db.engine.connect() as connection:
        airlines = connection.execute(select(Airline.carrier, Airline.name)).all()
        flights = connection.execute(select(*key, *rest)).all()
    return Picture(
        {code: name for code, name in airlines},
        {(row[0], row[1], row[2]): tuple(row[3:]) for row in flights},
    )


def expect_as(found: Picture, wanted: Picture, told: str) -> None:
    """Expect that the tables are as wanted; `told` begins the sentence that says what is not."""
    differences = found.differences(wanted)
    expect(not differences, told + "; ".join(differences) + ".")


def expect_settled(sent: list[Sent], before: Picture, after: Picture) -> None:
    """Expect a COMMIT, where something was written and nothing has changed."""
    settled = any(each.word == "COMMIT" for each in sent)
    expect(
        after != before or settled or not any(each.writes for each in sent),
        "Your statements were sent, and no COMMIT after them: nothing has changed, the write was "
        "lost.",
    )

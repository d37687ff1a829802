"""Answers to exercise 0.3: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import pandas as pd
from sqlalchemy import func, select, text

from lib.models import Flight
from lib.workbook.course.exercise import Word, Wrong


def asks(sql):
    """Return the answer that sends this."""
    return lambda db: db.query(sql)


def counted_by_pandas():
    def flights_by_origin(db):
        frame = db.query("SELECT origin FROM flights")
        return frame.groupby("origin").size().reset_index(name="flights")

    return flights_by_origin


def value_counts():
    def flights_by_origin(db):
        counts = db.query("SELECT origin FROM flights").origin.value_counts()
        return counts.rename("flights").reset_index()

    return flights_by_origin


def in_an_order_of_its_own():
    return asks(
        "SELECT count(flight) AS flights, f.origin FROM flights AS f GROUP BY f.origin "
        "ORDER BY flights DESC"
    )


def by_a_sum():
    return asks("SELECT origin, SUM(1) AS flights FROM flights GROUP BY 1")  # MySQL: Decimal


def in_core():
    def flights_by_origin(db):
        statement = select(Flight.origin, func.count().label("flights")).group_by(Flight.origin)
        return db.query(statement)

    return flights_by_origin


def in_a_session():
    def flights_by_origin(db):
        with db.session_scope() as session:
            rows = session.execute(
                select(Flight.origin, func.count(Flight.flight)).group_by(Flight.origin)
            )
            return pd.DataFrame(rows.all(), columns=["origin", "flights"])

    return flights_by_origin


def objects_in_a_loop():
    def flights_by_origin(db):
        counts = {}
        with db.sessions() as session:
            for flight in session.scalars(select(Flight)):
                counts[flight.origin] = counts.get(flight.origin, 0) + 1
        return pd.DataFrame({"origin": list(counts), "flights": list(counts.values())})

    return flights_by_origin


def with_a_connection():
    def flights_by_origin(db):
        sql = "SELECT origin, count(*) FROM flights GROUP BY origin"
        with db.engine.connect() as connection:
            rows = connection.execute(text(sql)).all()
        return pd.DataFrame(rows, columns=["origin", "flights"])

    return flights_by_origin


def by_a_window():
    return asks(
        "SELECT DISTINCT origin, count(*) OVER (PARTITION BY origin) AS flights FROM flights"
    )


def one_question_each():
    def flights_by_origin(db):
        frames = [
            db.query(
                select(Flight.origin, func.count().label("flights"))
                .where(Flight.origin == airport)
                .group_by(Flight.origin)
            )
            for airport in db.query("SELECT DISTINCT origin FROM flights").origin
        ]
        return pd.concat(frames)

    return flights_by_origin


def joined_with_airports():
    return asks(
        "SELECT faa AS origin, count(*) AS flights FROM airports "
        "JOIN flights ON origin = faa GROUP BY faa"
    )


ALSO_RIGHT = (
    counted_by_pandas,
    value_counts,
    in_an_order_of_its_own,
    by_a_sum,
    in_core,
    in_a_session,
    objects_in_a_loop,
    with_a_connection,
    by_a_window,
    one_question_each,
    joined_with_airports,
)

COUNTS = "SELECT origin, count(*) AS flights FROM flights"


def the_answer():
    return lambda db: pd.DataFrame({"origin": ["EWR", "JFK", "LGA"], "flights": [9893, 9161, 7950]})


def origin_as_the_index():
    def flights_by_origin(db):
        return db.query("SELECT origin, flight AS flights FROM flights").groupby("origin").count()

    return flights_by_origin


def rows_without_a_frame():
    return lambda db: db.execute([f"{COUNTS} GROUP BY origin"])[0]


def as_text():
    def flights_by_origin(db):
        return db.query(f"{COUNTS} GROUP BY origin").astype(str)

    return flights_by_origin


def prints_it():
    def flights_by_origin(db):
        print(db.query(f"{COUNTS} GROUP BY origin"))

    return flights_by_origin


def first_three_airports():
    return lambda db: db.query(f"{COUNTS} GROUP BY origin ORDER BY origin").head(3)


WRONG = (
    Wrong(
        lambda: asks("SELECT 'all' AS origin, count(*) AS flights FROM flights"),
        "all flights together",
        "counted without grouping",
    ),
    Wrong(
        lambda: asks("SELECT count(*) AS flights FROM flights"),
        "The columns are flights;",
        "counted without grouping, and left out the airport",
    ),
    Wrong(
        lambda: asks("SELECT origin, count(*) FROM flights GROUP BY origin"),
        "The columns are",
        "did not name the count",
    ),
    Wrong(the_answer, "no row for BOS", "typed the numbers instead of the question"),
    Wrong(
        lambda: asks(f"{COUNTS} WHERE month = 1 GROUP BY origin"),
        "flights; in the copy there are",
        "asks for January, as the chapter has it",
    ),
    Wrong(
        lambda: asks(f"{COUNTS} WHERE origin IN ('EWR', 'JFK', 'LGA') GROUP BY origin"),
        "no row for BOS",
        "takes the three airports at hand for all that there are",
    ),
    Wrong(
        lambda: asks(
            f"{COUNTS} WHERE month = 1 AND origin IN ('EWR', 'JFK', 'LGA') GROUP BY origin"
        ),
        "no row for BOS",
        "writes what is known of the data into the question",
    ),
    Wrong(
        lambda: asks("SELECT origin, count(dep_time) AS flights FROM flights GROUP BY origin"),
        "flights; in the copy there are",
        "does not count cancelled flights: count(column) leaves out what is NULL",
    ),
    Wrong(
        lambda: asks(f"{COUNTS} WHERE dep_delay IS NOT NULL GROUP BY origin"),
        "no row for PHL",
        "leaves out cancelled flights, and so an airport",
    ),
    Wrong(
        lambda: asks("SELECT dest AS origin, count(*) AS flights FROM flights GROUP BY dest"),
        "no flight in the copy has that origin",
        "grouped by where the flights go",
    ),
    Wrong(
        lambda: asks("SELECT origin, dest, count(*) AS flights FROM flights GROUP BY origin, dest"),
        "The columns are origin, dest, flights;",
        "makes a row for each route",
    ),
    Wrong(
        lambda: asks(f"{COUNTS} GROUP BY origin, carrier"),
        "one is expected",
        "makes more than one row for an airport",
    ),
    Wrong(
        lambda: asks("SELECT origin, count(DISTINCT flight) AS flights FROM flights GROUP BY 1"),
        "flights; in the copy there are",
        "counts flight numbers, which come again each day",
    ),
    Wrong(
        lambda: asks(
            "SELECT faa AS origin, count(flight) AS flights FROM airports "
            "LEFT JOIN flights ON origin = faa GROUP BY faa"
        ),
        "no flight in the copy has that origin",
        "makes a row for airports without flights",
    ),
    Wrong(
        lambda: asks(
            "SELECT origin, count(*) AS flights FROM flights "
            "JOIN planes ON planes.tailnum = flights.tailnum GROUP BY origin"
        ),
        "no row for",
        "loses the flights whose plane is not known",
    ),
    Wrong(
        lambda: asks("SELECT origin, sum(flight) AS flights FROM flights GROUP BY origin"),
        "flights; in the copy there are",
        "adds up the numbers that flights have",
    ),
    Wrong(
        lambda: asks(f"{COUNTS} GROUP BY origin HAVING count(*) > 5"),
        "no row for",
        "leaves out airports with few flights",
    ),
    Wrong(
        lambda: asks("SELECT lower(origin) AS origin, count(*) AS flights FROM flights GROUP BY 1"),
        "no flight in the copy has that origin",
        "changes how the airport is written",
    ),
    Wrong(
        lambda: asks("SELECT origin AS Origin, count(*) AS Flights FROM flights GROUP BY origin"),
        "The columns are Origin, Flights;",
        "does not mind capitals in names",
    ),
    Wrong(origin_as_the_index, "the index of the frame", "leaves the airport in the index"),
    Wrong(rows_without_a_frame, "a data frame, as", "returns rows in place of a frame"),
    Wrong(as_text, "which is no number", "returns text for numbers"),
    Wrong(prints_it, "returns nothing", "shows the frame, and returns nothing"),
    Wrong(first_three_airports, "no row for", "takes the first three"),
)
WORDS = (
    Word(
        "Write `flights_by_origin(db)`",
        "the database that is handed over is asked, not one that the function knows",
        the_answer,
    ),
    Word(
        "two columns, `origin` and `flights`",
        "the names of the columns, and that there are two",
        lambda: asks(
            f"SELECT origin, count(*) AS flights, min(dest) AS dest FROM flights GROUP BY 1"
        ),
    ),
    Word(
        "for each airport that flights leave from, the number of its flights",
        "five airports, two of them not of New York",
        lambda: asks(f"{COUNTS} WHERE origin IN ('EWR', 'JFK', 'LGA') GROUP BY origin"),
    ),
    Word(
        "cancelled ones too",
        "an airport with one flight, which was cancelled",
        lambda: asks("SELECT origin, count(dep_time) AS flights FROM flights GROUP BY origin"),
    ),
    Word(
        "with other flights in it: other months, other airports",
        "flights in February and October, and from Boston and Philadelphia",
        lambda: asks(f"{COUNTS} WHERE month = 1 GROUP BY origin"),
    ),
    Word(
        "Type the question, not the answer",
        "some of the flights are taken out of the copy, so that the chapter's numbers are wrong",
        the_answer,
    ),
)

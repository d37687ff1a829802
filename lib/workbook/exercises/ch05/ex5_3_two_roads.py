"""The check of exercise 5.3: the joins are worked out, and both ends agree on them."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import AmbiguousForeignKeysError, InvalidRequestError
from sqlalchemy.orm import Session

from lib.workbook.course.exercise import Bench, NotYet, expect, expect_function
from lib.workbook.exercises.ch05.looking import (
    build,
    expect_columns,
    expect_model,
    expect_mysql_takes,
    new_base,
    new_database,
)

# What stands in a string is looked up among the classes, when all of them are there.
IN_A_STRING = (
    "In a string, a column is named with its class, and found when all classes are there: "
    '`"Route.origin"`.'
)


def check_make_models(answer: Any, bench: Bench) -> str:
    expect_function(answer, "make_models")
    base = new_base()
    try:
        made = build(bench, answer, base)
    except Exception as error:
        early = re.search(r"'(Route|origin|dest)'", str(error.__cause__))
        if isinstance(error.__cause__, NameError) and early:
            raise NotYet(
                f"NameError: at this line there is no {early[1]} yet. The body of a class runs "
                f"from top to bottom. {IN_A_STRING}"
            ) from error
        raise
    expect(
        isinstance(made, tuple | list) and len(made) == 2,
        f"This asks for the two classes: `return Airport, Route`. Your function returns {made!r}.",
    )
    airport, route = made
    expect_columns(expect_model(airport, base, "airports"), ["faa"])
    table = expect_model(route, base, "routes")
    expect_columns(table, ["origin", "dest"])
    for name in ("origin", "dest"):
        targets = {key.target_fullname for key in table.columns[name].foreign_keys}
        expect(
            targets == {"airports.faa"},
            f"routes.{name} should refer to airports.faa; it refers to "
            f"{', '.join(sorted(targets)) or 'nothing'}.",
        )
    keys = {column.name for column in table.primary_key.columns}
    expect(keys == {"origin", "dest"}, "The key of a route is its origin and dest together.")
    expect_mysql_takes(table)
    _expect_configured(bench, base)
    for model, names in ((airport, ("departures", "arrivals")), (route, ("origin_airport",))):
        for name in (*names, *(("dest_airport",) if model is route else ())):
            expect(
                name in model.__mapper__.relationships,
                f"{model.__name__} has no relationship {name!r}.",
            )
    _expect_both_ways(airport, route)
    with new_database(base) as engine, Session(engine) as session:
        # What the database holds decides, whatever the objects said of each other.
        here, there = airport(faa="JFK"), airport(faa="LAX")
        session.add_all([here, there, route(origin_airport=here, dest_airport=there)])
        bench.call(session.flush)
        rows = [tuple(row) for row in session.execute(select(route.origin, route.dest))]
        expect(
            rows == [("JFK", "LAX")],
            f"A route from JFK to LAX is stored as {rows}. "
            "Which column does each relationship use?",
        )
        session.expire_all()
        count = len(here.departures), len(here.arrivals)
        expect(
            count == (1, 0),
            "One route is stored, from JFK to LAX. Read anew, `departures` of JFK holds "
            f"{count[0]} and `arrivals` holds {count[1]}; 1 and 0 are right. Which column does "
            "each of the two use?",
        )
        session.rollback()
    return "That is it. Both roads are told apart, and each is known at both of its ends."


def _expect_configured(bench: Bench, base: Any) -> None:
    """Have the mappers work out their joins, which they put off until they are first used."""

    def configure() -> Any:
        try:
            build(bench, lambda each: each.registry.configure(), base)
        except Exception as error:
            return error

    error = configure()
    cause = getattr(error, "__cause__", None) or error
    if isinstance(cause, AmbiguousForeignKeysError):
        raise NotYet(
            "AmbiguousForeignKeysError: two foreign keys lead from routes to airports, and a "
            "relationship does not say which of them it means. Both ends of each must say it."
        )
    if "failed to locate a name" in str(cause):
        expression = str(cause).split("expression ")[-1].split(" failed to")[0]
        raise NotYet(
            f"In a relationship stands {expression}, and SQLAlchemy finds nothing of that name. "
            f"{IN_A_STRING}"
        )
    if isinstance(cause, InvalidRequestError):
        raise NotYet(f"The mappers cannot be configured: {str(cause).splitlines()[0]}")
    if error is not None:
        raise NotYet(f"The mappers cannot be configured: {type(cause).__name__}: {cause}"[:400])


def _expect_both_ways(airport: Any, route: Any) -> None:
    for side, back in (("departures", "origin_airport"), ("arrivals", "dest_airport")):
        here, one = airport(faa="JFK"), route()
        getattr(here, side).append(one)
        expect(
            getattr(one, back) is here,
            f"A route was appended to `{side}` of JFK, and its `{back}` is "
            f"{getattr(one, back)!r}. The two ends do not know of each other: name each other's "
            "attribute in `back_populates`.",
        )
        one = route()
        setattr(one, back, here)
        expect(
            one in getattr(here, side),
            f"`{back}` of a route was set to JFK, and `{side}` of JFK does not hold the route. "
            "Both ends need `back_populates`.",
        )

"""Exercise 5.3: two relationships to one table, each known at both ends."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="name-defined, valid-type, misc"

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.exc import AmbiguousForeignKeysError, SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch05.ex5_3_two_roads_answers import ALSO_RIGHT, ASIDES, WORDS, WRONG
from lib.workbook.exercises.ch05.looking import (
    build,
    expect_columns,
    expect_model,
    expect_mysql_takes,
    new_base,
    new_database,
    on_mysql,
)

ROADS = (("departures", "origin_airport"), ("arrivals", "dest_airport"))
# What stands in a string is looked up among the classes, when all of them are there.
IN_A_STRING = (
    "In a string, a column is named with its class, and found when all classes are there: "
    '`"Route.origin"`.'
)


def check_make_models(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "make_models")
    base = new_base()
    airport, route = _two_classes(answer, sandbox, base)
    _expect_tables(airport, route, base)
    _expect_configured(sandbox, base)
    for model, names in ((airport, ROADS), (route, [road[::-1] for road in ROADS])):
        for name, _ in names:
            expect(
                name in model.__mapper__.relationships,
                f"{model.__name__} has no relationship {name!r}.",
            )
    _expect_kinds(sandbox, airport, route)
    _expect_both_ways(sandbox, airport, route)
    with new_database(base) as engine, Session(engine) as session:
        _expect_stored(sandbox, session, airport, route)
        _expect_stored_by_lists(sandbox, session, airport, route)
    return "That is it. Both roads are told apart, and each is known at both of its ends."


def _two_classes(answer: Any, sandbox: Sandbox, base: Any) -> tuple[Any, Any]:
    try:
        made = build(sandbox, answer, base)
    except Exception as error:
        cause = error.__cause__
        if isinstance(cause, NameError) and cause.name in ("Route", "origin", "dest"):
            raise NotYet(
                f"NameError: at this line there is no {cause.name} yet. The body of a class runs "
                f"from top to bottom. {IN_A_STRING}"
            ) from error
        raise
    expect(
        isinstance(made, tuple | list) and len(made) == 2,
        "This asks for the two classes: `return Airport, Route`. Your function returns "
        f"{made!r:.100}.",
    )
    names = [getattr(each, "__tablename__", None) for each in made]
    expect(
        names != ["routes", "airports"],
        "The classes come in the wrong order: `return Airport, Route`.",
    )
    return made[0], made[1]


def _expect_tables(airport: Any, route: Any, base: Any) -> None:
    airports = expect_model(airport, base, "airports")
    expect_columns(airports, ["faa"])
    expect_mysql_takes(airports)
    expect(
        re.match(r"(NATIONAL )?(VAR)?CHAR\(3\)", on_mysql(airports.columns["faa"])),
        "faa has three characters; on MySQL its column is " f"{on_mysql(airports.columns['faa'])}.",
    )
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
    expect(
        keys == {"origin", "dest"},
        "The key of a route is its origin and dest together; yours is "
        f"({', '.join(sorted(keys))}).",
    )
    expect_mysql_takes(table)
    for name in ("origin", "dest"):
        expect(
            "CHAR" in on_mysql(table.columns[name]),
            f"{name} is the code of an airport; on MySQL its column is "
            f"{on_mysql(table.columns[name])}.",
        )


def _expect_configured(sandbox: Sandbox, base: Any) -> None:
    """Have the mappers work out their joins, which they put off until they are first used."""
    try:
        build(sandbox, lambda each: each.registry.configure(), base)
    except Exception as error:
        cause = error.__cause__ or error
        if isinstance(cause, AmbiguousForeignKeysError):
            raise NotYet(
                "AmbiguousForeignKeysError: two foreign keys lead from routes to airports, and a "
                "relationship does not say which of them it means. Both ends of each must say it."
            ) from error
        told = f"The relationships cannot be worked out. {type(cause).__name__}: {_line(cause)}"
        not_found = isinstance(cause.__cause__, KeyError | NameError | AttributeError)
        raise NotYet(f"{told}\n{IN_A_STRING}" if not_found else told) from error


def _line(error: BaseException) -> str:
    """The first line of an error's text, if it has one."""
    text = str(getattr(error, "orig", None) or error)
    return text.splitlines()[0][:300] if text else ""


def _tried(sandbox: Sandbox, what: str, work: Callable[[], Any]) -> Any:
    """Do something with the learner's classes; what SQLAlchemy has against it is told."""
    try:
        return sandbox.call(work)
    except Exception as error:
        cause = error.__cause__
        if isinstance(cause, SQLAlchemyError | AssertionError):
            raise NotYet(f"{what}: {type(cause).__name__}: {_line(cause)}") from error
        raise


def _expect_kinds(sandbox: Sandbox, airport: Any, route: Any) -> None:
    """Expect a list at one end of each relationship, and no list at the other."""
    for many, one in ROADS:
        found = sandbox.call(lambda: getattr(airport(faa="JFK"), many))  # noqa: B023
        expect(
            isinstance(found, list),
            f"`{many}` of a new airport is {found!r:.60}, not a list. An airport has many routes: "
            'the annotation is `Mapped[list["Route"]]`.',
        )
        found = sandbox.call(lambda: getattr(route(), one))  # noqa: B023
        expect(
            found is None,
            f"`{one}` of a new route is {found!r:.60}, not None. A route has one of it: the "
            'annotation is `Mapped["Airport"]`.',
        )


def _expect_both_ways(sandbox: Sandbox, airport: Any, route: Any) -> None:
    for many, one in ROADS:

        def appended() -> tuple[Any, Any]:
            here, new = airport(faa="JFK"), route()
            getattr(here, many).append(new)  # noqa: B023
            return here, getattr(new, one)  # noqa: B023

        def set_() -> tuple[Any, Any]:
            here, new = airport(faa="JFK"), route()
            setattr(new, one, here)  # noqa: B023
            return new, getattr(here, many)  # noqa: B023

        named = airport.__mapper__.relationships[many].back_populates == one
        why = "." if named else ": name each other's attribute in `back_populates`."
        here, found = _tried(sandbox, f"A route cannot be appended to `{many}`", appended)
        expect(
            found is here,
            f"A route was appended to `{many}` of JFK, and its `{one}` is {found!r:.60}. The two "
            f"ends do not know of each other{why}",
        )
        new, found = _tried(sandbox, f"`{one}` of a route cannot be set", set_)
        expect(
            new in found,
            f"`{one}` of a route was set to JFK, and `{many}` of JFK does not hold the route. The "
            f"two ends do not know of each other{why}",
        )


def _expect_stored(sandbox: Sandbox, session: Session, airport: Any, route: Any) -> None:
    """What the database holds decides, whatever the objects said of each other."""

    def store() -> dict[str, Any]:
        places = {code: airport(faa=code) for code in ("JFK", "LAX", "BOS")}
        one = route(origin_airport=places["JFK"], dest_airport=places["LAX"])
        session.add_all([*places.values(), one])
        session.flush()
        return {**places, "one": one}

    made = _tried(sandbox, "A route, made of its two airports, cannot be stored", store)
    rows = [tuple(row) for row in session.execute(select(route.origin, route.dest))]
    expect(
        rows == [("JFK", "LAX")],
        f"A route from JFK to LAX is stored as {rows}. Which column does each relationship use?",
    )

    def counts() -> dict[str, tuple[int, int]]:
        session.expire_all()
        return {
            code: (len(made[code].departures), len(made[code].arrivals)) for code in ("JFK", "LAX")
        }

    for code, found in _tried(sandbox, "The lists cannot be read", counts).items():
        wanted = (1, 0) if code == "JFK" else (0, 1)
        why = " Which column does each of the two use?" if found == wanted[::-1] else ""
        expect(
            found == wanted,
            f"One route is stored, from JFK to LAX. When they are loaded, `departures` of {code} "
            f"holds {found[0]} and `arrivals` holds {found[1]}; {wanted[0]} and {wanted[1]} are "
            f"right.{why}",
        )

    def ends() -> tuple[Any, Any]:
        session.expire_all()
        return made["one"].origin_airport.faa, made["one"].dest_airport.faa

    found = _tried(sandbox, "The airports of a route cannot be read", ends)
    expect(found == ("JFK", "LAX"), f"A route from JFK to LAX is loaded as one from {found}.")


def _expect_stored_by_lists(sandbox: Sandbox, session: Session, airport: Any, route: Any) -> None:
    def store() -> None:
        here, there = session.get_one(airport, "BOS"), session.get_one(airport, "JFK")
        leaving, coming, new = here.departures, there.arrivals, route()
        leaving.append(new)
        coming.append(new)
        session.flush()

    _tried(sandbox, "A route, appended to the lists of its two airports, cannot be stored", store)
    rows = {tuple(row) for row in session.execute(select(route.origin, route.dest))}
    expect(
        rows == {("JFK", "LAX"), ("BOS", "JFK")},
        "A route was appended to `departures` of BOS and `arrivals` of JFK; stored are "
        f"{sorted(rows)}.",
    )


def solution_make_models() -> Any:
    def make_models(Base):
        class Airport(Base):
            __tablename__ = "airports"

            faa: Mapped[str] = mapped_column(String(3), primary_key=True)

            departures: Mapped[list["Route"]] = relationship(
                back_populates="origin_airport", foreign_keys="Route.origin"
            )
            arrivals: Mapped[list["Route"]] = relationship(
                back_populates="dest_airport", foreign_keys="Route.dest"
            )

        class Route(Base):
            __tablename__ = "routes"

            origin: Mapped[str] = mapped_column(ForeignKey("airports.faa"), primary_key=True)
            dest: Mapped[str] = mapped_column(ForeignKey("airports.faa"), primary_key=True)

            origin_airport: Mapped["Airport"] = relationship(
                back_populates="departures", foreign_keys=[origin]
            )
            dest_airport: Mapped["Airport"] = relationship(
                back_populates="arrivals", foreign_keys=[dest]
            )

        return Airport, Route

    return make_models


EXERCISE = Exercise(
    id="5.3",
    title="Two roads to one table",
    check=check_make_models,
    hints=(
        "Four relationships, two on each class. Each names its partner on the other class with "
        "`back_populates`.",
        "Two foreign keys lead to airports, so each relationship says which one it uses, with "
        "`foreign_keys`. On Route: `foreign_keys=[origin]`. On Airport, where Route is not defined "
        'yet, as a string: `foreign_keys="Route.origin"`.',
        '`departures: Mapped[list["Route"]] = relationship(back_populates="origin_airport", '
        'foreign_keys="Route.origin")`, and its partner `origin_airport: Mapped["Airport"] = '
        'relationship(back_populates="departures", foreign_keys=[origin])`.',
    ),
    solution=solution_make_models,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=ASIDES,
)

"""Exercise 5.3: two relationships to one table, each known at both ends."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="name-defined, valid-type, misc"

from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.exc import AmbiguousForeignKeysError, InvalidRequestError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from lib.workbook.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch05.looking import (
    build,
    expect_columns,
    expect_model,
    expect_mysql_takes,
    new_base,
    new_database,
)


def check_make_models(answer: Any, bench: Bench) -> str:
    expect_function(answer, "make_models")
    base = new_base()
    made = build(bench, answer, base)
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
        expect(
            [each.dest for each in here.departures] == ["LAX"] and not here.arrivals,
            "Read anew, JFK has not the one departure and no arrival. Which column does each "
            "relationship of Airport use?",
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


def models_with_joins() -> Any:
    def make_models(Base):
        class Airport(Base):
            __tablename__ = "airports"

            faa: Mapped[str] = mapped_column(String(3), primary_key=True)

            departures: Mapped[list["Route"]] = relationship(
                back_populates="origin_airport", primaryjoin="Airport.faa == Route.origin"
            )
            arrivals: Mapped[list["Route"]] = relationship(
                back_populates="dest_airport", primaryjoin="Airport.faa == Route.dest"
            )

        class Route(Base):
            __tablename__ = "routes"

            origin: Mapped[str] = mapped_column(ForeignKey("airports.faa"), primary_key=True)
            dest: Mapped[str] = mapped_column(ForeignKey("airports.faa"), primary_key=True)

            origin_airport: Mapped["Airport"] = relationship(
                back_populates="departures", primaryjoin="Airport.faa == Route.origin"
            )
            dest_airport: Mapped["Airport"] = relationship(
                back_populates="arrivals", primaryjoin="Airport.faa == Route.dest"
            )

        return Airport, Route

    return make_models


def models_with_backref() -> Any:
    def make_models(Base):
        class Airport(Base):
            __tablename__ = "airports"

            faa: Mapped[str] = mapped_column(String(3), primary_key=True)

        class Route(Base):
            __tablename__ = "routes"

            origin: Mapped[str] = mapped_column(
                String(3), ForeignKey(Airport.faa), primary_key=True
            )
            dest: Mapped[str] = mapped_column(String(3), ForeignKey(Airport.faa), primary_key=True)

            origin_airport = relationship(Airport, backref="departures", foreign_keys=[origin])
            dest_airport = relationship(Airport, backref="arrivals", foreign_keys=[dest])

        Base.registry.configure()
        return Airport, Route

    return make_models


def models_but(
    *,
    back: bool = True,
    roads: tuple[str, str] | None = ("origin", "dest"),
    refers: bool = True,
) -> Any:
    """The solution, but for one thing."""

    def side(name: str, road: int) -> Any:
        options: dict[str, Any] = {"back_populates": name} if back else {}
        if roads:
            options["foreign_keys"] = f"Route.{roads[road]}"
        return relationship(**options)

    def make_models(Base):
        class Airport(Base):
            __tablename__ = "airports"

            faa: Mapped[str] = mapped_column(String(3), primary_key=True)

            if refers:
                departures: Mapped[list["Route"]] = side("origin_airport", 0)
                arrivals: Mapped[list["Route"]] = side("dest_airport", 1)

        class Route(Base):
            __tablename__ = "routes"

            key = [ForeignKey("airports.faa")] if refers else []
            origin: Mapped[str] = mapped_column(String(3), *key, primary_key=True)
            key = [ForeignKey("airports.faa")] if refers else []
            dest: Mapped[str] = mapped_column(String(3), *key, primary_key=True)

            if refers:
                origin_airport: Mapped["Airport"] = side("departures", 0)
                dest_airport: Mapped["Airport"] = side("arrivals", 1)

        return Airport, Route

    return make_models


def models_ambiguous() -> Any:
    return models_but(roads=None)


def models_one_sided() -> Any:
    return models_but(back=False)


def models_crossed() -> Any:
    return models_but(roads=("dest", "origin"))


def models_without_keys() -> Any:
    return models_but(refers=False)


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
    also_right=(models_with_joins, models_with_backref),
    wrong=(
        Wrong(
            models_ambiguous,
            "does not say which of them it means",
            "believes that the name of a relationship tells which key it uses",
        ),
        Wrong(
            models_one_sided,
            "The two ends do not know of each other",
            "takes two relationships over one key for one relationship",
        ),
        Wrong(
            models_crossed,
            "Which column does each relationship use?",
            "names each other consistently, over the wrong column",
        ),
        Wrong(
            models_without_keys,
            "it refers to nothing",
            "expects a relationship, or a name, to make the foreign key",
        ),
    ),
)

"""Answers to exercise 5.3: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="name-defined, valid-type, misc"

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from lib.workbook.course.exercise import Word, Wrong


def models_but(
    *,
    back: bool = True,
    roads: Any = ("Route.origin", "Route.dest"),
    lists: Any = None,
    names: tuple[str, str] = ("origin_airport", "dest_airport"),
    keys: tuple[str, ...] = ("origin", "dest"),
    refers: tuple[str, ...] = ("origin", "dest"),
    code: Any = None,
    on: Any = None,
    gives: Any = lambda airport, route: (airport, route),
    many: dict[str, Any] | None = None,
    one: dict[str, Any] | None = None,
) -> Any:
    """The solution, but for one thing.

    `lists` are the roads of Airport, if they differ; `many` and `one` are more settings of the
    lists, and of their other ends.
    """

    def side(target: str, back_name: str, road: int, given: Any, more: Any) -> Any:
        ends: dict[str, Any] = {"back_populates": back_name} if back else {}
        if given:
            ends["foreign_keys"] = given[road]
        return relationship(target, **ends, **(more or {}))

    def make_models(Base):
        class Airport(on or Base):
            __tablename__ = "airports"

            faa: Mapped[str] = mapped_column(code or String(3), primary_key=True)

        class Route(on or Base):
            __tablename__ = "routes"

            origin: Mapped[str] = mapped_column(
                code or String(3),
                *[ForeignKey("airports.faa")] * ("origin" in refers),
                primary_key="origin" in keys,
            )
            dest: Mapped[str] = mapped_column(
                code or String(3),
                *[ForeignKey("airports.faa")] * ("dest" in refers),
                primary_key="dest" in keys,
            )

        for road, name in enumerate(("departures", "arrivals")):
            setattr(Airport, name, side("Route", names[road], road, lists or roads, many))
            setattr(Route, names[road], side("Airport", name, road, roads, one))
        return gives(Airport, Route)

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


def models_too_early() -> Any:
    def make_models(Base):
        class Airport(Base):
            __tablename__ = "airports"

            faa: Mapped[str] = mapped_column(String(3), primary_key=True)
            departures: Mapped[list["Route"]] = relationship(
                back_populates="origin_airport", foreign_keys=[Route.origin]  # noqa: F821
            )

        class Route(Base):
            __tablename__ = "routes"

            origin: Mapped[str] = mapped_column(ForeignKey("airports.faa"), primary_key=True)

        return Airport, Route

    return make_models


def models_on_a_base_of_their_own() -> Any:
    class Base(DeclarativeBase):
        pass

    return models_but(on=Base)


ALSO_RIGHT = (models_with_joins, models_with_backref, models_but)

WRONG = (
    Wrong(
        lambda: models_but(roads=None),
        "does not say which of them it means",
        "believes that the name of a relationship tells which key it uses",
    ),
    Wrong(
        lambda: models_but(back=False),
        "The two ends do not know of each other",
        "takes two relationships over one key for one relationship",
    ),
    Wrong(
        lambda: models_but(roads=("Route.dest", "Route.origin")),
        "stored as [('LAX', 'JFK')]. Which column does each relationship use?",
        "names each other consistently, over the wrong column",
    ),
    Wrong(
        lambda: models_but(lists=("Route.dest", "Route.origin")),
        "of JFK holds 0 and `arrivals` holds 1; 1 and 0 are right",
        "swaps the columns at one end, where objects in memory do not show it",
    ),
    Wrong(
        lambda: models_but(lists=("origin", "dest")),
        "a column is named with its class",
        "writes in a string what would be right outside of one",
    ),
    Wrong(
        models_too_early,
        "at this line there is no Route yet",
        "uses a class before it is there, as an annotation may in quotation marks",
    ),
    Wrong(
        lambda: models_but(many={"uselist": False}),
        "`departures` of a new airport is None, not a list",
        'declares the lists without `list`, as `Mapped["Route"]`',
    ),
    Wrong(
        lambda: models_but(many={"collection_class": set}),
        "not a list. An airport has many routes",
        "takes a set, which has no order and no `append`",
    ),
    Wrong(
        lambda: models_but(one={"uselist": True}),
        "`origin_airport` of a new route is [], not None",
        "declares a list at both ends, though a route has one airport",
    ),
    Wrong(
        lambda: models_but(many={"viewonly": True}, one={"viewonly": True}),
        "A route was appended to `departures`",
        "makes relationships that only read",
    ),
    Wrong(
        lambda: models_but(many={"lazy": "raise"}),
        "The lists cannot be read: InvalidRequestError",
        "forbids the loading that the lists are for",
    ),
    Wrong(
        lambda: models_but(refers=("origin",), roads=None),
        "routes.dest should refer to airports.faa; it refers to nothing",
        "expects a relationship, or a name, to make the foreign key",
    ),
    Wrong(
        lambda: models_but(keys=("origin",)),
        "The key of a route is its origin and dest together; yours is (origin)",
        "marks one column of the key",
    ),
    Wrong(
        lambda: models_but(code=String()),
        "Every String needs a length",
        "leaves out what SQLite does not ask for",
    ),
    Wrong(
        lambda: models_but(names=("origin_place", "dest_place")),
        "Route has no relationship 'origin_airport'",
        "chooses names of its own",
    ),
    Wrong(
        lambda: models_but(gives=lambda airport, route: route),
        "This asks for the two classes",
        "returns one class",
    ),
    Wrong(
        lambda: models_but(gives=lambda airport, route: None),
        "This asks for the two classes",
        "defines the classes, and keeps them inside",
    ),
)

WORDS = (
    Word(
        "Write `make_models(Base)`. It defines two classes on the `Base` that it is given",
        "a Base of the check's own; in whose metadata the tables are",
        models_on_a_base_of_their_own,
    ),
    Word(
        "and returns them in this order: `return Airport, Route`",
        "which table comes first",
        lambda: models_but(gives=lambda airport, route: (route, airport)),
    ),
    Word(
        "`Airport`, table `airports`: the key `faa`, three characters",
        "the type on MySQL",
        lambda: models_but(code=String(30)),
    ),
    Word(
        "the lists `departures` and `arrivals`, of routes",
        "what a new airport has there",
        lambda: models_but(many={"uselist": False}),
    ),
    Word(
        "`Route`, table `routes`: `origin` and `dest`, each the code of an airport",
        "the foreign keys",
        lambda: models_but(refers=("origin",), roads=None),
    ),
    Word("together the key", "the primary key", lambda: models_but(keys=("dest",))),
    Word(
        "`origin_airport` and `dest_airport`, each an airport",
        "a route from JFK to LAX, stored and loaded",
        lambda: models_but(roads=("Route.dest", "Route.origin")),
    ),
    Word(
        "`departures` and `origin_airport` are two ends of one relationship, `arrivals` and "
        "`dest_airport` of the other.",
        "what one end says when the other was set, in memory and after loading",
        lambda: models_but(back=False),
    ),
)
ASIDES = ()

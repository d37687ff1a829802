"""Exercise 5.3: two relationships to one table, each known at both ends."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False
# mypy: disallow-subclassing-any=False, disable-error-code="name-defined, valid-type, misc"

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lib.workbook.course.exercise import Exercise, Wrong
from lib.workbook.exercises.ch05.ex5_3_two_roads import check_make_models


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
    roads: tuple[str, str] | None = ("Route.origin", "Route.dest"),
    lists: tuple[str, str] | None = None,
    refers: bool = True,
) -> Any:
    """The solution, but for one thing; `lists` are the roads of Airport, if they differ."""

    def side(name: str, road: int, roads: tuple[str, str] | None = roads) -> Any:
        options: dict[str, Any] = {"back_populates": name} if back else {}
        if roads:
            options["foreign_keys"] = roads[road]
        return relationship(**options)

    def make_models(Base):
        class Airport(Base):
            __tablename__ = "airports"

            faa: Mapped[str] = mapped_column(String(3), primary_key=True)

            if refers:
                departures: Mapped[list["Route"]] = side("origin_airport", 0, lists or roads)
                arrivals: Mapped[list["Route"]] = side("dest_airport", 1, lists or roads)

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
    return models_but(roads=("Route.dest", "Route.origin"))


def models_lists_crossed() -> Any:
    return models_but(lists=("Route.dest", "Route.origin"))


def models_without_the_class() -> Any:
    return models_but(lists=("origin", "dest"))


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
            models_lists_crossed,
            "holds 0 and `arrivals` holds 1",
            "swaps the columns at one end, where objects in memory do not show it",
        ),
        Wrong(
            models_without_the_class,
            "a column is named with its class",
            "writes in a string what would be right outside of one",
        ),
        Wrong(
            models_too_early,
            "at this line there is no Route yet",
            "uses a class before it is there, as an annotation may in quotation marks",
        ),
        Wrong(
            models_without_keys,
            "it refers to nothing",
            "expects a relationship, or a name, to make the foreign key",
        ),
    ),
)

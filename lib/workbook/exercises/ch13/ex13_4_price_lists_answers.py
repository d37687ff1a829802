"""Exercise 13.4: other right answers, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow.compute as pc

from lib import Rule
from lib.feeds import Csv, Feed, Function, Local, Number, Text
from lib.workbook.course.exercise import Word, Wrong

FORM = "%d.%m.%Y %H:%M"
GERMAN = Csv(";", encoding="latin-1", decimal=",", thousands=".", footer="^Summe;")
COLUMNS: dict[str, Any] = {
    "article": "Artikel",
    "price": Number("Preis"),
    "changed": Local("Geändert", FORM, "Europe/Berlin"),
}


def variant(read: Any = GERMAN, columns: Any = (), **options: Any) -> Any:
    """The solution, with one thing done otherwise."""

    def prices_feed(model):
        given = {"others": "leave out", "newest_by": "changed", "limit": 0.1} | options
        return Feed(model, read=read, columns=COLUMNS | dict(columns), **given)

    return prices_feed


def feed_with_signs_at_the_column() -> Any:
    def prices_feed(model):
        return Feed(
            model,
            read=Csv(delimiter=";", encoding="iso-8859-1", footer=1),
            columns={
                "article": Text("Artikel"),
                "price": Number("Preis", decimal=",", thousands="."),
                "changed": Local("Geändert", FORM, "Europe/Berlin", repeated_hour="refuse"),
            },
            others="leave out",
            key=("article",),
            newest_by="changed",
            limit=0.1,
        )

    return prices_feed


def feed_with_a_function() -> Any:
    def amount(text):
        if not re.fullmatch(r"-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]+)?", text):
            raise ValueError("not a price")
        return text.replace(".", "").replace(",", ".")

    return variant(columns={"price": Function(amount, "Preis")}, read=replace(GERMAN, decimal="."))


def feed_with_a_rule() -> Any:
    rule = Rule("price", "is below 0", lambda values: pc.less(values, 0))
    return variant(rules=[rule], read=replace(GERMAN, encoding="cp1252"))


def feed_by_hand_in_utc() -> Any:
    def in_utc(text):
        from datetime import UTC
        from zoneinfo import ZoneInfo

        zone = ZoneInfo("Europe/Berlin")
        wall = datetime.strptime(text, FORM)
        moment = wall.replace(tzinfo=zone)
        if moment.utcoffset() != moment.replace(fold=1).utcoffset():
            raise ValueError("comes twice, or never")
        return moment.astimezone(UTC)

    return variant(columns={"changed": Function(in_utc, "Geändert")})


def local(**options: Any) -> Any:
    given = {"zone": "Europe/Berlin"} | options
    return variant(columns={"changed": Local("Geändert", FORM, **given)})


def as_it_comes() -> Any:
    return lambda model: Feed(model)


ALSO_RIGHT = (
    feed_with_signs_at_the_column,
    feed_with_a_function,
    feed_with_a_rule,
    feed_by_hand_in_utc,
)
WRONG = (
    Wrong(as_it_comes, "A list of 20 good rows is not loaded", "says nothing of the file"),
    Wrong(
        lambda: variant(read=replace(GERMAN, encoding="utf-8")),
        "A list of 20 good rows is not loaded",
        "reads it as UTF-8",
    ),
    Wrong(
        lambda: variant(read=replace(GERMAN, footer=None)),
        "1 were rejected: in line 22, the field Preis holds ''",
        "takes the sum below for a row",
    ),
    Wrong(
        lambda: variant(read=replace(GERMAN, decimal=".", thousands=",")),
        "is not loaded",
        "takes the signs of English numbers",
    ),
    Wrong(
        lambda: variant(read=replace(GERMAN, thousands="")),
        "Of a list of 20 good rows, 1 were rejected: in line 2, the field Preis holds '1.234,50'",
        "knows no thousands",
    ),
    Wrong(lambda: local(zone="UTC"), "in UTC that is", "stores local times"),
    Wrong(
        lambda: variant(newest_by=None),
        "After the first list, then the later one, 007 costs 0.89",
        "lets the last file win",
    ),
    Wrong(
        lambda: variant(on_conflict="skip", newest_by=None),
        "Ä-1 costs 1234.50; the newest price is 1199.00",
        "lets the first file win",
    ),
    Wrong(
        lambda: local(repeated_hour="first"),
        "A row with a time that comes twice is to be rejected",
        "takes the first of the two hours",
    ),
    Wrong(lambda: variant(limit=None), "more than 10 %", "sets no limit"),
    Wrong(
        lambda: variant(limit=0.05),
        "A list of 20 rows, 2 of them bad, is not loaded",
        "bears a twentieth",
    ),
    Wrong(
        lambda: variant(others="refuse"),
        "is not loaded",
        "refuses the note",
    ),
    Wrong(
        lambda: lambda model: variant()(model).files,
        "This asks for a Feed",
        "returns the files of the feed",
    ),
)
WORDS = (
    Word("in Latin-1", "Ä-1 and Geändert", lambda: variant(read=replace(GERMAN, encoding="utf-8"))),
    Word(
        "a decimal comma, and a point between thousands",
        "1.234,50",
        lambda: variant(read=replace(GERMAN, thousands="")),
    ),
    Word(
        "`Geändert` is local time in Berlin",
        "articles of January and of July",
        lambda: local(zone="UTC"),
    ),
    Word(
        "of the form `05.01.2026 08:00`",
        "12.01.2026, which is in January",
        lambda: variant(columns={"changed": Local("Geändert", "%m.%d.%Y %H:%M", "Europe/Berlin")}),
    ),
    Word(
        "The last line begins with `Summe;`",
        "Summe;;; below each list",
        lambda: variant(read=replace(GERMAN, footer=None)),
    ),
    Word(
        "columns `article`, `price` and `changed` (in UTC)",
        "six articles of both seasons",
        lambda: local(zone="Etc/GMT-3"),
    ),
    Word(
        "Write `prices_feed(model)`: it returns a `Feed` from such files into the table of "
        "`model`",
        "a model of the check's own",
        lambda: lambda model: variant()(model).files,
    ),
    Word("Notes stay out", "notes in half of the rows", lambda: variant(others="refuse")),
    Word(
        "Of two prices of an article the newer one by `changed` stays, whichever file comes first "
        "and however often",
        "007, whose correction is older, in both orders, each twice",
        lambda: variant(newest_by=None),
    ),
    Word(
        "A time that comes twice is rejected",
        "26.10.2025 02:30",
        lambda: local(repeated_hour="second"),
    ),
    Word(
        "When more than 10 % of a file's rows are bad, nothing of it is loaded",
        "3 bad rows of 21, and 2 of 20",
        lambda: variant(limit=None),
    ),
    Word(
        "When more than 10 % of a file's rows are bad, nothing of it is loaded",
        "2 bad rows of 20, which are loaded",
        lambda: variant(limit=0.09),
    ),
)

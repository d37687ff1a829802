"""Exercise 13.4: a feed for price lists, whose corrections come late."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lib.database import Database
from lib.errors import PipelineError
from lib.feeds import Csv, Feed, Local, Number
from lib.load.report import LoadReport
from lib.workbook.course.exercise import (
    Exercise,
    NotYet,
    Sandbox,
    expect,
    expect_function,
    expect_type,
)
from lib.workbook.exercises.ch13.ex13_4_price_lists_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch13.price import (
    Price,
    make_tables,
    price_list,
    prices_in,
    rejected_in,
)

# January is an hour before UTC, July two; Ä and 007 show what the encoding and a guess would do.
FIRST = [
    "Ä-1;1.234,50;05.01.2026 08:00;größer",
    "007;0,99;01.07.2025 08:00;",
    "B 2;12;05.01.2026 08:00;-",
    "C-3;3,10;06.01.2026 00:15;alt",
    *(f"D-{number};{number},5;07.01.2026 12:00;" for number in range(16)),
]
LATER = [
    "Ä-1;1.199,00;12.01.2026 08:00;Aktion",
    "007;0,89;01.06.2025 08:00;kam zu spät",
    "E-5;5,00;12.01.2026 08:00;neu",
]
WANTED = {
    "Ä-1": (Decimal("1199.00"), datetime(2026, 1, 12, 7)),
    "007": (Decimal("0.99"), datetime(2025, 7, 1, 6)),
    "B 2": (Decimal("12.00"), datetime(2026, 1, 5, 7)),
    "C-3": (Decimal("3.10"), datetime(2026, 1, 5, 23, 15)),
    "E-5": (Decimal("5.00"), datetime(2026, 1, 12, 7)),
    **{f"D-{n}": (Decimal(f"{n}.50"), datetime(2026, 1, 7, 11)) for n in range(16)},
}
ODD = {
    "a decimal point": ("X-1;12.5;05.01.2026 08:00;", "12.5"),
    "a time that comes twice": ("X-2;1,00;26.10.2025 02:30;", "26.10.2025 02:30"),
    "a time that the clocks skip": ("X-3;1,00;30.03.2025 02:30;", "30.03.2025 02:30"),
    "no price": ("X-4;;05.01.2026 08:00;", ""),
}


def check_price_lists(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "prices_feed")
    feed = sandbox.call(answer, Price)
    expect(feed is not None, "The function returns nothing. Return the Feed.")
    expect_type(feed, Feed, "a Feed")
    expect(feed.table is Price.__table__, "The feed goes into another table than that of `model`.")
    db = sandbox.empty
    for names in (("first.csv", "later.csv"), ("later.csv", "first.csv")):
        expect_newest(feed, db, names)
    for what, (row, text) in ODD.items():
        expect_odd(feed, db, what, row, text)
    expect_limit(feed, db)
    return "That is it. Whichever file comes first, and however often, the newest price stays."


def load(feed: Feed, db: Database, path: Path, what: str) -> LoadReport:
    """Load a file; what is refused is told with the reason that lib gives."""
    try:
        (report,) = feed.load(db, path, again=True)
    except PipelineError as error:
        raise NotYet(f"{what} is not loaded. {error}") from None
    return report


def expect_newest(feed: Feed, db: Database, names: tuple[str, str]) -> None:
    """Expect the newest prices, after the two files in this order, and after each once more."""
    make_tables(db)
    order = "the first list, then the later one" if names[0] == "first.csv" else "the later first"
    for time in ("", " twice"):
        for name in names:
            rows = FIRST if name == "first.csv" else LATER
            with price_list(name, *rows) as path:
                report = load(feed, db, path, f"A list of {len(rows)} good rows")
            expect_all_read(report, len(rows), db)
        found = prices_in(db)
        expect(
            set(found) == set(WANTED),
            f"After {order}{time}, the table has the articles {sorted(set(found) - set(WANTED))} "
            f"that are in no list, and lacks {sorted(set(WANTED) - set(found))}.",
        )
        for article, (price, changed) in WANTED.items():
            has_price, has_changed = found[article]
            expect(
                has_price == price,
                f"After {order}{time}, {article} costs {has_price}; the newest price is {price}.",
            )
            expect(
                has_changed == changed,
                f"After {order}{time}, the price of {article} has changed at "
                f"{has_changed:%d.%m.%Y %H:%M}; in UTC that is {changed:%d.%m.%Y %H:%M}.",
            )


def expect_all_read(report: LoadReport, count: int, db: Database) -> None:
    if report.rejected:
        line, field, text = rejected_in(db)[0]
        raise NotYet(
            f"Of a list of {count} good rows, {report.rejected} were rejected: in line {line}, the "
            f"field {field} holds {text!r}."
        )
    expect(report.read == count, f"A list has {count} rows; the feed has read {report.read}.")


def expect_odd(feed: Feed, db: Database, what: str, row: str, text: str) -> None:
    """Expect that one bad row is in the quarantine, and the good ones in the table."""
    make_tables(db)
    with price_list("odd.csv", *FIRST, row) as path:
        report = load(feed, db, path, f"A list of 21 rows, one of them with {what},")
    article = row.partition(";")[0]
    expect(
        article not in prices_in(db) and report.rejected == 1,
        f"A row with {what} is to be rejected: {row!r}. It is in the table.",
    )
    expect(len(prices_in(db)) == len(FIRST), f"Beside a row with {what}, good rows are missing.")


def expect_limit(feed: Feed, db: Database) -> None:
    """Expect that a tenth of bad rows is borne, and more is not."""
    bad = [f"Z-{number};viel;05.01.2026 08:00;" for number in range(3)]
    make_tables(db)
    with price_list("tenth.csv", *FIRST[:18], *bad[:2]) as path:
        load(feed, db, path, "A list of 20 rows, 2 of them bad,")
    make_tables(db)
    with price_list("more.csv", *FIRST[:18], *bad) as path:
        try:
            feed.load(db, path, again=True)
        except PipelineError:
            pass
    expect(
        not prices_in(db),
        "Of a list of 21 rows, 3 are bad: more than 10 %. Its good rows are in the table all the "
        "same.",
    )


def solution_prices_feed() -> Any:
    def prices_feed(model):
        form = "%d.%m.%Y %H:%M"
        return Feed(
            model,
            read=Csv(";", encoding="latin-1", decimal=",", thousands=".", footer="^Summe;"),
            columns={
                "article": "Artikel",
                "price": Number("Preis"),
                "changed": Local("Geändert", form, "Europe/Berlin"),
            },
            others="leave out",
            newest_by="changed",
            limit=0.1,
        )

    return prices_feed


EXERCISE = Exercise(
    id="13.4",
    title="A feed for price lists",
    check=check_price_lists,
    hints=(
        "How the file is written says `read=Csv(...)`; what its texts mean says `columns={...}`; "
        "what happens to its rows say `others`, `newest_by` and `limit`.",
        "The feed of the meters is a pattern for `Csv`, `Number` and `Local`. A repeated hour is "
        "refused when nothing else is said.",
        '`others="leave out", newest_by="changed", limit=0.1`; and the note needs no word.',
    ),
    solution=solution_prices_feed,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("`Artikel;Preis;Geändert;Notiz` in its first line",),
)

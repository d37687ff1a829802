"""What a file does not prove is never guessed; what it proves is seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from lib import Database
from lib.database.base import Base
from lib.feeds import Csv, Feed, Money, Number, Text, Time, Value, Whole, YesNo
from lib.feeds.check import Look, look
from lib.feeds.column_types import type_of
from lib.feeds.kinds import shape
from lib.feeds.told import questions, tell


def seen_of(folder: Path, *lines: str) -> Look:
    path = folder / "x.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return look(path)


def seen_rows(folder: Path, rows: Sequence[object]) -> Look:
    """Look at JSON lines."""
    path = folder / "x.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return look(path)


def columns_of(folder: Path, **columns: Sequence[str]) -> Look:
    """Look at columns of one length, between semicolons."""
    rows = [";".join(row) for row in zip(*columns.values(), strict=True)]
    return seen_of(folder, ";".join(columns), *rows)


# --- Decimal signs ------------------------------------------------------------------------------

NO_PROOF = ["45,231", "5,820", "9,841"]
POINTS = [text.replace(",", ".") for text in NO_PROOF]
COMMA, POINT = Number(decimal=",", thousands=""), Number(decimal=".", thousands="")


@pytest.mark.parametrize(
    ("texts", "others", "value"),
    [
        (NO_PROOF, ["a", "b", "c"], Text()),
        (POINTS, ["a", "b", "c"], Text()),
        (NO_PROOF, ["12,5", "3,25", "7"], COMMA),
        (POINTS, ["12.5", "3.25", "7"], POINT),
        (POINTS, ["12,5", "3,25", "7"], Whole(decimal=",", thousands=".")),
        (NO_PROOF, ["12.5", "3.25", "7"], Whole(decimal=".", thousands=",")),
        (NO_PROOF, ["12.5", "3,25", "7"], Text()),  # the other column is no number
        ([*NO_PROOF[:2], "0,123"], ["a", "b", "c"], COMMA),
        ([*POINTS[:2], "-0.123"], ["a", "b", "c"], POINT),
        ([*NO_PROOF[:2], "1,2345"], ["a", "b", "c"], COMMA),
        ([*NO_PROOF[:2], "1234,567"], ["a", "b", "c"], COMMA),
        ([*POINTS[:2], "1.234.567"], ["a", "b", "c"], Whole(decimal=",", thousands=".")),
        ([*NO_PROOF[:2], "1,234.5"], ["a", "b", "c"], Number(decimal=".", thousands=",")),
        (["EUR 1,234", "EUR 2,345", "EUR 3,456"], ["a", "b", "c"], Text()),
        (["EUR 1,234", "EUR 2,345", "EUR 3,45"], ["a", "b", "c"], Money(decimal=",", thousands="")),
        (["5", "7", "1.234"], ["a", "b", "c"], Text()),
        (["5", "7", "9"], ["12,5", "3,25", "7"], Whole(decimal=",", thousands="")),  # 1.000 later
    ],
    ids=str,
)
def test_a_decimal_sign_is_proved_or_asked(
    tmp_path: Path, texts: list[str], others: list[str], value: Value
) -> None:
    seen = columns_of(tmp_path, a=texts, b=others)
    assert seen.values["a"] == value
    asked = "a: is the sign in it the decimal sign" in " ".join(questions(seen))
    assert asked is (value == Text())
    assert seen.bad == 0


def test_one_typing_error_does_not_decide_about_two_hundred_values(tmp_path: Path) -> None:
    texts = [f"{number},234" for number in range(1, 201)]
    numbers = [str(number) for number in range(1, 202)]
    assert columns_of(tmp_path, a=[*texts, "12,5"], b=numbers).values["a"] == Text()
    others = [f"{number}.5" for number in range(1, 202)]
    assert columns_of(tmp_path, a=[*texts, "12,5"], b=others).values["a"] == Text()
    others = [f"{number},5" for number in range(1, 202)]
    assert columns_of(tmp_path, a=[*texts, "12,5"], b=others).values["a"] == COMMA


def test_the_proposed_signs_load_what_was_written(tmp_path: Path) -> None:
    weights = ["45,231", "5,820", "0,123"]
    seen = columns_of(tmp_path, nr=["a", "b", "c"], kg=weights, piece=["2.384", "1.000", "7"])
    table = sa.Table(
        "goods",
        sa.MetaData(),
        sa.Column("nr", sa.String(8), primary_key=True),
        *(sa.Column(name, type_of(seen.columns[name])[2]) for name in ("kg", "piece")),
    )
    feed = Feed(table, read=seen.read, columns={n: seen.values[n] for n in ("kg", "piece")})
    with Database(f"sqlite:///{(tmp_path / 'x.db').as_posix()}") as db:
        Base.metadata.create_all(db.engine)
        table.create(db.engine)
        feed.load(db, tmp_path / "x.csv")
        with db.engine.connect() as connection:
            rows = connection.execute(sa.select(table.c.kg, table.c.piece)).all()
    assert [(str(kg), piece) for kg, piece in rows] == [
        ("45.231", 2384),
        ("5.820", 1000),
        ("0.123", 7),
    ]


# --- Times, JSON, truths ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fractions", "code", "bad"),
    [
        (["", ".000", ".0"], "Timestamp", 0),
        (["", ".123", ".5"], "fine_timestamp(3)", 0),
        (["", ".123456", ".5"], "fine_timestamp(6)", 0),
        ([*[f".{number:06}" for number in range(1, 30)], ".123456789"], "fine_timestamp(6)", 1),
        ([".123456789", ".123456788"], "sa.String(32)", 0),
    ],
)
def test_the_fraction_of_a_second_is_kept(
    tmp_path: Path, fractions: list[str], code: str, bad: int
) -> None:
    rows = [{"at": f"2025-10-25T22:00:04{text}Z", "n": n} for n, text in enumerate(fractions)]
    seen = seen_rows(tmp_path, rows)
    assert type_of(seen.columns["at"])[1] == code
    assert seen.bad == bad
    assert ("behind the second, which the column cannot keep" in tell(seen)) is bool(bad)
    assert ("are they cut off?" in " ".join(questions(seen))) is code.startswith("sa.String")


def test_what_stands_in_quotes_is_a_text_in_json(tmp_path: Path) -> None:
    day = "2026-01-05T08:00:00Z"
    rows = [{"version": v, "n": 1.5, "day": day, "bit": "1"} for v in ("1.10", "1.1", "2.0")]
    values = seen_rows(tmp_path, rows * 10).values
    assert (values["version"], values["bit"], values["day"]) == (Text(), Text(), Time())
    assert values["n"] == POINT


def test_one_odd_value_does_not_change_the_kind_of_the_others(tmp_path: Path) -> None:
    odd = [{"id": 101, "temp": True}, {"id": 102, "temp": "n/a"}, {"id": 103, "temp": {"a": 1}}]
    seen = seen_rows(tmp_path, [{"id": n, "temp": n + 0.5} for n in range(100)] + odd)
    assert seen.values["temp"] == POINT and seen.bad == 3
    assert "line 101: 'true'" in tell(seen)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("J", "N"), "J, N"),
        (("Ja", "Nein"), "Ja, Nein"),
        (("Y", "N"), "Y, N"),
        (("TRUE", "FALSE"), "TRUE, FALSE"),
        (("0", "1"), "1, 0"),
    ],
)
def test_a_truth_in_two_words_is_seen_with_the_odd_ones(
    tmp_path: Path, words: tuple[str, str], shown: str
) -> None:
    texts = [words[number % 2] for number in range(40)]
    texts[7], texts[9] = "X", "o"
    seen = columns_of(tmp_path, id=[str(number) for number in range(40)], active=texts)
    assert shape(seen.values["active"]) == f"yes/no in the words {shown}"
    assert seen.bad == 2 and type_of(seen.columns["active"])[1] == "sa.Boolean"
    assert "line 9: 'X'" in tell(seen)


def test_truths_of_json_are_truths_and_a_column_of_numbers_is_not(tmp_path: Path) -> None:
    rows = [{"on": number % 3 == 0, "n": number % 2} for number in range(10)]
    seen = seen_rows(tmp_path, rows)
    assert seen.values["on"] == YesNo() and type(seen.values["n"]) is Whole


# --- Keys, sizes, words -------------------------------------------------------------------------


def test_a_pair_that_looks_like_a_key_stands_beside_one_by_chance(tmp_path: Path) -> None:
    lines = [
        f"{number // 2:05};{number % 2 + 1:02};{number * 7919 % 100003}" for number in range(200)
    ]
    seen = seen_of(tmp_path, "Artikel-Nr.;Lager;EAN", *lines, lines[-1])
    assert [key.columns for key in seen.keys] == [("Artikel-Nr.", "Lager"), ("EAN",)]
    assert [key.different for key in seen.keys] == [200, 200]
    assert "Artikel-Nr., Lager: 200 of 201 differ. EAN: 200 of 201 differ" in questions(seen)[0]


def test_an_odd_value_makes_no_type_wider(tmp_path: Path) -> None:
    prices = [f"{number},{number % 90 + 10}" for number in range(100, 200)]
    prices[3] = "price on request"
    pieces = [str(number) for number in range(99)] + ["twenty thousand pieces"]
    longs = [f"{number:025}"[::-1] for number in range(1, 101)]
    seen = columns_of(tmp_path, nr=[str(n) for n in range(100)], price=prices, n=pieces, id=longs)
    codes = [type_of(column)[1] for column in seen.columns.values()]
    assert codes == ["sa.Integer", "sa.Numeric(7, 2)", "sa.Integer", "sa.String(32)"]
    assert seen.bad == 2


def test_words_for_no_value_are_told_beside_what_is_empty(tmp_path: Path) -> None:
    seen = columns_of(
        tmp_path, nr=list("abcd"), note=["", "k.A.", "-", "-"], n=["1", "2", "3", "4"]
    )
    assert "1 of 4 empty; 3 may stand for no value ('-', 'k.A.')" in tell(seen)
    assert "Do '-', 'k.A.' stand for no value?" in questions(seen)
    one = columns_of(tmp_path, nr=list("ab"), n=["1", "n/a"])
    assert "Does 'n/a' stand for no value?" in questions(one)


def test_one_is_told_in_the_singular(tmp_path: Path) -> None:
    text = tell(seen_of(tmp_path, "nr;empty", "1;"))
    assert "x.csv: 1 row, 2 columns" in text and "1 column is empty in every row" in text
    assert "0 of 1 row would be rejected" in text
    assert "columns are empty" not in text and isinstance(seen_of(tmp_path, "a;b").read, Csv)

"""What each kind of value takes, what it makes of it, and what it refuses: never a guess."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lib.errors import PipelineError
from lib.feeds import (
    Clock,
    Date,
    Function,
    Json,
    Local,
    Money,
    Number,
    Refused,
    Text,
    Time,
    Uuid,
    Value,
    Whole,
)
from lib.feeds.value import MAX_REASONS, Signs

BERLIN = "Europe/Berlin"
GERMAN = Signs(",", ".")


def read(value: Value, *columns: list[Any], signs: Signs = Signs()) -> list[Any]:
    """Return what a value makes of each row: the value, or the first reason against it in <>."""
    arrays = [pa.array(column, pa.string()) for column in columns]
    values, faults = value.reader(signs)(*arrays)
    results: list[Any] = values.to_pylist()
    for reason, mask in reversed(faults):
        for row, bad in enumerate(mask.to_pylist()):
            results[row] = f"<{reason}>" if bad else results[row]
    return results


def refused(value: Value, *texts: str, signs: Signs = Signs()) -> bool:
    """Tell whether every one of the texts is refused."""
    return all(str(each).startswith("<") for each in read(value, list(texts), signs=signs))


def test_a_text_stays_as_it_is() -> None:
    assert read(Text(), [" a", "", None, "NA"]) == [" a", "", None, "NA"]


def test_numbers_have_the_signs_that_are_said() -> None:
    assert read(Number(), ["1", "-1.50", "+5", ".5", "1e-3", None]) == [
        "1",
        "-1.50",
        "5",
        ".5",
        "1e-3",
        None,
    ]
    assert refused(
        Number(), "1,5", "", " 1", "1 ", "0x1F", "nan", "inf", "1.2.3", "--1", "٣", "1\n"
    )
    assert read(Number(), ["12.345,50", "1234", "-0,5", "1.234.567"], signs=GERMAN) == [
        "12345.50",
        "1234",
        "-0.5",
        "1234567",
    ]
    assert refused(Number(), "12.5", "1.23,4", "12.3456", "1,5,5", ".5", "1234.567", signs=GERMAN)
    assert read(Number(decimal=",", thousands=""), ["12,5"]) == ["12.5"]
    assert refused(Number(decimal=",", thousands=""), "12.5", "1.234,5")
    assert read(Number(thousands="'"), ["1'234'567.8"]) == ["1234567.8"]
    assert read(Number(thousands="\u00a0"), ["1\u00a0234"]) == ["1234"]


def test_a_whole_number_may_have_a_fraction_of_zeros() -> None:
    assert read(Whole(), ["1.00", "0.0", "-7", "0638", "5."]) == ["1", "0", "-7", "0638", "5"]
    assert refused(Whole(), "1.50", "12,5", "n/a", "1e3", "1.0.0")
    assert read(Whole(), ["1.000,00", "2"], signs=GERMAN) == ["1000", "2"]


def test_money_is_an_amount_and_a_currency() -> None:
    texts = ["EUR 1235.22", "1235.22 EUR", "USD\u00a0-5", "JPY1000"]
    assert read(Money(), texts) == ["1235.22", "1235.22", "-5", "1000"]
    assert read(Money(part="currency"), texts) == ["EUR", "EUR", "USD", "JPY"]
    assert read(Money(), ["12.00"]) == ["<names no currency>"]
    odd = ["EUR 1,234.50", "eur 5", "EUR", "EURO 5", "E 5", "EUR 5 EUR", "EUR  5", ""]
    assert refused(Money(), *odd)
    assert read(Money(thousands=","), ["EUR 1,234.50"]) == ["1234.50"]
    assert refused(Money(thousands=","), "EUR 1,2,3", "EUR 12,34")
    assert read(Money(part="currency"), ["EUR 1,234.50"]) == ["EUR"]


def test_days_and_clocks_have_their_form() -> None:
    assert read(Date(), ["2026-02-28", None]) == [date(2026, 2, 28), None]
    assert refused(Date(), "2026-02-29", "28.02.2026", "2026-02-28T00:00", "2026-02-28 ")
    assert read(Date(form="%m/%d/%Y"), ["1/21/2025"]) == [date(2025, 1, 21)]
    assert read(Clock(form="%H%M"), ["0638", "2359"]) == [time(6, 38), time(23, 59)]
    assert refused(Clock(form="%H%M"), "2561", "2400", "063800")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2026-01-05T08:00:00.000Z", "2026-01-05 08:00:00.000Z"),
        ("2026-01-05 08:00+01", "2026-01-05 08:00:00+01:00"),
        ("20260105T080000-0330", "2026-01-05 08:00:00-03:30"),
        ("2026-01-05t08:00:00z", "<not a time as in ISO 8601>"),
        ("2026-01-05T08:00:00,5z", "2026-01-05 08:00:00.5Z"),
        ("2026-01-05T08:00:00", "<names no zone>"),
        ("2026-01-05", "<not a time as in ISO 8601>"),
        ("2026-02-30T08:00Z", "<no such day or hour>"),
        ("2026-01-05T24:00Z", "<no such day or hour>"),
        ("٢٠٢٦-01-05T08:00Z", "<not a time as in ISO 8601>"),
    ],
)
def test_a_moment_has_any_form_of_iso_8601_and_a_zone(text: str, stored: str) -> None:
    assert read(Time(), [text]) == [stored]


def test_the_fraction_of_a_moment_is_cut_where_that_is_said() -> None:
    assert read(Time(cut=True), ["2026-01-05T08:00:00.987Z"]) == ["2026-01-05 08:00:00Z"]


LOCAL = "%Y-%m-%d %H:%M"
TWICE, SKIPPED = "2025-10-26 02:30", "2025-03-30 02:30"


def test_a_local_time_becomes_utc_and_the_two_odd_hours_are_refused() -> None:
    found = read(Local("t", LOCAL, BERLIN), ["2025-07-01 12:00", "2025-12-01 12:00", None])
    assert found == [datetime(2025, 7, 1, 10), datetime(2025, 12, 1, 11), None]
    found = read(Local("t", LOCAL, BERLIN), [TWICE, SKIPPED, "2025-10-26 03:00"])
    assert found[0].startswith("<comes twice in Europe/Berlin")
    assert found[1].startswith("<does not exist in Europe/Berlin")
    assert found[2] == datetime(2025, 10, 26, 2)
    assert refused(Local("t", LOCAL, BERLIN), "2025-13-01 12:00", "0001-01-01 00:00")
    first = read(Local("t", LOCAL, BERLIN, repeated_hour="first"), [TWICE])
    second = read(Local("t", LOCAL, BERLIN, repeated_hour="second"), [TWICE])
    assert (first, second) == ([datetime(2025, 10, 26, 0, 30)], [datetime(2025, 10, 26, 1, 30)])


def in_order(texts: list[str], series: list[str] | None = None) -> list[str]:
    """Return the hours and minutes in UTC of times of that night."""
    each = "s" if series else None
    reader = Local("t", LOCAL, BERLIN, repeated_hour="in order", each=each).reader(Signs())
    arrays = [pa.array([f"2025-10-{text}" for text in texts])]
    arrays += [pa.array(series)] if series else []
    values, faults = reader(*arrays)
    found = [f"{value:%H:%M}" if value else "" for value in values.to_pylist()]
    for reason, mask in faults:
        found = [reason if bad else each for each, bad in zip(found, mask.to_pylist(), strict=True)]
    return found


def test_the_repeated_hour_is_told_by_the_rows_before_it() -> None:
    hours = ["26 01:45", "26 02:00", "26 02:30", "26 02:00", "26 02:30", "26 03:00"]
    assert in_order(hours) == ["23:45", "00:00", "00:30", "01:00", "01:30", "02:00"]
    # Whole hours, and one series within another.
    mixed = ["26 01:00", "26 01:00", "26 02:00", "26 02:00", "26 02:00", "26 02:00"]
    series = ["a", "b", "a", "b", "a", "b"]
    assert in_order(mixed, series) == ["23:00", "23:00", "00:00", "00:00", "01:00", "01:00"]


def test_the_repeated_hour_is_refused_where_the_rows_do_not_tell() -> None:
    assert in_order(["26 02:00"])[0].startswith("comes twice")
    assert in_order(["26 04:00", "26 02:00"])[1].startswith("comes twice")
    three = ["26 01:00", "26 02:00", "26 02:00", "26 02:00"]
    assert in_order(three)[3].startswith("comes a third time")


def test_a_reader_knows_the_rows_of_the_batch_before() -> None:
    reader = Local("t", LOCAL, BERLIN, repeated_hour="in order").reader(Signs())
    found = []
    for text in ("2025-10-26 01:00", "2025-10-26 02:00", "2025-10-26 02:00"):
        values, faults = reader(pa.array([text]))
        assert faults == []
        found += [value.hour for value in values.to_pylist()]
    assert found == [23, 0, 1]


def test_a_uuid_is_one_in_any_case() -> None:
    plain = "5717b70f-cd7c-4d77-8173-ae66c61881a2"
    assert read(Uuid(), [plain.upper(), plain.replace("-", "")]) == [plain, plain]
    assert refused(Uuid(), f"{{{plain}}}", f"urn:uuid:{plain}", "nonsense", "", plain + "\n")


def test_json_is_a_document_or_what_stands_in_it() -> None:
    text = '{"a": [{"n": 1.10, "s": "x"}], "t": true, "z": null}'
    assert read(Json(), [text]) == [text]
    assert refused(Json(), "{broken", "NaN", "", "[1] 2")
    assert read(Json("f", ("a", 0, "n")), [text, "{}", "[]", "5"]) == ["1.10", None, None, None]
    assert read(Json("f", ("a", 0, "s")), [text]) == ["x"]
    assert read(Json("f", ("t",)), [text]) == ["true"]
    assert read(Json("f", ("z",)), [text]) == [None]
    assert read(Json("f", ("a",)), [text]) == ["<is no single value at a>"]


def test_a_function_makes_values_of_one_field_or_more() -> None:
    def price(amount: str | None, count: str | None) -> Decimal | None:
        if amount is None or count is None:
            return None
        if count == "0":
            raise ValueError("is for nothing")
        return Decimal(amount) / int(count)

    both = (["10.0", "3", None, "x"], ["4", "0", "1", "1"])
    assert read(Function(price, "amount", "count"), *both) == [
        "2.5",
        "<is for nothing>",
        None,
        "<price raised InvalidOperation>",
    ]
    assert read(Function(len, "f"), ["abc", None]) == ["3", None]
    made = {"d": date(2026, 1, 2), "t": True, "j": [1], "m": Decimal("1E+3"), "n": None}
    assert read(Function(made.get), list(made)) == ["2026-01-02", "true", "[1]", "1000", None]


def test_many_reasons_are_not_looked_for_one_by_one() -> None:
    def no(text: str) -> None:
        raise Refused(f"{text} is not wanted")

    found = read(Function(no), [str(number) for number in range(1000)])
    assert found[0] == "<0 is not wanted>" and found[-1] == "<not what is wanted>"
    assert len(set(found)) == MAX_REASONS + 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: Number(decimal="5"),
        lambda: Number(decimal=",", thousands=",").reader(Signs()),
        lambda: Number().reader(Signs(",", ",")),
        lambda: Money(part="code"),  # type: ignore[arg-type]
        lambda: Local("t", LOCAL, "Berlin"),
        lambda: Local("t", LOCAL, "../etc"),
        lambda: Local("t", LOCAL, BERLIN, repeated_hour="later"),  # type: ignore[arg-type]
        lambda: Function("upper"),  # type: ignore[arg-type]
    ],
    ids=["digit", "own signs", "file's signs", "part", "zone", "path", "hour", "function"],
)
def test_what_no_value_can_be_is_said_when_it_is_made(make: Any) -> None:
    with pytest.raises(PipelineError):
        make()

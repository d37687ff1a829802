"""Answers to exercise 9.1, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

import unittest
from typing import Any

import pytest

# --- Right ----------------------------------------------------------------------------------


def minutes_in_a_loop() -> Any:
    def test_minutes(minutes):
        wanted = {None: None, 0: 0, 5: 5, 517: 317, 1230: 750, 2359: 1439, 2400: 1440}
        assert {hhmm: minutes(hhmm) for hhmm in wanted} == wanted

    return test_minutes


def minutes_parametrized() -> Any:
    pairs = [(1345, 825), (517, 317), (0, 0), (2400, 1440), (None, None)]

    @pytest.mark.parametrize("hhmm, wanted", pairs)
    def test_minutes(minutes, hhmm, wanted):
        assert minutes(hhmm) == wanted

    return test_minutes


def minutes_parametrized_first() -> Any:
    noon = pytest.param(1200, 720, id="noon")
    pairs = [(1345, 825), (517, 317), (0, 0), (2400, 1440), (None, None), noon]

    @pytest.mark.parametrize(argnames=("hhmm", "wanted"), argvalues=pairs)
    def test_minutes(hhmm, wanted, minutes):
        assert minutes(hhmm) == wanted

    return test_minutes


def minutes_by_pytest_fail() -> Any:
    def test_minutes(minutes):
        for hhmm, wanted in ((1345, 825), (517, 317), (0, 0), (2400, 1440)):
            found = minutes(hhmm)
            if found is None or found != pytest.approx(wanted):
                pytest.fail(f"{hhmm} gives {found}")
        assert minutes(None) is None

    return test_minutes


def minutes_by_unittest() -> Any:
    def test_minutes(minutes):
        case = unittest.TestCase()
        case.assertIsNone(minutes(None))
        case.assertEqual([minutes(t) for t in (0, 9, 59, 100, 2359)], [0, 9, 59, 60, 1439])
        case.assertEqual(minutes(2400), 1440)

    return test_minutes


def minutes_of_the_whole_day() -> Any:
    def test_minutes(minutes):
        times = [100 * hour + minute for hour in range(24) for minute in range(60)]
        assert [minutes(time) for time in [*times, 2400]] == list(range(1441))
        assert minutes(None) is None

    return test_minutes


# --- Wrong ----------------------------------------------------------------------------------


def minutes_always_red() -> Any:
    def test_minutes(minutes):
        assert minutes(2400) == 1440, "right"
        raise AssertionError("not done yet")

    return test_minutes


def minutes_of_ten_o_clock() -> Any:
    def test_minutes(minutes):
        assert minutes(1000) == 600

    return test_minutes


def minutes_never_called() -> Any:
    def test_minutes(minutes):
        def right(hhmm):
            return None if hhmm is None else hhmm // 100 * 60 + hhmm % 100

        assert [right(0), right(517), right(2400)] == [0, 317, 1440]

    return test_minutes


def minutes_of_a_pair() -> Any:
    def test_minutes(minutes):
        checked = minutes(1345) == 825, "a quarter to two"
        assert checked

    return test_minutes


def minutes_caught() -> Any:
    def test_minutes(minutes):
        try:
            assert minutes(1345) == 825
            assert minutes(0) == 0
            assert minutes(None) is None
        except AssertionError:
            print("something is wrong")

    return test_minutes


def minutes_skipped() -> Any:
    def test_minutes(minutes):
        if minutes(0) == 0:
            pytest.skip("nothing to do")
        assert minutes(1345) == 825

    return test_minutes


def minutes_marked() -> Any:
    @pytest.mark.xfail
    def test_minutes(minutes):
        assert minutes(1345) == 825
        assert minutes(517) == 317
        assert minutes(0) == 0
        assert minutes(2400) == 1440
        assert minutes(None) is None

    return test_minutes


def minutes_later() -> Any:
    async def test_minutes(minutes):
        assert minutes(1345) == 825

    return test_minutes


def minutes_without_assert() -> Any:
    def test_minutes(minutes):
        minutes(1345) == 825
        minutes(517) == 317

    return test_minutes


def minutes_at_noon() -> Any:
    def test_minutes(minutes):
        assert minutes(1200) == 720
        assert minutes(None) is None

    return test_minutes


def minutes_without_edges() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825
        assert minutes(517) == 317
        assert minutes(None) is None

    return test_minutes


def minutes_falsy() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825
        assert minutes(517) == 317
        assert not minutes(0)
        assert minutes(2400) == 1440
        assert minutes(None) is None

    return test_minutes


def minutes_equal_to_zero_or_none() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825
        assert minutes(517) == 317
        assert minutes(0) == 0
        assert minutes(2400) == 1440
        assert not minutes(None)

    return test_minutes


def minutes_wrong_expectation() -> Any:
    def test_minutes(minutes):
        assert minutes(1345) == 825, "a quarter to two"
        assert minutes(2400) == 0, "midnight"

    return test_minutes

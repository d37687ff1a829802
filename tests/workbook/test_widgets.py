"""The pictures of the notebooks say the same as HTML and as text."""

from __future__ import annotations

import re

from lib.workbook.show.widgets import Bar, BarChart

CHART = BarChart(
    "Speed", "rows/s", [Bar("one by one", 250), Bar("a < b", 25_000, "4 rows"), Bar("lost", 0)]
)


def test_the_text_has_a_line_for_each_bar_with_its_value() -> None:
    lines = repr(CHART).splitlines()
    assert lines[0] == "Speed (rows/s)"
    assert [line.split("█")[0].split() for line in lines[1:]] == [
        ["one", "by", "one", "250"],
        ["a", "<", "b", "25,000"],
        ["lost", "0"],
    ]
    assert [line.count("█") for line in lines[1:]] == [1, 30, 1]
    assert lines[2].endswith("4 rows")


def test_the_html_says_the_same_and_has_a_name_for_those_who_hear_it() -> None:
    html = CHART._repr_html_()
    assert 'aria-label="Speed, in rows/s"' in html
    assert "a\u00a0&lt;\u00a0b" in html and "25,000" in html and "4\u00a0rows" in html
    assert re.findall(r"width: ([\d.]+)%", html) == ["1.0", "100.0", "0.5"]
    assert "<script" not in html


def test_a_chart_without_bars_is_only_its_title() -> None:
    empty = BarChart("Nothing", "rows/s", [])
    assert repr(empty) == "Nothing (rows/s)"
    assert "<tbody></tbody>" in empty._repr_html_()

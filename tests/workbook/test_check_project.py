"""The twelve points of a project: a good one has all, and each fault is told by its point."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from lib.config import load_settings
from lib.errors import PipelineError
from lib.feeds.check import no_watch
from lib.starter.write import new_project
from lib.workbook.course.project_card import project_card
from lib.workbook.project.passwords import passwords_in
from lib.workbook.project.point import TITLES, Point
from lib.workbook.project.points import point_of_core, point_of_passwords, points_of_tests
from lib.workbook.project.probe_points import points_of_probe
from lib.workbook.project.running import package_of, probe
from tests.support.children import unmeasured
from tests.support.own_data import FILES

NAMES = ("orders_2026-01.csv", "orders_2026-01_corrections.csv")
RULE = """        rules=[Rule("amount", "is below 0", lambda values: pc.less(values, 0))],
        newest_by="updated_at",
        limit=0.2,"""
MINUS = (
    "11111111-2222-4333-8444-555555555555,2026-01-08T08:00:00.000Z,C1,EUR -5.00,paid,[],"
    "2026-01-08T08:00:00.000Z\n"
)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old} is not in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(autouse=True)
def not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project's tests are not this run's: what measures and shares out these is not for them."""
    for name in os.environ.keys() - unmeasured().keys():
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as a learner makes it: from orders, with a rule, and a row that breaks it."""
    folder = tmp_path_factory.mktemp("own") / "shop"
    new_project(folder, [FILES / name for name in NAMES], ["order_id"], no_watch)
    feeds = folder / "shop/feeds.py"
    change(feeds, "        limit=0.2,", RULE)
    change(
        feeds,
        "from pathlib import Path\n",
        "from pathlib import Path\n\nimport pyarrow.compute as pc\n",
    )
    change(feeds, "from lib.feeds import", "from lib import Rule\nfrom lib.feeds import")
    with (folder / "tests/files" / NAMES[0]).open("a", encoding="utf-8") as file:
        file.write(MINUS)
    tests = folder / "tests/test_feeds.py"
    text = tests.read_text(encoding="utf-8")
    row = '("orders", 61, [(62, "amount", "is below 0")])'
    text, count = re.subn(r'\("orders", 60, \[\]\)', row, text)
    assert count == 1, text
    tests.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def broken(good: Path, tmp_path: Path) -> Path:
    """A copy of the good one, to be broken."""
    return Path(shutil.copytree(good, tmp_path / "shop"))


def point(points: Iterable[Point], number: int) -> Point:
    return next(each for each in points if each.number == number)


def test_a_good_project_has_twelve_points(
    good: Path, mysql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}
    monkeypatch.setenv("TEST_MYSQL_URL", mysql_url)
    card = project_card(str(good), load_settings(environ={}))
    assert card.state == "12 of 12", repr(card)
    assert [each.title for each in card.points] == list(TITLES)
    assert re.search(r"\d+ tests pass, \d+ of them on MySQL", point(card.points, 8).text)
    assert {path: path.read_bytes() for path in good.rglob("*") if path.is_file()} == before
    assert all(title in card._repr_html_() for title in TITLES)


def no_key(folder: Path) -> None:
    """The key is the customer, who has many orders."""
    for place in ("shop/models.py", "migrations/versions/0002_create_the_tables.py"):
        text = (folder / place).read_text(encoding="utf-8")
        text = text.replace("(sa.Uuid, primary_key=True)", "(sa.Uuid)")
        text = re.sub(
            r"(customer: Mapped\[str\] = mapped_column\(sa.String\(2\))",
            r"\1, primary_key=True",
            text,
        )
        (folder / place).write_text(
            text.replace('"order_id", name=', '"customer", name='), encoding="utf-8"
        )


def no_zone(folder: Path) -> None:
    path = folder / "shop/feeds.py"
    change(path, 'Time("created_at")', 'Local("created_at", "%Y-%m-%dT%H:%M:%S.000Z")')
    change(path, "import Csv, Feed", "import Local, Csv, Feed")


def any_text(folder: Path) -> None:
    change(folder / "shop/models.py", "sa.String(8)", "sa.Text()")


def older_wins(folder: Path) -> None:
    change(folder / "shop/feeds.py", '        newest_by="updated_at",\n', "")


def wide_footer(folder: Path) -> None:
    change(folder / "shop/feeds.py", "read=Csv()", "read=Csv(footer=8)")
    change(folder / "shop/feeds.py", "limit=0.2", "limit=0.5")


def no_limit(folder: Path) -> None:
    change(folder / "shop/feeds.py", "        limit=0.2,", "        limit=1.0,")


def other_model(folder: Path) -> None:
    path = folder / "shop/models.py"
    text = path.read_text(encoding="utf-8")
    more = "    note: Mapped[str | None] = mapped_column(sa.String(9))\n"
    path.write_text(re.sub(r"(    updated_at: .*\n)", r"\1" + more, text), encoding="utf-8")


def broken_page(folder: Path) -> None:
    path = folder / "streamlit_app.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n1 / 0\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "fault", "says"),
    [
        (1, no_key, r"5\d of 60 rows of orders_2026-01.csv have a key of orders \(customer\)"),
        (2, no_zone, "orders reads created_at as local time and names no zone"),
        (3, any_text, "status of orders takes a text of 5,000 snowmen"),
        (4, older_wins, r"changed \d+ rows of orders: .* newest_by="),
        (5, wide_footer, r"orders_2026-01.csv has 60 rows, and the feed orders has read 52"),
        (6, no_limit, "orders bears 100% of bad rows"),
        (7, other_model, "The models say other things than the migrations .*note"),
        (11, broken_page, "The page shows an error; .*division by zero"),
    ],
)
def test_a_fault_is_told_by_its_point(
    broken: Path, number: int, fault: Callable[[Path], None], says: str
) -> None:
    fault(broken)
    found = point(points_of_probe(probe(broken)), number)
    assert not found.holds
    assert re.search(says, found.text), found.text


def test_tests_that_run_on_one_database_are_told(broken: Path, mysql_url: str) -> None:
    change(broken / "tests/conftest.py", 'params=["sqlite", "mysql"]', 'params=["sqlite"]')
    found: dict[str, Any] = {"feeds": {"orders": {"rules": []}}}
    eight, nine = points_of_tests(broken, mysql_url, found)
    assert not eight.holds and "none of them on MySQL" in eight.text
    assert not nine.holds and "No feed has a rule of its own" in nine.text


def test_a_rule_that_no_test_misses_is_told_and_tests_without_a_server(broken: Path) -> None:
    path = broken / "tests/test_feeds.py"
    change(path, '[(62, "amount", "is below 0")]', "bad_rows()")
    change(
        path,
        "EXPECTED = ",
        "def bad_rows():\n    feed = FEEDS['orders']\n"
        "    return [(62, 'amount', 'is below 0')] if feed.rules else []\n\n\nEXPECTED = ",
    )
    found = {"feeds": {"orders": {"rules": ["amount is below 0"]}}}
    eight, nine = points_of_tests(broken, None, found)
    assert not eight.holds and "No MySQL or MariaDB is here" in eight.text
    assert not nine.holds and "Without the rule `amount is below 0` of orders" in nine.text


def test_tests_that_fail_are_named(broken: Path) -> None:
    change(broken / "tests/test_feeds.py", '"is below 0"', '"is above 0"')
    eight, nine = points_of_tests(broken, None, {"feeds": {}})
    assert not eight.holds and "tests fail: test_a_file_is_loaded" in eight.text
    assert nine.text == "First the tests must pass."


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        (".env.example", "DATABASE_URL=mysql+pymysql://me:s3cr3t@db/shop\n", "line 1"),
        ("shop/settings.py", "\nPASSWORD = 'hunter2'\n", "line 2"),
        (".github/workflows/deploy.yml", "env:\n  MYSQL_PASSWORD: hunter2\n", "line 2"),
        ("notes.md", "see https://bob:hunter2@example.org/\n", "line 1"),
    ],
)
def test_a_password_that_git_would_take_is_told(
    broken: Path, name: str, text: str, place: str
) -> None:
    assert point_of_passwords(broken).holds
    (broken / name).write_text(text, encoding="utf-8")
    found = point_of_passwords(broken)
    assert not found.holds
    assert f"{name}, {place}" in found.text
    assert "hunter2" not in found.text and "s3cr3t" not in found.text


def test_a_password_in_env_is_where_it_belongs_until_git_has_it(broken: Path) -> None:
    (broken / ".env").write_text(
        "DATABASE_URL=mysql+pymysql://me:s3cr3t@db/shop\n", encoding="utf-8"
    )
    assert passwords_in(broken) == []
    for words in (["init", "-q"], ["add", "-f", ".env"]):
        subprocess.run(["git", *words], cwd=broken, check=True)
    assert passwords_in(broken) == [".env"]


def test_a_changed_core_is_told(broken: Path) -> None:
    assert point_of_core(broken).holds
    with (broken / "lib/errors.py").open("a", encoding="utf-8") as file:
        file.write("# mine\n")
    assert "Changed by hand: errors.py" in point_of_core(broken).text


def test_what_is_no_project_is_told(tmp_path: Path, broken: Path) -> None:
    settings = load_settings(environ={})
    assert "has made" in repr(project_card(tmp_path, settings))
    assert project_card(..., settings).state == "not attempted"
    (broken / "shop/feeds.py").write_text("import nothing_of_this_name\n", encoding="utf-8")
    with pytest.raises(PipelineError, match="nothing_of_this_name"):
        probe(broken)
    (broken / "shop/feeds.py").unlink()
    with pytest.raises(PipelineError, match="no project"):
        package_of(broken)

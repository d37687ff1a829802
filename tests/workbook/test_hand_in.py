"""What a learner hands in, and the table and the exit code that come of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from lib.config import load_settings
from lib.workbook.cli import main
from lib.workbook.course.chapters import CHAPTERS, find_chapter
from lib.workbook.course.progress import Progress
from lib.workbook.teaching.hand_in import FORMAT, VERSION, read_reports, report


def solve(home: Path, *names: str) -> Progress:
    progress = Progress(home)
    for name in names:
        progress.record(name, "correct")
    return progress


def hand_in(folder: Path, name: str, *solved: str) -> Path:
    """Write the report of somebody who has solved these exercises."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.json"
    text = json.dumps(report(solve(folder / name, *solved)))
    file.write_text(text, encoding="utf-8")
    return file


def test_a_report_has_each_task_and_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    home = load_settings().home
    progress = solve(home, "4.2")
    progress.record("4.2", "not yet")
    progress.record_hint("4.2", 2)
    progress.record_solution("4.3")
    progress.record_prediction("04.a", "not right")
    assert main(["report"]) == 0
    count = sum(info.count for info in CHAPTERS)
    assert f"1 of {count} exercises solved" in capsys.readouterr().out
    found = json.loads((home / "workbook-report.json").read_text(encoding="utf-8"))
    assert (found["format"], found["version"]) == (FORMAT, VERSION)
    assert [each["chapter"] for each in found["chapters"]] == [info.number for info in CHAPTERS]
    fourth = found["chapters"][4]
    assert [each["exercise"] for each in fourth["exercises"]] == CHAPTERS[4].exercises
    assert [each["prediction"] for each in fourth["predictions"]] == CHAPTERS[4].predictions
    shape = {"exercise": "4.2", "state": "correct", "attempts": 2, "hints": 2, "solution": False}
    assert fourth["exercises"][1] == shape
    assert fourth["exercises"][2]["solution"] is True
    assert fourth["exercises"][2]["state"] == "not attempted"
    wanted = {"state": "not right", "attempts": 1, "first": "not right"}
    assert {"prediction": "04.a", **wanted} in fourth["predictions"]
    assert str(home) not in json.dumps(found)
    assert found.keys() == {"format", "version", "written_at", "chapters"}


def test_a_report_goes_where_it_is_told_to(tmp_path: Path) -> None:
    target = tmp_path / "new" / "mine.json"
    assert main(["report", "--out", str(target)]) == 0
    assert read_reports(target)[0].trouble == ""


def test_a_folder_of_reports_makes_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(tmp_path, "anna", *find_chapter("04").exercises)
    hand_in(tmp_path, "ben", "4.1", "5.1")
    assert main(["report", str(tmp_path), "--chapters", "4", "05"]) == 1
    head, anna, ben = capsys.readouterr().out.splitlines()
    assert head.split() == ["file", "04", "05", "of", "10", "%", "predicted", "looked", "up"]
    assert anna.split() == ["anna.json", "5", "0", "5", "50", "0", "0"]
    assert ben.split() == ["ben.json", "1", "1", "2", "20", "0", "0"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--chapters", "04"], 1),
        (["--chapters", "04", "--need", "20"], 0),
        (["--chapters", "04", "--need", "20.1"], 1),
        (["--need", "0"], 0),
        ([], 1),
    ],
)
def test_the_exit_code_says_whether_each_has_solved_enough(
    tmp_path: Path, words: list[str], code: int
) -> None:
    hand_in(tmp_path, "anna", *find_chapter("04").exercises)
    hand_in(tmp_path, "ben", "4.1")
    assert main(["report", str(tmp_path), *words]) == code


def test_the_table_may_be_a_file_for_a_spreadsheet(tmp_path: Path) -> None:
    hand_in(tmp_path, "anna, the first", "4.1")
    target = tmp_path / "table.csv"
    main(["report", str(tmp_path), "--out", str(target)])
    with target.open(encoding="utf-8", newline="") as lines:
        head, row = csv.reader(lines)
    assert dict(zip(head, row, strict=True))["04"] == "1"
    assert row[0] == "anna, the first.json"


DAMAGED: dict[str, Any] = {
    "is no report of the workbook": {"version": 1},
    "has version 2; 1 is known here": {"format": FORMAT, "version": 2},
    "is damaged": {"format": FORMAT, "version": VERSION, "chapters": [{}]},
}


@pytest.mark.parametrize("trouble", DAMAGED)
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_there(
    tmp_path: Path, trouble: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(tmp_path, "anna", *(each for info in CHAPTERS for each in info.exercises))
    (tmp_path / "ben.json").write_text(json.dumps(DAMAGED[trouble]), encoding="utf-8")
    (tmp_path / "carl.json").write_text("{", encoding="utf-8")
    assert main(["report", str(tmp_path), "--need", "0"]) == 1
    told = capsys.readouterr().out
    assert f"ben.json {trouble}.\ncarl.json is damaged.\n" in told
    assert "anna.json   3   5" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["no such folder"], "no report, a file that ends in .json, in no such folder"),
        ([".", "--chapters", "99"], "no chapter '99'"),
        (["--chapters", "04"], "name the FOLDER"),
    ],
)
def test_what_is_used_wrongly_ends_with_2(
    words: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report", *words]) == 2
    assert told in capsys.readouterr().err

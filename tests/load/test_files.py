"""Many files: committed one by one, each with the note that it is loaded."""

from __future__ import annotations

import gzip
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from lib.database import Database
from lib.errors import PipelineError
from lib.load import files as files_module
from lib.load.files import list_files, load_files
from lib.load.report import LoadReport
from lib.models import Airline, LoadedFile, Plane, RejectedRow
from lib.pipeline.runs import recorded
from lib.source import CsvSource
from tests.support.killing import Events, Moment, Pipe, die, fingerprint, wait_until_gone, working
from tests.support.tables import emptied_after, tables_made
from tests.support.year import KINDS

BEFORE = "{} was loaded before."
AGAIN = "{} had changed since; it was loaded again."


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[URL]:
    with tables_made(request, request.param) as url:
        yield url


@pytest.fixture
def db(url: URL) -> Iterator[Database]:
    with emptied_after(url) as db:
        yield db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three files with two airlines each."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number in (1, 2, 3):
        write(folder / f"2013-0{number}.csv", f"A{number}", f"B{number}")
    return folder


def write(path: Path, *carriers: str, name: str = "x") -> Path:
    """Write airlines into a file, packed as its name says."""
    text = "".join(f"{line}\n" for line in ("carrier,name", *(f"{c},{name}" for c in carriers)))
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inside.csv", text)
    else:
        path.write_text(text)
    return path


def carriers(db: Database) -> list[str]:
    found: list[str] = db.query("SELECT carrier FROM airlines ORDER BY carrier")["carrier"].tolist()
    return found


def noted(db: Database) -> list[str]:
    """Return the names of the files that are noted as loaded."""
    found = db.query(sa.select(LoadedFile.file).order_by(LoadedFile.file))
    return list(found["file"])


def inserted(reports: list[LoadReport]) -> list[int]:
    return [report.inserted for report in reports]


def notes(reports: list[LoadReport]) -> list[str]:
    return [report.note for report in reports]


# --- Which files ------------------------------------------------------------------------------


def test_a_folder_gives_its_csv_files_by_name_packed_ones_too(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv.gz", "c.csv.zip", "notes.txt", "d.csv.bak", "e.parquet"):
        (tmp_path / name).touch()
    found = [path.name for path in list_files(tmp_path)]
    assert found == ["a.csv.gz", "b.csv", "c.csv.zip"]
    assert list_files(str(tmp_path)) == list_files(tmp_path)


def test_endings_in_capitals_are_endings_and_what_a_mac_adds_is_none(tmp_path: Path) -> None:
    for name in ("A.CSV", "b.csv", "C.Csv.GZ", "d.csv.bz2", "e.CSV.xz", "._b.csv", ".DS_Store"):
        (tmp_path / name).touch()
    (tmp_path / "old.csv").mkdir()
    found = [path.name for path in list_files(tmp_path)]
    assert found == ["A.CSV", "C.Csv.GZ", "b.csv", "d.csv.bz2", "e.CSV.xz"]


def test_what_a_folder_holds_beside_is_named(db: Database, folder: Path) -> None:
    assert notes(load_files(db, Airline, folder)) == ["", "", ""]
    write(folder / "D.CSV", "DD")
    for name in ("notes.txt", "a.xlsx", ".DS_Store"):
        (folder / name).touch()
    (folder / "2012").mkdir()
    said = "Of the folder files, .DS_Store, 2012/, a.xlsx, notes.txt were left out."
    reports = load_files(db, Airline, folder)
    assert carriers(db) == ["A1", "A2", "A3", "B1", "B2", "B3", "DD"]
    assert notes(reports)[0] == f"{BEFORE.format('2013-01.csv')} {said}"
    assert said not in " ".join(notes(reports)[1:])
    assert notes(load_files(db, Airline, f"{folder}/*.csv"))[0] == BEFORE.format("2013-01.csv")
    for number in range(20):
        (folder / f"z{number:02}.txt").touch()
    assert load_files(db, Airline, folder)[0].note.endswith("z05.txt and 14 more were left out.")


def test_a_folder_with_nothing_to_load_names_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").touch()
    (tmp_path / "2013").mkdir()
    with pytest.raises(PipelineError, match=r"no file to load in .*2013/, x\.xlsx were left out"):
        list_files(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no FIFO in a folder")
def test_a_fifo_is_loaded_once_by_its_content(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for text, report in (
        ("carrier,name\nUA,United\nTOOLONG,x\n", (2, 1, "")),
        ("carrier,name\nUA,United\nTOOLONG,x\n", (0, 0, BEFORE.format("pipe"))),
        ("carrier,name\nAA,American\n", (1, 1, "")),
    ):
        writer = Thread(target=path.write_text, args=(text,))
        writer.start()
        (found,) = load_files(db, Airline, path)
        writer.join(10)
        assert (found.read, found.inserted, found.note) == report
    assert carriers(db) == ["AA", "UA"]
    assert len(db.query(sa.select(RejectedRow))) == 1  # a second pipe of that name is another


def test_a_glob_gives_what_it_matches_by_name(folder: Path) -> None:
    found = list_files(f"{folder}/2013-0[12].csv")
    assert [path.name for path in found] == ["2013-01.csv", "2013-02.csv"]
    below = list_files(folder.parent / "**" / "*.csv")
    assert [path.name for path in below] == ["2013-01.csv", "2013-02.csv", "2013-03.csv"]


def test_a_list_keeps_its_own_order(folder: Path) -> None:
    wanted: list[str | Path] = [folder / "2013-03.csv", str(folder / "2013-01.csv")]
    assert list_files(wanted) == [Path(one) for one in wanted]
    assert list_files(Path(one) for one in wanted) == [Path(one) for one in wanted]


def test_one_file_is_one_whatever_its_name(tmp_path: Path) -> None:
    file = write(tmp_path / "planes [old].csv", "UA")
    assert list_files(file) == list_files(str(file)) == [file]


def test_no_file_is_an_error_that_says_what_to_name(db: Database, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    places: tuple[Any, ...] = (tmp_path, f"{tmp_path}/*.csv", tmp_path / "no such folder", [])
    for where in places:
        with pytest.raises(PipelineError, match="no file to load") as caught:
            load_files(db, Airline, where)
        assert ".csv.gz" in caught.value.fix


# --- What is loaded, and noted ----------------------------------------------------------------


def test_each_file_of_a_folder_is_loaded_and_noted(db: Database, folder: Path) -> None:
    with recorded(db) as run:
        reports = load_files(db, Airline, folder, run_id=run.run_id)
    assert inserted(reports) == [2, 2, 2]
    assert notes(reports) == ["", "", ""]
    assert carriers(db) == ["A1", "A2", "A3", "B1", "B2", "B3"]
    (rows,) = db.execute([sa.select(LoadedFile.__table__).order_by("file")])
    assert [(row.table_name, row.file, row.run_id) for row in rows] == [
        ("airlines", f"2013-0{number}.csv", run.run_id) for number in (1, 2, 3)
    ]
    assert {row.size for row in rows} == {(folder / "2013-01.csv").stat().st_size}
    assert all(re.fullmatch("[0-9a-f]{64}", row.sha256) for row in rows)


def test_packed_files_are_loaded_too(db: Database, tmp_path: Path) -> None:
    write(tmp_path / "a.csv.gz", "AA")
    write(tmp_path / "b.csv.zip", "BB")
    assert inserted(load_files(db, Airline, tmp_path)) == [1, 1]
    assert carriers(db) == ["AA", "BB"]
    assert notes(load_files(db, Airline, tmp_path)) == [
        BEFORE.format("a.csv.gz"),
        BEFORE.format("b.csv.zip"),
    ]


def test_a_file_that_was_loaded_before_is_not_read_again(
    db: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_files(db, Airline, folder)
    monkeypatch.setattr(CsvSource, "batches", lambda _source: pytest.fail("it was read"))
    reports = load_files(db, Airline, folder)
    assert notes(reports) == [BEFORE.format(f"2013-0{number}.csv") for number in (1, 2, 3)]
    assert {(report.read, report.inserted, report.unchanged) for report in reports} == {(0, 0, 0)}


def test_a_file_that_was_copied_or_touched_has_not_changed(db: Database, folder: Path) -> None:
    load_files(db, Airline, folder)
    os.utime(folder / "2013-01.csv", (1, 1))
    assert load_files(db, Airline, folder)[0].note == BEFORE.format("2013-01.csv")


def test_a_file_that_has_changed_since_is_loaded_again(db: Database, folder: Path) -> None:
    load_files(db, Airline, folder)
    write(folder / "2013-02.csv", "A2", "C2", name="y")  # as many bytes as before
    reports = load_files(db, Airline, folder)
    assert notes(reports)[1] == AGAIN.format("2013-02.csv")
    assert (reports[1].inserted, reports[1].updated, reports[1].unchanged) == (1, 1, 0)
    assert [report.read for report in reports] == [0, 2, 0]
    assert notes(load_files(db, Airline, folder))[1] == BEFORE.format("2013-02.csv")
    assert len(noted(db)) == 3


def test_a_file_is_known_for_each_table_by_itself(db: Database, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("carrier,name\nUA,United\n")
    load_files(db, Airline, tmp_path)
    (tmp_path / "x.csv").write_text("tailnum,year\nN14228,1999\n")
    (report,) = load_files(db, Plane, tmp_path)
    assert (report.inserted, report.note) == (1, "")


def test_what_to_do_with_known_rows_is_passed_on(db: Database, folder: Path) -> None:
    db.execute([sa.insert(Airline).values(carrier="A2", name="old")])
    reports = load_files(db, Airline, folder, "skip")
    assert (reports[1].inserted, reports[1].unchanged) == (1, 1)
    assert db.query("SELECT name FROM airlines WHERE carrier = 'A2'")["name"].tolist() == ["old"]
    write(folder / "2013-02.csv", "A2", "D2")
    with pytest.raises(PipelineError, match="are in airlines already"):
        load_files(db, Airline, folder, "error")
    assert "D2" not in carriers(db)


def test_rejected_rows_are_counted_and_belong_to_the_run(db: Database, folder: Path) -> None:
    write(folder / "2013-02.csv", "A2", "TOOLONG")
    with recorded(db) as run:
        reports = load_files(db, Airline, folder, run_id=run.run_id)
    assert [report.rejected for report in reports] == [0, 1, 0]
    (rows,) = db.execute([sa.select(RejectedRow.file, RejectedRow.line, RejectedRow.run_id)])
    assert [tuple(row) for row in rows] == [("2013-02.csv", 3, run.run_id)]


def test_each_file_is_watched(db: Database, folder: Path) -> None:
    seen: list[str] = []

    @contextmanager
    def watch(source: CsvSource) -> Iterator[None]:
        seen.append(source.name)
        yield

    load_files(db, Airline, folder, watch=watch)
    assert seen == ["2013-01.csv", "2013-02.csv", "2013-03.csv"]


# --- Bad files --------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["carrier,colour\nUA,red\n", "", "carrier,name\nUA,\xff\n"])
def test_the_files_before_a_bad_one_stay_loaded(db: Database, folder: Path, content: str) -> None:
    (folder / "2013-02.csv").write_bytes(content.encode("latin-1"))
    with pytest.raises(PipelineError, match="2013-02.csv"):
        load_files(db, Airline, folder)
    assert carriers(db) == ["A1", "B1"]
    assert noted(db) == ["2013-01.csv"]
    write(folder / "2013-02.csv", "A2", "B2")
    assert inserted(load_files(db, Airline, folder)) == [0, 2, 2]


@pytest.mark.parametrize("name", ["2013-02.csv.gz", "2013-02.csv.zip"])
def test_a_packed_file_that_is_cut_off_leaves_nothing_of_it(
    db: Database, folder: Path, name: str
) -> None:
    whole = write(folder / name, *(f"{number:02}" for number in range(99))).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    (folder / "2013-02.csv").unlink()
    with pytest.raises(PipelineError, match=name):
        load_files(db, Airline, folder)
    assert carriers(db) == ["A1", "B1"]
    assert noted(db) == ["2013-01.csv"]


def test_a_file_that_vanishes_before_its_turn_is_an_error(db: Database, folder: Path) -> None:
    @contextmanager
    def watch(source: CsvSource) -> Iterator[None]:
        if source.name == "2013-02.csv":
            source.path.unlink()
        yield

    with pytest.raises(PipelineError, match="2013-02.csv cannot be read") as caught:
        load_files(db, Airline, folder, watch=watch)
    assert "still there" in caught.value.fix
    assert carriers(db) == ["A1", "B1"]


def while_it_is_read(
    monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[Path], object]
) -> None:
    """Do something to a file when its rows have been read."""
    load = files_module.bulk_load

    def loading(connection: Any, model: Any, source: CsvSource, *rest: Any, **more: Any) -> Any:
        report = load(connection, model, source, *rest, **more)
        if source.name == name:
            act(source.path)
        return report

    monkeypatch.setattr(files_module, "bulk_load", loading)


def test_a_file_that_changes_while_it_is_read_is_not_loaded(
    db: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    while_it_is_read(monkeypatch, "2013-02.csv", lambda path: write(path, "A2", "B2", "C2"))
    with pytest.raises(PipelineError, match="2013-02.csv changed while it was read"):
        load_files(db, Airline, folder)
    assert carriers(db) == ["A1", "B1"]
    assert noted(db) == ["2013-01.csv"]
    monkeypatch.undo()
    assert inserted(load_files(db, Airline, folder)) == [0, 3, 2]


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no file that is open")
def test_a_file_that_vanishes_while_it_is_read_is_not_loaded(
    db: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    while_it_is_read(monkeypatch, "2013-02.csv", Path.unlink)
    with pytest.raises(PipelineError, match="2013-02.csv cannot be read"):
        load_files(db, Airline, folder)
    assert carriers(db) == ["A1", "B1"]


# --- One transaction for the rows and the note ------------------------------------------------


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_a_failure_between_the_rows_and_the_note_leaves_neither(
    db: Database, folder: Path, kind: type[BaseException]
) -> None:
    def fail(_cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO loaded_files"):
            raise kind("on purpose")

    event.listen(db.engine, "do_execute", fail)
    with pytest.raises(kind, match="on purpose"):
        load_files(db, Airline, folder)
    event.remove(db.engine, "do_execute", fail)
    assert carriers(db) == noted(db) == []
    assert inserted(load_files(db, Airline, folder)) == [2, 2, 2]


def test_a_commit_that_fails_leaves_neither_and_a_deadlock_is_tried_again(
    db: Database, folder: Path
) -> None:
    commit = db.engine.dialect.do_commit
    arguments = ("database is locked",) if db.dialect.name == "sqlite" else (1213, "Deadlock")
    failures: list[list[str]] = []

    def fail_once(connection: Any) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute("SELECT COUNT(*) FROM airlines")
            (loaded,) = cursor.fetchone()
        if loaded == 2 and not failures:
            with Database(db.url) as other:
                failures.append(carriers(other))
            raise OperationalError("COMMIT", {}, Exception(*arguments))
        commit(connection)

    db.engine.dialect.do_commit = fail_once
    reports = load_files(db, Airline, folder)
    db.engine.dialect.do_commit = commit
    assert failures == [[]]
    assert inserted(reports) == [2, 2, 2]
    assert len(noted(db)) == 3


def test_a_busy_neighbour_does_not_stop_it(
    db: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody commits after each look at what is loaded: no reason to begin again."""
    asked: list[str] = []
    pauses: list[float] = []
    monkeypatch.setattr("lib.database.database.time.sleep", pauses.append)

    def write_elsewhere(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT loaded_files.sha256"):
            asked.append(statement)
            with Database(db.url) as other:
                other.execute([sa.insert(Plane).values(tailnum=f"N{len(asked)}")])

    event.listen(db.engine, "after_cursor_execute", write_elsewhere)
    reports = load_files(db, Airline, folder)
    event.remove(db.engine, "after_cursor_execute", write_elsewhere)
    assert inserted(reports) == [2, 2, 2]
    assert (len(asked), pauses) == (3, [])


# --- Killed, and resumed ----------------------------------------------------------------------


def load_and_die(url: str, folder: Path, moment: Moment, pipe: Pipe) -> None:
    """Load the folder, and die at the moment; only loads count, not the notes that are read."""
    with Database(url) as db:
        events = Events(db, moment, die)
        load_files(db, Airline, folder, watch=events.watch)
        pipe.send(events.counts)


def test_killed_in_or_between_files_it_resumes_where_it_stopped(db: Database, folder: Path) -> None:
    url = db.url.render_as_string(hide_password=False)
    with working(load_and_die, url, folder, Moment("never")) as worker:
        counts = worker.pipe.recv()
        worker.join()
    reference = fingerprint(db)
    last = counts["commit"]
    assert last == 3, "one for each file"
    for moment, whole in [
        (Moment("commit", 1), 0),
        (Moment("committed", 1), 1),
        (Moment("statement", counts["statement"] // 2), 1),
        (Moment("batch", counts["batch"]), 2),
        (Moment("commit", last), 2),
        (Moment("committed", last - 1), 2),
        (Moment("committed", last), 3),
    ]:
        db.execute([sa.delete(Airline), sa.delete(LoadedFile)])
        with working(load_and_die, url, folder, moment) as worker:
            worker.join()
            assert worker.was_killed, moment
        wait_until_gone(db)
        names = [f"2013-0{number}.csv" for number in (1, 2, 3)]
        assert noted(db) == names[:whole], moment
        assert len(carriers(db)) == 2 * whole
        reports = load_files(db, Airline, folder)
        assert notes(reports) == [BEFORE.format(name) for name in names[:whole]] + [""] * (
            3 - whole
        )
        assert inserted(reports) == [0] * whole + [2] * (3 - whole)
        assert fingerprint(db) == reference

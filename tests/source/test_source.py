"""The raw files: batches of text, with the line of each row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest

from lib.errors import PipelineError
from lib.pipeline.flights import flights_folder, raw_source
from lib.source import CsvSource
from lib.source import csv_file as source_module
from lib.source.csv_lines import Malformed

Use = Callable[[CsvSource], object]
USES: dict[str, Use] = {
    "columns": lambda source: source.columns,
    "size": lambda source: source.size,
    "rows": lambda source: list(source.batches()),
}
in_each_use = pytest.mark.parametrize("use", USES.values(), ids=USES)
in_each_read = pytest.mark.parametrize(
    "use", [USES["columns"], USES["rows"]], ids=["columns", "rows"]
)


def csv_file(folder: Path, content: str | bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zip_file(folder: Path, content: str, *, members: tuple[str, ...] = ("x.csv",)) -> Path:
    path = folder / "x.csv.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.writestr(member, content)
    return path


def read(source: CsvSource) -> tuple[list[dict[str, str | None]], list[int]]:
    """Return all rows and all line numbers."""
    batches = list(source.batches())
    rows = [row for batch in batches for row in batch.rows.to_pylist()]
    return rows, [line for batch in batches for line in batch.lines.to_pylist()]


def test_every_value_is_text_and_na_is_missing(tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'a,b\n1,NA\n007,"NA"\n,x y\n')
    rows, lines = read(CsvSource(path))
    assert rows == [{"a": "1", "b": None}, {"a": "007", "b": "NA"}, {"a": "", "b": "x y"}]
    assert lines == [2, 3, 4]


def test_lines_go_on_from_batch_to_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "BLOCKS", (1000,))
    path = csv_file(tmp_path, "a,b\n" + "".join(f"{i},{i}\n" for i in range(1, 1001)))
    source = CsvSource(path)
    batches = list(source.batches())
    assert len(batches) > 3
    rows, lines = read(source)
    assert lines == list(range(2, 1002))
    assert [row["a"] for row in rows] == [str(line - 1) for line in lines]


def test_the_bytes_read_grow_to_the_size_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "BLOCKS", (1000,))
    content = "a,b\n" + "".join(f"{i},{i}\n" for i in range(1000))
    for source in (
        CsvSource(csv_file(tmp_path, content)),
        CsvSource(zip_file(tmp_path, content)),
    ):
        counts = [batch.bytes_read for batch in source.batches()]
        assert counts == sorted(counts)
        assert counts[-1] == source.size == len(content)


def test_empty_lines_hold_no_row_but_count(tmp_path: Path) -> None:
    rows, lines = read(CsvSource(csv_file(tmp_path, "a,b\r\n1,2\r\n\r\n,4\r\n\r\n\r\n5,\r\n\r\n")))
    assert rows == [{"a": "1", "b": "2"}, {"a": "", "b": "4"}, {"a": "5", "b": ""}]
    assert lines == [2, 4, 7]


def test_a_mark_at_the_start_and_other_scripts_are_read(tmp_path: Path) -> None:
    source = CsvSource(csv_file(tmp_path, b"\xef\xbb\xbfa,b\n" + "é,🛫\n".encode()))
    assert source.columns == ["a", "b"]
    assert read(source)[0] == [{"a": "é", "b": "🛫"}]


def test_where_keeps_lines_as_they_are_in_the_file(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a,b\n1,x\n2,x\nNA,x\n1,y\n3,x\n")
    source = CsvSource(path, where={"a": {"1", "3"}, "b": {"x"}})
    rows, lines = read(source)
    assert rows == [{"a": "1", "b": "x"}, {"a": "3", "b": "x"}]
    assert lines == [2, 6]


def test_a_zip_gives_the_same_rows_as_its_file(tmp_path: Path) -> None:
    content = "a,b\n1,NA\n2,x\n"
    plain = CsvSource(csv_file(tmp_path, content))
    packed = CsvSource(zip_file(tmp_path, content))
    assert read(packed) == read(plain)
    assert (packed.columns, packed.size) == (plain.columns, plain.size)
    assert (packed.name, plain.name) == ("x.csv.zip", "x.csv")


def test_a_file_with_a_header_only_has_no_rows(tmp_path: Path) -> None:
    source = CsvSource(csv_file(tmp_path, "a,b\n"))
    assert source.columns == ["a", "b"]
    assert read(source) == ([], [])


# --- What can be wrong with a file ------------------------------------------------------------


@in_each_use
@pytest.mark.parametrize("name", ["no.csv", "no.csv.zip"])
def test_a_missing_file_is_named(tmp_path: Path, name: str, use: Use) -> None:
    with pytest.raises(PipelineError, match=rf"There is no file .*{name}"):
        use(CsvSource(tmp_path / name))


@in_each_read
def test_a_folder_is_no_file(tmp_path: Path, use: Use) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(PipelineError, match=r"x\.csv cannot be read"):
        use(CsvSource(tmp_path / "x.csv"))


def test_an_empty_file_cannot_be_read(tmp_path: Path) -> None:
    source = CsvSource(csv_file(tmp_path, ""))
    assert source.columns == []
    with pytest.raises(PipelineError, match=r"x\.csv is empty"):
        read(source)


@in_each_use
def test_a_zip_that_is_none_is_refused(tmp_path: Path, use: Use) -> None:
    path = csv_file(tmp_path, "a,b\n1,2\n", "x.csv.zip")
    with pytest.raises(PipelineError, match=r"x\.csv\.zip cannot be read as CSV: .*zip"):
        use(CsvSource(path))


@in_each_use
def test_a_zip_that_was_cut_off_is_refused(tmp_path: Path, use: Use) -> None:
    path = zip_file(tmp_path, "a,b\n1,2\n" * 100)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(PipelineError, match="cannot be read"):
        use(CsvSource(path))


@pytest.mark.parametrize("offset", [0, 40, 200])
def test_a_zip_with_damaged_data_is_refused(tmp_path: Path, offset: int) -> None:
    path = zip_file(tmp_path, "a,b\n" + "".join(f"{i},{i * 7919}\n" for i in range(2000)))
    data = bytearray(path.read_bytes())
    start = 30 + len("x.csv") + offset
    data[start : start + 50] = bytes(byte ^ 0x5A for byte in data[start : start + 50])
    path.write_bytes(data)
    with pytest.raises(PipelineError, match=r"x\.csv\.zip cannot be read"):
        list(CsvSource(path).batches())


@in_each_read
def test_a_zip_with_a_password_is_refused(tmp_path: Path, use: Use) -> None:
    path = zip_file(tmp_path, "a,b\n1,2\n")
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag "encrypted" of the member, and its copy in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(PipelineError, match="cannot be read .*encrypted"):
        use(CsvSource(path))


@in_each_use
@pytest.mark.parametrize(
    ("members", "count"), [((), 0), (("notes.txt",), 0), (("a.csv", "b.csv"), 2)]
)
def test_a_zip_holds_one_table(
    tmp_path: Path, members: tuple[str, ...], count: int, use: Use
) -> None:
    with pytest.raises(PipelineError, match=rf"holds {count} CSV files; one is expected"):
        use(CsvSource(zip_file(tmp_path, "a,b\n1,2\n", members=members)))


@pytest.mark.parametrize("row", ["1,2,3", "1", '"x\ny",2,3'])
def test_a_row_with_too_many_or_too_few_values_is_set_aside(tmp_path: Path, row: str) -> None:
    source = CsvSource(csv_file(tmp_path, f"a,b\n1,2\n{row}\n3,4\n"))
    rows, lines = read(source)
    assert rows == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert lines == [2, 4 + row.count("\n")]
    (bad,) = (bad for batch in source.batches() for bad in batch.malformed)
    fields = row.count(",") + 1
    assert bad == Malformed(3, row, f"has {fields} fields, 2 are expected")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"a,\xff\n1,2\n", "line 1, column 2"),
        (b"a,b\n1,\xff\n", "line 2, column 2"),
        (b'a,b\n"1\n,1",\xff,3\n', "line 3, column 2"),  # Arrow would set it aside as too long
        (b"a,b\n1,2\n\xc3", "line 3, column 1"),  # cut off in the middle of a letter
    ],
)
def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path, content: bytes, place: str) -> None:
    with pytest.raises(PipelineError, match=rf"x\.csv is not utf-8 text; .* {place}") as caught:
        read(CsvSource(csv_file(tmp_path, content)))
    assert "latin-1" in caught.value.fix
    assert caught.value.__cause__ is not None


def test_an_error_of_the_reader_of_the_rows_stays_what_it_is(tmp_path: Path) -> None:
    source = CsvSource(csv_file(tmp_path, "a,b\n1,2\n"))
    with pytest.raises(OSError, match="disk full"):
        for _ in source.batches():
            raise OSError("disk full")


# --- The raw files of the course --------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "columns"),
    [("airlines", 2), ("airports", 8), ("planes", 9), ("weather", 15), ("flights", 19)],
)
def test_every_table_has_its_file(table: str, columns: int) -> None:
    source = raw_source(table)
    assert source.path.parent == flights_folder()
    assert len(source.columns) == columns
    assert source.size > 0  # type: ignore[operator]


def test_the_filter_of_a_raw_file_is_passed_on() -> None:
    batches = list(raw_source("weather", month={"1"}, origin={"EWR"}).batches())
    months = pa.chunked_array([batch.rows["month"] for batch in batches])
    assert set(months.to_pylist()) == {"1"}
    assert len(months) == 742


def test_the_files_are_those_of_the_page_that_says_where_they_come_from() -> None:
    text = (flights_folder() / "README.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\S+)` \| [\d,]+ \| `([0-9a-f]{64})` \|$", text, re.MULTILINE))
    files = [path for path in flights_folder().iterdir() if path.name != "README.md"]
    assert {path.name: sha256(path.read_bytes()).hexdigest() for path in files} == told
    assert len(told) == 5


def test_the_folder_of_the_files_is_missed_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("lib.pipeline.flights.ROOT", tmp_path)
    with pytest.raises(PipelineError, match="raw files") as caught:
        flights_folder()
    assert str(tmp_path / "data") in caught.value.message
    assert "git restore data" in caught.value.fix

"""Files are known by their content, filters by their texts, and no byte is lost on the way."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sqlite3
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest

from lib.config import ROOT
from lib.errors import PipelineError
from lib.pipeline.flights import raw_source
from lib.source import CsvSource
from lib.source import csv_file as source_module
from lib.source.any_source import as_source
from lib.source.csv_stream import Counted

TEXT = "a,b\n1,x\n2,NA\n"
ROWS: list[dict[str, str | None]] = [{"a": "1", "b": "x"}, {"a": "2", "b": None}]


def read(source: CsvSource) -> tuple[list[dict[str, str | None]], list[int]]:
    """Return all rows and all line numbers."""
    batches = list(source.batches())
    rows = [row for batch in batches for row in batch.rows.to_pylist()]
    return rows, [line for batch in batches for line in batch.lines.to_pylist()]


# --- A CR LF at the edge of a block -----------------------------------------------------------


VALUES = ["y", "p\r\nq\r\n\r\n", "\r", "\n\r\r\n", '"\r\n', "z"]


def quoted(value: str) -> str:
    return '"{}"'.format(value.replace('"', '""'))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_no_size_of_block_loses_a_break_in_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, codec: str
) -> None:
    path, lines, text = tmp_path / "x.csv", [], f"a,b{end}"
    for number, value in enumerate(VALUES):
        lines.append(1 + text.count("\n"))
        text += f"{number},{quoted(value)}{end}"
    path.write_bytes(text.encode(codec))
    for block in range(20, len(text) + 40):
        monkeypatch.setattr(source_module, "BLOCKS", (block, 4096))
        rows, found = read(CsvSource(path, encoding=codec))
        assert [row["b"] for row in rows] == VALUES, block
        assert found == lines, block


def test_the_size_of_block_that_is_shipped_loses_none_either(tmp_path: Path) -> None:
    path, row = tmp_path / "x.csv", f"x,{'z' * 61}\n"
    for back in range(3):  # the CR is the last byte of the first MiB, or just before that
        before = (1 << 20) - len("a,b\n" + 'A,"pppp\r') - back
        filled = row * (before // 64 - 1) + f"x,{'z' * (before % 64 + 61)}\n"
        assert len(filled) == before
        path.write_bytes(f'a,b\n{filled}A,"pppp\r\nq"\nB,y\n'.encode())
        found, lines = read(CsvSource(path))
        assert [row["b"] for row in found[-2:]] == ["pppp\r\nq", "y"]
        assert lines[-1] == path.read_bytes().count(b"\n")


def test_no_part_of_a_stream_ends_between_cr_and_lf() -> None:
    whole = b"\r\n\r\r\n\n\rx\r\n" * 5 + b"\r"
    for size in range(1, len(whole) + 2):
        for short in (1, 2, 100):  # what a pipe gives at once

            class Short(io.BytesIO):
                def read(self, size: int | None = -1, /, most: int = short) -> bytes:
                    return super().read(min(size or 0, most))

            counted = Counted(Short(whole))
            parts = list(iter(lambda: counted.read(size), b""))
            assert b"".join(parts) == whole
            assert counted.count == counted.given == len(whole)
            pairs = zip(parts, parts[1:], strict=False)
            assert not any(one.endswith(b"\r") and two.startswith(b"\n") for one, two in pairs)


def test_arrow_still_loses_a_lf_at_the_edge_of_a_block() -> None:
    """When this fails, Arrow has mended it, and `Counted` need not keep a CR back any more.

    https://github.com/apache/arrow/issues/51368
    """
    data = b'a,b\nx,y\np,"q\r\nr"\n'
    reader = pa_csv.open_csv(
        io.BytesIO(data),
        read_options=pa_csv.ReadOptions(block_size=data.index(b"\r") + 1, use_threads=False),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
    )
    assert reader.read_all()["b"].to_pylist() == ["y", "q\rr"], pa.__version__


# --- Filters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("12", ["12"]),
        (["12"], ["12"]),
        (("1", "2"), ["1", "2"]),
        ({"1", "12"}, ["1", "12"]),
        (frozenset({"2"}), ["2"]),
        ((str(number) for number in (1, 2)), ["1", "2"]),
        ({"1": "x"}.keys(), ["1"]),
        (12, ["12"]),
        (range(1, 3), ["1", "2"]),
        ([1, "012"], ["1", "012"]),
        (np.array(["1", "2"]), ["1", "2"]),
        (np.int64(2), ["2"]),
        (pd.Series([1, 12]), ["1", "12"]),
        (None, [None]),
        (["2", None], ["2", None]),
        ([], []),
        ("", [""]),
        ("1 2", []),
    ],
    ids=range(18),
)
def test_where_takes_a_text_or_several(tmp_path: Path, wanted: Any, found: list[Any]) -> None:
    path = tmp_path / "x.csv"
    path.write_text("n,l\n1,a\n2,b\n12,c\n012,d\nNA,e\n,f\n")
    source = CsvSource(path, where={"n": wanted})
    for _ in range(2):  # a generator would be used up
        assert [row["n"] for row in read(source)[0]] == found


@pytest.mark.parametrize(
    "wanted", [1.0, [1.5], True, b"12", [b"1"], {"1": 2}, [["1"]], float("nan")]
)
def test_where_refuses_what_is_no_text(tmp_path: Path, wanted: Any) -> None:
    with pytest.raises(PipelineError, match="'n': .* is no text"):
        CsvSource(tmp_path / "x.csv", where={"n": wanted})
    with pytest.raises(PipelineError, match="names no columns"):
        CsvSource(tmp_path / "x.csv", where="n")  # type: ignore[arg-type]


def test_a_month_of_the_raw_file_is_that_month() -> None:
    for month in ("12", 12, ["12"]):
        batches = list(raw_source("weather", month=month, origin="EWR").batches())
        months = {month for batch in batches for month in batch.rows["month"].to_pylist()}
        assert months == {"12"}


# --- What is packed ---------------------------------------------------------------------------


def zipped(data: bytes, *members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member in members or ("x.csv",):
            archive.writestr(member, data)
    return packed.getvalue()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
    "zip in capitals": lambda data: zipped(data, "X.CSV"),
    "zip of a Mac": lambda data: zipped(data, "t/x.csv", "__MACOSX/t/._x.csv", ".DS_Store"),
    "zip beside notes": lambda data: zipped(data, "notes.txt", "x.csv", "._x.csv"),
    "twice": lambda data: gzip.compress(zipped(data)),
}


@pytest.mark.parametrize("name", ["x.csv", "X.CSV", "x.txt", "x"])
@pytest.mark.parametrize("pack", PACK.values(), ids=PACK)
def test_a_packed_file_is_known_by_its_content(
    tmp_path: Path, pack: Callable[[bytes], bytes], name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(pack(TEXT.encode()))
    source = CsvSource(path)
    assert source.columns == ["a", "b"]
    assert read(source) == (ROWS, [2, 3])
    assert source.size in (None, len(TEXT))
    assert source.fingerprint[0] == path.stat().st_size
    path.write_bytes(pack(TEXT.encode("utf-16")))
    assert read(source) == (ROWS, [2, 3])


@pytest.mark.parametrize("name", ["X.CSV.GZ", "x.csv.bz2", "x.csv.xz", "x.zip"])
def test_a_file_that_is_not_what_its_name_promises(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for data in (TEXT.encode(), b"", zipped(b"") if ".zip" not in name else gzip.compress(b"")):
        path.write_bytes(data)
        with pytest.raises(PipelineError, match=f"{name} cannot be read as CSV: .* promises"):
            read(CsvSource(path))


def tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("x.csv"), io.BytesIO(b""))
    return packed.getvalue()


def sqlite_file() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE x (a)")
    data = connection.serialize()
    connection.close()
    return data


FOREIGN: dict[str, tuple[bytes, str]] = {
    "an Excel file": (zipped(b"", "[Content_Types].xml", "xl/workbook.xml"), "as CSV"),
    "an Office file": (zipped(b"", "[Content_Types].xml", "word/document.xml"), "as CSV"),
    "a file of an office program": (zipped(b"", "META-INF/manifest.xml", "content.xml"), "as CSV"),
    "a file of an old Office": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(300), "as CSV"),
    "a PDF": (b"%PDF-1.7\n", "as CSV"),
    "an SQLite database": (sqlite_file(), "as CSV"),
    "a page of HTML": (b"\n<!DOCTYPE html>\n<p>Log in", "as CSV"),
    "an XML document": (b"<?xml version='1.0'?>\n<a/>", "as CSV"),
    "packed by Zstandard": (bytes(pa.compress(TEXT.encode(), "zstd")), "Unpack it"),
    "packed by LZ4": (bytes.fromhex("04224d18") + b"x" * 20, "Unpack it"),
    "a 7-Zip archive": (b"7z\xbc\xaf\x27\x1c" + b"x" * 20, "Unpack it"),
    "a RAR archive": (b"Rar!\x1a\x07\x01\x00", "Unpack it"),
    "a tar archive": (tar(), "Unpack it"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_no_csv_is_named(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.csv"
    data, fix = FOREIGN[what]
    path.write_bytes(data)
    for use in (read, lambda source: source.columns, lambda source: source.size):
        with pytest.raises(PipelineError, match=rf"x\.csv is no CSV file: it is {what}") as caught:
            use(CsvSource(path))
        assert fix in caught.value.fix


def test_what_arrow_reads_is_loaded_by_what_the_message_says(tmp_path: Path) -> None:
    path, table = tmp_path / "x.csv", pa.table({"a": ["1", "2"], "b": ["x", None]})
    for write, what in ((parquet.write_table, "a Parquet"), (feather.write_feather, "an Arrow")):
        write(table, path)
        with pytest.raises(PipelineError, match=f"it is {what} file") as caught:
            CsvSource(path).columns
        _, _, call = caught.value.fix.partition("Model, ")
        data = eval(call.rstrip(".").removesuffix(")"), {"pyarrow": pa})  # what a user would type
        assert [batch.rows.to_pylist() for batch in as_source(data).batches()] == [ROWS]


def test_a_binary_file_of_no_kind_we_know_is_not_called_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    with pytest.raises(
        PipelineError, match="not utf-8 text; like a file of another kind"
    ) as caught:
        read(CsvSource(path))
    assert "latin-1" not in caught.value.fix


# --- What can be read once --------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFO in a folder")
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zipped], ids=["plain", "gzip", "zip"])
def test_a_fifo_is_read_once(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(pack(TEXT.encode()),))
    writer.start()
    source = CsvSource(path)
    assert source.columns == ["a", "b"]
    for _ in range(2):
        assert read(source) == (ROWS, [2, 3])
    size, digest = source.fingerprint
    assert size in (source.size, len(pack(TEXT.encode()))) and digest == source.place
    assert (source.name, len(source.place)) == ("pipe", 64)
    writer.join(10)
    assert not writer.is_alive()


PIPED = """
import sys
from pathlib import Path
from lib.source import CsvSource
source = CsvSource(Path(sys.argv[1]))
print(source.columns, [row for batch in source.batches() for row in batch.rows.to_pylist()])
print(source.name, source.rereadable, len(source.place))
"""


@pytest.mark.parametrize("path", ["-", "/dev/stdin"])
@pytest.mark.parametrize("way", ["pipe", "file"])
def test_the_standard_input_is_read_once(tmp_path: Path, path: str, way: str) -> None:
    if path != "-" and sys.platform == "win32":
        pytest.skip("Windows has no /dev/stdin")
    (tmp_path / "x.csv").write_text(TEXT)
    command = [sys.executable, "-c", PIPED, path]
    with (tmp_path / "x.csv").open("rb") as file:
        given: dict[str, Any] = {"input": TEXT.encode()} if way == "pipe" else {"stdin": file}
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, **given)
    name = "standard input" if path == "-" else "stdin"
    expected = [f"['a', 'b'] {ROWS}", f"{name} True 64"]
    assert done.stdout.decode().splitlines() == expected, done.stderr.decode()


def test_no_standard_input_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(PipelineError, match="no standard input") as caught:
        CsvSource(Path("-")).columns
    assert "file" in caught.value.fix
    (tmp_path / "-").write_text(TEXT)  # a file of that name is one
    assert CsvSource(Path("-")).columns == ["a", "b"]


def test_an_empty_standard_input_is_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    source = CsvSource(Path("-"))
    assert source.columns == []
    with pytest.raises(PipelineError, match="standard input is empty"):
        read(source)


# --- What cannot be read ----------------------------------------------------------------------


@pytest.mark.parametrize("said", ["base64", "rot13", "klingon", "", "utf\0", None, 8])
def test_an_encoding_of_no_text_is_refused(tmp_path: Path, said: Any) -> None:
    (tmp_path / "x.csv").write_text(TEXT)
    with pytest.raises(PipelineError, match="Python knows no encoding") as caught:
        read(CsvSource(tmp_path / "x.csv", encoding=said))
    assert "utf-8" in caught.value.fix


def test_a_folder_is_named_as_one(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="it is a folder") as caught:
        CsvSource(tmp_path).columns
    assert "load_files" in caught.value.fix


def test_a_file_that_the_system_does_not_give_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.csv").write_text(TEXT)

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(PipelineError, match=r"x\.csv cannot be read \(Permission denied\)") as no:
        CsvSource(tmp_path / "x.csv").columns
    assert "may read" in no.value.fix and "Replace" not in no.value.fix

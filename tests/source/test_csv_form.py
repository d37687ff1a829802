"""Files in other forms than the plain one: signs, lines above and below, a part of the columns."""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path
from typing import Any

import pytest

from lib.errors import PipelineError
from lib.source.csv_file import CsvSource
from lib.source.csv_form import CsvForm


def read(source: CsvSource) -> list[tuple[object, ...]]:
    """Return the rows, each with its line first; malformed ones as line, text and reason."""
    rows: list[tuple[object, ...]] = []
    for batch in source.batches():
        columns = [batch.rows[name].to_pylist() for name in batch.rows.schema.names]
        rows += zip(batch.lines.to_pylist(), *columns, strict=True)
        rows += [(bad.line, bad.text, bad.reason) for bad in batch.malformed]
    return sorted(rows, key=lambda row: int(str(row[0])))


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "x.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_signs_lines_above_and_below_and_a_bad_row_between(tmp_path: Path) -> None:
    text = "Report of 2026\r\n\r\na;b\r\n1;'x;y'\r\n2\r\n3;Größe\r\n\r\nSum;6\r\nend;\r\n\r\n"
    path = written(tmp_path, text, "latin-1")
    form = CsvForm(delimiter=";", quote="'", skip=2, footer="^(Sum|end);")
    source = CsvSource(path, encoding="latin-1", form=form)
    assert source.columns == ["a", "b"]
    bad = (5, "2", "has 1 fields, 2 are expected")
    assert read(source) == [(4, "1", "x;y"), bad, (6, "3", "Größe")]
    assert read(CsvSource(path, encoding="latin-1", form=CsvForm(";", "'", 2, 2))) == read(source)


@pytest.mark.parametrize(("sign", "name"), [("\t", "tab"), ("|", "bar"), (";", "semicolon")])
def test_a_file_without_quotes_keeps_marks_as_they_are(
    tmp_path: Path, sign: str, name: str
) -> None:
    path = written(tmp_path, f'a{sign}b\n5" pipe{sign}"{name}\n')
    assert read(CsvSource(path, form=CsvForm(sign, None))) == [(2, '5" pipe', f'"{name}')]


@pytest.mark.parametrize("form", [CsvForm(";", skip=1), CsvForm(";", skip=1, footer="^Sum;")])
def test_a_file_that_begins_with_the_mark_of_utf_8_has_edges_as_well(
    tmp_path: Path, form: CsvForm
) -> None:
    """As spreadsheets write it: the mark, a title, the rows, a sum."""
    total = "Sum;1\r\n" if form.footer else ""
    path = written(tmp_path, f"Title\r\na;b\r\n1;Größe\r\n{total}", "utf-8-sig")
    assert read(CsvSource(path, form=form)) == [(3, "1", "Größe")]
    path = written(tmp_path, "a;b\r\n1;Größe\r\nSum;1\r\n", "utf-8-sig")
    source = CsvSource(path, form=CsvForm(";", footer="^Sum;"))
    assert source.columns == ["a", "b"]
    assert read(source) == [(2, "1", "Größe")]


def test_a_row_that_looks_like_the_footer_is_a_row_where_rows_follow(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\nSum,1\n2,3\nSum,4\n")
    assert read(CsvSource(path, form=CsvForm(footer="^Sum"))) == [(2, "Sum", "1"), (3, "2", "3")]


def test_a_footer_of_a_packed_file_of_more_than_one_part(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    rows = "".join(f"{number},{'x' * 40}\n" for number in range(60_000))
    path.write_bytes(gzip.compress(f"a,b\n{rows}total,60000\n".encode(), 1))
    found = read(CsvSource(path, form=CsvForm(footer="^total,")))
    assert len(found) == 60_000 and found[-1][:2] == (60_001, "59999")


@pytest.mark.parametrize("footer", [2, 3, "[a-z0-9]"])
def test_a_footer_that_reaches_to_the_first_row_is_refused(
    tmp_path: Path, footer: int | str
) -> None:
    path = written(tmp_path, "a,b\n1,2\n")
    with pytest.raises(PipelineError, match="footer .* reaches up"):
        read(CsvSource(path, form=CsvForm(footer=footer)))


@pytest.mark.parametrize(
    "bad",
    [
        {"delimiter": ""},
        {"delimiter": ";;"},
        {"quote": "\n"},
        {"footer": "("},
        {"skip": -1},
        {"footer": -2},
    ],
    ids=str,
)
def test_what_is_no_form_is_said_at_once(bad: dict[str, object]) -> None:
    with pytest.raises(PipelineError, match=next(iter(bad))):
        CsvForm(**bad)  # type: ignore[arg-type]


def test_lines_of_wide_characters_are_not_left_out_by_guess(tmp_path: Path) -> None:
    path = written(tmp_path, "x\na,b\n1,2\n", "utf-16")
    with pytest.raises(PipelineError, match="utf-16"):
        read(CsvSource(path, encoding="utf-16", form=CsvForm(skip=1)))
    path = written(tmp_path, "a;b\n1;\u2222\n", "utf-16")
    source = CsvSource(path, encoding="utf-16", form=CsvForm(";"), only=["b"])
    assert read(source) == [(2, "\u2222")]


def test_lines_are_right_whatever_stands_in_the_columns_left_out(tmp_path: Path) -> None:
    """A value of three lines, an empty row, and a row that is empty but for what is left out."""
    rows = "".join(f"{number},n{number},{'z' * 30}\n" for number in range(40_000))
    text = f'a,b,c\n{rows}x,y,"1\n2\n3"\n,,\n,,c\n2\nlast,y,z\n'
    path = written(tmp_path, text)
    some, every = CsvSource(path, only={"a", "b"}), CsvSource(path)
    assert some.columns == ["a", "b"]
    assert read(some) == [row[:3] for row in read(every)]
    assert read(some)[-1] == (40_008, "last", "y")


def test_a_quotation_mark_that_is_not_closed_is_found_beside_the_wanted_ones(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, 'top\na,b\n1,x\n2,"y\n3,z\n')
    with pytest.raises(PipelineError, match=re.escape("line 4: a quotation mark")):
        read(CsvSource(path, form=CsvForm(skip=1), only=["a"]))


def test_a_byte_of_another_encoding_is_found_below_what_is_skipped(tmp_path: Path) -> None:
    path = written(tmp_path, "top\ntop\na,b\n1,ö\n", "latin-1")
    with pytest.raises(PipelineError, match="line 4, column 2"):
        read(CsvSource(path, form=CsvForm(skip=2)))


@pytest.mark.parametrize("seed", range(8))
def test_some_columns_are_read_as_all_would_be_whatever_stands_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Values of several lines, doubled and stray marks, empty and malformed rows, small blocks."""
    chance = random.Random(seed)
    values = ["x", "", "12", '"q"', '"a,b"', '"say ""hi"""', "ü", " "]
    odd = ['"two\nlines"', '"\r\n"', '5"', '"""\n"', "1,2"]
    monkeypatch.setattr("lib.source.csv_file.BLOCKS", (1 << 12, 1 << 20))
    rows = []
    for number in range(2000):
        row = [str(number), *(chance.choice(values) for _ in range(4))]
        if number > 500 * (seed % 4) and chance.random() < 0.01:
            row[chance.randrange(1, 5)] = chance.choice(odd[: 3 + seed % 3])
        rows.append("" if chance.random() < 0.005 else ",".join(row))
    path = written(tmp_path, "\n".join(["n,a,b,c,d", *rows]) + "\n" * (seed % 2))

    def seen(only: list[str] | None) -> Any:
        found: list[Any] = []
        try:
            for batch in CsvSource(path, only=only).batches():
                lines = batch.lines.to_pylist()
                columns = (batch.rows[name].to_pylist() for name in ("n", "c"))
                found += zip(lines, *columns, strict=True)
                found += [(row.line, row.text, row.reason) for row in batch.malformed]
        except PipelineError as error:
            return str(error)
        return sorted(found, key=repr)

    assert seen(["c", "n"]) == seen(None)

"""Exercise 8.1: other right answers, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import csv
from typing import Any

import pandas as pd

from lib.workbook.course.exercise import Word, Wrong

TYPES = {"airline": "str", "gate": "str", "seats": "Int64"}


def read_gates_text_first() -> Any:
    def read_gates(path):
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        frame = frame.mask(frame == "-")
        frame["seats"] = pd.to_numeric(frame["seats"]).astype("Int64")
        return frame

    return read_gates


def read_gates_by_hand() -> Any:
    def read_gates(path):
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            for name, text in row.items():
                row[name] = None if text == "-" else int(text) if name == "seats" else text
        return pd.DataFrame(rows, columns=["airline", "gate", "seats"], dtype=object)

    return read_gates


def read_gates_with_converters() -> Any:
    def read_gates(path):
        def text(value):
            return None if value == "-" else value

        def number(value):
            return pd.NA if value == "-" else int(value)

        converters = {"airline": text, "gate": text, "seats": number}
        frame = pd.read_csv(path, converters=converters, na_filter=False)
        return frame.astype({"seats": "Int64"})

    return read_gates


def read_gates_without_a_filter() -> Any:
    def read_gates(path):
        frame = pd.read_csv(path, dtype=object, na_filter=False)
        frame = frame.replace("-", None)
        frame["seats"] = frame["seats"].map(int, na_action="ignore").astype("Int64")
        return frame[["seats", "gate", "airline"]]

    return read_gates


def read_gates_by_column() -> Any:
    def read_gates(path):
        missing = {"airline": ["-"], "gate": ["-"], "seats": ["-"]}
        types = {"airline": pd.StringDtype(), "gate": pd.StringDtype(), "seats": pd.Int32Dtype()}
        return pd.read_csv(str(path), dtype=types, na_values=missing, keep_default_na=False)

    return read_gates


def read_gates_by_arrow() -> Any:
    from pyarrow import csv as arrow_csv
    from pyarrow import int64, string

    def read_gates(path):
        types = {"airline": string(), "gate": string(), "seats": int64()}
        options = arrow_csv.ConvertOptions(
            column_types=types, null_values=["-"], strings_can_be_null=True
        )
        table = arrow_csv.read_csv(path, convert_options=options)
        return table.to_pandas(types_mapper=pd.ArrowDtype)

    return read_gates


def read_gates_a_series_for_each() -> Any:
    def read_gates(path):
        raw = pd.read_csv(path, dtype=str, keep_default_na=False)
        seats = [None if text == "-" else int(text) for text in raw["seats"]]
        texts = {name: raw[name].where(raw[name] != "-") for name in ("airline", "gate")}
        return pd.DataFrame(texts | {"seats": pd.array(seats, dtype="Int64")})

    return read_gates


def variant(
    *, types: Any = None, keep: bool = False, missing: Any = ("-",), put: Any = None
) -> Any:
    """The solution, with one thing done otherwise."""

    def read_gates(path):
        kinds = TYPES if types is None else types
        options = {"keep_default_na": keep, "na_values": list(missing)}
        frame = pd.read_csv(path, dtype=kinds or None, **options)
        return frame if put is None else put(frame)

    return read_gates


def read_gates_all_text() -> Any:
    def read_gates(path):
        return pd.read_csv(path, dtype="str", keep_default_na=False)

    return read_gates


def read_gates_split() -> Any:
    def read_gates(path):
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [line.split(",") for line in lines[1:]]
        frame = pd.DataFrame([row[:3] for row in rows], columns=lines[0].split(","))
        frame = frame.mask(frame == "-")
        frame["seats"] = pd.to_numeric(frame["seats"], errors="coerce").astype("Int64")
        return frame

    return read_gates


def read_gates_without_dashes() -> Any:
    def read_gates(path):
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        frame = frame.apply(lambda column: column.str.replace("-", ""))
        frame = frame.mask(frame == "")
        frame["seats"] = pd.to_numeric(frame["seats"]).astype("Int64")
        return frame

    return read_gates


def _stripped(frame: Any) -> Any:
    return frame.assign(gate=frame["gate"].str.strip())


ALSO_RIGHT = (
    read_gates_text_first,
    read_gates_by_hand,
    read_gates_with_converters,
    read_gates_without_a_filter,
    read_gates_by_column,
    read_gates_by_arrow,
    read_gates_a_series_for_each,
)
WRONG = (
    Wrong(
        lambda: variant(types={}, keep=True),
        "'NA' from the file is missing",
        "lets pandas guess everything",
    ),
    Wrong(
        lambda: variant(keep=True),
        "unless you switch its own list off",
        "believes that na_values replaces the list of pandas; it adds to it",
    ),
    Wrong(
        lambda: variant(types={"airline": "str", "gate": "str"}),
        "The seats are floats",
        "declares what is text and leaves the numbers to a guess",
    ),
    Wrong(
        lambda: variant(types={"airline": "str", "seats": "Int64"}),
        "stands where the file has '07'",
        "leaves the gates to a guess, which a text among them hides",
    ),
    Wrong(
        read_gates_all_text,
        "where the file has `-`: a missing value",
        "keeps everything as text, missing values too",
    ),
    Wrong(
        lambda: variant(put=lambda frame: frame.dropna()),
        "A row with a missing value is still a row",
        "throws away rows to be rid of missing values",
    ),
    Wrong(
        lambda: variant(put=lambda frame: frame.drop_duplicates()),
        "The file has 3 rows, the frame 2",
        "takes a row that is there twice for a mistake",
    ),
    Wrong(
        lambda: variant(put=lambda frame: frame.fillna({"seats": 0})),
        "In column seats, 0 stands where the file has `-`",
        "takes no number for the number 0",
    ),
    Wrong(
        lambda: variant(missing=("-", "")),
        "'' from the file is missing",
        "takes an empty text for a missing one",
    ),
    Wrong(
        lambda: variant(missing=("-", "-1")),
        "'-1' from the file is missing",
        "takes for missing whatever begins with a dash",
    ),
    Wrong(
        read_gates_without_dashes,
        "stands where the file has '-1'",
        "takes the dash out of every text",
    ),
    Wrong(
        lambda: variant(put=_stripped),
        "stands where the file has 'C7 '",
        "tidies up what is to stay as it is written",
    ),
    Wrong(
        read_gates_split,
        "stands where the file has '3, upper'",
        "cuts at each comma, those in quotation marks, too",
    ),
)
WORDS = (
    Word(
        "A CSV file has three columns: `airline`",
        "a text with a comma, in quotation marks",
        read_gates_split,
    ),
    Word(
        "`NA` is one of them",
        "the airline NA in each file, and a gate NA",
        lambda: variant(keep=True),
    ),
    Word(
        "`gate`, a text such as `07` or `1E5`",
        "a file whose gates all look like numbers",
        lambda: variant(types={"airline": "str", "seats": "Int64"}),
    ),
    Word(
        "`seats`, whole numbers",
        "seats with a missing one among them",
        lambda: variant(types={"airline": "str", "gate": "str"}),
    ),
    Word("A missing value is written `-`", "an empty gate", lambda: variant(missing=("-", ""))),
    Word("A missing value is written `-`", "the gates -1 and B-2", read_gates_without_dashes),
    Word(
        "in any column",
        "a missing airline, and a row in which all is missing",
        lambda: _missing_in("gate", "seats"),
    ),
    Word("Write `read_gates(path)`", "six files", lambda: pd.DataFrame()),
    Word(
        "a data frame with these columns",
        "the frame's columns",
        lambda: variant(put=lambda frame: frame.rename(columns=str.title)),
    ),
    Word("as they are written", "a gate that ends in a blank", lambda: variant(put=_stripped)),
    Word(
        "the seats as whole numbers",
        "the type of each",
        lambda: variant(types=dict.fromkeys(("airline", "gate", "seats"), "str")),
    ),
    Word(
        "what is missing as missing",
        "seats with 0 and a missing one",
        lambda: variant(put=lambda frame: frame.fillna({"seats": 0})),
    ),
    Word(
        "what is missing as missing",
        "files with a missing value in some rows",
        lambda: variant(put=lambda frame: frame.dropna()),
    ),
)


def _missing_in(*names: str) -> Any:
    def read_gates(path):
        missing = {name: ["-"] for name in names}
        return pd.read_csv(path, dtype=TYPES, keep_default_na=False, na_values=missing)

    return read_gates

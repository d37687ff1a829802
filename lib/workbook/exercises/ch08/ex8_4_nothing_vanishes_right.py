"""Exercise 8.4: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import csv
import re
import string
from typing import Any

import pandas as pd

COLUMNS = ["line", "column", "value", "reason"]


def sort_out_row_by_row() -> Any:
    def sort_out(path):
        good, bad = [], []
        with open(path, encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                if not re.fullmatch("N[0-9A-Z]{1,5}", row["tailnum"]):
                    bad.append((reader.line_num, "tailnum", row["tailnum"], "no tail number"))
                elif row["seats"] != "NA" and not re.fullmatch("[0-9]+", row["seats"]):
                    bad.append((reader.line_num, "seats", row["seats"], "no number"))
                else:
                    good.append(row)
        columns = ["line", "column", "value", "reason"]
        return pd.DataFrame(good), pd.DataFrame(bad, columns=columns)

    return sort_out


def sort_out_by_masks() -> Any:
    def sort_out(path):
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        tail = rows["tailnum"].str.fullmatch(r"N[A-Z0-9]{1,5}").astype(bool)
        seats = rows["seats"].str.fullmatch(r"[0-9]+").astype(bool) | rows["seats"].eq("NA")
        lines = pd.Series(range(2, len(rows) + 2), index=rows.index)
        parts = []
        for column, wrong in (("tailnum", ~tail), ("seats", tail & ~seats)):
            part = pd.DataFrame({"line": lines[wrong], "value": rows.loc[wrong, column]})
            parts.append(part.assign(column=column, reason=f"{column} breaks its rule"))
        return rows[tail & seats], pd.concat(parts).sort_values("line")

    return sort_out


def sort_out_by_signs() -> Any:
    def sort_out(path):
        allowed, digits = string.ascii_uppercase + string.digits, set(string.digits)

        def fault(row):
            tail, seats = row["tailnum"], row["seats"]
            rest = tail[1:]
            if (
                tail[:1] != "N"
                or not 1 <= len(rest) <= 5
                or not all(map(allowed.__contains__, rest))
            ):
                return "tailnum"
            return "" if seats == "NA" or (seats and set(seats) <= digits) else "seats"

        rows = pd.read_csv(path, dtype="str", na_filter=False)
        faults = [fault(row) for row in rows.to_dict("records")]
        bad = [
            {
                "line": number + 2,
                "column": column,
                "value": rows[column].iloc[number],
                "reason": "not allowed",
            }
            for number, column in enumerate(faults)
            if column
        ]
        return rows[[not column for column in faults]], pd.DataFrame(bad)

    return sort_out


def sort_out_by_what_it_is_not() -> Any:
    def sort_out(path):
        rows = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[])
        rows.index += 2
        patterns = {"tailnum": r"\AN[A-Z0-9]{1,5}\Z", "seats": r"\A(?:NA|[0-9]+)\Z"}
        first = pd.Series("", index=rows.index, dtype=object)
        for column, pattern in reversed(patterns.items()):
            first[~rows[column].str.contains(pattern, regex=True).astype(bool)] = column
        bad = pd.DataFrame(
            [
                (line, column, str(rows.at[line, column]), f"does not fit {patterns[column]}")
                for line, column in first.items()
                if column
            ],
            columns=COLUMNS,
        )
        return rows[first == ""].reset_index(drop=True).astype(object), bad

    return sort_out


def sort_out_lists() -> Any:
    def sort_out(path):
        lines = path.read_text(encoding="utf-8").split("\n")
        names = lines[0].split(",")
        good, bad = {name: [] for name in names}, {name: [] for name in COLUMNS}
        for number, line in enumerate(lines[1:], start=2):
            if not line:
                continue
            row = dict(zip(names, line.split(","), strict=True))
            wrong = None
            if re.compile("N[A-Z0-9]{1,5}").fullmatch(row["tailnum"]) is None:
                wrong = "tailnum"
            elif re.compile("NA|[0-9]+").fullmatch(row["seats"]) is None:
                wrong = "seats"
            if wrong is None:
                for name in names:
                    good[name].append(row[name])
            else:
                for name, value in zip(COLUMNS, (number, wrong, row[wrong], "bad"), strict=True):
                    bad[name].append(value)
        return [pd.DataFrame(good), pd.DataFrame(bad)]

    return sort_out


def sort_out_by_a_flag() -> Any:
    def sort_out(path):
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        ascii_digits = rows["seats"].map(lambda text: text.isascii() and text.isdigit())
        rules = pd.DataFrame(
            {
                "tailnum": rows["tailnum"].str.match(r"^N[A-Z0-9]{1,5}\Z"),
                "seats": ascii_digits.astype(bool) | rows["seats"].isin(["NA"]),
            }
        )
        good = rules["tailnum"] & rules["seats"]
        which = rules["tailnum"].map({True: "seats", False: "tailnum"})[~good]
        bad = pd.DataFrame({"column": which}).reset_index(names="line")
        bad["value"] = [rows.at[line, column] for line, column in bad.itertuples(index=False)]
        bad["line"] += 2
        return rows.loc[good, ["tailnum", "seats"]], bad.assign(reason="breaks the rule")

    return sort_out


ALSO_RIGHT = (
    sort_out_row_by_row,
    sort_out_by_masks,
    sort_out_by_signs,
    sort_out_by_what_it_is_not,
    sort_out_lists,
    sort_out_by_a_flag,
)

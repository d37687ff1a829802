"""Answers to exercise 12.5, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

# --- Right ----------------------------------------------------------------------------------


def described_by_dicts() -> Any:
    def describe(planes):
        plain = planes.astype(object).where(planes.notna(), None)
        texts = []
        for row in plain.to_dict("records"):
            parts = [row["tailnum"], row["manufacturer"]]
            parts.append(None if row["year"] is None else str(int(row["year"])))
            parts.append(None if row["seats"] is None else f"{row['seats']:.0f} seats")
            texts.append(" · ".join(part for part in parts if part is not None))
        return texts

    return describe


def described_by_types() -> Any:
    def describe(planes):
        typed = planes.astype({"year": "Int64", "seats": "Int64", "manufacturer": "string"})
        text = typed["tailnum"].astype("string")
        text = text + (" · " + typed["manufacturer"]).fillna("")
        text = text + (" · " + typed["year"].astype("string")).fillna("")
        text = text + (" · " + typed["seats"].astype("string") + " seats").fillna("")
        return list(text)

    return describe


def described_row_by_row() -> Any:
    def describe(planes):
        def one(row):
            there = row.dropna()
            form = {"year": "{:.0f}", "seats": "{:.0f} seats"}
            return " · ".join(form.get(name, "{}").format(there[name]) for name in there.index)

        return [one(row) for _, row in planes.iterrows()]

    return describe


def described_by_itself() -> Any:
    def describe(planes):
        def there(value):
            return value is not None and value == value

        texts = []
        for tailnum, manufacturer, year, seats in planes.to_numpy(dtype=object):
            text = tailnum
            if there(manufacturer):
                text += " · " + manufacturer
            if there(year):
                text += " · " + str(int(year))
            if there(seats):
                text += " · " + str(int(seats)) + " seats"
            texts.append(text)
        return texts

    return describe


# --- Wrong ----------------------------------------------------------------------------------


def _described(there: Callable[[Any], Any], unknown: str | None = None) -> Any:
    """The solution, with another question to each value."""

    def whole(value):
        return str(int(value)) if isinstance(value, (int, float)) and value == value else str(value)

    def describe(planes):
        texts = []
        for row in planes.to_dict("records"):
            parts = [row["tailnum"]]
            for name, end in (("manufacturer", ""), ("year", ""), ("seats", " seats")):
                if there(row[name]):
                    parts.append(f"{whole(row[name])}{end}")
                elif unknown is not None:
                    parts.append(unknown)
            texts.append(" · ".join(parts))
        return texts

    return describe


def in_quotation_marks() -> Any:
    return _described(lambda value: True)


def asked_for_true() -> Any:
    return _described(bool)


def asked_for_none() -> Any:
    return _described(lambda value: value is not None)


def asked_for_itself() -> Any:
    return _described(lambda value: value == value)


def asked_for_its_text() -> Any:
    return _described(lambda value: str(value) not in ("nan", "None", "<NA>"))


def told_as_unknown() -> Any:
    return _described(pd.notna, "unknown")


def dropped() -> Any:
    def describe(planes):
        return _described(pd.notna)(planes.dropna())

    return describe


def described_as_one_text() -> Any:
    def describe(planes):
        return "\n".join(_described(pd.notna)(planes))

    return describe


def filled_in_place() -> Any:
    def describe(planes):
        for name in ("year", "seats"):
            planes[name] = planes[name].astype("Int64")
        texts = []
        for tailnum, manufacturer, year, seats in planes.itertuples(index=False):
            parts = [tailnum]
            parts += [] if pd.isna(manufacturer) else [manufacturer]
            parts += [] if pd.isna(year) else [str(year)]
            parts += [] if pd.isna(seats) else [f"{seats} seats"]
            texts.append(" · ".join(parts))
        planes["text"] = texts
        return texts

    return describe

"""Exercise 13.2: other right answers, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from collections import Counter
from typing import Any

from lib.workbook.course.exercise import Word, Wrong


def against_by_counting() -> Any:
    def against(frame, key):
        keys = list(frame[key].itertuples(index=False, name=None))
        counts = Counter(keys)
        gaps = frame[key].isna().to_numpy().any(axis=1)
        mask = [bool(gap) or counts[each] > 1 for gap, each in zip(gaps, keys, strict=True)]
        return frame.loc[mask]

    return against


def against_by_groups() -> Any:
    def against(frame, key):
        if frame.empty:
            return frame
        sizes = frame.groupby(key, dropna=False)[key[0]].transform("size")
        return frame[(sizes > 1) | frame[key].isnull().sum(axis=1).gt(0)].copy()

    return against


def against_by_what_is_left() -> Any:
    def against(frame, key):
        good = frame.dropna(subset=key).drop_duplicates(subset=key, keep=False)
        return frame.drop(index=good.index)

    return against


def variant(
    *,
    keep: Any = False,
    columns: Any = lambda frame, key: key,
    before: Any = lambda frame, key: frame,
    gaps: Any = lambda frame, key: frame[key].isna().any(axis="columns"),
    after: Any = lambda frame, key: frame,
) -> Any:
    """The solution, with one thing done otherwise."""

    def against(frame, key):
        looked = before(frame, key)
        mask = looked.duplicated(columns(frame, key), keep=keep) | gaps(frame, key)
        return after(frame[mask], key)

    return against


def no_gaps(frame: Any, key: Any) -> Any:
    return frame[key].isna().all(axis="columns") & False


def against_glued() -> Any:
    def against(frame, key):
        glued = frame[key].fillna("").agg("".join, axis=1) if len(frame) else frame["meter"]
        return frame[glued.duplicated(keep=False) | frame[key].isna().any(axis=1)]

    return against


def against_in_place() -> Any:
    def against(frame, key):
        bad = variant()(frame, key)
        frame.loc[bad.index, key] = "bad"
        return bad

    return against


def _small(frame: Any, key: Any) -> Any:
    return frame.map(lambda text: text.lower() if isinstance(text, str) else text)


def _trimmed(frame: Any, key: Any) -> Any:
    return frame.map(lambda text: text.strip() if isinstance(text, str) else text)


def against_with_a_mark() -> Any:
    def against(frame, key):
        frame["bad"] = frame.duplicated(key, keep=False) | frame[key].isna().any(axis=1)
        found = frame[frame["bad"]].drop(columns="bad")
        del frame["bad"]
        ordered = frame.sort_index()
        frame.index = ordered.index
        for name in frame.columns:
            frame[name] = ordered[name]
        return found

    return against


def against_the_empty() -> Any:
    def against(frame, key):
        keys = frame[key].replace("", None)
        return frame[keys.isna().any(axis=1) | frame.duplicated(key, keep=False)]

    return against


def against_by_python() -> Any:
    def against(frame, key):
        keys = [tuple(row) for row in frame[key].itertuples(index=False)]
        missing = frame[key].isna().to_numpy().any(axis=1)
        counts = Counter(each for each, bad in zip(keys, missing, strict=True) if not bad)
        mask = [bool(bad) or counts[each] > 1 for each, bad in zip(keys, missing, strict=True)]
        return frame.loc[mask]

    return against


def against_by_places() -> Any:
    def against(frame, key):
        parts = frame.reset_index(drop=True)[key]
        alone = parts.dropna().drop_duplicates(keep=False).index
        return frame.iloc[sorted(set(range(len(frame))) - set(alone))].copy()

    return against


ALSO_RIGHT = (
    against_by_python,
    against_by_places,
    against_by_counting,
    against_by_groups,
    against_by_what_is_left,
)
WRONG = (
    Wrong(
        against_with_a_mark,
        "the frame that was handed over is another one afterwards",
        "adds a column, takes it away again, and sorts the rows by the way",
    ),
    Wrong(
        against_the_empty,
        "With empty texts, and the key meter, time, 0 rows speak against it",
        "takes an empty text for a missing value",
    ),
    Wrong(
        lambda: variant(keep="first"),
        "those of the lines [2, 4]; your function returns 1",
        "leaves out the first row of each key: which of two is wrong, no one knows yet",
    ),
    Wrong(
        lambda: variant(gaps=no_gaps),
        "With missing values",
        "takes a missing value for one that tells rows apart",
    ),
    Wrong(
        lambda: variant(columns=lambda frame, key: None),
        "those of the lines [2, 4]; your function returns 0",
        "compares whole rows, not keys",
    ),
    Wrong(against_glued, "With texts that run together", "glues the columns together"),
    Wrong(
        lambda: variant(before=_small),
        "With capital letters and blanks",
        "takes small and capital letters for the same",
    ),
    Wrong(
        lambda: variant(after=lambda frame, key: frame.reset_index(drop=True)),
        "They keep their order and their index",
        "loses the lines",
    ),
    Wrong(
        lambda: variant(after=lambda frame, key: frame.sort_values(key)),
        "They keep their order and their index",
        "sorts the rows by the key",
    ),
    Wrong(
        lambda: variant(after=lambda frame, key: frame[key]),
        "the columns are meter, time; expected are the frame's",
        "returns the columns of the key alone",
    ),
    Wrong(
        lambda: variant(after=lambda frame, key: len(frame)),
        "This asks for a data frame",
        "returns a number",
    ),
    Wrong(against_in_place, "is another one afterwards", "marks the rows in the frame itself"),
)
WORDS = (
    Word("An empty text is a value.", "empty texts beside others", against_the_empty),
    Word("the frame itself is not changed", "each frame, afterwards", against_in_place),
    Word("Write `against(frame, key)`", "ten frames", lambda: variant(keep="last")),
    Word(
        "`key` is a list of columns",
        "keys of one, two and three columns",
        lambda: variant(columns=lambda frame, key: key[:1]),
    ),
    Word(
        "in which a column of the key is missing", "missing values", lambda: variant(gaps=no_gaps)
    ),
    Word(
        "a column of the key is missing",
        "a row that lacks one of two columns, and a row that lacks both",
        lambda: variant(gaps=lambda frame, key: frame[key].isna().all(axis="columns")),
    ),
    Word(
        "a column of the key is missing",
        "a row whose note is missing",
        lambda: variant(gaps=lambda frame, key: frame.isna().any(axis="columns")),
    ),
    Word(
        "whose key another row has as well, the first of them too",
        "a key that three rows have",
        lambda: variant(keep="first"),
    ),
    Word(
        "Values are the same only when they are written the same: `a` and `A` differ",
        "a and A",
        lambda: variant(before=_small),
    ),
    Word(
        "Values are the same only when they are written the same",
        "a with a blank behind it",
        lambda: variant(before=_trimmed),
    ),
    Word(
        "keep all columns, their order and their index",
        "a frame whose lines begin at 40",
        lambda: variant(after=lambda frame, key: frame.reset_index(drop=True)),
    ),
    Word(
        "keep all columns, their order and their index",
        "the note, which is in no key but one",
        lambda: variant(after=lambda frame, key: frame[key]),
    ),
    Word(
        "keep all columns, their order and their index",
        "two keys that are there twice, mixed",
        lambda: variant(after=lambda frame, key: frame.sort_values(key)),
    ),
)

"""Exercise 8.4: wrong answers, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd

from lib.workbook.course.exercise import Word, Wrong

COLUMNS = ["line", "column", "value", "reason"]
TAILNUM, SEATS = "N[0-9A-Z]{1,5}", "[0-9]+|NA"


def variant(
    *,
    tailnum: str = TAILNUM,
    seats: str = SEATS,
    line: int = 2,
    once: bool = True,
    whole: bool = True,
    read: Any = lambda path: pd.read_csv(path, dtype="str", keep_default_na=False),
    order: Any = ("tailnum", "seats"),
    put: Any = lambda good, bad: (good, bad),
    value: Any = str,
) -> Any:
    """The solution, with one thing done otherwise."""

    def sort_out(path):
        rows = read(path)
        rules = {"tailnum": tailnum, "seats": seats}
        good, bad = rows, []
        for column in order:
            looked_at = good if once else rows
            words = looked_at[column].str
            fits = words.fullmatch(rules[column]) if whole else words.match(rules[column])
            fits = fits.astype(bool)
            for index, found in looked_at.loc[~fits, column].items():
                bad.append((index + line, column, value(found), "wrong"))
            good = good[fits.reindex(good.index)]
        return put(good, pd.DataFrame(bad, columns=COLUMNS))

    return sort_out


def sort_out_converted() -> Any:
    def sort_out(path):
        rows = pd.read_csv(path)
        rows["seats"] = pd.to_numeric(rows["seats"], errors="coerce")
        fits = rows["tailnum"].str.fullmatch("N[0-9A-Z]{1,5}")
        bad = rows[~fits]
        faults = pd.DataFrame({"line": bad.index + 2, "value": bad["tailnum"]})
        return rows[fits], faults.assign(column="tailnum", reason="not a tail number")

    return sort_out


def sort_out_by_isdigit() -> Any:
    def sort_out(path):
        good, bad = variant(seats=".*")(path)
        wrong = ~(good["seats"].str.isdigit().astype(bool) | (good["seats"] == "NA"))
        more = [(index + 2, "seats", value, "x") for index, value in good["seats"][wrong].items()]
        return good[~wrong], pd.concat([bad, pd.DataFrame(more, columns=COLUMNS)])

    return sort_out


def sort_out_by_position() -> Any:
    def sort_out(path):
        names = ["tailnum", "seats"]
        options = {"dtype": "str", "keep_default_na": False}
        return variant(read=lambda path: pd.read_csv(path, header=0, names=names, **options))(path)

    return sort_out


def _stripped(path: Any) -> Any:
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    return rows.apply(lambda column: column.str.strip())


def _without_twins(path: Any) -> Any:
    return pd.read_csv(path, dtype="str", keep_default_na=False).drop_duplicates()


WRONG = (
    Wrong(
        lambda: variant(line=0),
        "the first row is line 2",
        "takes the frame's index for the line",
    ),
    Wrong(lambda: variant(once=False), "report each row once", "reports a row once for each fault"),
    Wrong(
        lambda: variant(whole=False),
        "is among the good ones, and breaks a rule",
        "uses match, which is content with the beginning of a value",
    ),
    Wrong(
        lambda: variant(put=lambda good, bad: (good, bad[:0])),
        "The counts do not add up",
        "drops the bad rows",
    ),
    Wrong(
        sort_out_converted,
        "is not the text of the file",
        "converts first: a value that does not fit becomes a missing one, and counts as good",
    ),
    Wrong(
        lambda: variant(tailnum="N[0-9A-Za-z]{1,5}"),
        "('Na', '1') is among the good ones",
        "allows small letters, in all places but the first",
    ),
    Wrong(
        lambda: variant(tailnum="N[0-9A-Z]{1,6}"),
        "('N123456', '1') is among the good ones",
        "allows one sign too many",
    ),
    Wrong(
        lambda: variant(tailnum="N[0-9A-Z]{0,5}"),
        "('N', '8') is among the good ones",
        "allows an N alone",
    ),
    Wrong(
        lambda: variant(tailnum=r"N\w{1,5}"),
        "is among the good ones",
        r"takes \w for the capital letters and digits",
    ),
    Wrong(
        lambda: variant(seats=r"\d+|NA"),
        "is among the good ones",
        r"takes \d for the digits 0 to 9: it knows those of all scripts",
    ),
    Wrong(
        sort_out_by_isdigit,
        "is among the good ones",
        "asks `isdigit`, which knows the digits of all scripts, and those above the line",
    ),
    Wrong(
        lambda: variant(seats="[0-9]*|NA"),
        "('N5', '') is among the good ones",
        "takes nothing for a number",
    ),
    Wrong(
        lambda: variant(seats="[0-9]+"),
        "is good, and is not among the good ones",
        "forgets that NA is allowed",
    ),
    Wrong(
        lambda: variant(seats="(?i)[0-9]+|NA"),
        "('N1', 'na') is among the good ones",
        "asks whether it is NA, in whatever letters",
    ),
    Wrong(
        lambda: variant(read=_stripped),
        "Keep the values as they are written",
        "tidies the values up before it judges them",
    ),
    Wrong(
        lambda: variant(read=_without_twins),
        "The counts do not add up",
        "drops rows that are there twice",
    ),
    Wrong(
        lambda: variant(order=("seats", "tailnum")),
        "When both columns are wrong",
        "judges the seats first",
    ),
    Wrong(
        sort_out_by_position,
        "('NA', '5') is good, and is not among",
        "goes by the position of the columns, not by their names",
    ),
    Wrong(
        lambda: variant(value=lambda found: found.strip()),
        "Report the value as it is written",
        "reports a value that the file does not have",
    ),
    Wrong(
        lambda: variant(put=lambda good, bad: (good, bad.assign(reason=""))),
        "there is no reason",
        "leaves the reason to the reader",
    ),
)
WORDS = (
    Word(
        "the columns `tailnum` and `seats`, and a header",
        "a file whose columns stand in the other order",
        sort_out_by_position,
    ),
    Word(
        "Write `sort_out(path)`; it returns two data frames, `good` and `bad`",
        "eight files, one of them without a row",
        lambda: variant(put=lambda good, bad: good),
    ),
    Word(
        "A good `tailnum` is an `N`",
        "D942DN and XN8AA",
        lambda: variant(tailnum="[A-Z][0-9A-Z]{1,5}"),
    ),
    Word(
        "then 1 to 5 capital letters",
        "an N alone",
        lambda: variant(tailnum="N[0-9A-Z]{0,5}"),
    ),
    Word(
        "then 1 to 5 capital letters",
        "N123456, which has one sign too many",
        lambda: variant(tailnum="N[0-9A-Z]{1,6}"),
    ),
    Word(
        "then 1 to 5 capital letters",
        "N12345 and NABCDE, with as many signs as there may be",
        lambda: variant(tailnum="N[0-9A-Z]{1,4}"),
    ),
    Word(
        "capital letters",
        "small letters in each place",
        lambda: variant(tailnum="N[0-9A-Za-z]{1,5}"),
    ),
    Word(
        "A to Z or digits 0 to 9",
        "a digit of another script, and a letter with an accent",
        lambda: variant(tailnum=r"N(?:\d|[A-Z]){1,5}"),
    ),
    Word(
        "Good `seats` are such digits only",
        "12.5, +5, 1e2 and others",
        lambda: variant(seats="[0-9.]+|NA"),
    ),
    Word(
        "Good `seats` are such digits only",
        "digits of another script, and above the line",
        lambda: variant(seats=r"\d+|NA"),
    ),
    Word(
        "or `NA`",
        "na, and NA with a blank",
        lambda: variant(seats="(?i)[0-9]+|NA"),
    ),
    Word("or `NA`", "the seats NA", lambda: variant(seats="[0-9]+")),
    Word(
        "`good` holds the good rows",
        "a good row that is there twice",
        lambda: variant(read=_without_twins),
    ),
    Word(
        "as text, as they are written",
        "007, and a number of 21 digits",
        lambda: variant(put=lambda good, bad: (good.assign(seats=good["seats"].map(_number)), bad)),
    ),
    Word(
        "`bad` has one row for each other row",
        "rows in which both columns are wrong",
        lambda: variant(once=False),
    ),
    Word(
        "`bad` has one row for each other row",
        "a bad row that is there twice",
        lambda: variant(put=lambda good, bad: (good, bad.drop_duplicates(["column", "value"]))),
    ),
    Word("`line` in the file (the header is line 1)", "each bad row", lambda: variant(line=1)),
    Word(
        "`column`",
        "the columns of the frame of bad rows",
        lambda: variant(put=lambda good, bad: (good, bad.drop(columns="column"))),
    ),
    Word(
        "`value` as written",
        "tail numbers and seats with a blank",
        lambda: variant(value=lambda found: found.strip()),
    ),
    Word(
        "`reason` in your words",
        "each bad row",
        lambda: variant(put=lambda good, bad: (good, bad.assign(reason=None))),
    ),
    Word(
        "When both columns are wrong, report `tailnum`",
        "D942DN with -4 seats",
        lambda: variant(order=("seats", "tailnum")),
    ),
)


def _number(text: str) -> str:
    return text if text == "NA" else str(int(text))

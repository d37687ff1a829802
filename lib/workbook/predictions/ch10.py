"""The predictions of chapter 10."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "10.r1",
        "A ZIP code, read without types",
        "1234.0",
        "pandas guesses numbers, and a column of whole numbers with one missing becomes a column of"
        " floats. Declare what you know.",
        {
            "01234": "That is what the file says. To keep it, declare the column as text.",
            "1234": "So it would be in a file in which no ZIP code is missing.",
        },
    ),
    Prediction(
        "10.r2",
        "to_sql on an engine, stopped by an error",
        True,
        "pandas commits the chunks that it has sent. Hand it a connection inside "
        "`engine.begin()`, and nothing stays.",
        {False: "That needs a transaction of your own around it. An engine has none."},
    ),
    Prediction(
        "10.r3",
        "The counts of a load",
        "rejected",
        "Read = inserted + updated + unchanged + rejected. A row that is in none of them has "
        "vanished.",
        {
            "inferred": "Those are rows of other tables, which the file only names.",
            "missing": "A missing value is allowed, or makes its row a rejected one.",
        },
    ),
    Prediction(
        "10.a",
        "The job, started again",
        62,
        "The task adds a month each time, and knows nothing of the time before: 31 days twice, and "
        "twice the flights.",
        {
            31: "That needs a key that refuses the second month, or a task that replaces.",
            0: "Nothing was taken back: the first run had committed.",
        },
        shown="62 rows",
    ),
    Prediction(
        "10.b",
        "The last line of the backfill",
        "backfill done",
        "Each error is swallowed, so nothing remembers February. Go on after a failure, and end as "
        "a failure.",
        {
            "an error for February": "The `suppress` around the task has swallowed it.",
            "nothing": "The `print` stands after the loop, and is reached in every case.",
        },
        shown="backfill done",
    ),
)

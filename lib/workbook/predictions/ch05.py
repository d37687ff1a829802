"""The predictions of chapter 05."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "05.r1",
        "The lost write",
        False,
        "`connect()` commits nothing by itself: without `commit()` the end of the block is a "
        "ROLLBACK. `begin()` commits.",
        {True: "The database has reported one inserted row, and taken it back afterwards."},
    ),
    Prediction(
        "05.r2",
        "A URL that leads nowhere",
        "at the first connection",
        "An engine is lazy: it notes how to connect, and opens nothing before it is asked to.",
        {
            "at create_engine": "It looks at the URL's form and at the driver, not at the server.",
            "at the first commit": (
                "Before a commit there is a statement, and before that a connection."
            ),
        },
    ),
    Prediction(
        "05.r3",
        "What somebody typed",
        "as a bound parameter",
        "The value travels beside the SQL, so nothing in it can become SQL.",
        {
            "in an f-string": "An apostrophe in it ends the text, and what follows is read as SQL.",
            "with its quotes doubled": (
                "That is one of several signs to think of, by hand, each time."
            ),
        },
    ),
    Prediction(
        "05.a",
        "Rows that do not fit",
        "neither",
        "For SQLite a type is a preference: it converts what it can, and stores the rest as it"
        " came.",
        {
            "the first row": "Its text is too long and its seats are a word. SQLite stores both.",
            "both rows": "So does MySQL. For SQLite, lengths and types are remarks.",
        },
        shown="('N1234567890', 'twelve', 'text')",
    ),
    Prediction(
        "05.b",
        "Unique, with a code missing",
        1,
        "The second row repeats the first. The two without a code do not repeat each other: missing"
        " equals nothing, not even missing.",
        {
            2: (
                "The fourth looks like the third. For the database, two missing codes are not"
                " equal."
            ),
            0: "The second row has the code and the seat of the first.",
        },
        shown="['taken', 'refused', 'taken', 'taken']",
    ),
)

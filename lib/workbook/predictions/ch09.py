"""The predictions of chapter 09."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "09.r1",
        "A rename by autogenerate",
        False,
        "It compares two states, and writes: add a column, drop a column. The data of the dropped "
        "one are gone. Write `alter_column` yourself.",
        {True: "Autogenerate cannot know that the new column is the old one."},
    ),
    Prediction(
        "09.r2",
        "Before a column may forbid to be empty",
        "a value in each row",
        "Add the column, fill it, then forbid. Rows that are there already have to keep the rule, "
        "too.",
        {
            "an index": "An index finds rows faster. It fills none.",
            "an empty table": "Then it is easy. A full one can have it too, in three steps.",
        },
    ),
    Prediction(
        "09.r3",
        "Two heads",
        "is refused",
        "`head` could mean either of the two. `alembic merge heads` joins them, or you name one.",
        {
            "runs both": "That is `upgrade heads`, with an s.",
            "runs the newer one": "Revisions have an order by their parents, not by their dates.",
        },
    ),
    Prediction(
        "09.a",
        "The same engine, another thread",
        False,
        "A database in memory lives in its connection. The other thread gets a connection of its "
        "own, and with it a new database without any table.",
        {
            True: (
                "The tables are in the connection of this thread. The other thread has another one."
            )
        },
        shown="another thread: OperationalError",
    ),
    Prediction(
        "09.b",
        "Three broken cells",
        0,
        "The first has no stored output to compare with, the second promises an error that nobody "
        "asks for, and the third fails in a shell.",
        {
            3: "Each has something wrong in it, and each passes.",
            1: "One would hope for the shell command. Its failure is not Python's.",
            2: "A cell that may raise, and raises nothing, passes as well.",
        },
        shown="3 passed",
    ),
)

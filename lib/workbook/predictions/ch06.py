"""The predictions of chapter 06."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "06.r1",
        "Flushed, not committed",
        False,
        "A flush sends the statements inside the open transaction. A commit settles them, and shows"
        " them to others.",
        {
            True: (
                "This session sees the row: the transaction is its own. Others wait for the commit."
            )
        },
    ),
    Prediction(
        "06.r2",
        "After a failed flush",
        "a rollback",
        "Its transaction is gone, and the session says so until it is told to begin again. A scope "
        "does it for you.",
        {
            "a commit": "There is nothing left to commit; it would raise the same error.",
            "the next flush": "Until the rollback, each statement raises `PendingRollbackError`.",
        },
    ),
    Prediction(
        "06.r3",
        "The same row, twice",
        1,
        "The first `get` loads the row, the second finds the object in the identity map. Both give "
        "you the same object.",
        {
            2: "A session asks for a row by its key once, and remembers the object.",
            0: "The first `get` has to load the row.",
        },
    ),
    Prediction(
        "06.a",
        "Neither late nor on time",
        False,
        "A cancelled flight has no delay. Compared with NULL, both conditions are unknown, and "
        "`where` keeps only what is true: 521 flights are in neither number.",
        {
            True: "It would be so if each flight had a delay. The cancelled ones have none.",
        },
        shown="neither: 521",
    ),
    Prediction(
        "06.b",
        "Behind one page",
        101,
        "One SELECT loads the list. Then each `each.flights` loads the flights of one plane, when"
        " it is read: N+1.",
        {
            1: (
                "That loads the planes. Their flights are in another table, and nobody has asked"
                " yet."
            ),
            100: "One for each plane, and one more: the list itself.",
            2: "So it is with `selectinload`, which comes next. Without it each plane asks alone.",
        },
        shown="SELECTs: 101",
    ),
)

"""The predictions of chapter 08."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "08.r1",
        "A flight without a weather report",
        False,
        "An inner join keeps rows that have a partner. An outer join keeps every row of its left "
        "side.",
        {True: "Only with an outer join. The inner one drops it, and says nothing."},
    ),
    Prediction(
        "08.r2",
        "NOT IN, and a missing value",
        "none",
        "`x NOT IN (..., NULL)` is false or unknown, never true. Leave the missing values out of"
        " the list.",
        {
            "those that are not in it": "So it would be without the NULL in the list.",
            "all": "The ones that are in the list are false in any case.",
        },
    ),
    Prediction(
        "08.r3",
        "Sixteen airlines, in a loop",
        17,
        "One SELECT for the list, and one for the flights of each airline: N+1. `selectinload`"
        " makes two of them.",
        {
            16: "One for each airline; the list itself is one more.",
            1: "That loads the airlines. Their flights are loaded when they are read.",
        },
    ),
    Prediction(
        "08.a",
        "What a failed to_sql leaves",
        True,
        "pandas opened the transaction, and closed it as if all had gone well: what it had sent "
        "before the error stays.",
        {
            False: "All or nothing needs a transaction that you opened yourself. Here pandas "
            "opened it.",
        },
        shown="Quebec Four",
    ),
    Prediction(
        "08.b",
        "The same file again",
        3,
        "Each of the three rows is in the table as the file has it. A second run changes nothing, "
        "and says so.",
        {
            1: "So it was in the first run. Now the other two are in the table, too.",
            0: "A row that is the same in the file and in the table is called unchanged.",
        },
        shown="'unchanged': 3",
    ),
)

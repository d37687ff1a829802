"""The predictions of chapter 13."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "13.r1",
        "Writers of one SQLite file",
        1,
        "SQLite locks the whole file for a writer. The others wait for their turn, on one machine.",
        {
            4: "Four may wait. One of them writes.",
            0: "One may write at any time.",
        },
    ),
    Prediction(
        "13.r2",
        "The mean of two means",
        False,
        "Each mean hides how many flights it is made of. Keep sums and counts: those add up.",
        {True: "Only where both months have the same number of flights, and that is chance."},
    ),
    Prediction(
        "13.r3",
        "No row was changed",
        "another was first",
        "The UPDATE takes the piece only where it is free. No row means that it was not free any "
        "more.",
        {
            "the work is done": "It says nothing of the work: the one who took it may be at it.",
            "the database failed": "Then there is an error, and no row count.",
        },
    ),
    Prediction(
        "13.a",
        "The meter stands at 1.234",
        "a little more than one",
        "pandas takes a point for a decimal sign unless you say otherwise. The column is a good "
        "number, a thousand times too small, and no one is told.",
        {
            "more than a thousand": "That is what the meter means. The file does not say it.",
            "an error": "There is nothing wrong with the text: it is a number in both readings.",
        },
        shown="1.234",
    ),
    Prediction(
        "13.b",
        "Quarters of an hour in a day",
        100,
        "On this day the hour from two to three comes twice: it has 25 hours, four quarters each.",
        {
            96: "So it is on other days. On this one the clocks are put back.",
            92: "That is the day in March on which an hour is skipped.",
        },
        shown="as time goes: 100.0",
    ),
)

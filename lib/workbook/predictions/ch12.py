"""The predictions of chapter 12."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "12.r1",
        "Where a run is noted",
        "in one of its own",
        "The note must be there when the work is rolled back, or when the process dies in it.",
        {
            "in that of the work": "A rollback of the work would take the note along.",
            "in none": "Each write has a transaction. The question is which one.",
        },
    ),
    Prediction(
        "12.r2",
        "A damaged file",
        1,
        "It will be damaged at the next attempt, too. Repeat what may pass, and raise the rest at "
        "once.",
        {
            4: "That is for a server that is away: an error that may pass.",
            0: "Somebody has to try it to find out.",
        },
    ),
    Prediction(
        "12.r3",
        "A month fails in a backfill",
        "go on, end as failed",
        "The other months are not worse for it, and somebody must hear of the one that failed.",
        {
            "go on, end as done": "Then nobody looks, and the month is missing.",
            "stop at once": "Then the months after it are missing as well, for no reason.",
        },
    ),
    Prediction(
        "12.a",
        "Three calls, two airlines",
        2,
        "The arguments are the key. United is asked for twice, and the second time the answer comes"
        " from memory.",
        {
            3: "That is without the cache: one for each call.",
            1: "The cache keeps one answer for each key, and there are two airlines.",
        },
        shown="carrier_1='DL'",
    ),
    Prediction(
        "12.b",
        "The table has changed",
        "4,637, as before",
        "The key is the airline, which is the same. The cache has not heard of the change, and"
        " gives what it has.",
        {
            "4,477, the truth": "For that, something in the key has to change when the data do.",
            "an error": "An old answer looks like any other: nothing says that it is old.",
        },
        shown="kept:  4637",
    ),
)

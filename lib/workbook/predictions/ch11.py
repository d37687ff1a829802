"""The predictions of chapter 11."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "11.r1",
        "Two green tests",
        "that they pass on this code",
        "Whether they would turn red, you know when you have seen it: give them something wrong to "
        "find.",
        {
            "that the code is right": "A test without an assert is green as well.",
            "that they catch mistakes": "Have you seen them red? Until then it is a hope.",
        },
    ),
    Prediction(
        "11.r2",
        "One database in memory for all threads",
        "StaticPool",
        "It keeps one connection and gives it to everybody. In memory, the database is the "
        "connection.",
        {
            "QueuePool": "It opens a second connection, and with it a second, empty database.",
            "a commit": "What is committed is seen by other connections of the same database.",
        },
    ),
    Prediction(
        "11.r3",
        "65 characters into String(64)",
        True,
        "For SQLite a length is a remark. MySQL in strict mode refuses: run each test on both.",
        {False: "On MySQL. SQLite takes the text as it is."},
    ),
    Prediction(
        "11.a",
        "Eight workers, a tenth serial",
        "about 5",
        "A tenth takes as long as before, the other nine tenths an eighth: 1 / (0.1 + 0.9 / 8) is "
        "4.7. However many workers there are, it stays below 10.",
        {
            "about 8": "So it would be if all of the work could be shared.",
            "about 7": (
                "Nine tenths of eight. But the serial tenth weighs more, the faster the rest."
            ),
        },
        shown="4.71",
    ),
    Prediction(
        "11.b",
        "The mean of the means",
        False,
        "The months have different numbers of flights, and the mean of the means counts each month "
        "the same. Add up the sums and the counts, and divide once.",
        {True: "It is, where each month has the same number of flights."},
        shown="the mean:              12.754",
    ),
)

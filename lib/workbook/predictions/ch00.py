"""The predictions of chapter 00."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "00.a",
        "How many were cancelled",
        "about 500",
        "521 of 27,004 flights have no delay, about 2 in 100. In a winter month that is usual.",
        {
            "about 5": "Five of 27,004 would be one in 5,000. Snow alone cancels more.",
            "about 5,000": "That would be nearly one flight in five.",
        },
        shown="521",
    ),
    Prediction(
        "00.b",
        "Another Python, the same package",
        False,
        "A package is installed into one environment. A Python that does not look there has not "
        "got it, whatever else is on the machine.",
        {
            True: (
                "That the package is on the disk is not enough: each Python looks in its own place."
            )
        },
        shown="ModuleNotFoundError | pandas",
    ),
)

"""The predictions of chapter 01."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "01.a",
        "A folder below the project",
        "3.11.9",
        "pyenv looks in the folder, then in each folder above it. The first `.python-version` that "
        "it finds is the project's.",
        {
            "3.13.0": "The global choice counts where neither the folder nor one above it chooses.",
            "system": "The system's Python is the last in the order, after the global choice.",
        },
        shown="$ cd src\n$ pyenv version\n3.11.9",
    ),
    Prediction(
        "01.b",
        "Versions as text",
        False,
        "Texts are compared sign by sign. After `2.` comes `1` in the one and `9` in the other, and"
        " `1` is before `9`. Compare versions with `packaging`.",
        {
            True: (
                "As versions it is so: 2.10 is newer than 2.9. Python knows nothing of versions"
                " here."
            )
        },
        shown="as text, 2.10 >= 2.9: False",
    ),
)

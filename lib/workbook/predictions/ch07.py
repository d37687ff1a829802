"""The predictions of chapter 07."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "07.r1",
        "A word in a column of numbers",
        "it is stored",
        "SQLite converts what it can, and stores the rest as it came. MySQL refuses it.",
        {
            "it is refused": "On MySQL. For SQLite the type of a column is a preference.",
            "it becomes 0": "Neither database invents a number here.",
        },
    ),
    Prediction(
        "07.r2",
        "A default in the model",
        False,
        "`default` fills in when SQLAlchemy sends the INSERT. Another program does not know the "
        "model; for that there is `server_default`.",
        {True: "The database has never heard of `default`: it stands in the class only."},
    ),
    Prediction(
        "07.r3",
        "Two ends of one thing",
        "back_populates",
        "It tells each relationship of the other, so that a change at one end is seen at both.",
        {
            "server_default": "That is a value which the database fills in.",
            "extend_existing": "That redefines a table which the metadata has already.",
        },
    ),
    Prediction(
        "07.a",
        "A column is renamed in the class",
        "none",
        "The revision adds an empty column and drops the full one. A database cannot know that one "
        "is meant to be the other, and no error tells of it.",
        {
            "all": "That is what `alter_column` with a new name does. This file adds and drops.",
            "it stops with an error": "To add one column and drop another is allowed.",
        },
        shown="16      0",
    ),
    Prediction(
        "07.b",
        "It fails at the second step",
        True,
        "The first step is done and stays: nothing has put both into one transaction. The version "
        "table still says `0004`.",
        {
            False: (
                "That needs a transaction around both steps. Here there is none, as on MySQL, "
                "which commits each change of a table."
            ),
        },
        shown="airlines  carrier, company, hub, alliance",
    ),
)

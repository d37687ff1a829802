"""The predictions of chapter 04."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "04.r1",
        "Peace between two tools",
        "a setting",
        '`profile = "black"` makes isort break lines as black does. Then both are content with the '
        "same file.",
        {
            "another order": "Whichever runs last, the other one changes the file again.",
            "one round more": "Each round begins with the file as the round before began with it.",
        },
    ),
    Prediction(
        "04.r2",
        "A hook has changed your file",
        "look, add, commit again",
        "The hook has mended the file, and the staged one is the old. Look at the difference, stage"
        " it, and commit.",
        {
            "commit with --no-verify": "That commits the file as it was before the hook mended it.",
            "take its changes back": "The hook makes the same ones at the next commit.",
        },
    ),
    Prediction(
        "04.r3",
        "The same notebook, run again",
        0,
        "The cleaner takes the numbers of the runs and the times away, and the result is the same.",
        {
            3: "So many it was without the cleaner: two numbers, and the time of day.",
            1: "The number of the run is what the cleaner makes the same each time.",
        },
    ),
    Prediction(
        "04.a",
        "When others see it",
        "after neither",
        "`add` sends nothing, `flush` sends the INSERT inside the open transaction. Others see what"
        " is committed.",
        {
            "after add": "`add` is a note in the session; no statement was sent.",
            "after flush": "The row is in the table for this transaction, and for no other.",
        },
        shown="persistent  None",
    ),
    Prediction(
        "04.b",
        "A name after the scope",
        False,
        "The commit has expired the object, so its name has to be loaded again. The scope has"
        " closed the session, so nothing can load it: `DetachedInstanceError`.",
        {
            True: (
                "The name was never read inside the scope, and even that would not help: a commit "
                "expires what was loaded."
            )
        },
        shown="DetachedInstanceError",
    ),
)

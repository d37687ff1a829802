"""The predictions of chapter 02."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "02.r1",
        "An import fails",
        "sys.prefix",
        "It is the folder of the environment in which this Python runs. If it is another one than "
        "you installed into, the cause is found.",
        {
            "sys.path": (
                "It follows from the environment, and is long to read. Begin with its cause."
            ),
            "sys.version": "Two environments of the same version have different packages.",
        },
    ),
    Prediction(
        "02.r2",
        "Into the kernel's environment",
        "%pip",
        "IPython turns it into the pip of the Python that runs the notebook.",
        {
            "!pip": "The `!` starts a shell, and a shell takes the first pip on its `PATH`.",
            "pip in a terminal": (
                "It belongs to the environment of the terminal, which may be another one."
            ),
        },
    ),
    Prediction(
        "02.r3",
        "A wrong answer, and the data",
        "nothing",
        "A check runs your code on a throw-away copy, so nothing that it does can harm the"
        " chapter.",
        {
            "the rows that it wrote": "They were written into the copy, which is gone by now.",
            "all since open_chapter": "`open_chapter` starts the chapter over; a check does not.",
        },
    ),
    Prediction(
        "02.a",
        "How the fight ends",
        "never",
        "isort breaks the import at 79 columns, black joins it again up to 88. Each undoes what the"
        " other did, in every round.",
        {
            "after one round": "The second tool of a round undoes the work of the first.",
            "after two rounds": "The second round begins with the same file as the first.",
        },
        shown="3 isort: True | black: True",
    ),
    Prediction(
        "02.b",
        "A messy file meets the hooks",
        "mended, not committed",
        "isort and black have changed the file, and flake8 has found what only a person can mend. "
        "A hook that fails stops the commit; what it mended stays in the file.",
        {
            "committed as it is": "One hook that fails is enough: git makes no commit.",
            "mended and committed": (
                "The staged file is the old one. You look at the changes, stage "
                "them, and commit again."
            ),
        },
        shown="files were modified by this hook",
    ),
)

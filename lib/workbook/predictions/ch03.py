"""The predictions of chapter 03."""

from __future__ import annotations

from lib.workbook.course.prediction import Prediction

PREDICTIONS = (
    Prediction(
        "03.r1",
        "Two programs of one name",
        "the first in PATH",
        "`PATH` is a list of folders, searched from its beginning. To enter an environment is to"
        " put its folder in front.",
        {
            "the newest": "Nobody looks at versions: the first that is found starts.",
            "the system's own": "It starts where its folder comes first, and only there.",
        },
    ),
    Prediction(
        "03.r2",
        "A new environment",
        False,
        "`venv` makes an empty room: the packages of the Python that made it are not seen from "
        "inside.",
        {
            True: (
                "That would hold with `include-system-site-packages = true`, which is not the"
                " default."
            )
        },
    ),
    Prediction(
        "03.r3",
        "Another version",
        "the list of what you chose",
        "A program writes the lock from that list. Change the list, compile, and install from the "
        "new lock.",
        {
            "the lock": "The next compile writes over it, and until then it may contradict itself.",
            "the environment": (
                "It would differ from the lock, and from the environments of others."
            ),
        },
    ),
    Prediction(
        "03.a",
        "A password with an at sign",
        "ss",
        "The first @ ends the password, the slash ends the host. What is between them is the host.",
        {
            "127.0.0.1": (
                "It stands there, but behind the slash, where the name of the database begins."
            ),
            "p@ss": "The @ is where the host begins; it is not a part of it.",
        },
        shown="host:     ss",
    ),
    Prediction(
        "03.b",
        "A row through connect()",
        16,
        "`connect()` begins a transaction, and nobody has said `COMMIT`. At the end of the block it"
        " is rolled back: no error, and no row.",
        {
            17: "The database did insert the row, and took it back at the end of the block.",
            0: "A rollback undoes what this transaction did, and nothing else.",
        },
        shown="after:  16",
    ),
)

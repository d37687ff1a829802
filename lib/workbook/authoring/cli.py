"""The verb `new-chapter`: a skeleton, stored and proved."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

from lib.cli import add_verb
from lib.config import ROOT
from lib.errors import PipelineError
from lib.workbook.authoring.skeleton import Skeleton, check


def add_new_chapter(verbs: Any) -> None:
    """Add new-chapter."""
    text = "Make the skeleton of a chapter, with one exercise that is proved; run it and store it."
    part = add_verb(verbs, "new-chapter", new_chapter, text, judge=_judge)
    part.add_argument("number", metavar="NN", help="the next chapter's number")
    part.add_argument("topic", help="as in its file's name: late_rows")


def _judge(args: argparse.Namespace) -> None:
    check(Skeleton(args.number.zfill(2), args.topic))


def new_chapter(args: argparse.Namespace) -> int:
    """Write the files, store the notebook, prove the exercise, write the guide."""
    from lib.workbook.authoring.new_chapter import write

    skeleton = Skeleton(args.number.zfill(2), args.topic)
    for path in write(skeleton):
        print(path.relative_to(ROOT).as_posix(), flush=True)
    exercise = skeleton.info.exercises[0]
    # Processes of their own: this one has read the course without the chapter.
    for words in (
        ["notebooks", skeleton.number],
        ["check-exercise", exercise],
        ["guide", "--quick"],
    ):
        command = [sys.executable, "-m", "lib.workbook.cli", *words]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise PipelineError(
                f"The skeleton is written, but python run.py {' '.join(words)} failed.",
                "Mend what it says, and type that command again.",
            )
    print(f"Chapter {skeleton.number} is there. Now it is yours to write:")
    print(f"- notebooks/{skeleton.info.path.name}: replace the texts that say what to say")
    print("- two more exercises and what they teach: the tests ask for three or more of both")
    print("- the texts in README.md and in lib/workbook/teaching/plans.py; a line in CHANGELOG.md")
    print(f"python run.py notebooks {skeleton.number} stores it, python run.py test proves it.")
    return 0

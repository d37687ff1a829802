"""Exercise 2.4: Ruff's settings that do the work of three tools."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_type
from lib.workbook.exercises.ch02.looking import quoted, read_toml
from lib.workbook.terminal.terminal import Terminal

LONG = "GREETING = " + '"' + "a" * 80 + '"\n'  # 93 columns: black's 88 are not enough
TOO_LONG = "GREETING = " + '"' + "a" * 100 + '"\n'  # 113 columns
SAMPLES = (
    # What stands in the file, the rule that must speak, what a teacher says when it is silent.
    ("import os\n\nprint()\n", "F401", "An import that nothing uses is not found: the letter F."),
    (
        "import sys\nimport os\n\nprint(os, sys)\n",
        "I001",
        "Imports in the wrong order are not found. That was isort's work: the letter I.",
    ),
    (
        TOO_LONG,
        "E501",
        "A line of 113 columns is not found. Of E, Ruff takes only a few rules by itself; name the "
        "letter to get all of it.",
    ),
    ("x = 1  \n", "W291", "A space at the end of a line is not found: flake8's other letter, W."),
)


def check_settings(answer: Any, _bench: Bench) -> str:
    expect_type(answer, str, "the text of a pyproject.toml")
    tools = read_toml(answer, "This").get("tool", {})
    expect(
        "ruff" in tools,
        "There is no section for Ruff. They are [tool.ruff] and [tool.ruff.lint].",
    )
    with closing(Terminal()) as terminal:
        terminal.write("pyproject.toml", answer)
        for text, rule, reason in SAMPLES:
            terminal.write("sample.py", text)
            code, said = terminal.run(["ruff", "check", "--output-format=concise", "sample.py"])
            expect(code in (0, 1), f"Ruff cannot work with this: {complaint(answer, said)}")
            expect(
                "top-level linter settings" not in said,
                "Ruff warns: `select` in [tool.ruff] is the old place, which it will not read for "
                "ever. The rules go below [tool.ruff.lint].",
            )
            expect(f" {rule} " in said or f" {rule}:" in said, reason)
        terminal.write("sample.py", LONG)
        code, said = terminal.run(["ruff", "check", "--output-format=concise", "sample.py"])
        expect(
            "E501" not in said,
            "A line of 93 columns is too long for it. The team's length is 100, for the formatter "
            "and for the rules: `line-length`, in [tool.ruff].",
        )
        expect(code == 0, f"A line that is fine is complained of: {first_line(said)}")
    return "That is it. One file, one tool, three jobs."


# What Ruff says of settings, and what a teacher would add.
ADVICE = {
    "expected a sequence": " A sequence is a list: brackets, and each letter a text of its own.",
    "unknown field `line_length`": " Ruff writes it with a hyphen: `line-length`. The underscore "
    "is isort's.",
    "unknown field `line-length`": " The line length goes into [tool.ruff], which both halves of "
    "Ruff read.",
    "expected i64": " A number stands without quotation marks.",
}


def complaint(settings: str, said: str) -> str:
    """Return why Ruff refuses the settings: its last line, without the list of what there is."""
    reason = (said.splitlines() or [""])[-1].strip().removeprefix("Cause: ")
    reason = re.sub(r", expected one of .*", "", reason)
    advice = next((text for words, text in ADVICE.items() if words in reason), "")
    # For a field that it does not know, Ruff names the line of the section.
    field = re.search(r"unknown field `(.+)`", reason)
    line = "" if field else quoted(settings, said)
    return f"{reason}.{advice}{line}"


def first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[:4])


def solution_settings() -> Any:
    settings = """
[tool.ruff]
line-length = 100

[tool.ruff.lint]
select = ["E", "F", "W", "I"]
"""
    return settings


def extended() -> Any:
    return 'tool.ruff = {line-length = 100, lint.extend-select = ["E5", "W", "I"]}\n'


def lint(letters: str, width: str = "line-length = 100") -> Any:
    return f"[tool.ruff]\n{width}\n[tool.ruff.lint]\nselect = [{letters}]\n"


EXERCISE = Exercise(
    id="2.4",
    title="One tool for three",
    check=check_settings,
    hints=(
        "Two sections: [tool.ruff] holds what both halves need, [tool.ruff.lint] the rules.",
        "`select` is a list of letters: those of pycodestyle and pyflakes, which flake8 runs, and "
        "isort's.",
        "E and W are pycodestyle's, F is pyflakes', I is isort's; and `line-length` stands in the "
        "first section.",
    ),
    solution=solution_settings,
    also_right=(extended,),
    wrong=(
        Wrong(
            lambda: "[tool.ruff]\nline-length = 100\n",
            "only a few rules by itself",
            "expects that Ruff's own choice of rules is all that flake8 does",
        ),
        Wrong(
            lambda: lint('"E", "F", "W"'),
            "the letter I",
            "thinks of flake8 only: the order of imports is a rule like any other here",
        ),
        Wrong(
            lambda: '[tool.ruff]\nline-length = 100\nselect = ["E", "F", "W", "I"]\n',
            "the old place",
            "learned it from an older page: the rules have a section of their own now",
        ),
        Wrong(
            lambda: '[tool.ruff.lint]\nselect = "E,F,W,I"\n',
            'The line is: `select = "E,F,W,I"`',
            "writes the rules as on the command line",
        ),
        Wrong(
            lambda: lint('"E", "F", "W", "I"', "line_length = 100"),
            "with a hyphen",
            "takes isort's name of the setting for Ruff's",
        ),
        Wrong(
            lambda: lint('"I"'),
            "the letter F",
            "does not know that select replaces the list: extend-select adds to it",
        ),
        Wrong(
            lambda: lint('"E", "F", "W", "I"', ""),
            "93 columns",
            "leaves the length at the default, 88",
        ),
        Wrong(
            lambda: "[tool.black]\nline-length = 100\n",
            "no section for Ruff",
            "believes that Ruff reads black's settings",
        ),
    ),
)

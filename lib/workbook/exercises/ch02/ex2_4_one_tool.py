"""Exercise 2.4: Ruff's settings that do the work of three tools."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_type
from lib.workbook.exercises.ch02.ex2_4_one_tool_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch02.ex2_4_one_tool_samples import (
    ruff_clean,
    ruff_faults,
    ruff_more_faults,
    ruff_wide,
    solution_of_ruff,
)
from lib.workbook.exercises.ch02.looking import quoted, read_toml
from lib.workbook.terminal.terminal import Terminal

WIDTH = 100  # columns
LETTERS = "EFWI"
# What belongs below [tool.ruff.lint], and was read below [tool.ruff] for some versions.
OF_LINT = ("select", "extend-select", "ignore", "extend-ignore", "per-file-ignores")

# Where Ruff speaks: the file and the line, by rule; and what it says there.
Found = dict[str, dict[tuple[str, int], str]]


def check_settings(answer: Any, _bench: Sandbox) -> str:
    expect_type(answer, str, "the text of a pyproject.toml")
    tools = read_toml(answer, "This").get("tool", {})
    ruff = tools.get("ruff") if isinstance(tools, dict) else None
    if not isinstance(ruff, dict):
        raise NotYet("There is no section for Ruff. They are [tool.ruff] and [tool.ruff.lint].")
    found = run_ruff(answer, ruff)
    old = [key for key in OF_LINT if key in ruff]
    expect(
        not old,
        f"`{''.join(old[:1])}` in [tool.ruff] is the old place, which Ruff will not read for ever. "
        "The rules go below [tool.ruff.lint].",
    )
    wanted = run_ruff(solution_of_ruff(WIDTH), {})
    expect_all_rules(found, wanted, ruff)
    expect_width(found, wanted, ruff)
    expect_silence(found)
    return "That is it. One file, one tool, three jobs."


def run_ruff(settings: str, ruff: dict[str, Any]) -> Found:
    """Return what Ruff finds in the samples, with these settings."""
    with closing(Terminal()) as terminal:
        terminal.write("pyproject.toml", settings)
        samples = {
            "faults.py": ruff_faults(),
            "more_faults.py": ruff_more_faults(),
            "wide.py": ruff_wide(WIDTH),
            "clean.py": ruff_clean(),
        }
        for name, text in samples.items():
            terminal.write(name, text)
        words = ["--exit-zero", "--no-fix", "--output-format=json", "--output-file=found.json"]
        code, said = terminal.run(["ruff", "check", *words, *samples])
        file = terminal.folder / "found.json"
        if code or not file.exists():
            raise NotYet(f"Ruff cannot work with this: {complaint(settings, ruff, said)}")
        reports = json.loads(file.read_text(encoding="utf-8"))
    found: Found = {}
    for each in reports:
        place = (Path(each["filename"]).name, each["location"]["row"])
        found.setdefault(str(each["code"]), {})[place] = each["message"]
    return found


def complaint(settings: str, ruff: dict[str, Any], said: str) -> str:
    """Return why Ruff refuses the settings, and what helps, if one thing does."""
    lint = ruff.get("lint", {})
    if "line_length" in ruff:
        advice = "Ruff writes it with a hyphen: `line-length`. The underscore is isort's."
    elif isinstance(lint, dict) and "line-length" in lint:
        advice = "`line-length` goes into [tool.ruff], which both halves of Ruff read."
    elif isinstance(lint, dict) and isinstance(lint.get("select"), str):
        advice = "`select` is a list: brackets, and each letter a text of its own."
    elif isinstance(ruff.get("line-length"), str):
        advice = "The length is a number, without quotation marks."
    else:
        reason = (said.splitlines() or [""])[-1].strip().removeprefix("Cause: ")
        return f"{reason.partition(', expected one of')[0]}.{quoted(settings, said)}"
    return advice


def expect_all_rules(found: Found, wanted: Found, ruff: dict[str, Any]) -> None:
    """Expect each rule of the four letters to speak where it does with the reference settings."""
    lint = ruff.get("lint", {})
    for letter in LETTERS:
        mine = [rule for rule in wanted if rule.startswith(letter)]
        for rule in mine:
            if wanted[rule].keys() & found.get(rule, {}).keys():
                continue
            message = next(iter(wanted[rule].values()))
            name = f"{rule}, a rule of the letter {letter}, is not found ({message})"
            if off := switched_off(rule, lint):
                raise NotYet(f"{name}: `{off}` switches it off.")
            if not any(each in found for each in mine):
                raise NotYet(f"No rule of the letter {letter} speaks: {rule} ({message}) does not.")
            chosen = isinstance(lint, dict) and "select" in lint
            own = "" if chosen else " By itself, Ruff makes a choice of its own."
            own += f" {told_length(ruff)}" if rule == "E501" else ""
            raise NotYet(f"{name}, and others of the letter are.{own}")


def switched_off(rule: str, lint: Any) -> str:
    """Return the setting that switches the rule off; empty when none does."""
    for key in ("ignore", "extend-ignore"):
        rules = lint.get(key, []) if isinstance(lint, dict) else []
        if any(rule.startswith(str(each)) or each == "ALL" for each in rules):
            return key
    for key in ("per-file-ignores", "extend-per-file-ignores"):
        files = lint.get(key, {}) if isinstance(lint, dict) else {}
        if any(rule.startswith(str(each)) for rules in files.values() for each in rules):
            return key
    return ""


def told_length(ruff: dict[str, Any]) -> str:
    """Return what the settings say of the length."""
    return f"`line-length` in [tool.ruff] is {ruff.get('line-length', 'not there, which is 88')}."


def expect_width(found: Found, wanted: Found, ruff: dict[str, Any]) -> None:
    """Expect lines of the width to pass, and those that are wider by one to be found."""
    told = told_length(ruff)
    for rule, what in (("E501", "A line"), ("I001", "An import")):
        mine = {place for place in found.get(rule, {}) if place[0] == "wide.py"}
        right = {place for place in wanted.get(rule, {}) if place[0] == "wide.py"}
        fits = ruff.get("line-length") == WIDTH
        said = "not as it would have it" if fits else "too wide for it"
        expect(not mine - right, f"{what} of {WIDTH} columns is {said} ({rule}). {told}")
        expect(
            not right - mine,
            f"{what} of {WIDTH + 1} columns is not too wide for it ({rule}). {told}",
        )


def expect_silence(found: Found) -> None:
    """Expect no word about a file with which flake8 and isort are content."""
    spoken = {
        place[1]: (rule, message)
        for rule, places in found.items()
        for place, message in places.items()
        if place[0] == "clean.py"
    }
    if spoken:
        row, (rule, message) = min(spoken.items())
        line = ruff_clean().splitlines()[row - 1].strip()
        raise NotYet(
            f"flake8 and isort are content with this line, and Ruff is not: `{line}`. "
            f"It says: {rule} {message}"
        )


def solution_settings() -> Any:
    settings = """
[tool.ruff]
line-length = 100

[tool.ruff.lint]
select = ["E", "F", "W", "I"]
"""
    return settings


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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
)

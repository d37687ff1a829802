"""Exercise 2.1, a small real task: settings with which three tools agree."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import configparser
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch02.ex2_1_truce_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.exercises.ch02.ex2_1_truce_samples import (
    clean_sample,
    faulty_sample,
    first_difference,
    messy_sample,
)
from lib.workbook.exercises.ch02.looking import expect_filled_in, read_toml
from lib.workbook.terminal.terminal import Terminal

WIDTHS = (110, 72)  # columns: one above and one below what the three tools bring
# Of what stands in the faulty sample, the rules that no layout settles.
STAY = ("F401", "E711", "E722", "F821")
OF_BLACK = {
    "E203": "the space before the colon of a slice",
    "E701": "a class on one line",
    "W503": "a line break before an operator",
    "W504": "a line break after an operator",
}


@dataclass(frozen=True)
class Truce:
    """The two texts for a length, and what stands in them by section."""

    width: int
    project: str
    flake8: str
    tools: Mapping[str, Any]
    section: Mapping[str, str]

    def is_but_for_the_width(self, other: Truce) -> bool:
        """Tell whether the texts are those of the other one, with this width in them."""
        mine, yours = str(self.width), str(other.width)
        return (self.project, self.flake8) == (
            other.project.replace(yours, mine),
            other.flake8.replace(yours, mine),
        )


def check_truce(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "truce")
    tried: list[Truce] = []
    for width in WIDTHS:
        truce = read_truce(sandbox.call(answer, width), width)
        # The same settings with another number need not be run again: each run takes a second.
        if not any(truce.is_but_for_the_width(other) for other in tried):
            with closing(Terminal()) as terminal:
                expect_peace(terminal, truce)
        tried.append(truce)
    return "That is it. The three now agree, at any length of line."


def expect_peace(terminal: Terminal, truce: Truce) -> None:
    """Run the three tools with the settings, and expect them to agree."""
    terminal.write("pyproject.toml", truce.project)
    terminal.write(".flake8", truce.flake8)
    terminal.write("clean.py", clean_sample(truce.width))
    terminal.write("messy.py", messy_sample(truce.width))
    terminal.write("faulty.py", faulty_sample(truce.width))
    expect_isort(terminal, truce)
    expect_black(terminal, truce)
    expect_flake8(terminal, truce)


def read_truce(found: Any, width: int) -> Truce:
    """Expect two files that their readers can read."""
    expect(found is not None, "The function returns nothing. Its last line returns two texts.")
    if not (isinstance(found, (tuple, list)) and len(found) == 2):
        raise NotYet("This asks for two texts: what stands in pyproject.toml, and in .flake8.")
    if not all(isinstance(text, str) for text in found):
        raise NotYet("Both parts of the answer are texts, the contents of the two files.")
    project, flake8 = found
    expect(
        not ("[flake8]" in project and "tool." in flake8),
        "The first text is for pyproject.toml, the second one for .flake8; yours come the other "
        "way round.",
    )
    expect_filled_in(project, "pyproject.toml")
    expect_filled_in(flake8, ".flake8")
    tools = read_toml(project, "pyproject.toml").get("tool", {})
    there = sorted(tools) if isinstance(tools, dict) else []
    expect(
        "isort" in there and "black" in there,
        "pyproject.toml needs two sections, [tool.black] and [tool.isort]; yours has "
        f"{', '.join(there) or 'none under tool'}.",
    )
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(flake8)
    except configparser.Error as error:
        raise NotYet(f".flake8 cannot be read: {str(error).splitlines()[0]}") from None
    expect("flake8" in parser, "The file .flake8 needs the section [flake8].")
    section = {key.replace("-", "_"): value for key, value in parser["flake8"].items()}
    return Truce(width, project, flake8, tools, section)


def expect_isort(terminal: Terminal, truce: Truce) -> None:
    """Expect that isort keeps what is in black's style, and makes it of what is not."""
    code, said = terminal.run(["isort", "--quiet", "clean.py", "messy.py"])
    expect(code == 0, f"isort cannot work with this pyproject.toml: {last_line(said)}")
    expect_kept(terminal, truce, "isort", "line_length")
    imports = clean_sample(truce.width).partition("\n\n")[0]
    after = (terminal.folder / "messy.py").read_text(encoding="utf-8").partition("\n\n")[0]
    expect(
        after == imports,
        f"With a length of {truce.width}, isort leaves imports that are not in black's style: "
        f"{first_difference(imports, after)}.{said_length(truce, 'isort', 'line_length')}",
    )


def expect_black(terminal: Terminal, truce: Truce) -> None:
    """Expect that black keeps what is in its style at this length, and makes it of the rest."""
    code, said = terminal.run(["black", "--quiet", "clean.py", "messy.py"])
    expect(code == 0, f"black cannot work with this pyproject.toml: {last_line(said)}")
    expect_kept(terminal, truce, "black", "line-length")
    clean = clean_sample(truce.width)
    after = (terminal.folder / "messy.py").read_text(encoding="utf-8")
    expect(
        after == clean,
        f"With a length of {truce.width}, black leaves what is not in its style: "
        f"{first_difference(clean, after)}.{said_length(truce, 'black', 'line-length')}",
    )


def expect_kept(terminal: Terminal, truce: Truce, tool: str, setting: str) -> None:
    """Expect that the tool has left the file as it was."""
    clean = clean_sample(truce.width)
    after = (terminal.folder / "clean.py").read_text(encoding="utf-8")
    if after == clean:
        return
    length = said_length(truce, tool, setting)
    style = " One setting makes isort write as black does." if tool == "isort" else ""
    raise NotYet(
        f"With a length of {truce.width}, {tool} changes a file that is in black's style at that "
        f"length: {first_difference(clean, after)}.{length or style}"
    )


def said_length(truce: Truce, tool: str, setting: str) -> str:
    """Return what the settings say of the length, when it is not the one that was asked for."""
    settings = truce.tools[tool] if isinstance(truce.tools[tool], dict) else {}
    found = settings.get(setting, settings.get(setting.replace("-", "_")))
    if str(found) == str(truce.width):
        return ""
    asked = f" Your function was given {truce.width}; below [tool.{tool}]"
    return f"{asked} `{setting}` is {'not there' if found is None else found}."


def expect_flake8(terminal: Terminal, truce: Truce) -> None:
    """Expect that flake8 has nothing to say to black's style, and goes on finding the rest."""
    form = "--format=%(path)s:%(row)d:%(code)s"
    code, said = terminal.run(["flake8", form, "clean.py", "faulty.py"])
    found = [line.split(":") for line in said.splitlines() if line.count(":") == 2]
    reports = [(path.removeprefix("./"), row, rule) for path, row, rule in found]
    length = truce.section.get("max_line_length")
    expect(code == 0 or reports, f"flake8 cannot work with this .flake8: {last_line(said)}")
    for path, row, rule in reports:
        if path != "clean.py":
            continue
        expect(
            rule != "E501",
            f"With a length of {truce.width}, flake8 complains of a line of {truce.width} columns "
            f"(E501). `max-line-length` is {length or 'not there, which is 79'}.",
        )
        expect(
            rule not in ("W503", "W504") or "ignore" not in truce.section,
            f"flake8 complains of {rule}, {OF_BLACK.get(rule)}, which it does not do by itself: "
            "`ignore` replaces the list of what is ignored, `extend-ignore` adds to it.",
        )
        line = clean_sample(truce.width).splitlines()[int(row) - 1].strip()
        what = f", {OF_BLACK[rule]}" if rule in OF_BLACK else ""
        raise NotYet(f"flake8 complains of {rule}{what}, which black writes so: `{line}`.")
    rules = {rule for path, _, rule in reports if path == "faulty.py"}
    expect(
        "E501" in rules,
        f"With a length of {truce.width}, flake8 says nothing of a line of {truce.width + 1} "
        f"columns. `max-line-length` is {length or 'not there'}"
        f"{', and E501 is ignored' if 'E501' in truce.flake8 else ''}.",
    )
    silent = [rule for rule in STAY if rule not in rules]
    expect(
        not silent,
        f"flake8 no longer finds {', '.join(silent)}, which black does not settle.",
    )


def last_line(said: str) -> str:
    return (said.splitlines() or [""])[-1].strip()


def solution_truce() -> Any:
    def truce(length):
        project = [
            "[tool.black]",
            f"line-length = {length}",
            "[tool.isort]",
            'profile = "black"',
            f"line_length = {length}",
        ]
        flake8 = [
            "[flake8]",
            f"max-line-length = {length}",
            "extend-ignore = E203, E701",
        ]
        return "\n".join(project), "\n".join(flake8)

    return truce


EXERCISE = Exercise(
    id="2.1",
    title="A truce for your team",
    check=check_truce,
    hints=(
        "Begin with the two files of the cells above: isort's section and flake8's are there, and "
        "black needs one too.",
        "The three settings for the length all get the number that your function is given; an "
        "f-string puts it in.",
        'Then `profile = "black"` for isort, and `extend-ignore = E203, E701` for flake8.',
    ),
    solution=solution_truce,
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("Your team wants another line length.",),
)

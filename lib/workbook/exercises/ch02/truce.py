"""Exercise 2.1, a small real task: settings with which three tools agree."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import configparser
from contextlib import closing
from typing import Any

from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function
from lib.workbook.exercises.ch02.settings_text import expect_filled_in, read_toml
from lib.workbook.terminal.terminal import Terminal

WIDTH = 96
SAMPLE = """\
from itertools import (
    accumulate,
    combinations,
    combinations_with_replacement,
    groupby,
    islice,
    pairwise,
    zip_longest,
)
from statistics import fmean, geometric_mean, harmonic_mean, linear_regression, median, stdev

MEASURES = [fmean, geometric_mean, harmonic_mean, linear_regression, median, stdev, max, sum]
WALKS = [accumulate, combinations, combinations_with_replacement, groupby, islice]
STEPS = [pairwise, zip_longest]


class NoFlights(Exception): ...


def middle_of_the_delays(delays, first, size):
    a_name_that_is_long_enough_to_break_the_line = delays[first + 1 : first + size]
    return (
        a_name_that_is_long_enough_to_break_the_line
        and median(a_name_that_is_long_enough_to_break_the_line)
    ) or NoFlights("there were no flights in this part of the day, or on this day, or at all")
"""


def check_truce(answer: Any, bench: Bench) -> str:
    expect_function(answer, "truce")
    found = bench.call(answer, WIDTH)
    expect(found is not None, "The function returns nothing. Its last line returns two texts.")
    if not (isinstance(found, (tuple, list)) and len(found) == 2):
        raise NotYet("This asks for two texts: what stands in pyproject.toml, and in .flake8.")
    if not all(isinstance(text, str) for text in found):
        raise NotYet("Both parts of the answer are texts, the contents of the two files.")
    project, flake8 = found
    expect_readable(project, flake8)
    with closing(Terminal()) as terminal:
        terminal.write("pyproject.toml", project)
        terminal.write(".flake8", flake8)
        terminal.write("sample.py", SAMPLE)
        expect_black_and_isort(terminal)
        code, said = terminal.run(["flake8", "sample.py"])
        expect_flake8(said, code)
    return "That is it. The three now agree, at any length of line."


def expect_readable(project: str, flake8: str) -> None:
    """Expect two files that their readers can read."""
    expect_filled_in(project, "pyproject.toml")
    expect_filled_in(flake8, ".flake8")
    tools = read_toml(project, "pyproject.toml").get("tool", {})
    expect(
        "isort" in tools and "black" in tools,
        "pyproject.toml needs two sections, [tool.black] and [tool.isort]; yours has "
        f"{', '.join(sorted(tools)) or 'none under tool'}.",
    )
    parser = configparser.ConfigParser()
    try:
        parser.read_string(flake8)
    except configparser.Error as error:
        raise NotYet(f".flake8 cannot be read: {str(error).splitlines()[0]}") from None
    expect("flake8" in parser, "The file .flake8 needs the section [flake8].")


def expect_black_and_isort(terminal: Terminal) -> None:
    """Expect that both leave the sample as it is: it is black's own style, at this width."""
    code, said = terminal.run(["black", "--check", "sample.py"])
    expect(
        code in (0, 1),
        f"black cannot work with this pyproject.toml: {said.splitlines()[-1] if said else ''}",
    )
    expect(
        code == 0,
        f"With a line length of {WIDTH}, black changes a file that is black already at that "
        "length. Its setting is `line-length`, with the number that your function is given.",
    )
    code, said = terminal.run(["isort", "--check", "--diff", "sample.py"])
    if code == 0:
        return
    expect(
        "import (accumulate" not in said,
        "isort and black still fight: isort breaks the import in a style of its own. One setting "
        "makes it write as black does.",
    )
    raise NotYet(
        f"isort breaks an import that fits into {WIDTH} columns. Its profile brings a length of "
        "its own, 88; give it yours, too: `line_length`."
    )


def expect_flake8(said: str, code: int) -> None:
    """Expect that flake8 has nothing to say to black's style."""
    expect("Error" not in said, f"flake8 cannot read its settings: {said.splitlines()[-1:]}")
    for rule, reason in (
        ("E501", "flake8 still wants shorter lines than black: `max-line-length`."),
        ("E203", "flake8 complains of E203, the space before the colon of a slice: black's style."),
        ("E701", "flake8 complains of E701, a class on one line, which black writes so."),
        (
            "W503",
            "flake8 now complains of W503, which it does not do by itself: `ignore` replaces the "
            "list of what is ignored, `extend-ignore` adds to it.",
        ),
    ):
        expect(f" {rule} " not in said, reason)
    expect(code == 0, f"flake8 still complains: {said.splitlines()[0] if said else ''}")


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


def in_isorts_own_words() -> Any:
    def truce(length):
        project = f"""
tool.black.line-length = {length}
tool.isort.multi_line_output = 3
tool.isort.include_trailing_comma = true
tool.isort.line_length = {length}
"""
        return [project, f"[flake8]\nmax-line-length={length}\nignore=E203,E701,W503,W504"]

    return truce


def forgot_the_f() -> Any:
    def truce(length):
        project = """
[tool.black]
line-length = {length}
[tool.isort]
profile = "black"
line_length = {length}
"""
        return project, f"[flake8]\nmax-line-length = {length}\nextend-ignore = E203, E701\n"

    return truce


def variant(**changes: str) -> Any:
    """The right settings, with some of their lines replaced."""
    lines = {
        "black": "line-length = {length}",
        "profile": 'profile = "black"',
        "isort": "line_length = {length}",
        "flake8": "max-line-length = {length}",
        "ignored": "extend-ignore = E203, E701",
    } | changes

    def truce(length):
        ready = {key: line.format(length=length) for key, line in lines.items()}
        return (
            "[tool.black]\n{black}\n[tool.isort]\n{profile}\n{isort}\n".format(**ready),
            "[flake8]\n{flake8}\n{ignored}\n".format(**ready),
        )

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
    also_right=(in_isorts_own_words,),
    wrong=(
        Wrong(
            lambda: variant(profile=""),
            "isort and black still fight",
            "believes that the same length of line is enough",
        ),
        Wrong(
            lambda: variant(isort=""),
            "Its profile brings a length of its own",
            "expects isort's profile to read black's settings; it copies their defaults",
        ),
        Wrong(
            lambda: variant(ignored="ignore = E203, E701"),
            "`extend-ignore` adds to it",
            "takes ignore for extend-ignore, and loses the list that flake8 brings",
        ),
        Wrong(
            lambda: variant(flake8=""),
            "shorter lines than black",
            "forgets that flake8 has a length of line of its own, 79",
        ),
        Wrong(forgot_the_f, "write an `f`", "expects braces to be filled in by themselves"),
        Wrong(
            lambda: variant(profile="profile = black"),
            "The line is: `profile = black`",
            "writes a text without quotation marks, as .flake8 wants it and TOML does not",
        ),
        Wrong(
            lambda: variant(black="line-length = 88"),
            "that your function is given",
            "typed black's default in place of the number that is given",
        ),
    ),
)

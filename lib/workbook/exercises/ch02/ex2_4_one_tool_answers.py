"""Answers to exercise 2.4: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import json

from lib.workbook.course.exercise import Word, Wrong

FOUR = '"E", "F", "W", "I"'


def lint(letters=FOUR, width="line-length = 100", *, more=""):
    """Return settings with these letters, this line for the length, and more rules."""
    return f"[tool.ruff]\n{width}\n[tool.ruff.lint]\nselect = [{letters}]\n{more}\n"


def in_one_line():
    return 'tool.ruff = {line-length = 100, lint.extend-select = ["E", "F", "W", "I"]}\n'


def with_more_settings():
    return """
    [project]
    name = "delays"
    version = "1"

    [tool.ruff]
    line-length = 100
    target-version = "py311"
    src = ["lib"]

    [tool.ruff.format]
    quote-style = "single"

    [tool.ruff.lint]
    select = [
        "I",  # isort
        "W",
        "F",
        "E",
    ]
    fixable = ["I"]

    [tool.ruff.lint.isort]
    known-first-party = ["lib"]
    """


def dotted():
    return f"""
tool.ruff.line-length = 100
tool.ruff.lint.select = [{FOUR}]
"""


def with_a_preview():
    return lint(more="preview = true")


def group_by_group():
    return lint('"E1", "E2", "E3", "E4", "E5", "E7", "E9", "F", "W1", "W2", "W3", "W5", "W6", "I"')


def select_and_extend():
    return lint('"E", "F"', more='extend-select = ["W", "I001", "I002"]')


def with_more_letters():
    return lint(FOUR + ', "B", "UP", "C90"')


def mended_by_itself():
    return lint(width="line-length = 100\nfix = true")


def made_by_a_program():
    letters = json.dumps(list("EFWI"))
    return "\n".join(["[tool.ruff.lint]", f"select = {letters}", "[tool.ruff]", "line-length=100"])


ALSO_RIGHT = (
    in_one_line,
    with_more_settings,
    dotted,
    with_a_preview,
    group_by_group,
    select_and_extend,
    with_more_letters,
    mended_by_itself,
    made_by_a_program,
)

WRONG = (
    Wrong(
        lambda: lint(more="[tool.ruff.lint.isort]\nforce-single-line = true"),
        "An import of 100 columns is not as it would have it (I001)",
        "asks more of imports than isort does",
    ),
    Wrong(
        lambda: "[tool.ruff]\nline-length = 100\n",
        "By itself, Ruff makes a choice of its own",
        "expects that Ruff's own choice of rules is all that flake8 does",
    ),
    Wrong(
        lambda: lint('"E", "F", "W"'),
        "No rule of the letter I speaks",
        "thinks of flake8 only: the order of imports is a rule like any other here",
    ),
    Wrong(
        lambda: lint('"E", "W", "I"'),
        "No rule of the letter F speaks",
        "forgets that flake8 finds more than style",
    ),
    Wrong(
        lambda: lint('"E", "F", "I"'),
        "No rule of the letter W speaks",
        "forgets flake8's other letter",
    ),
    Wrong(
        lambda: lint('"E4", "E7", "E9", "F", "W", "I"'),
        "a rule of the letter E, is not found",
        "copies Ruff's own choice of E, in which the length is not",
    ),
    Wrong(
        lambda: lint(more='ignore = ["E501"]'),
        "`ignore` switches it off",
        "names the letter, and switches a rule of it off",
    ),
    Wrong(
        lambda: lint(more='extend-ignore = ["F82", "W2"]'),
        "`extend-ignore` switches it off",
        "silences what disturbs",
    ),
    Wrong(
        lambda: lint(more='per-file-ignores = {"*.py" = ["F401"]}'),
        "`per-file-ignores` switches it off",
        "silences a rule in all files",
    ),
    Wrong(
        lambda: lint(width='line-length = 100\nforce-exclude = true\nexclude = ["*.py"]'),
        "No rule of the letter E speaks",
        "keeps Ruff away from all files",
    ),
    Wrong(
        lambda: lint('"I"'),
        "No rule of the letter E speaks",
        "does not know that select replaces the list: extend-select adds to it",
    ),
    Wrong(
        lambda: lint('"ALL"'),
        "flake8 and isort are content with this line",
        "takes all letters for the four",
    ),
    Wrong(
        lambda: lint(FOUR + ', "D"'),
        "flake8 and isort are content with this line",
        "adds rules of which flake8 knows nothing",
    ),
    Wrong(
        lambda: 'tool.ruff = {line-length = 100, lint.extend-select = ["E5", "W", "I"]}',
        "E401, a rule of the letter E, is not found",
        "adds to Ruff's own choice, which is another one in each version",
    ),
    Wrong(
        lambda: f"[tool.ruff]\nline-length = 100\nselect = [{FOUR}]\n",
        "the old place",
        "learned it from an older page: the rules have a section of their own now",
    ),
    Wrong(
        lambda: '[tool.ruff.lint]\nselect = "E,F,W,I"\n',
        "`select` is a list",
        "writes the rules as on the command line",
    ),
    Wrong(
        lambda: lint('"E,F,W,I"'),
        "Ruff cannot work with this",
        "writes all letters into one text of the list",
    ),
    Wrong(
        lambda: lint('"e", "f", "w", "i"'),
        "Ruff cannot work with this",
        "writes the letters small",
    ),
    Wrong(lambda: lint("E, F, W, I"), "is not valid TOML", "leaves out the quotation marks"),
    Wrong(
        lambda: lint(width="line_length = 100"),
        "with a hyphen",
        "takes isort's name of the setting for Ruff's",
    ),
    Wrong(
        lambda: f"[tool.ruff.lint]\nline-length = 100\nselect = [{FOUR}]\n",
        "goes into [tool.ruff]",
        "puts the length to the rules, where only one half of Ruff would read it",
    ),
    Wrong(
        lambda: lint(width='line-length = "100"'),
        "without quotation marks",
        "writes the number as text",
    ),
    Wrong(
        lambda: lint(width=""),
        "A line of 100 columns is too wide for it (E501). `line-length` in [tool.ruff] is not",
        "leaves the length at the default, 88",
    ),
    Wrong(
        lambda: lint(width="line-length = 99"),
        "`line-length` in [tool.ruff] is 99",
        "counts the line end as a column",
    ),
    Wrong(
        lambda: lint(width="line-length = 101"),
        "A line of 101 columns is not too wide for it (E501)",
        "allows one column too many",
    ),
    Wrong(
        lambda: lint(width="line-length = 120"),
        "`line-length` in [tool.ruff] is 120",
        "takes another team's length",
    ),
    Wrong(
        lambda: lint(width="line-length = 320"),
        "E501, a rule of the letter E, is not found (Line too long (101 > 100)), and others of the "
        "letter are. `line-length` in [tool.ruff] is 320",
        "takes the widest that Ruff allows",
    ),
    Wrong(
        lambda: lint(width="", more="pycodestyle.max-line-length = 100"),
        "An import of 100 columns is too wide for it (I001)",
        "sets the length of one rule, and not that of isort's work",
    ),
    Wrong(
        lambda: f"[tool.black]\nline-length = 100\n[tool.isort]\nselect = [{FOUR}]\n",
        "no section for Ruff",
        "believes that Ruff reads black's settings",
    ),
    Wrong(
        lambda: f"[ruff]\nline-length = 100\n[ruff.lint]\nselect = [{FOUR}]\n",
        "no section for Ruff",
        "names the sections as in a file of Ruff's own, ruff.toml",
    ),
    Wrong(
        lambda: "ruff check --select E,F,W,I --line-length 100",
        "is not valid TOML",
        "hands over the command, not the settings",
    ),
    Wrong(
        lambda: {"tool": {"ruff": {"line-length": 100}}},
        "the text of a pyproject.toml",
        "hands over a dict, not its text",
    ),
    Wrong(lambda: "", "no section for Ruff", "hands over an empty text"),
)
WORDS = (
    Word(
        "Write `settings`, the text of a `pyproject.toml`",
        "the text is read as TOML, and written into that file",
        lambda: f"[ruff]\nline-length = 100\n[ruff.lint]\nselect = [{FOUR}]\n",
    ),
    Word(
        "with which `ruff check` does the work of flake8 and isort",
        "files, in which Ruff must find what it finds with all four letters",
        lambda: lint('"E", "F", "W"'),
    ),
    Word(
        "all rules of the letters E, F, W and I",
        "two files with something for sixty of the rules",
        lambda: lint(more='ignore = ["F821"]'),
    ),
    Word(
        "It stays silent where both are content",
        "a file, with which flake8 and isort are content",
        lambda: lint('"ALL"'),
    ),
    Word(
        "and a line length of 100",
        "lines and imports of 100 columns, and of 101",
        lambda: lint(width="line-length = 120"),
    ),
    Word(
        "The sections are `[tool.ruff]`, which holds `line-length`",
        "an import of 100 columns, which the length below pycodestyle does not save",
        lambda: lint(width="", more="pycodestyle.max-line-length = 100"),
    ),
    Word(
        "and `[tool.ruff.lint]`, which holds `select`, a list of texts",
        "the section in which the rules stand",
        lambda: f"[tool.ruff]\nline-length = 100\nselect = [{FOUR}]\n",
    ),
)

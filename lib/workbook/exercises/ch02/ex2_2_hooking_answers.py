"""Answers to exercise 2.2: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from textwrap import indent

import yaml

from lib.workbook.course.exercise import Word, Wrong

LINES = {
    "id": "stop",
    "name": "stop",
    "language": "pygrep",
    "entry": r"\bbreakpoint\(",
    "types": "[python]",
}


def variant(**changes):
    """Return the right hook, with some of its lines replaced, added or, when empty, left out."""
    lines = LINES | changes
    first, *others = [f"{key}: {value}" for key, value in lines.items() if value]
    return "\n".join([f"- {first}", *(f"  {line}" for line in others)]) + "\n"


def in_braces_by_files():
    return (
        "- {id: stop, name: stop, language: pygrep, files: '[.]py$', "
        r"entry: '(^|\W)breakpoint\s*[(]'}"
    )


def with_comments():
    return "# Twice is enough.\n" + variant(entry=r"(?<!\w)breakpoint\(   # the call, not the word")


def in_quotation_marks():
    return variant(entry='"\\\\bbreakpoint\\\\("', name='"no breakpoint"')


def indented_more():
    return (
        indent(variant(), "      ").replace("        ", "            ").replace("- id", "-     id")
    )


def other_types():
    return variant(types="", types_or="[python, pyi]", stages="[pre-commit]")


def texts_left_out():
    return variant(types="", exclude=r"\.(md|txt|yaml)$")


def made_by_a_program():
    hook = LINES | {"types": ["python"], "entry": r"\bbreakpoint *\("}
    return yaml.safe_dump([hook])


def over_lines():
    return variant(
        entry="'\\bbreakpoint\\('", types="\n    - python", description=">-\n    no calls"
    )


ALSO_RIGHT = (
    in_braces_by_files,
    with_comments,
    in_quotation_marks,
    indented_more,
    other_types,
    texts_left_out,
    made_by_a_program,
    over_lines,
)


def not_indented():
    return r"""
- id: stop
name: stop
language: pygrep
entry: \bbreakpoint\(
types: [python]
"""


def without_a_dash():
    return "\n".join(f"{key}: {value}" for key, value in LINES.items())


def with_all_above():
    return "repos:\n  - repo: local\n    hooks:\n" + indent(variant(), "      ")


def two_hooks():
    return variant() + variant(id="again")


WRONG = (
    Wrong(
        lambda: variant(entry="breakpoint()"),
        "also stops this line",
        "takes the pattern for plain text: empty parentheses match nothing at all",
    ),
    Wrong(
        lambda: variant(entry=r"breakpoint\("),
        "set_breakpoint",
        "forgets that a pattern also matches inside of a word",
    ),
    Wrong(
        lambda: variant(entry="breakpoint("),
        "is not valid",
        "does not know that a parenthesis opens a group",
    ),
    Wrong(
        lambda: variant(entry=r"\bbreakpoint\(\)"),
        "does not find this line: 'breakpoint(header",
        "looks for a call without arguments; a call can have some",
    ),
    Wrong(
        lambda: variant(entry=r"^\s*breakpoint\("),
        "does not find this line: 'if late: breakpoint()'",
        "looks at the beginnings of lines only",
    ),
    Wrong(
        lambda: variant(entry=r"\bbreakpoint\(.*\)$"),
        "does not find this line: 'breakpoint()  # look here'",
        "wants the line to end with the call",
    ),
    Wrong(
        lambda: variant(entry=r"[^\w]breakpoint\("),
        "Put the value between single quotation marks",
        "does not expect YAML to read a bracket as a list",
    ),
    Wrong(
        lambda: variant(entry=r"(^|\s)breakpoint\("),
        "does not find this line: 'late = 5;breakpoint()'",
        "wants a space before the call",
    ),
    Wrong(
        lambda: variant(entry=r"'[^_a-z]breakpoint\('"),
        "does not find this line: 'breakpoint()'",
        "wants a sign before the call, and a line may begin with it",
    ),
    Wrong(
        lambda: variant(entry=r"(?<!_)breakpoint\("),
        "'rebreakpoint(line)'",
        "lets pass one of the words that end so",
    ),
    Wrong(
        lambda: variant(args="[-i]"),
        "'Breakpoint(7)'",
        "does not mind capitals, where Python does",
    ),
    Wrong(
        lambda: variant(entry=r'"\bbreakpoint\("'),
        "Leave out the quotation marks",
        "does not expect YAML to read backslashes between quotation marks",
    ),
    Wrong(
        lambda: variant(entry=r'"\bbreakpoint[(]"'),
        "YAML has read `\\b`",
        "does not expect YAML to make another sign of `\\b` between quotation marks",
    ),
    Wrong(not_indented, "Indent by two spaces", "does not see that indentation means something"),
    Wrong(
        lambda: variant().replace("  ", "\t"),
        "YAML knows no tabs",
        "indents with tabs",
    ),
    Wrong(
        lambda: variant(name="stop: no breakpoint"),
        "A colon and a space begin a value",
        "writes a colon into a text without quotation marks",
    ),
    Wrong(
        lambda: variant(entry="\bbreakpoint[(]"),
        "leaves backslashes alone",
        "forgets that a backslash means something to Python, too",
    ),
    Wrong(lambda: variant(types=""), "README.md, which is no Python", "lets it read every file"),
    Wrong(
        lambda: variant(types="", type="[python]"),
        "README.md, which is no Python",
        "mistypes the setting: pre-commit ignores what it does not know",
    ),
    Wrong(
        lambda: variant(types="", files="py"),
        "docs/pytest.md, which is no Python",
        "looks for the letters anywhere in the path",
    ),
    Wrong(
        lambda: variant(files="^lib/"),
        "does not look into run.py",
        "keeps the hook to one folder",
    ),
    Wrong(
        lambda: variant(exclude="test"),
        "does not look into tests/test_load.py",
        "leaves out the tests, which go to no server, and stop as well",
    ),
    Wrong(
        lambda: variant(types="python"),
        "pre-commit cannot work with this hook. It says: Expected",
        "writes a text where a list is wanted",
    ),
    Wrong(
        lambda: variant(stages="[manual]"),
        "it stops nothing",
        "keeps the hook away from commits",
    ),
    Wrong(
        lambda: variant(language="system"),
        "a program to start",
        "does not see that the language says what the entry is",
    ),
    Wrong(lambda: variant(language=""), "has no language", "leaves out a setting"),
    Wrong(lambda: variant(name="", entry=""), "no name and no entry", "leaves out two settings"),
    Wrong(without_a_dash, "Begin the line of the `id` with a dash", "forgets that it is a list"),
    Wrong(with_all_above, "What stands above a hook is left out", "writes the whole file"),
    Wrong(two_hooks, "one hook", "writes two hooks"),
    Wrong(lambda: "", "one hook", "hands over an empty text"),
    Wrong(lambda: r"\bbreakpoint\(", "one hook", "hands over the pattern, not the hook"),
    Wrong(lambda: dict(LINES), "the text of a hook", "hands over a dict, not its text"),
)
WORDS = (
    Word("Write `hook`, the text of one hook in YAML", "the answer is read as YAML", two_hooks),
    Word(
        "as it would stand below `hooks:`, in the form `- id: ...`",
        "a list with one hook is expected",
        without_a_dash,
    ),
    Word(
        "and below it, indented by two spaces, `name`, `language`, `entry`, `types`",
        "the settings of the hook",
        not_indented,
    ),
    Word(
        'Begin the text with `r"""`; with the `r`, Python leaves backslashes alone',
        "no backspace in the text",
        lambda: variant(entry="\bbreakpoint[(]"),
    ),
    Word("With `language: pygrep`", "the language", lambda: variant(language="system")),
    Word(
        "the hook stops Python files that call `breakpoint(`",
        "calls at eight places of a line, with and without arguments, in files of four folders",
        lambda: variant(entry=r"\bbreakpoint\(\)"),
    ),
    Word(
        "It must let pass what only has the word in it, such as `def set_breakpoint(line):`",
        "seven lines with the word, one in capitals",
        lambda: variant(entry=r"breakpoint\("),
    ),
    Word("and text files that explain it", "four texts", lambda: variant(types="")),
)

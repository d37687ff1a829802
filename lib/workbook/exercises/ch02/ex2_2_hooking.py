"""Exercise 2.2: a hook that stops what a debugger leaves behind."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re
from typing import Any

import yaml  # type: ignore[import-untyped]

from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_type

STOPPED = (
    "    breakpoint()",
    "breakpoint()",
    "if late: breakpoint()",
    'breakpoint(header="late")',
)
# What YAML says, and what a teacher would add.
ADVICE = {
    "unknown escape character": " Leave out the quotation marks around the entry: between them, a "
    "backslash means something to YAML as well.",
    "expected <block end>": " Indent by two spaces all that stands below `- id:`, so that it "
    "begins under the i of `id`.",
    "mapping values are not allowed": " A colon and a space begin a value; a name cannot hold them "
    "without quotation marks.",
    "cannot start any token": " Indent with spaces; YAML knows no tabs.",
}
LET_PASS = (
    "# a breakpoint is where a line may be broken",
    "def set_breakpoint(line):",
    "breakpoints = []",
)


def check_hook(answer: Any, _bench: Bench) -> str:
    expect_type(answer, str, "the text of a hook, in YAML")
    expect(
        "\b" not in answer,
        "Python has read the backslash and the b as one sign, a backspace. Write an `r` before the "
        "quotation marks, and it leaves backslashes alone.",
    )
    try:
        hooks = yaml.safe_load(answer)
    except yaml.YAMLError as error:
        where = getattr(error, "problem", None) or "it cannot be read"
        advice = next((text for words, text in ADVICE.items() if words in where), "")
        raise NotYet(f"This is not valid YAML: {where}.{advice}") from None
    if isinstance(hooks, dict):
        hooks = [hooks]
    if not (isinstance(hooks, list) and len(hooks) == 1 and isinstance(hooks[0], dict)):
        raise NotYet(
            "This asks for one hook: a line that begins with `- id:`, and its other settings "
            "below, each indented by two spaces."
        )
    hook = hooks[0]
    missing = [key for key in ("id", "name", "entry", "language") if not hook.get(key)]
    expect(not missing, f"The hook has no {' and no '.join(missing)}; pre-commit wants all four.")
    expect(
        hook["language"] == "pygrep",
        f"The language is {hook['language']}, so pre-commit takes the entry for a program to "
        "start. To search the files for a pattern, it is `pygrep`.",
    )
    expect_pattern(str(hook["entry"]), hook.get("args") or [])
    kinds = {*(hook.get("types") or []), *(hook.get("types_or") or [])}
    files = str(hook.get("files") or "")
    if "python" not in kinds:
        expect(
            files and re.search(files, "lib/load/bulk.py") and not re.search(files, "README.md"),
            "The hook also looks into files that are no Python: a README that explains "
            "`breakpoint()` would be stopped. Say which types it is for.",
        )
    return "That is it. What a team says twice in reviews, a hook can say from then on."


def expect_pattern(entry: str, args: list[str]) -> None:
    """Expect a pattern that finds the call, and nothing else."""
    try:
        pattern = re.compile(entry, re.IGNORECASE if {"-i", "--ignore-case"} & {*args} else 0)
    except re.error as error:
        raise NotYet(
            f"The pattern {entry!r} is not valid: {error}. A parenthesis means something to a "
            "pattern; with a backslash before it, it is only a sign."
        ) from None
    for line in STOPPED:
        expect(
            pattern.search(line), f"The pattern {entry!r} does not find this line: {line.strip()}"
        )
    for line in LET_PASS:
        expect(
            not pattern.search(line),
            f"The pattern {entry!r} also stops this line, which calls nothing: {line}",
        )


def solution_hook() -> Any:
    hook = r"""
- id: no-breakpoint
  name: no breakpoint left behind
  language: pygrep
  entry: \bbreakpoint\(
  types: [python]
"""
    return hook


def by_files() -> Any:
    return (
        "- {id: stop, name: stop, language: pygrep, files: '[.]py$', "
        r"entry: '(^|\W)breakpoint\s*[(]'}"
    )


def not_indented() -> Any:
    return r"""
- id: stop
name: stop
language: pygrep
entry: \bbreakpoint\(
types: [python]
"""


def variant(**changes: str) -> Any:
    lines = {"language": "pygrep", "entry": r"\bbreakpoint\(", "types": "[python]"} | changes
    settings = "".join(f"  {key}: {value}\n" for key, value in lines.items() if value)
    return f"- id: stop\n  name: stop\n{settings}"


EXERCISE = Exercise(
    id="2.2",
    title="A hook of your own",
    check=check_hook,
    hints=(
        "Copy one of the hooks above. `language` becomes `pygrep`, and `entry` is no program "
        "then but the pattern.",
        r"In a pattern, `\b` is the border of a word, and `\(` is a parenthesis that is only a "
        'sign. Write the text as `r"..."`, so that Python leaves the backslashes alone.',
        "`types: [python]` keeps the hook away from other files.",
    ),
    solution=solution_hook,
    also_right=(by_files,),
    wrong=(
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
            "does not find this line: breakpoint(header",
            "looks for a call without arguments; a call can have some",
        ),
        Wrong(
            lambda: variant(entry=r'"\bbreakpoint\("'),
            "Leave out the quotation marks",
            "does not expect YAML to read backslashes between quotation marks",
        ),
        Wrong(
            not_indented, "Indent by two spaces", "does not see that indentation means something"
        ),
        Wrong(
            lambda: variant(entry="\bbreakpoint[(]"),
            "leaves backslashes alone",
            "forgets that a backslash means something to Python, too",
        ),
        Wrong(lambda: variant(types=""), "no Python", "lets the hook read every file"),
        Wrong(
            lambda: variant(language="system"),
            "a program to start",
            "does not see that the language says what the entry is",
        ),
    ),
)

"""Exercise 2.2: a hook that stops what a debugger leaves behind."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import yaml

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_type
from lib.workbook.exercises.ch02.ex2_2_hooking_answers import ALSO_RIGHT, WORDS, WRONG
from lib.workbook.terminal.terminal import Terminal

STOPPED = (
    "    breakpoint()",
    "breakpoint()",
    "if late: breakpoint()",
    "late = 5;breakpoint()",
    'breakpoint(header="late")',
    "(breakpoint(late))",
    "breakpoint()  # look here",
    "    breakpoint(",
)
LET_PASS = (
    "# a breakpoint is where a line may be broken",
    "def set_breakpoint(line):",
    "rebreakpoint(line)",
    "breakpoints = []",
    "breakpoint_at(7)",
    "Breakpoint(7)",
    'print("breakpoint")',
)
LINES = {f"lib/line_{number}.py": line for number, line in enumerate(STOPPED + LET_PASS)}
PYTHON = ("run.py", "jobs/load.py", "tests/test_load.py")
TEXTS = ("README.md", "lib/README.md", "docs/pytest.md", "notes.txt")


def check_hook(answer: Any, _bench: Sandbox) -> str:
    expect_type(answer, str, "the text of a hook, in YAML")
    expect(
        "\b" not in answer,
        "Python has read the backslash and the b as one sign, a backspace. Write an `r` before the "
        "quotation marks, and it leaves backslashes alone.",
    )
    hook = read_hook(answer)
    expect_settings(hook)
    with closing(Terminal()) as terminal:
        stopped = stopped_by(hook, terminal)
    expect_lines(str(hook["entry"]), stopped)
    expect_files(stopped)
    return "That is it. What a team says twice in reviews, a hook can say from then on."


def read_hook(text: str) -> dict[str, Any]:
    """Read the text; expect one hook, as it would stand below `hooks:`."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise NotYet(f"This is not valid YAML{place_of(error, text)}") from None
    if isinstance(found, dict) and "id" in found:
        raise NotYet(
            "Below `hooks:` stands a list. Begin the line of the `id` with a dash, `- id:`, and "
            "indent the lines below it by two spaces."
        )
    if not (isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict)):
        raise NotYet(
            "This asks for one hook: a line that begins with `- id:`, and its other settings "
            "below, each indented by two spaces. What stands above a hook is left out."
        )
    return found[0]


def place_of(error: yaml.YAMLError, text: str) -> str:
    """Return where the text cannot be read, and what helps there, if one thing does."""
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it cannot be read"
    lines = text.splitlines()
    if mark is None or mark.line >= len(lines):
        return f": {what}."
    line = lines[mark.line]
    advice = ""
    if re.match(r"\s*\t", line):
        advice = " Indent with spaces; YAML knows no tabs."
    elif re.search(r':\s*".*\\', line):
        advice = (
            " Leave out the quotation marks: between double ones, a backslash means something to "
            "YAML as well."
        )
    elif re.search(r":\s*[\[\]{}*&!|>%@`]", line):
        advice = (
            " The sign at the beginning of the value means something to YAML. Put the value "
            "between single quotation marks."
        )
    elif re.match(r"\w", line) and text.lstrip().startswith("- "):
        advice = " Indent by two spaces all that stands below `- id:`: it begins under the i."
    elif re.search(r":\s*\S.*:(\s|$)", line):
        advice = (
            " A colon and a space begin a value; a text cannot hold them without quotation marks."
        )
    return f": {what}. The line is: `{line.strip()}`.{advice}"


def expect_settings(hook: dict[str, Any]) -> None:
    """Expect the settings that pre-commit wants, and a pattern."""
    missing = [key for key in ("id", "name", "entry", "language") if not hook.get(key)]
    expect(not missing, f"The hook has no {' and no '.join(missing)}; pre-commit wants all four.")
    expect(
        hook["language"] == "pygrep",
        f"The language is {hook['language']}, so pre-commit takes the entry for a program to "
        "start. To search the files for a pattern, it is `pygrep`.",
    )
    entry = str(hook["entry"])
    expect(
        "\b" not in entry,
        "YAML has read `\\b` between double quotation marks as one sign, a backspace. Leave out "
        "the quotation marks around the entry.",
    )
    try:
        re.compile(entry.encode())
    except re.error as error:
        raise NotYet(
            f"The pattern `{entry}` is not valid: {error}. With a backslash before it, a sign that "
            "means something to a pattern is only a sign."
        ) from None


def stopped_by(hook: dict[str, Any], terminal: Terminal) -> set[str]:
    """Let pre-commit run the hook on all files; return the names of those that it stops."""
    expect(
        terminal.which("git") is not None,
        "The check lets pre-commit run your hook, and pre-commit needs git, which is not on this "
        "machine. Nothing was tried. Install it from https://git-scm.com, then check again.",
    )
    terminal.run(["git", "init", "-q"])
    settings = {"repos": [{"repo": "local", "hooks": [hook]}]}
    terminal.write(".pre-commit-config.yaml", yaml.safe_dump(settings))
    for name, line in [*((name, STOPPED[0]) for name in PYTHON + TEXTS), *LINES.items()]:
        terminal.write(name, f"# One line:\n{line}\n")
    terminal.run(["git", "add", "-A"])
    code, said = terminal.run(["pre-commit", "run", "--all-files"])
    stopped = set(re.findall(r"(?m)^([\w./-]+)(?::\d+:|$)", said.replace("\\", "/")))
    stopped &= {*PYTHON, *TEXTS, *LINES}
    expect(
        stopped or code,
        "pre-commit runs the hook before a commit, and it stops nothing, not even the line "
        f"`{STOPPED[0].strip()}` in {PYTHON[0]}.",
    )
    lines = said.splitlines() or [""]
    reason = next((line for line in lines if line.startswith("=====>")), lines[-1])
    expect(
        stopped, f"pre-commit cannot work with this hook. It says: {reason.removeprefix('=====> ')}"
    )
    return stopped


def expect_lines(entry: str, stopped: set[str]) -> None:
    """Expect the calls to be found, and nothing else; each line is in a file of its own."""
    if not stopped & LINES.keys():
        return  # it does not look there, which is told of another file
    for name, line in LINES.items():
        expect(
            name in stopped or line not in STOPPED,
            f"The pattern `{entry}` does not find this line: {line!r}",
        )
        expect(
            name not in stopped or line in STOPPED,
            f"The pattern `{entry}` also stops this line, which calls nothing of that name: "
            f"{line!r}",
        )


def expect_files(stopped: set[str]) -> None:
    """Expect all Python files to be looked at, and no text."""
    for name in (*PYTHON, next(iter(LINES))):
        expect(name in stopped, f"The hook does not look into {name}, which is a Python file.")
    for name in TEXTS:
        expect(
            name not in stopped,
            f"The hook also looks into {name}, which is no Python: a text that explains "
            "`breakpoint()` is stopped. `types` says which files a hook is for.",
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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("`breakpoint()` stops a program for the debugger. Twice it has gone to the server.",),
)

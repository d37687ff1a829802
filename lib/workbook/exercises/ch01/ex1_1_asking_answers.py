"""Answers to exercise 1.1: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lib.workbook.course.exercise import Word, Wrong

QUESTION = "import sys; print(sys.prefix)"


def said(python, question, **options):
    """Return what a Python prints when it is asked."""
    return subprocess.run(
        [python, "-c", question], capture_output=True, text=True, **options
    ).stdout


def as_a_path():
    def prefix_of(python):
        code = "import sys; sys.stdout.write(sys.prefix)"
        return Path(subprocess.check_output([python, "-c", code], text=True))

    return prefix_of


def decoded():
    def prefix_of(python):
        return subprocess.check_output([python, "-c", QUESTION]).decode().rstrip("\n\r")

    return prefix_of


def without_an_end():
    return lambda python: said(python, "import sys; print(sys.prefix, end='')")


def through_standard_input():
    def prefix_of(python):
        done = subprocess.run([python, "-"], input=QUESTION, capture_output=True, text=True)
        return done.stdout.splitlines()[0]

    return prefix_of


def in_json():
    def prefix_of(python):
        code = "import json, sys; print(json.dumps({'prefix': sys.prefix}))"
        return json.loads(said(python, code))["prefix"]

    return prefix_of


def by_a_pipe():
    def prefix_of(python):
        with subprocess.Popen([python, "-c", QUESTION], stdout=subprocess.PIPE, text=True) as other:
            return other.communicate()[0].strip()

    return prefix_of


def from_a_file():
    def prefix_of(python):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "who.py")
            program.write_text(QUESTION)
            done = subprocess.run([python, program], stdout=subprocess.PIPE, check=True)
        return os.fsdecode(done.stdout).strip()

    return prefix_of


def isolated():
    def prefix_of(python):
        words = [python, "-I", "-c", QUESTION]
        return subprocess.getoutput(subprocess.list2cmdline(words))

    return prefix_of


def quoted_for_the_shell():
    def prefix_of(python):
        done = subprocess.run(f'"{python}" -c "{QUESTION}"', shell=True, capture_output=True)
        return done.stdout.decode().strip()

    return prefix_of


def with_its_errors():
    def prefix_of(python):
        done = subprocess.run([python, "-c", QUESTION], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.removesuffix("\n")

    return prefix_of


ALSO_RIGHT = (
    as_a_path,
    decoded,
    without_an_end,
    through_standard_input,
    in_json,
    by_a_pipe,
    from_a_file,
    isolated,
    quoted_for_the_shell,
    with_its_errors,
)


def of_this_kernel():
    return lambda python: sys.prefix


def of_the_base():
    return lambda python: said(python, "import sys; print(sys.base_prefix)").strip()


def with_its_line_end():
    return lambda python: said(python, QUESTION)


def the_whole_result():
    return lambda python: subprocess.run([python, "-c", QUESTION], capture_output=True, text=True)


def as_bytes():
    return lambda python: subprocess.check_output([python, "-c", QUESTION]).strip()


def forgot_the_import():
    return lambda python: said(python, "print(sys.prefix)").strip()


def forgot_to_print():
    return lambda python: said(python, "import sys; sys.prefix").strip()


def asks_its_own_python():
    return lambda python: said(sys.executable, QUESTION).strip()


def two_steps_up():
    return lambda python: str(Path(python).parent.parent)


def two_steps_up_if_it_is_there():
    def prefix_of(python):
        if not Path(python).exists():
            raise FileNotFoundError(python)
        return Path(python).parent.parent

    return prefix_of


def by_the_file_in_it():
    def prefix_of(python):
        folder = Path(python).parent.parent
        if (folder / "pyvenv.cfg").exists():
            return str(folder)
        return said(python, QUESTION).strip()

    return prefix_of


def behind_the_link():
    return lambda python: str(Path(python).resolve().parent.parent)


def its_program():
    return lambda python: said(python, "import sys; print(sys.executable)").strip()


def cut_at_a_space():
    return lambda python: said(python, QUESTION).split()[0]


def last_word():
    return lambda python: said(python, QUESTION).split()[-1]


def cut_by_the_shell():
    def prefix_of(python):
        done = subprocess.run(
            f'{python} -c "{QUESTION}"', shell=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    return prefix_of


def printed_only():
    def prefix_of(python):
        print(said(python, QUESTION).strip())

    return prefix_of


def asked_once():
    known = []

    def prefix_of(python):
        if not known:
            known.append(said(python, QUESTION).strip())
        return known[0]

    return prefix_of


def its_repr():
    return lambda python: said(python, "import sys; print(repr(sys.prefix))").strip()


def in_a_list():
    return lambda python: said(python, QUESTION).splitlines()


def only_the_name():
    return lambda python: said(python, QUESTION).strip().split(os.sep)[-1]


def by_exec_prefix():
    return lambda python: said(python, "import sys; print(sys.exec_prefix)").strip()


WRONG = (
    Wrong(
        of_this_kernel,
        "names the environment of this kernel",
        "asks the Python at hand and believes that it speaks for all",
    ),
    Wrong(
        asks_its_own_python,
        "names the environment of this kernel",
        "starts a Python, and not the one that it is given",
    ),
    Wrong(
        of_the_base,
        "the Python that the environment was made from",
        "takes base_prefix for prefix: the two differ exactly in an environment",
    ),
    Wrong(with_its_line_end, "ends with a line end", "forgets that print ends its line"),
    Wrong(the_whole_result, "is in its `stdout`", "takes the process for what it printed"),
    Wrong(as_bytes, "with `text=True`", "does not ask for text"),
    Wrong(
        forgot_the_import,
        "with its own imports",
        "believes that the other Python knows what this one has imported",
    ),
    Wrong(forgot_to_print, "nothing was printed", "expects a program to show its last value"),
    Wrong(cut_by_the_shell, "nothing was printed", "lets a shell take a path apart at its space"),
    Wrong(two_steps_up, "says that its `sys.prefix` is", "reads the path, and starts nothing"),
    Wrong(
        two_steps_up_if_it_is_there,
        "says that its `sys.prefix` is",
        "looks whether the Python is there, and does not start it",
    ),
    Wrong(
        by_the_file_in_it,
        "says that its `sys.prefix` is",
        "believes a file that marks an environment, in place of the Python",
    ),
    Wrong(by_exec_prefix, "says that its `sys.prefix` is", "asks for a neighbour of `sys.prefix`"),
    Wrong(only_the_name, "not the whole path", "returns the folder's name, not where it is"),
    Wrong(its_program, "it names 'python", "asks for the program, not for its environment"),
    Wrong(cut_at_a_space, "For a Python whose", "takes the text apart at its space"),
    Wrong(
        last_word, "'wing', which is not the whole path", "takes the last word for the last line"
    ),
    Wrong(printed_only, "returns nothing", "shows the folder, and returns nothing"),
    Wrong(asked_once, "is the folder 'south wing', it names 'north wing'", "remembers one answer"),
    Wrong(its_repr, "not the whole path", "leaves the quotation marks of repr in the text"),
    Wrong(in_a_list, "returns a list", "returns the lines, not the text"),
    Wrong(lambda: sys.prefix, "the function itself", "handed over a folder, not a function"),
)
WORDS = (
    Word("Write `prefix_of(python)`", "the function itself is handed over", lambda: sys.prefix),
    Word(
        "starts that Python",
        "an environment whose Python names another folder than the one that it lies in",
        two_steps_up_if_it_is_there,
    ),
    Word(
        "returns its `sys.prefix`",
        "environments, in which `sys.prefix` and `sys.base_prefix` differ",
        of_the_base,
    ),
    Word(
        "the folder as text, or as a `Path`",
        "the type of what is returned",
        the_whole_result,
    ),
    Word("without a line end", "the end of what is returned", with_its_line_end),
    Word("The check makes three environments and asks about each", "the second one", asked_once),
    Word(
        "One of them names another folder than its own",
        "the third one, made so",
        by_the_file_in_it,
    ),
)

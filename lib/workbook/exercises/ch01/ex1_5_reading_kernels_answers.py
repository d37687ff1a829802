"""Answers to exercise 1.5: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from lib.workbook.course.exercise import Word, Wrong


def program_of(kernel_file):
    """Return the first word of the kernel's command."""
    return json.loads(kernel_file.read_text(encoding="utf-8"))["argv"][0]


def bare_replaced(kernel_file):
    """Return the first word, a bare one replaced."""
    program = program_of(kernel_file)
    return sys.executable if program in ("python", "python3") else program


def with_a_stream():
    def runs_in(kernel_file, environment):
        with open(kernel_file, encoding="utf-8") as stream:
            program = Path(json.load(stream)["argv"][0])
        if not program.is_absolute():
            program = Path(sys.executable)
        return program.parents[1] == environment

    return runs_in


def environments_resolved():
    def runs_in(kernel_file, environment):
        program = program_of(kernel_file)
        if "/" not in program and "\\" not in program:
            program = sys.executable
        return Path(program).parent.parent.resolve() == environment.resolve()

    return runs_in


def from_the_environment():
    def runs_in(kernel_file, environment):
        program = Path(bare_replaced(kernel_file))
        return program in (environment / folder / program.name for folder in ("bin", "Scripts"))

    return runs_in


def as_the_same_file():
    def runs_in(kernel_file, environment):
        return os.path.samefile(Path(bare_replaced(kernel_file)).parent.parent, environment)

    return runs_in


def with_os_path():
    def runs_in(kernel_file, environment):
        folder = os.path.dirname(os.path.dirname(bare_replaced(kernel_file)))
        return os.path.normpath(folder) == os.path.normpath(environment)

    return runs_in


def as_strings():
    def runs_in(kernel_file, environment):
        return str(Path(bare_replaced(kernel_file)).parent.parent) == str(environment)

    return runs_in


def by_relative_paths():
    def runs_in(kernel_file, environment):
        program = Path(bare_replaced(kernel_file))
        if not program.is_relative_to(environment):
            return False
        return len(program.relative_to(environment).parts) == 2

    return runs_in


def by_parts():
    def runs_in(kernel_file, environment):
        *folders, place, _ = Path(bare_replaced(kernel_file)).parts
        return tuple(folders) == environment.parts and place in ("bin", "Scripts")

    return runs_in


def by_prefix():
    def runs_in(kernel_file, environment):
        argv = json.load(kernel_file.open())["argv"]
        if re.fullmatch(r"python3?", argv[0]):
            return Path(sys.prefix) == environment
        return Path(argv[0]).parent.parent == environment

    return runs_in


def by_a_loop():
    def runs_in(kernel_file, environment):
        kernel = json.loads(kernel_file.read_bytes())
        for folder in ("bin", "Scripts"):
            program = Path(kernel["argv"][0].replace("python3", "python"))
            if str(program) == "python":
                program = Path(sys.executable)
            if program.parent == environment / folder:
                return True
        return False

    return runs_in


ALSO_RIGHT = (
    with_a_stream,
    environments_resolved,
    from_the_environment,
    as_the_same_file,
    with_os_path,
    as_strings,
    by_relative_paths,
    by_parts,
    by_prefix,
    by_a_loop,
)


def by_its_name():
    def runs_in(kernel_file, environment):
        name = json.loads(kernel_file.read_text())["display_name"]
        return name == "Python 3 (ipykernel)" or name == environment.name

    return runs_in


def name_or_program():
    def runs_in(kernel_file, environment):
        kernel = json.loads(kernel_file.read_text())
        program = Path(bare_replaced(kernel_file))
        return kernel["display_name"] == environment.name or program.parent.parent == environment

    return runs_in


def as_text():
    return lambda kernel_file, environment: str(environment) in bare_replaced(kernel_file)


def begins_with_it():
    return lambda kernel_file, environment: bare_replaced(kernel_file).startswith(str(environment))


def begins_with_its_folder():
    def runs_in(kernel_file, environment):
        return bare_replaced(kernel_file).startswith(str(environment) + os.sep)

    return runs_in


def anywhere_in_the_file():
    return lambda kernel_file, environment: str(environment) in kernel_file.read_text()


def any_word_of_it():
    def runs_in(kernel_file, environment):
        argv = json.loads(kernel_file.read_text())["argv"]
        argv[0] = bare_replaced(kernel_file)
        return any(str(environment) + os.sep in word for word in argv)

    return runs_in


def by_the_variables():
    def runs_in(kernel_file, environment):
        kernel = json.loads(kernel_file.read_text())
        told = kernel.get("env", {}).get("VIRTUAL_ENV")
        return Path(told or Path(bare_replaced(kernel_file)).parent.parent) == environment

    return runs_in


def by_its_parents():
    def runs_in(kernel_file, environment):
        return Path(environment) in Path(bare_replaced(kernel_file)).parents

    return runs_in


def same_name_of_folder():
    def runs_in(kernel_file, environment):
        return Path(bare_replaced(kernel_file)).parent.parent.name == environment.name[:7]

    return runs_in


def python_in_bin_only():
    def runs_in(kernel_file, environment):
        place = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        return Path(bare_replaced(kernel_file)) == environment / place

    return runs_in


def in_bin_only():
    def runs_in(kernel_file, environment):
        place = "Scripts" if os.name == "nt" else "bin"
        return Path(bare_replaced(kernel_file)).parent == environment / place

    return runs_in


def one_step_up():
    def runs_in(kernel_file, environment):
        return Path(bare_replaced(kernel_file)).parent == environment

    return runs_in


def follows_the_link():
    def runs_in(kernel_file, environment):
        return Path(bare_replaced(kernel_file)).resolve().parent.parent == environment.resolve()

    return runs_in


def same_program():
    def runs_in(kernel_file, environment):
        program = Path(bare_replaced(kernel_file))
        places = [environment / place / program.name for place in ("bin", "Scripts")]
        return any(program.resolve() == place.resolve() for place in places)

    return runs_in


def starts_it():
    def runs_in(kernel_file, environment):
        words = [program_of(kernel_file), "-c", "import sys; print(sys.prefix)"]
        done = subprocess.run(words, capture_output=True, text=True)
        return done.stdout.strip() == str(environment)

    return runs_in


def looks_whether_it_is_there():
    def runs_in(kernel_file, environment):
        program = Path(bare_replaced(kernel_file))
        return program.exists() and program.parent.parent == environment

    return runs_in


def only_whole_paths():
    return lambda kernel_file, environment: (
        Path(program_of(kernel_file)).parent.parent == Path(environment)
    )


def only_bare_python():
    def runs_in(kernel_file, environment):
        program = program_of(kernel_file)
        if program == "python":
            program = sys.executable
        return Path(program).parent.parent == environment

    return runs_in


def bare_is_always_right():
    def runs_in(kernel_file, environment):
        program = program_of(kernel_file)
        return program in ("python", "python3") or Path(program).parent.parent == environment

    return runs_in


def bare_by_path():
    def runs_in(kernel_file, environment):
        program = program_of(kernel_file)
        program = shutil.which(program, path=os.defpath + os.pathsep + "/nowhere") or program
        return Path(program).parent.parent == environment

    return runs_in


def this_kernel():
    return lambda kernel_file, environment: Path(sys.prefix) == Path(environment)


def the_folder():
    return lambda kernel_file, environment: Path(bare_replaced(kernel_file)).parent.parent


def yes_or_no():
    def runs_in(kernel_file, environment):
        same = Path(bare_replaced(kernel_file)).parent.parent == environment
        return "yes" if same else "no"

    return runs_in


def one_or_none():
    def runs_in(kernel_file, environment):
        if Path(bare_replaced(kernel_file)).parent.parent == environment:
            return True

    return runs_in


def path_and_text():
    def runs_in(kernel_file, environment):
        return os.path.dirname(os.path.dirname(bare_replaced(kernel_file))) == environment

    return runs_in


def takes_text():
    def runs_in(kernel_file, environment):
        with open(kernel_file + "") as stream:
            program = json.load(stream)["argv"][0]
        return program.rsplit("/", 2)[0] == environment

    return runs_in


WRONG = (
    Wrong(by_its_name, "weather is asked about", "goes by the kernel's name"),
    Wrong(name_or_program, "The kernel is called flights", "goes by the kernel's name as well"),
    Wrong(as_text, "lies in flights-2026; flights is", "searches a path for a piece of text"),
    Wrong(begins_with_it, "lies in flights-2026; flights is", "compares beginnings of texts"),
    Wrong(begins_with_its_folder, "another one, around it", "compares beginnings of paths"),
    Wrong(by_its_parents, "another one, around it", "takes any folder above for the environment"),
    Wrong(same_name_of_folder, "flights-2026", "compares a part of the folder's name"),
    Wrong(anywhere_in_the_file, "Your function says True", "searches the whole file"),
    Wrong(any_word_of_it, "other lines of the file name weather", "looks at each word of `argv`"),
    Wrong(by_the_variables, "other lines of the file name weather", "believes a variable"),
    Wrong(python_in_bin_only, "bin/python3 of flights", "knows one name of the program"),
    Wrong(in_bin_only, "of flights, which is asked about", "knows the layout of one system"),
    Wrong(one_step_up, "flights is asked about", "takes the folder of programs for it"),
    Wrong(follows_the_link, "The link itself lies in linked", "looks at what the link points to"),
    Wrong(same_program, "a link to the same one", "takes two links to one Python for the same"),
    Wrong(
        starts_it,
        "Judge by the path",
        "starts the Python, where the question is what the file names",
    ),
    Wrong(looks_whether_it_is_there, "Your function says False", "wants the Python to exist"),
    Wrong(only_whole_paths, "A bare `python`", "does not know who replaces a bare python"),
    Wrong(only_bare_python, "A bare `python3`", "knows one of the two bare words"),
    Wrong(bare_is_always_right, "which is not in flights", "takes a bare word for any Python"),
    Wrong(bare_by_path, "A bare `python`", "takes the Python that a terminal would start"),
    Wrong(
        this_kernel,
        "The first word of `argv`",
        "asks the kernel that runs, not the one that the file describes",
    ),
    Wrong(the_folder, "`True` or `False`", "returns the environment, not whether it is the same"),
    Wrong(yes_or_no, "`True` or `False`", "answers a person, not the program that asks"),
    Wrong(one_or_none, "of type NoneType", "returns nothing where it should say False"),
    Wrong(path_and_text, "The first word of `argv`", "compares a text with a path: never equal"),
    Wrong(lambda: True, "the function itself", "handed over a result, not a function"),
)
WORDS = (
    Word("Write `runs_in(kernel_file, environment)`", "the function is handed over", lambda: True),
    Word("both `Path` objects", "it is called with two paths", takes_text),
    Word(
        "is the kernel of this `kernel.json` a Python of that environment?",
        "a kernel that has another environment's name, and one that lies deeper",
        by_its_name,
    ),
    Word("Return `True` or `False`", "the type of what is returned", yes_or_no),
    Word(
        "The program lies in `bin` or `Scripts` of its environment",
        "a Python in each of the two, on every system, and in an environment inside of another",
        in_bin_only,
    ),
    Word(
        "A bare `python` or `python3` stands for `sys.executable`",
        "a kernel with each of the words",
        only_bare_python,
    ),
    Word(
        "Do not follow links: two environments may link to the same Python",
        "two environments whose Pythons are links to this kernel's",
        follows_the_link,
    ),
    Word(
        "And do not start it: the Pythons in the check do not exist, so judge by the path",
        "Pythons that are not there",
        starts_it,
    ),
)

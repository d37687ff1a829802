"""Exercise 1.4, the small real task: does the lock still fit what we chose?"""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lib.workbook.course.exercise import Bench, Exercise, NotYet, Wrong, expect, expect_function

LOCK = """\
colorama==0.4.6 ; sys_platform == 'win32'
    # via tqdm
numpy==2.10.1
    # via pandas
pandas==3.1.1
    # via -r requirements.in
pymysql==1.2.4
    # via -r requirements.in
ruff==0.17.6 ; sys_platform != 'emscripten'
    # via -r requirements.in
tqdm==4.70.0
"""
CASES = (
    (("pandas>=3.1,<4", "tqdm"), (), "Both packages are locked, at versions that are allowed"),
    (("tqdm", "dask>=2026.8"), ("dask",), "dask is not in the lock"),
    (("via", "requirements.in"), ("via", "requirements.in"), "The words stand in comments only"),
    (("pandas>=3.2",), ("pandas",), "The lock says 3.1.1, and 3.2 or newer is wanted"),
    (("numpy>=2.9",), (), "2.10.1 is newer than 2.9: versions are numbers between dots, not text"),
    (("PyMySQL>=1.2",), (), "PyMySQL and pymysql are one package: names know no capitals"),
    (
        ("PyMySQL[rsa]>=1.2", "tqdm[notebook]"),
        (),
        "What stands in brackets is not part of the name",
    ),
    (("ruff>=0.14", "colorama"), (), "After the ; stands for whom a line is; it is locked"),
    (
        ("ruff<0.15", "tqdm==4.69"),
        ("ruff", "tqdm"),
        "Both are locked at versions that are not wanted",
    ),
)


def check_not_fitting(answer: Any, bench: Bench) -> str:
    expect_function(answer, "not_fitting")
    for wanted, expected, reason in CASES:
        found = bench.call(answer, list(wanted), LOCK)
        expect(
            found is not None, "The function returns nothing. Begin its last line with `return`."
        )
        if isinstance(found, str) or not isinstance(found, Iterable):
            raise NotYet(
                f"This asks for a list of names; your function returns a {type(found).__name__}."
            )
        names = [str(name) for name in found]
        # Either spelling of a name is fine, and so is any order.
        expect(
            sorted(canonicalize_name(re.split(r"[\[<>=! ]", name)[0]) for name in names)
            == sorted(canonicalize_name(name) for name in expected),
            f"{reason}. Of {', '.join(wanted)}, your function returns {names or 'none'}; "
            f"{list(expected) or 'none'} should come back.",
        )
    return "That is it. This workbook has a test that asks the same of its own lock."


def solution_not_fitting() -> Any:
    def not_fitting(wanted, lock):
        pins = {}
        for line in lock.splitlines():
            if not line.strip().startswith("#"):
                name, _, rest = line.partition("==")
                pins[canonicalize_name(name)] = rest.split()[0]
        names = []
        for each in map(Requirement, wanted):
            version = pins.get(canonicalize_name(each.name))
            if version is None or not each.specifier.contains(version):
                names.append(each.name)
        return names

    return not_fitting


def by_pattern() -> Any:
    def not_fitting(wanted, lock):
        pins = dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", lock))
        names = set()
        for each in wanted:
            asked = Requirement(each)
            version = pins.get(asked.name.lower())
            if version is None or version not in asked.specifier:
                names.add(asked.name)
        return names

    return not_fitting


def only_missing() -> Any:
    def not_fitting(wanted, lock):
        pins = [line.split("==")[0] for line in lock.splitlines() if "==" in line]
        return [Requirement(each).name for each in wanted if Requirement(each).name not in pins]

    return not_fitting


def as_text() -> Any:
    def not_fitting(wanted, lock):
        pins = dict(
            line.split(" ;")[0].split("==") for line in lock.splitlines() if "via" not in line
        )
        names = []
        for each in map(Requirement, wanted):
            version = pins.get(each.name.lower(), "")
            lowest = [spec.version for spec in each.specifier if spec.operator == ">="]
            if not version or (lowest and version < lowest[0]):
                names.append(each.name)
        return names

    return not_fitting


def anywhere_in_the_text() -> Any:
    return lambda wanted, lock: [
        Requirement(each).name for each in wanted if Requirement(each).name not in lock
    ]


def capitals_count() -> Any:
    def not_fitting(wanted, lock):
        lines = [Requirement(line) for line in lock.splitlines() if "# via" not in line]
        pins = {line.name: list(line.specifier)[0].version for line in lines}
        return [
            each.name
            for each in map(Requirement, wanted)
            if each.name not in pins or not each.specifier.contains(pins[each.name])
        ]

    return not_fitting


EXERCISE = Exercise(
    id="1.4",
    title="Does the lock still fit?",
    check=check_not_fitting,
    hints=(
        "Two steps. First read the lock into a dict, from name to version. Then go through the "
        "wanted ones and ask that dict.",
        "`Requirement(each)` has a `name` without brackets, and `specifier.contains(version)`. "
        "Lines of the lock that begin with `#` after their spaces are comments.",
        "Use `canonicalize_name` on both sides, and cut a line of the lock at `==`; what follows "
        "the version, after a space, does not belong to it.",
    ),
    solution=solution_not_fitting,
    also_right=(by_pattern,),
    wrong=(
        Wrong(only_missing, "3.2 or newer is wanted", "looks for the names, not at the versions"),
        Wrong(as_text, "versions are numbers between dots", "compares versions as text"),
        Wrong(anywhere_in_the_text, "in comments only", "searches the text of the lock for a name"),
        Wrong(capitals_count, "names know no capitals", "takes two spellings for two packages"),
    ),
)

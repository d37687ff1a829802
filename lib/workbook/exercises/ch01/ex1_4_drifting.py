"""Exercise 1.4, the small real task: does the lock still fit what we chose?"""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, expect, expect_function
from lib.workbook.exercises.ch01.ex1_4_drifting_answers import ALSO_RIGHT, WORDS, WRONG

LOCK = """\
appnope==0.1.4 ; sys_platform == 'darwin'
    # via -r requirements.in
black==26.3.1
    # via -r requirements.in
colorama==0.4.6 ; sys_platform == 'win32'
    # via tqdm
dask-expr==2.0.0
    # via -r requirements.in
Jinja2==3.1.6
    # via -r requirements.in
numpy==2.10.1
    # via
    #   pandas
    #   scipy==1.17.1
pandas==3.1.1
    # via -r requirements.in
pymysql==1.2.4
    # via -r requirements.in
ruff==0.17.6 ; sys_platform != 'emscripten'
    # via -r requirements.in
tqdm==4.70.0
typing-extensions==4.16.0
    # via -r requirements.in
"""
CASES = (
    (("tqdm", "dask>=2"), ("dask",), "dask is not in the lock; dask-expr is another package"),
    (("pandas>=3.1,<4", "tqdm"), (), "Both packages are locked, at versions that are allowed"),
    (
        ("via", "requirements.in", "win32"),
        ("via", "requirements.in", "win32"),
        "Each of the words stands in the lock, and none is a package there",
    ),
    (("scipy==1.17.1",), ("scipy",), "scipy stands in a comment only"),
    (("pandas>=3.2",), ("pandas",), "The lock says 3.1.1, and 3.2 or newer is wanted"),
    (("numpy>=2.9",), (), "2.10.1 is newer than 2.9: versions are numbers between dots, not text"),
    (
        ("pandas>=3,<3.1", "pandas-stubs<4"),
        ("pandas", "pandas-stubs"),
        "The lock has pandas 3.1.1, below 3.1 is wanted, and it has no pandas-stubs",
    ),
    (("numpy<2.9",), ("numpy",), "2.10.1 is newer than 2.9, and an older one is wanted"),
    (
        ("numpy!=2.10.1", "tqdm!=4.7"),
        ("numpy",),
        "The lock has numpy 2.10.1, and any other is wanted",
    ),
    (
        ("tqdm==4.70", "numpy~=2.9"),
        (),
        "4.70 and 4.70.0 are equal, and 2.10.1 is compatible to 2.9",
    ),
    (("PyMySQL>=1.2", "jinja2"), (), "Names know no capitals, in either of the files"),
    (("typing_extensions>=4", "Typing.Extensions"), (), "In names, `-`, `_` and `.` are the same"),
    (("black[jupyter]>=26", "PyMySQL[rsa]"), (), "What stands in brackets is not part of the name"),
    (("black[jupyter]<26",), ("black",), "The lock has black 26.3.1, and one below 26 is wanted"),
    (
        ("ruff>=0.14", "colorama", "appnope"),
        (),
        "After the ; stands for whom a line is; it is locked",
    ),
    (
        ("ruff<0.15", "colorama==0.4.5"),
        ("ruff", "colorama"),
        "Both are locked at versions that are not wanted",
    ),
    ((), (), "Nothing is wanted"),
)


def check_not_fitting(answer: Any, sandbox: Sandbox) -> str:
    expect_function(answer, "not_fitting")
    for wanted, expected, reason in CASES:
        asked = f"Of {', '.join(wanted) or 'no package'}, your function returns"
        should = f"{sorted(set(expected)) or 'an empty list'} should come back."
        found = sandbox.call(answer, list(wanted), LOCK)
        expect(found is not None, f"{asked} None; {should} A function without `return` gives None.")
        names = names_in(sandbox, found)
        expect_names_alone(names)
        # Either spelling of a name is fine, and so is any order, or a name that is said once.
        expect(
            {canonicalize_name(name) for name in names}
            == {canonicalize_name(name) for name in expected},
            f"{reason}. {asked} {names or 'an empty list'}; {should}",
        )
    return "That is it. This workbook has a test that asks the same of its own lock."


def names_in(sandbox: Sandbox, found: Any) -> list[str]:
    """Return the names that the function returned; expect a list of texts, or the like."""
    if isinstance(found, (str, bytes)) or not isinstance(found, Iterable):
        raise NotYet(
            "This asks for a list of names; what your function returns is of type "
            f"{type(found).__name__}."
        )
    names: list[str] = sandbox.call(list, found)
    for name in names:
        if not isinstance(name, str):
            raise NotYet(
                "This asks for a list of names, as text; one in your list is of type "
                f"{type(name).__name__}."
            )
    return names


def expect_names_alone(names: list[str]) -> None:
    """Expect names, and nothing that stands beside a name in a requirement."""
    for name in names:
        try:
            alone = Requirement(name).name
        except InvalidRequirement:
            raise NotYet(
                f"Your function returns {name!r}, which is no name of a package."
            ) from None
        expect(
            name == alone,
            f"Your function returns {name!r}; the name alone is asked for: {alone!r}.",
        )


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
    also_right=ALSO_RIGHT,
    wrong=WRONG,
    words=WORDS,
    asides=("Somebody changes `pyproject.toml` and forgets to compile. A test should notice.",),
)

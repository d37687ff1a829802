"""pytest, run from a notebook: on cells, and on another notebook."""

from __future__ import annotations

import gc
import linecache
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lib.workbook.course.notebooks import as_bytes, clean
from lib.workbook.proof.pytest_run import TEST_FILE, Outcomes, nbval_cells, run_pytest

NUMBERS = count()
HEAD = """
import pytest

@pytest.fixture
def seven():
    yield 7
"""


@pytest.fixture
def cells() -> Callable[..., list[Any]]:
    """Run cells as IPython does; return the last thing that each defines."""

    def run(*sources: str) -> list[Any]:
        found, namespace = [], {"run_pytest": run_pytest}
        for source in sources:
            name = f"<cell {next(NUMBERS)}>"
            linecache.cache[name] = len(source), None, source.splitlines(True), name
            exec(compile(source, name, "exec"), namespace)
            found.append(list(namespace.values())[-1])
        return found

    return run


def test_a_fixture_of_one_cell_reaches_the_test_of_another(cells: Any) -> None:
    outcomes = run_pytest(*cells(HEAD, "def test_it(seven):\n    assert seven == 7"))
    assert outcomes == Outcomes({"test_it": "passed"}, {})
    assert repr(outcomes) == "passed   test_it\n1 passed"


def test_every_test_of_a_cell_runs_though_one_names_it(cells: Any) -> None:
    both = "def test_first():\n    pass\n\ndef test_second():\n    assert 1 + 1 == 3, 'no'\n"
    outcomes = run_pytest(*cells(both))
    assert outcomes.by_name == {"test_first": "passed", "test_second": "failed"}
    assert outcomes["test_second"] == "failed"
    assert outcomes.summary == "1 passed, 1 failed"


@pytest.mark.parametrize(
    ("body", "outcome", "reason"),
    [
        ("assert len('ab') == 3", "failed", "assert 2 == 3"),
        ("assert not 1, 'why'", "failed", "why"),
        ("with pytest.raises(KeyError):\n        pass", "failed", "DID NOT RAISE KeyError"),
        ("{}['x']", "failed", "KeyError: 'x'"),
        ("raise ValueError", "failed", "ValueError"),
        ("open('/no/such/file')", "failed", "FileNotFoundError"),  # its message is a path
        ("nothing", "failed", "NameError: name 'nothing' is not defined"),
        ("pytest.skip('no server')", "skipped", "no server"),
        ("pytest.xfail('some day')", "xfailed", "some day"),
    ],
)
def test_a_test_that_does_not_pass_says_why_in_one_line(
    cells: Any, body: str, outcome: str, reason: str
) -> None:
    outcomes = run_pytest(*cells(HEAD, f"def test_it():\n    {body}\n"))
    assert outcomes.by_name == {"test_it": outcome}
    assert outcomes.reasons["test_it"].endswith(reason)
    assert repr(outcomes).splitlines()[1] == f"         {outcomes.reasons['test_it']}"


def test_a_missing_fixture_and_a_broken_one_are_errors(cells: Any) -> None:
    broken = HEAD + "\n@pytest.fixture\ndef broken():\n    raise ValueError('x')\n"
    tests = "def test_a(gone):\n    pass\n\ndef test_b(broken):\n    pass\n"
    outcomes = run_pytest(*cells(broken, tests))
    assert outcomes.by_name == {"test_a": "error", "test_b": "error"}
    assert outcomes.reasons == {"test_a": "there is no fixture 'gone'", "test_b": "ValueError: x"}


def test_an_expected_failure_that_passes_is_told(cells: Any) -> None:
    mark = "import pytest\n\n@pytest.mark.xfail\ndef test_it():\n    pass\n"
    assert run_pytest(*cells(mark)).by_name == {"test_it": "xpassed"}


def test_a_file_that_cannot_be_read_is_one_error(cells: Any) -> None:
    (test,) = cells("import pytest\n\ndef test_it():\n    pass\n")
    linecache.cache[test.__code__.co_filename] = (1, None, ["x = y\n", "def test_it(): ...\n"], "")
    outcomes = run_pytest(test)
    assert outcomes.by_name == {TEST_FILE: "error"}
    assert outcomes.reasons == {TEST_FILE: "NameError: name 'y' is not defined"}


def test_what_a_cell_shows_stays_in_the_notebook(cells: Any) -> None:
    shown = "def test_it():\n    pass\n\nlist(\n    'ab'\n)\n"
    assert run_pytest(*cells(shown)).summary == "1 passed"
    assert repr(run_pytest(*cells("print('no test here')\nx = lambda: 1\n"))) == "no tests ran"


def test_a_class_stands_for_its_cell(cells: Any) -> None:
    made = "class Base:\n    size = 3\n    def get(self):\n        return self.size\n"
    outcomes = run_pytest(*cells(made, "def test_it():\n    assert Base().get() == 3\n"))
    assert outcomes.summary == "1 passed"


def test_the_second_run_reads_the_new_cell_and_leaves_no_module(cells: Any) -> None:
    before = set(sys.modules)
    assert run_pytest(*cells("def test_it():\n    pass\n")).summary == "1 passed"
    assert run_pytest(*cells("def test_it():\n    assert 0\n")).summary == "1 failed"
    assert not [name for name in set(sys.modules) - before if "test_cells" in name]


def test_options_for_the_outer_pytest_are_not_for_the_inner_one(
    cells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    assert run_pytest(*cells("def test_it():\n    pass\n")).summary == "1 passed"


def test_an_interrupt_goes_on_to_the_cell(cells: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_pytest(*cells("def test_it():\n    raise KeyboardInterrupt\n"))


def test_what_stands_in_no_cell_is_told(cells: Any) -> None:
    namespace: dict[str, Any] = {}
    exec("def test_it(): ...", namespace)
    with pytest.raises(LookupError, match="test_it stands in no cell"):
        run_pytest(namespace["test_it"])
    with pytest.raises(LookupError, match="7 stands in no cell"):
        run_pytest(7)  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="Empty stands in no cell"):
        run_pytest(type("Empty", (), {}))
    with pytest.raises(TypeError, match="a test or a fixture of each cell"):
        run_pytest()


def test_a_plugin_that_is_not_there_is_not_silent(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(as_bytes(clean(new_notebook(cells=[new_code_cell("1")]))))
    with pytest.raises(RuntimeError, match="exit code 4: see above"):
        nbval_cells(path, plugin="no_such_plugin")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # nbval's, of the /dev/null that it opens
def test_nbval_alone_passes_what_our_plugin_refuses(tmp_path: Path) -> None:
    path = tmp_path / "blind.ipynb"
    promise = {"tags": ["raises-exception"]}
    cells = [
        new_code_cell("print(42)"),
        new_code_cell("x = 1", execution_count=1, metadata=promise),
        new_code_cell("!exit 1", execution_count=2),
    ]
    path.write_bytes(as_bytes(clean(new_notebook(cells=cells))))
    assert nbval_cells(path).summary == "3 passed"
    ours = nbval_cells(path, plugin="lib.workbook.proof.nbval_strict")
    assert ours.by_name == {"Cell 0": "failed", "Cell 1": "failed", "Cell 2": "passed"}
    assert "never executed, or was stripped" in ours.reasons["Cell 0"]
    assert ours.reasons["Cell 1"] == "tagged raises-exception, but it raised nothing"
    gc.collect()  # here, where the warning may be ignored

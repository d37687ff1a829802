"""The harness against notebooks that are broken, each in one way, and against one that is not.

nbval runs once for all that it must judge: each start of pytest and of a kernel costs a second.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lib.workbook.course.notebooks import NotebookError, as_bytes, chapter_files, clean, fill, read
from lib.workbook.proof.faults import problems
from lib.workbook.proof.harness import Outcome, Run, execute, rewrite, run_nbval, run_nbval_on
from tests.support import warm
from tests.support.children import unmeasured

BROKEN = Path(__file__).with_name("broken")

# Notebooks without static faults, or whose fault must be found a second time by the run.
JUDGED_BY_A_RUN = {
    "stripped": "never executed, or was stripped",
    "raises_nothing": "tagged raises-exception, but it raised nothing",
    "raises_another_error": "'ValueError' == 'KeyError'",
    "raises_another_error_ignored": "raised KeyError: 'four', but the notebook stores ValueError",
    "raises_another_message": "mismatch 'evalue'",
    "magic_at_run_time": "Line magic function `%nosuchmagic` not found",
    "missing_output": "Unexpected output fields from running code: {'text/plain'}",
    "missing_picture": "the run has an output, the notebook stores none",
    "wrong_output": "'3' == '2'",
}
JUDGED_BY_READING = {
    "stripped": "never executed, or was stripped",
    "never_executed": "cell 3 (code: y = 2): it was never executed",
    "raises_nothing": "its stored output holds no error",
    "shell_command": "runs the shell command 'no-such-program'",
    "unknown_magic": "there is no magic %nosuchmagic",
    "personal_kernel": "the kernel is 'my-laptop'",
    "hidden_error": "the tag 'nbval-skip' is unknown or hides the cell",
    "hidden_by_a_comment": "the comment NBVAL_IGNORE_OUTPUT steers nbval out of sight",
    "stored_error": "it stores ZeroDivisionError",
    "unstable_address": "new in each run",
    "no_code": "there is no code cell",
}
TOO_SLOW = {
    "time_out": "Timeout of 2 seconds exceeded",
    "time_out_hidden": "it took longer than 2 seconds and hid the interrupt",
}


def broken(name: str) -> Path:
    return BROKEN / f"{name}.ipynb"


def notebook(*cells: NotebookNode | str) -> NotebookNode:
    """A clean notebook of these cells, as if it had been executed; a text is a code cell."""
    nodes = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    for cell in nodes:
        if cell.cell_type == "code":
            cell.execution_count = 1
    return clean(new_notebook(cells=nodes))


def tagged(source: str, *names: str) -> NotebookNode:
    cell: NotebookNode = new_code_cell(source, metadata={"tags": list(names)})
    return cell


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """The chapters are judged by it, too."""
    with warm.running({}) as runner:
        yield runner


def judged(names: Iterable[str], **options: Any) -> dict[str, Outcome]:
    found = run_nbval_on([broken(name) for name in names], **options)
    return {path.stem: outcome for path, outcome in found.items()}


@pytest.fixture(scope="module")
def outcomes(run: Run) -> dict[str, Outcome]:
    return judged(("sound", *JUDGED_BY_A_RUN), run=run)


@pytest.fixture(scope="module")
def slow_outcomes(run: Run) -> dict[str, Outcome]:
    return judged(TOO_SLOW, run=run, timeout=2)


def test_every_broken_notebook_is_judged_here() -> None:
    names = {path.stem for path in BROKEN.glob("*.ipynb")}
    assert names == {"sound", *JUDGED_BY_READING, *JUDGED_BY_A_RUN, *TOO_SLOW}


def test_a_sound_notebook_passes(outcomes: dict[str, Outcome]) -> None:
    assert problems(read(broken("sound")), broken("sound")) == []
    assert outcomes["sound"] == Outcome(ok=True, report="", cells=11)


@pytest.mark.parametrize(("name", "reason"), JUDGED_BY_READING.items())
def test_reading_a_broken_notebook_finds_its_fault(name: str, reason: str) -> None:
    assert reason in "\n".join(problems(read(broken(name)), broken(name)))


@pytest.mark.parametrize("name", sorted({*JUDGED_BY_A_RUN, *TOO_SLOW} - set(JUDGED_BY_READING)))
def test_reading_alone_does_not_find_what_only_a_run_can_show(name: str) -> None:
    assert problems(read(broken(name)), broken(name)) == []


@pytest.mark.parametrize(("name", "reason"), JUDGED_BY_A_RUN.items())
def test_running_a_broken_notebook_finds_its_fault(
    name: str, reason: str, outcomes: dict[str, Outcome]
) -> None:
    assert not outcomes[name].ok
    assert reason in outcomes[name].report


@pytest.mark.parametrize(("name", "reason"), TOO_SLOW.items())
def test_a_cell_that_takes_too_long_is_refused(
    name: str, reason: str, slow_outcomes: dict[str, Outcome]
) -> None:
    assert not slow_outcomes[name].ok
    assert reason in slow_outcomes[name].report
    assert f"{name}.ipynb, code cell 2" in slow_outcomes[name].report


def test_an_interpreter_of_its_own_judges_in_the_same_way(outcomes: dict[str, Outcome]) -> None:
    names = ("sound", "missing_picture", "magic_at_run_time")
    assert judged(names) == {name: outcomes[name] for name in names}


def test_nbval_alone_lets_three_of_them_pass(tmp_path: Path) -> None:
    """Why nbval_strict exists: when this fails, nbval has closed a hole, and code here can go."""
    names = ["stripped", "raises_another_error_ignored", "unknown_magic"]
    # "stripped" stores no output, "unknown_magic" stores the complaint that IPython printed.
    command = [sys.executable, "-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider"]
    command += [
        "-p",
        "lib.skip_rfc3987",
        "-p",
        "no:xdist",
        "--nbval",
        "--nbval-current-env",
    ]
    (tmp_path / "pytest.ini").write_text("[pytest]\n")  # not the settings of this project
    command += ["-c", str(tmp_path / "pytest.ini")]
    command += [str(broken(name)) for name in names]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=BROKEN.parents[1], env=unmeasured()
    )
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout  # cells


def test_a_run_that_checks_nothing_is_not_ok() -> None:
    outcome = run_nbval(broken("no_code"))
    assert (outcome.ok, outcome.cells) == (False, 0)
    assert "nothing was checked" in outcome.report


@pytest.mark.parametrize(
    "source",
    [
        "!ls",
        "x = !ls",
        "!!ls",
        "%%bash\nls",
        "%time !ls",
        "%timeit -n 1 -r 1 !ls",
        "%%time\nx = !ls",
        "if True:\n    !ls",
        "%system ls",
        "import os\n\nos.system('ls')",
        "%cat file",
    ],
)
def test_a_shell_line_in_any_dress_is_refused(source: str) -> None:
    if source.startswith("%cat") and sys.platform == "win32":
        pytest.skip("IPython on Windows has other aliases than cat")
    assert "shell command" in "\n".join(problems(notebook(source)))


@pytest.mark.parametrize("source", ["%pip install x", "pip install x", "%%time\n%conda install x"])
def test_a_line_that_installs_something_is_refused(source: str) -> None:
    assert "changes the reader's environment" in "\n".join(problems(notebook(source)))


@pytest.mark.parametrize(
    "source",
    [
        "1 != 2",
        "x = '!ls'",
        "%%html\n!ls",
        "%%time\nx = 1",
        "print?",
        "%matplotlib inline",
        "await x",
    ],
)
def test_what_only_looks_like_a_shell_line_is_allowed(source: str) -> None:
    assert problems(notebook(source)) == []


def test_reading_cells_leaves_the_running_program_as_it_was() -> None:
    before = sys.modules["__main__"], sys.displayhook
    problems(notebook("%%time\nx = 1"))
    assert (sys.modules["__main__"], sys.displayhook) == before


@pytest.mark.parametrize(
    "text",
    [
        # In pieces, because another test looks for such paths in this file.
        "/" + "home/ada/data",
        "/" + "Users/ada",
        "sqlite:////tmp/a.db",
        "/" + "root/.venv",
        "C:" + r"\Users\ada",
        "'C:" + r"\\Users\\ada'",
        r"D:\a\project\data",
        "file:" + "///data",
    ],
)
def test_a_path_of_one_machine_is_refused_wherever_it_stands(text: str) -> None:
    output = new_output("stream", name="stdout", text=text)
    in_output = clean(
        new_notebook(cells=[new_code_cell("f()", execution_count=1, outputs=[output])])
    )
    assert "its output holds" in "\n".join(problems(in_output))
    assert "its source holds" in "\n".join(problems(notebook("x = 1", new_markdown_cell(text))))


@pytest.mark.parametrize("text", ["https://example.org/home/ada", "./tmp/a.db", "data/root/x"])
def test_other_paths_are_allowed(text: str) -> None:
    assert problems(notebook("x = 1", new_markdown_cell(text))) == []


def test_the_folder_of_this_checkout_is_refused_whatever_its_name(tmp_path: Path) -> None:
    found = problems(notebook(f"x = {str(tmp_path)!r}"), tmp_path / "notebooks" / "01_a.ipynb")
    assert "a path of one machine" in "\n".join(found)


@pytest.mark.parametrize("markdown", ["![](a.png)", "![ ][ref]", "<img src='x:a'>", '<img alt="">'])
def test_an_image_without_alternative_text_is_refused(markdown: str) -> None:
    assert "no alternative text" in "\n".join(
        problems(notebook("x = 1", new_markdown_cell(markdown)))
    )


def test_a_link_must_lead_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "01_a.ipynb"
    (tmp_path / "with space.md").touch()
    good = "[a](with%20space.md#top) [b](<with space.md>) [c](https://x.org) [d](#here) `[e](no)`"
    assert problems(notebook("x = 1", new_markdown_cell(good)), path) == []
    for bad in ("[a](missing.md)", "[a]: missing.md", "<a href='missing.md'>a</a>", "[a](/etc)"):
        found = problems(notebook("x = 1", new_markdown_cell(bad)), path)
        assert "leads to no file" in "\n".join(found), bad


def test_at_most_one_cell_in_ten_may_ignore_its_output() -> None:
    loose = [tagged("assert 1", "nbval-ignore-output"), tagged("assert 2", "nbval-ignore-output")]
    assert problems(notebook(loose[0])) == []
    assert "more than one in ten" in "\n".join(problems(notebook(*loose, *["x = 1"] * 17)))
    assert problems(notebook(*loose, *["x = 1"] * 18)) == []


def test_an_ignored_output_needs_an_assert_and_not_only_the_word() -> None:
    cell = tagged("x = 'assert'", "nbval-ignore-output")
    assert "without an assert" in "\n".join(problems(notebook(cell)))


@pytest.mark.parametrize(
    ("lengths", "reason"),
    [
        ([5, 5, 1], "the median code cell has 5 lines"),
        ([11, 11] + [1] * 17, "over 10 lines"),
        ([21] + [1] * 9, "a code cell has 21 lines"),
    ],
)
def test_code_over_the_budget_is_refused(lengths: list[int], reason: str) -> None:
    assert reason in "\n".join(problems(notebook(*["x = 1\n\n" * length for length in lengths])))


def test_code_within_the_budget_passes() -> None:
    assert problems(notebook(*["x = 1\n" * length for length in [20, 10, 4, *[4] * 7]])) == []


def test_code_that_is_not_python_is_refused_unless_that_is_the_point() -> None:
    assert "not valid Python" in "\n".join(problems(notebook("x = = 1\ny")))
    error = new_output("error", ename="SyntaxError", evalue="invalid syntax", traceback=[])
    cell = tagged("x = = 1\ny", "raises-exception")
    cell.outputs = [error]
    assert problems(notebook(cell)) == []


def messy() -> NotebookNode:
    """A notebook with everything that editors, kernels and runs leave behind."""
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "4f"}}
    outputs = [
        new_output("stream", name="stdout", text="a"),
        new_output("stream", name="stdout", text="b\n"),
        new_output("stream", name="stderr", text="careful\n"),
        new_output("display_data", data={**view, "text/plain": "a slider"}),
        new_output("display_data", data=view),
        new_output("execute_result", data={"text/plain": "1"}, execution_count=7),
        new_output(
            "error",
            ename="E",
            evalue="why",
            traceback=["Cell In[7], line 1", "\x1b[36mFile \x1b[39mlib/python/x.py:3", "E: why"],
        ),
    ]
    noise = {"execution": {"iopub.status.idle": "now"}, "collapsed": True, "tags": ["exercise-4.2"]}
    cells = [
        new_markdown_cell("# Title", id="opening"),
        new_code_cell("x", id="0a1b2c3d", metadata=noise, execution_count=7, outputs=outputs),
        new_code_cell("y"),
    ]
    metadata = {"widgets": {"state": 1}, "language_info": {"name": "python", "version": "3.11.7"}}
    metadata["kernelspec"] = {"name": "mine", "display_name": "Mine"}
    nb: NotebookNode = new_notebook(cells=cells, metadata=metadata)
    nb.cells[2].id = "opening"  # nbformat refuses to make one with an id twice; people manage
    return nb


def test_cleaning_keeps_what_the_author_said_and_nothing_else() -> None:
    nb = clean(messy())
    assert nb.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert [cell.id for cell in nb.cells] == ["opening", "cell-02", "cell-03"]
    assert nb.cells[1].metadata == {"tags": ["exercise-4.2"]}
    assert [cell.get("execution_count") for cell in nb.cells] == [None, 1, None]
    stdout, stderr, slider, result, error = nb.cells[1].outputs
    assert (stdout.text, stderr.text) == ("ab\n", "careful\n")
    assert slider.data == {"text/plain": "a slider"}
    assert result.execution_count == 1
    assert error.traceback == ["Cell In[1], line 1", "E: why"]


def test_cleaning_twice_is_cleaning_once() -> None:
    once = clean(messy())
    assert as_bytes(clean(once)) == as_bytes(once)


def test_cleaning_leaves_its_argument_alone() -> None:
    nb, untouched = messy(), messy()
    clean(nb)
    assert nb == untouched


def test_an_unclean_notebook_is_told_what_to_type() -> None:
    found = "\n".join(problems(messy()))
    assert "cell 2 (code: x): not clean (execution_count, id, metadata, outputs)" in found
    assert "type: python run.py notebooks" in found


def test_chapters_are_found_in_reading_order(tmp_path: Path) -> None:
    for name in ("10_b.ipynb", "02_a.ipynb", "draft.ipynb", "03_a.md"):
        (tmp_path / name).touch()
    assert [path.name for path in chapter_files(tmp_path)] == ["02_a.ipynb", "10_b.ipynb"]


def test_filling_replaces_each_stub_by_its_solution() -> None:
    nb = notebook("x = 1", tagged("answer = None", "exercise-4.2"))
    filled = fill(nb, {"4.2": "answer = 42"})
    assert [cell.source for cell in filled.cells] == ["x = 1", "answer = 42"]
    assert nb.cells[1].source == "answer = None"


def test_filling_names_a_missing_solution_and_a_missing_stub() -> None:
    nb = notebook(tagged("answer = None", "exercise-4.2"))
    with pytest.raises(NotebookError, match="No solution for exercise 4.2"):
        fill(nb, {})
    with pytest.raises(NotebookError, match="No stub for exercise 4.3"):
        fill(nb, {"4.2": "", "4.3": ""})


def test_rewriting_runs_a_notebook_in_its_folder_and_settles(tmp_path: Path) -> None:
    path = tmp_path / "with space.ipynb"
    (tmp_path / "beside.txt").touch()
    source = "import os\n\nprint(os.environ['COLOUR'], os.path.exists('beside.txt'))"
    cells = [tagged(source, "exercise-1.1"), tagged("1 / 0", "nbval-raises-exception")]
    path.write_bytes(as_bytes(new_notebook(cells=cells)))
    assert rewrite(path, {"COLOUR": "blau-grün"})
    first = path.read_bytes()
    nb = read(path)
    assert nb.cells[0].outputs[0].text == "blau-grün True\n"
    assert [cell.metadata.tags for cell in nb.cells] == [
        ["exercise-1.1"],
        ["nbval-raises-exception"],
    ]
    assert "blau-grün".encode() in first and first.endswith(b"}\n") and b"\r" not in first
    assert problems(nb, path) == []
    assert not rewrite(path, {"COLOUR": "blau-grün"})
    assert path.read_bytes() == first


def test_rewriting_names_the_cell_that_fails_and_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "01_a.ipynb"
    path.write_bytes(as_bytes(new_notebook(cells=[new_code_cell("x = 1"), new_code_cell("1 / 0")])))
    before = path.read_bytes()
    with pytest.raises(
        NotebookError, match=r"01_a.ipynb was not .* cell 2 \(code: 1 / 0\).*ZeroDiv"
    ):
        rewrite(path)
    assert path.read_bytes() == before


def test_executing_stops_at_a_cell_that_takes_too_long(tmp_path: Path) -> None:
    nb = notebook("import time", "time.sleep(60)")
    with pytest.raises(
        NotebookError, match=r"cell 2 \(code: time.sleep\(60\)\).*longer than 1 sec"
    ):
        execute(nb, tmp_path, timeout=1)


@pytest.mark.parametrize("source", ["raise ValueError('x')", "import sys; sys.exit(3)"])
def test_a_cell_that_hides_its_error_under_a_magic_is_refused(tmp_path: Path, source: str) -> None:
    cell = new_code_cell(f"%%capture\n{source}")
    with pytest.raises(NotebookError, match=r"cell 2 .* it raised (ValueError: x|SystemExit: 3)"):
        execute(new_notebook(cells=[new_code_cell("1"), cell]), tmp_path)
    cell.metadata.tags = ["raises-exception"]
    assert execute(new_notebook(cells=[cell]), tmp_path).cells[0].outputs


def test_what_an_ended_kernel_leaves_in_the_temporary_folder_is_cleared_away(
    tmp_path: Path,
) -> None:
    source = "import tempfile\nprint(tempfile.mkdtemp())"
    ran = execute(new_notebook(cells=[new_code_cell(source)]), tmp_path)
    folder = Path(ran.cells[0].outputs[0].text.strip())
    assert folder.is_absolute()
    assert not folder.parent.exists()

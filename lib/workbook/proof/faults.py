"""What is wrong with a stored notebook, found without running it.

A run sees only what cells do. It never sees a personal kernel name, a shell line that failed, a
tag that hides a cell, or a picture that a screen reader cannot read; each of these is named
here, with its cell.
"""

import ast
import functools
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from ipykernel.zmqshell import KernelMagics
from IPython.core.alias import Alias
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from traitlets.config import Config

from lib.workbook.course import notebooks
from lib.workbook.course.notebooks import (
    EXERCISE_TAG,
    IGNORE_TAG,
    KERNEL,
    RAISES_TAGS,
    cell_name,
    tags,
)

REWRITE = "type: python run.py notebooks"

_INSTALLERS = frozenset({"pip", "conda", "mamba", "micromamba", "uv"})
_SHELLS = frozenset(
    {"!", "sx", "sc", "system", "script", "sh", "bash", "cmd", "perl", "ruby", "pypy"}
)
_SHELLS |= {"python", "python2", "python3", "alias", "rehashx", "killbgscripts"}
_SHELL_CALLS = frozenset(
    {"get_ipython().system", "get_ipython().getoutput", "os.system", "os.popen"}
)
# The bodies of these are text; those of all other cell magics are code, with its own shell lines.
_TEXT_MAGICS = frozenset({"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"})
_TEXT_MAGICS |= {"writefile", "file"}
_NBVAL_COMMENT = re.compile(r"^\s*#+\s*((?:NBVAL|PYTEST_VALIDATE)_\w+)\s*$", re.MULTILINE)

_MACHINE_PATH = re.compile(
    r"(?<![\w.~-])/(?:(?:home|Users)/\w|root/|tmp/|private/|var/folders/)[^\s'\"<>)]*"
    r"|\b[A-Za-z]:(?:\\+|/)Users\b[^\s'\"<>)]*|\b[A-Za-z]:\\+[\w .-]+\\[^\s'\"<>)]*|file:///\S*"
)
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{8,}")

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\](?:\(|\[)")
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_IMG_ALT = re.compile(r"\balt\s*=\s*(\"[^\"]*\S[^\"]*\"|'[^']*\S[^']*')", re.IGNORECASE)
_LINK = re.compile(r"\]\(\s*(?:<([^>]+)>|([^\s()]+(?:\([^\s()]*\)[^\s()]*)*))")
_LINK_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)", re.MULTILINE)
_LINK_HTML = re.compile(r"\b(?:href|src)\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


def problems(nb: NotebookNode, path: Path | None = None) -> list[str]:
    """What is wrong with a stored notebook, found without running it; empty when it is sound.

    `path` is the notebook's file; without it, links to other files are not followed.
    """
    found = _notebook_problems(nb)
    for index, cell in enumerate(nb.cells):
        faults = _tag_faults(cell)
        if cell.cell_type == "markdown":
            faults += _markdown_faults(cell.source, path)
        elif cell.cell_type == "code" and cell.source.strip():
            faults += _code_faults(cell)
        faults += _path_faults(cell, path)
        found += [f"{cell_name(nb, index)}: {fault}" for fault in faults]
    return found + _share_problems(nb)


def _code_cells(nb: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]


def _notebook_problems(nb: NotebookNode) -> list[str]:
    found = []
    kernel = dict(nb.metadata.get("kernelspec", {}))
    if kernel.get("name") != KERNEL["name"]:
        found.append(
            f"the kernel is {kernel.get('name')!r}, which other people do not have; "
            f"it must be {KERNEL['name']!r}: {REWRITE}"
        )
    if not _code_cells(nb):
        found.append(
            "there is no code cell, so a run would prove nothing: add one, or use Markdown"
        )
    tidy = notebooks.clean(nb)
    if (nb.metadata, nb.nbformat_minor) != (tidy.metadata, tidy.nbformat_minor):
        found.append(f"the notebook's metadata is not clean: {REWRITE}")
    for index, (cell, wanted) in enumerate(zip(nb.cells, tidy.cells, strict=True)):
        if keys := sorted(key for key in wanted if cell.get(key) != wanted[key]):
            found.append(f"{cell_name(nb, index)}: not clean ({', '.join(keys)}): {REWRITE}")
    return found


def _share_problems(nb: NotebookNode) -> list[str]:
    """The rules of DESIGN.md on all code cells together."""
    cells = _code_cells(nb)
    if not cells:
        return []
    found = []
    ignored = sum(IGNORE_TAG in tags(cell) for cell in cells)
    if ignored > max(1, len(cells) // 10):
        found.append(
            f"{ignored} of {len(cells)} code cells are tagged {IGNORE_TAG}, more than one in ten: "
            "print what is stable instead"
        )
    lines = [sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in cells]
    if (median := statistics.median(lines)) > 4:
        found.append(f"the median code cell has {median:g} lines, more than 4: split the long ones")
    if sum(count > 10 for count in lines) > len(lines) // 10:
        found.append("more than one code cell in ten has over 10 lines: split the long ones")
    if max(lines) > 20:
        found.append(
            f"a code cell has {max(lines)} lines, more than 20: move code into lib, or split it"
        )
    return found


def _tag_faults(cell: NotebookNode) -> list[str]:
    known = {IGNORE_TAG, *RAISES_TAGS}
    return [
        f"the tag {tag!r} is unknown or hides the cell from the tests: remove it"
        for tag in tags(cell)
        if tag not in known and not tag.startswith(EXERCISE_TAG)
    ]


def _code_faults(cell: NotebookNode) -> list[str]:
    """Faults of one code cell that has content."""
    found = []
    if cell.execution_count is None:
        found.append(f"it was never executed, or was stripped: {REWRITE}")
    errors = [output for output in cell.outputs if output.output_type == "error"]
    expected = bool(RAISES_TAGS & set(tags(cell)))
    if expected and not errors and cell.execution_count is not None:
        found.append(
            "tagged raises-exception, but its stored output holds no error: remove the tag"
        )
    for error in errors if not expected else []:
        found.append(f"it stores {error.ename}: correct the code, or tag it raises-exception")
    if comment := _NBVAL_COMMENT.search(cell.source):
        found.append(f"the comment {comment[1]} steers nbval out of sight: use a tag, or remove it")
    try:
        tree = _python(cell.source)
    except SyntaxError as error:
        tree = ast.Module([], [])
        if not expected:
            found.append(f"it is not valid Python ({error.msg}): correct it")
    found += _shell_faults(tree)
    if IGNORE_TAG in tags(cell):
        if not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
            found.append(
                f"tagged {IGNORE_TAG} without an assert: say what must be true all the same"
            )
    elif address := _ADDRESS.search("\n".join(_output_texts(cell))):
        found.append(
            f"the output holds the address {address[0]!r}, new in each run: give it a __repr__"
        )
    return found


@functools.cache
def _shell() -> InteractiveShell:
    """An IPython that runs nothing: it knows all magics, and turns cells into Python.

    It has neither a history file nor a personal folder, and ``sys.modules["__main__"]``, which
    IPython takes for itself, goes back to the program that runs.
    """
    config = Config()
    config.HistoryManager.enabled = False
    main = sys.modules["__main__"]
    with tempfile.TemporaryDirectory(prefix="ipython-", ignore_cleanup_errors=True) as folder:
        shell = InteractiveShell(config=config, ipython_dir=folder)
    sys.modules["__main__"] = main
    shell.register_magics(KernelMagics)
    return shell


def _python(source: str) -> ast.Module:
    """The cell as Python: IPython itself decides what is a magic or a shell line, so that
    ``x = !ls`` is one and ``a != b`` is none."""
    code: str = _shell().transform_cell(source)
    return ast.parse(code)


def _shell_faults(tree: ast.AST) -> Iterator[str]:
    magics = _shell().magics_manager.magics
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        function = ast.unparse(call.func)
        # What is put together at run time cannot be read here; nbval_strict finds it when it fails.
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in call.args]
        words = [text if isinstance(text, str) else "" for text in texts] + ["", "", ""]
        if function in _SHELL_CALLS:
            yield (
                f"it runs the shell command {words[0]!r}, whose failure no test sees and that "
                "Windows may not know: use a helper in lib that raises"
            )
        elif function in ("get_ipython().run_line_magic", "get_ipython().run_cell_magic"):
            kind = "line" if function.endswith("run_line_magic") else "cell"
            name, sign = words[0], "%" if kind == "line" else "%%"
            magic = magics[kind].get(name)
            if name in _INSTALLERS:
                yield f"{sign}{name} changes the reader's environment: put it into pyproject.toml"
            elif name in _SHELLS or isinstance(magic, Alias):
                yield f"{sign}{name} runs a shell command: use a helper in lib that raises"
            elif name and magic is None:
                yield f"there is no magic {sign}{name} in IPython: correct the name, or remove it"
            elif kind == "cell" and name not in _TEXT_MAGICS:
                yield from _nested(words[2])
            elif kind == "line" and name in ("time", "timeit", "prun"):
                yield from _nested(re.sub(r"^\s*(?:-\w+(?:\s+\d+)?\s+)*", "", words[1]))


def _nested(source: str) -> Iterator[str]:
    """``%%time`` and its like read their body themselves, so it is hidden from the outer cell."""
    try:
        yield from _shell_faults(_python(source))
    except SyntaxError as error:
        yield f"the body of its magic is not valid Python ({error.msg}): correct it"


def _output_texts(cell: NotebookNode) -> Iterator[str]:
    """Every text that a reader can see among the outputs; pictures in base64 are noise here."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield output.text
        elif output.output_type == "error":
            yield notebooks.plain("\n".join([output.evalue, *output.traceback]))
        else:
            for mime, text in output.data.items():
                if not mime.startswith("image/") or mime == "image/svg+xml":
                    yield text if isinstance(text, str) else json.dumps(text)


def _path_faults(cell: NotebookNode, path: Path | None) -> Iterator[str]:
    patterns = [_MACHINE_PATH]
    if path is not None and len((root := path.resolve().parents[1]).parts) > 1:
        # Where this checkout lies, whatever its name: /app, /work, D:\a.
        patterns.append(re.compile(rf"(?<![\w.~-]){re.escape(str(root))}(?![\w.-])"))
    for where, texts in (("source", [cell.source]), ("output", _output_texts(cell))):
        text = "\n".join(texts)
        if hit := next(filter(None, (pattern.search(text) for pattern in patterns)), None):
            yield f"its {where} holds {hit[0]!r}, a path of one machine: show a relative path"


def _markdown_faults(source: str, path: Path | None) -> Iterator[str]:
    text = _CODE_SPAN.sub("", _FENCE.sub("", source))
    if any(not image["alt"].strip() for image in _IMAGE.finditer(text)) or any(
        not _IMG_ALT.search(image[0]) for image in _IMG.finditer(text)
    ):
        yield "an image has no alternative text: say what it shows"
    links = [match[1] or match[2] for match in _LINK.finditer(text)]
    links += _LINK_REFERENCE.findall(text) + _LINK_HTML.findall(text)
    if path is None:
        return
    for link in links:
        file = unquote(re.split(r"[#?]", link)[0])
        if not _SCHEME.match(link) and (file.startswith("/") or not (path.parent / file).exists()):
            yield f"the link {link!r} leads to no file: correct it"

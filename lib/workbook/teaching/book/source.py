"""The book's source: the chapters as they are stored, and what stands around them.

A file is written only when it changes, so that Sphinx reads again what changed, and no more.
"""

from __future__ import annotations

import re
from pathlib import Path

from nbformat import NotebookNode

from lib.config import ROOT
from lib.workbook.course.chapters import CHAPTERS, NOTEBOOKS, ChapterInfo
from lib.workbook.course.notebooks import as_bytes, read
from lib.workbook.teaching.book.notes import with_notes
from lib.workbook.teaching.guide import GUIDE, front, stored_costs

SITE = Path(__file__).with_name("site")
TEACHERS = "for_teachers"
_IMAGES = ROOT / ".github" / "images"
# The part of the README that a reader of the book needs.
_END_OF_FRONT = "## MySQL instead of SQLite"
_CHAPTER_LINK = re.compile(r'href="(\d\d_\w+)\.ipynb(?=["#])')
_LINK = re.compile(r"(!?)\[([^]]*)\]\(([^)\s]+)\)")


def write_source(folder: Path, *, teacher: bool, repository: str = "") -> bool:
    """Write what Sphinx reads into the folder; remove what it held and the book has not.

    Tells whether there are other pages than before: a link to a page is resolved when its own page
    is read, so all have to be read again then.

    `repository` is the address of the project's repository, for links to files that the book does
    not have; without one they are text.
    """
    content = {info.path.name: as_bytes(_chapter(info, teacher)) for info in CHAPTERS}
    content |= {path.name: path.read_bytes() for path in _pages()}
    if teacher:
        content[f"{TEACHERS}.md"] = front(stored_costs()).encode("utf-8")
    content["index.md"] = front_page(teacher=teacher, repository=repository).encode("utf-8")
    content |= _below(NOTEBOOKS / "pictures", "pictures") | _below(_IMAGES, "images")
    content |= _below(SITE, "")
    before = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in before - content.keys():
        (folder / name).unlink()
    for name, data in content.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return before != content.keys()


def _chapter(info: ChapterInfo, teacher: bool) -> NotebookNode:
    """Return the chapter with links between pages in its outputs, and with notes for a teacher."""
    nb = read(info.path)
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if page := output.get("data", {}).get("text/html"):
                output.data["text/html"] = _CHAPTER_LINK.sub(r'href="\1.html', page)
    return with_notes(nb, info) if teacher else nb


def front_page(*, teacher: bool, repository: str = "") -> str:
    """Return the first page: the README's beginning, and the order of all pages."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text, end, _ = readme.partition(_END_OF_FRONT)
    assert end, f"the README has a heading {_END_OF_FRONT!r}"
    text = _LINK.sub(lambda link: _in_the_book(link, repository), text)
    chapters = [info.path.stem for info in CHAPTERS]
    trees = [_tree("Teaching", [TEACHERS])] if teacher else []
    trees += [_tree("Chapters", chapters), _tree("To look up", [path.stem for path in _pages()])]
    return "\n".join([text.rstrip(), "", *trees])


def _in_the_book(link: re.Match[str], repository: str) -> str:
    """Return a link of the README as the book has it."""
    mark, text, target = link.groups()
    if "://" in target:
        return link[0]
    if target.startswith("notebooks/"):
        return f"{mark}[{text}]({target.removeprefix('notebooks/')})"
    if mark:
        return f"![{text}]({target.replace('.github/images/', 'images/')})"
    return f"[{text}]({repository}/blob/HEAD/{target})" if repository else text


def _pages() -> list[Path]:
    """Return the pages that lie beside the chapters, for learners as well."""
    return sorted(path for path in NOTEBOOKS.glob("*.md") if path != GUIDE)


def _tree(title: str, names: list[str]) -> str:
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *names, "```", ""])


def _below(folder: Path, name: str) -> dict[str, bytes]:
    """Return the files below a folder, by their names in the source."""
    return {
        Path(name, path.relative_to(folder)).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }

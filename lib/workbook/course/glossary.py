"""The glossary: its terms, and where in the course each of them is used for the first time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib.workbook.course.chapters import CHAPTERS, NOTEBOOKS, ChapterInfo
from lib.workbook.course.notebooks import read

GLOSSARY = NOTEBOOKS / "glossary.md"
# What is no running text: code, headings, pictures, and links that lead to somewhere else.
_ASIDE = re.compile(
    r"```.*?```|`[^`]*`|^#[^\n]*$|!\[[^]]*\]\([^)]*\)|\[[^]]*\]\((?!glossary\.md#)[^)]*\)",
    re.DOTALL | re.MULTILINE,
)
_TERM_LINK = re.compile(r"\[([^]]+)\]\(glossary\.md#([\w-]+)\)")


@dataclass(frozen=True)
class Use:
    """A term in a cell's text: `start` and `end` in it, and the words as they stand there."""

    info: ChapterInfo
    cell: int
    start: int
    end: int
    words: str


def entries() -> dict[str, str]:
    """Return what the glossary says of each term, in Markdown, in its order."""
    text = re.sub(r'<a id="[\w-]+"></a>\n+', "", GLOSSARY.read_text(encoding="utf-8"))
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {term: said.strip() for term, said in zip(parts[::2], parts[1::2], strict=True)}


def terms() -> list[str]:
    """Return the glossary's terms, in its order."""
    return list(entries())


def anchor(term: str) -> str:
    """Return what stands behind the # in a link to the term.

    The same on GitHub, in the book and, for a heading in small letters, in JupyterLab.
    """
    return term.lower().replace(" ", "-")


def link(term: str, words: str) -> str:
    """Return the link to a term, in Markdown."""
    return f"[{words}]({GLOSSARY.name}#{anchor(term)})"


def linked_terms(text: str) -> list[str]:
    """Return the terms that a text links, in the glossary's order."""
    anchors = {found[2] for found in _TERM_LINK.finditer(text)}
    return [term for term in terms() if anchor(term) in anchors]


def relink(text: str, *, inside: bool) -> str:
    """Return the text with links to a place inside of the same page, or with no such links."""
    return _TERM_LINK.sub(r"[\1](#\2)" if inside else r"\1", text)


def first_use(term: str) -> Use | None:
    """Return where the running text of the course has the term first, in the singular or plural."""
    word = re.compile(rf"\b{re.escape(term)}(?:e?s)?\b", re.IGNORECASE)
    for info in CHAPTERS:
        for number, cell in enumerate(read(info.path).cells):
            if cell.cell_type != "markdown":
                continue
            text = _ASIDE.sub(lambda aside: " " * len(aside[0]), cell.source)
            if found := word.search(text):
                return Use(info, number, found.start(), found.end(), found[0])
    return None

"""The glossary explains some sixty terms, and each is linked where the course first uses it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from lib.workbook.course import glossary
from lib.workbook.course.chapters import CHAPTERS, NOTEBOOKS, ChapterInfo
from lib.workbook.course.notebooks import read

LINK = re.compile(r"\[([^]]+)\]\(glossary\.md#([^)]*)\)")
TEXT = glossary.GLOSSARY.read_text(encoding="utf-8")


def links(info: ChapterInfo) -> list[tuple[str, str]]:
    """Return the links to the glossary in a chapter: words and anchor."""
    cells = read(info.path).cells
    return [
        found
        for each in cells
        if each.cell_type == "markdown"
        for found in LINK.findall(each.source)
    ]


def test_there_are_some_sixty_terms_in_the_order_of_the_alphabet() -> None:
    terms = glossary.terms()
    assert len(terms) >= 60
    assert terms == sorted(set(terms), key=str.lower)


@pytest.mark.parametrize("term", glossary.terms())
def test_an_entry_is_one_to_three_sentences_that_do_not_repeat_the_term(term: str) -> None:
    said = " ".join(glossary.entries()[term].split())
    assert said.endswith(".")
    assert 1 <= len(re.findall(r"[.;](?=\s|$)", said)) <= 3, said
    assert 8 <= len(said.split()) <= 60, said
    assert not said.lower().startswith((term.lower(), f"a {term.lower()} is")), said


@pytest.mark.parametrize("term", glossary.terms())
def test_the_first_use_of_a_term_in_the_course_is_a_link_to_it(term: str) -> None:
    use = glossary.first_use(term)
    assert use, f"no chapter uses {term!r}"
    source = read(use.info.path).cells[use.cell].source
    wanted = glossary.link(term, use.words)
    place = f"chapter {use.info.number}, cell {use.cell + 1}: {source[use.start - 40:use.end + 40]}"
    assert source[use.start - 1 :].startswith(wanted), f"write {wanted} in {place}"


def test_each_term_is_linked_once_and_no_link_leads_nowhere() -> None:
    count = Counter(anchor for info in CHAPTERS for _, anchor in links(info))
    assert count == {glossary.anchor(term): 1 for term in glossary.terms()}


@pytest.mark.parametrize("term", glossary.terms())
def test_an_anchor_is_the_same_on_github_in_the_book_and_in_jupyterlab(term: str) -> None:
    # GitHub and the book write the heading in small letters, with dashes for blanks. JupyterLab
    # keeps the case, so a heading with capitals has a mark of its own above it.
    anchor = glossary.anchor(term)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", anchor)
    mark = f'<a id="{anchor}"></a>\n\n## {term}\n'
    assert (mark in TEXT) == (term.replace(" ", "-") != anchor)


def test_a_use_in_code_in_a_heading_or_in_another_link_is_no_first_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    asides = "# Upsert\n\n`upsert` [upsert](03_engine.ipynb)\n\n```\nupsert\n```\n"
    cells = [new_markdown_cell(asides), new_code_cell("upsert"), new_markdown_cell("Many upserts.")]
    monkeypatch.setattr(glossary, "read", lambda _: new_notebook(cells=cells))
    use = glossary.first_use("upsert")
    assert use and (use.cell, use.words) == (2, "upserts")


def test_the_glossary_lies_beside_the_chapters() -> None:
    assert glossary.GLOSSARY.parent == NOTEBOOKS

"""Chapters as one HTML file: to print, or to show as slides. Neither asks the network for anything.

nbconvert makes the page. Its own slides fetch reveal.js, require.js and MathJax from the network
when they are shown, which is when a classroom has none; so the few lines that turn a page into
slides are here. Without a script the same file is the whole chapter, and prints as such.
"""

from __future__ import annotations

import copy
import html
from collections.abc import Sequence
from typing import Any

from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from lib.workbook.course.card import code_marks
from lib.workbook.course.chapters import ChapterInfo
from lib.workbook.course.glossary import anchor, entries, linked_terms, relink
from lib.workbook.course.notebooks import read
from lib.workbook.course.prediction import STUB, Prediction, predictions_of, show

_TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
"""

# The colours of JupyterLab's code have too little contrast to its ground: WCAG 2.2, 1.4.3 asks for
# 4.5. And a link that differs by its colour alone is none for many: 1.4.1.
_STYLE = """
<style>
:root, body { --jp-mirror-editor-comment-color: #2d6464; --jp-mirror-editor-operator-color: #8000c0;
  --jp-mirror-editor-meta-color: #8000c0; --jp-mirror-editor-builtin-color: #006b00;
  --jp-mirror-editor-number-color: #006b00; --jp-mirror-editor-string-color: #a01515; }
.highlight .ow, .highlight .o { color: #8000c0; }
.jp-RenderedHTMLCommon a:link { text-decoration: underline; }
body { max-width: 62rem; margin: 0 auto; }
.jp-InputPrompt, .jp-OutputPrompt { display: none; }
pre, table, svg { max-width: 100%; }
.jp-OutputArea-output { overflow-x: auto; }
@media print {
  .jp-Cell { break-inside: avoid; }
  h1:not(:first-of-type) { break-before: page; }
  .jp-OutputArea-output pre, .highlight pre { white-space: pre-wrap; }
}
</style>
"""

_SLIDES = """
<style>
@media screen {
  .deck body, body.deck { max-width: none; margin: 0; }
  body.deck { font-size: 1.35rem; --jp-content-font-size1: 1.35rem; --jp-code-font-size: 1.15rem; }
  body.deck main { display: block; box-sizing: border-box; max-width: 74rem; min-height: 100vh;
    margin: 0 auto; padding: 2.5rem 3rem 4rem; }
  body.deck .jp-Cell[hidden] { display: none; }
  body.deck .jp-RenderedHTMLCommon table { font-size: 1.05rem; margin-left: 0; }
  .deck-bar { position: fixed; right: 1rem; bottom: 0.75rem; display: flex; gap: 0.75rem;
    align-items: center; color: #555; font: 1rem sans-serif; }
  .deck-bar button { font: inherit; padding: 0.2rem 0.8rem; border: 1px solid #999;
    border-radius: 4px; background: #fff; color: inherit; cursor: pointer; }
}
@media print { .deck-bar { display: none; } body.deck .jp-Cell[hidden] { display: block; } }
</style>
<script>
// A slide is a text and the code that follows it, up to the next text.
const cells = [...document.querySelectorAll("main > .jp-Cell, main .jp-Cell")];
const slides = [];
for (const cell of cells) {
  if (cell.classList.contains("jp-MarkdownCell") || slides.length === 0) slides.push([]);
  slides[slides.length - 1].push(cell);
}
let at = Math.min(slides.length, Math.max(1, parseInt(location.hash.slice(1)) || 1)) - 1;
const bar = document.createElement("nav");
bar.className = "deck-bar";
bar.setAttribute("aria-label", "Slides");
bar.innerHTML = '<button type="button">Back</button><span role="status"></span>'
  + '<button type="button">Next</button>';
const [back, next] = bar.querySelectorAll("button");
function show(number) {
  at = Math.min(slides.length - 1, Math.max(0, number));
  slides.forEach((slide, each) => slide.forEach((cell) => { cell.hidden = each !== at; }));
  bar.querySelector("span").textContent = `${at + 1} of ${slides.length}`;
  history.replaceState(null, "", `#${at + 1}`);
  window.scrollTo(0, 0);
}
back.onclick = () => show(at - 1);
next.onclick = () => show(at + 1);
window.onhashchange = () => show((parseInt(location.hash.slice(1)) || 1) - 1);
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const control = event.target.closest("summary, button, input, a");
  if (control && [" ", "Enter"].includes(event.key)) return;
  const step = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (step) { event.preventDefault(); show(at + step); }
  if (event.key === "Home") show(0);
  if (event.key === "End") show(slides.length - 1);
});
document.body.classList.add("deck");
document.body.append(bar);
show(at);
</script>
"""


def handout(chapters: Sequence[ChapterInfo], *, slides: bool = False) -> str:
    """Return the chapters, as they are stored, as one HTML page.

    With `slides`, each text and the code behind it is a slide: arrow keys, space, Home and End.
    """
    title = chapters[0].title if len(chapters) == 1 else "The pipeline workbook"
    exporter: Any = HTMLExporter
    page: str
    page, _ = exporter(
        raw_template=_TEMPLATE, embed_images=True, optimistic_validation=True
    ).from_notebook_node(
        _together(chapters, slides),
        {"metadata": {"name": html.escape(title), "path": str(chapters[0].path.parent)}},
    )
    extra = _STYLE + (_SLIDES if slides else "")
    before, end, after = page.rpartition("</body>")
    assert end, "nbconvert's page has a body"
    return before + extra + end + after


def _together(chapters: Sequence[ChapterInfo], slides: bool) -> NotebookNode:
    """Return one notebook with the cells of all; pages end with the glossary's words in them."""
    first = copy.deepcopy(read(chapters[0].path))
    for info in chapters[1:]:
        first.cells += read(info.path).cells
    if not slides and (words := _words(first)):
        first.cells.append(new_markdown_cell(words))
    for number, cell in enumerate(first.cells):  # ids are unique in a notebook, not in a course
        cell.id = f"c{number}"
        if cell.cell_type == "markdown":
            cell.source = relink(cell.source, inside=not slides)
        elif found := STUB.fullmatch(cell.source):
            cell.outputs = [_to_fill_in(predictions_of(found[2])[found[1]])]
    return first


def _words(nb: NotebookNode) -> str:
    """Return what the glossary says of the terms that the cells link, as one text."""
    text = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    said = entries()
    found = [f'<a id="{anchor(term)}"></a>**{term}**: {said[term]}' for term in linked_terms(text)]
    return "\n\n".join(["## Words", *found]) if found else ""


def _to_fill_in(prediction: Prediction) -> NotebookNode:
    """Return what stands below a question: a line to write on, and the answer, folded away.

    Paper prints it folded.
    """
    line = "_" * 24
    answer = f"{show(prediction.answer)}. {prediction.why}"
    page = (
        f"<p>Your answer: {line}</p>"
        f"<details><summary>What is so, and why</summary><p>{code_marks(answer)}</p></details>"
    )
    data = {"text/html": page, "text/plain": f"Your answer: {line}"}
    shown: NotebookNode = new_output("display_data", data)
    return shown

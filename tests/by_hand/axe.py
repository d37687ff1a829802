"""Ask axe-core about every page of the book, every handout and every chapter's slides.

    python -m tests.by_hand.axe [--dark] [NAME ...]

It takes some ten minutes, so the tests ask about a few pages only. A NAME is a part of the names of
the pages to look at. What is printed: page, seconds, and each finding that is serious or critical,
with its first place. The exit code is 1 when there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from lib.config import ROOT
from lib.workbook.course.chapters import CHAPTERS
from lib.workbook.teaching.book.build import build
from lib.workbook.teaching.handout import handout
from tests.support.chromium import chromium, serious


def pages(folder: Path) -> Iterator[Path]:
    """Write all pages into the folder; yield them."""
    build(ROOT / ".workbook", folder / "book")
    for info in CHAPTERS:
        for kind in ("handout", "slides"):
            path = folder / f"{kind}-{info.number}.html"
            path.write_text(handout([info], slides=kind == "slides"), encoding="utf-8")
    yield from sorted(folder.rglob("*.html"))


def main() -> int:
    """Look at the pages that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dark", action="store_true", help="the dark colours of the book")
    parser.add_argument("names", metavar="NAME", nargs="*")
    args = parser.parse_args()
    bad = 0
    scheme: Literal["dark", "light"] = "dark" if args.dark else "light"
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for path in pages(Path(folder)):
            name = path.relative_to(folder).as_posix()
            if args.names and not any(part in name for part in args.names):
                continue
            page = browser.new_page(viewport={"width": 1366, "height": 768}, color_scheme=scheme)
            page.set_default_timeout(300_000)  # milliseconds
            page.goto(path.as_uri())
            start = time.perf_counter()
            found = serious(page)
            seconds = time.perf_counter() - start
            print(f"{name} ({scheme}): {len(found)} serious, {seconds:.0f} s", flush=True)
            print(*(f"  {each}" for each in found), sep="\n", end="\n" if found else "", flush=True)
            bad += len(found)
            page.close()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

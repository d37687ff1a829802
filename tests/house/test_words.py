"""The prose of lib, of the door and of the settings says things in the field's plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What a learner reads in a story (an exercise, a prediction) may speak of somebody.
STORIES = ("exercises", "predictions")
ODD = re.compile(
    r"\b(anew|whoever|such a one|dearest|[Nn]obody|[Ss]omebody)\b"
    r"|(?:[.:] |\"\"\")Else\b|^ *(?:# )?Else\b",
    re.MULTILINE,
)
READ = [
    *(path for path in ROOT.glob("lib/**/*.py") if not set(path.parts) & set(STORIES)),
    *ROOT.glob("migrations/**/*.py"),
    *(ROOT / name for name in ("run.py", "streamlit_app.py", "README.md", "CONTRIBUTING.md")),
]


@pytest.mark.parametrize("path", READ, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_prose_has_no_odd_turn(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [found[0] for found in ODD.finditer(text) if path.name != "words.py"] == []

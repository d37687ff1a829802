"""What has been solved, kept in `.workbook/progress.json`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Progress:
    """The state of each exercise that was checked: {"4.2": {"state": ..., "attempts": n}}.

    Read anew each time, because several chapters, each with a kernel of its own, write to it.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "progress.json"

    def load(self) -> dict[str, Any]:
        """Return what is known; nothing when there is no file, or none that can be read."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def record(self, exercise: str, state: str) -> None:
        """Note the outcome of a check. What was correct once stays so."""
        known = self.load()
        before = known.get(exercise, {})
        if before.get("state") == "correct":
            state = "correct"
        known[exercise] = {"state": state, "attempts": before.get("attempts", 0) + 1}
        self._save(known)

    def done(self, exercises: list[str]) -> int:
        """Return how many of these exercises are solved."""
        known = self.load()
        return sum(known.get(each, {}).get("state") == "correct" for each in exercises)

    def forget(self, exercises: list[str]) -> int:
        """Forget these exercises; return how many were known."""
        known = self.load()
        gone = [known.pop(each) for each in exercises if each in known]
        if gone:
            self._save(known)
        return len(gone)

    def _save(self, known: dict[str, Any]) -> None:
        # Written aside and moved, so that a kernel that stops halfway leaves the old file whole.
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"progress-{os.getpid()}.json")
        draft.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(draft, self.path)

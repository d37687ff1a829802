"""What has been tried and solved, kept in `.workbook/progress.json`.

The file, version 2: {"version": 2, "exercises": {"4.2": entry}, "predictions": {"04.a": entry}}.
An entry has `state`, what the card says, and `attempts`; that of an exercise may have `hints`, how
many were asked for, and `solution`; that of a prediction `first`, its first state. Version 1 was
the exercises alone, and is read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

FILE = "progress.json"
VERSION = 2
LOCK_WAIT_S = 10.0  # for another kernel, which needs some milliseconds
REPLACE_TRIES = 20  # of 50 ms: Windows replaces no file that is open
EXERCISES, PREDICTIONS = "exercises", "predictions"
CORRECT, UNTOUCHED = "correct", "not attempted"

Part = dict[str, dict[str, Any]]


class Progress:
    """The record of what was checked, predicted and looked up.

    Several chapters, each with a kernel of its own, write to the file: each change reads it, and
    writes it, under a lock that all of them take.

    Raises OSError, filelock's Timeout among them, when the file cannot be written.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / FILE

    def load(self) -> dict[str, Part]:
        """Return both parts of the record; empty without a file, or with one that says nothing."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        if not isinstance(found, dict):
            found = {}
        if "version" not in found:
            found = {EXERCISES: found}
        return {kind: _part(found.get(kind)) for kind in (EXERCISES, PREDICTIONS)}

    def exercises(self) -> Part:
        """Return what is known of each exercise."""
        return self.load()[EXERCISES]

    def predictions(self) -> Part:
        """Return what is known of each prediction."""
        return self.load()[PREDICTIONS]

    def record(self, exercise: str, state: str) -> None:
        """Note the outcome of a check. What was correct once stays so; a stub is no attempt."""
        self._change(EXERCISES, exercise, lambda before: _after(before, state))

    def record_prediction(self, prediction: str, state: str) -> None:
        """Note the outcome of a prediction; the first one is kept, too."""

        def change(before: Mapping[str, Any]) -> dict[str, Any]:
            after = _after(before, state)
            if state != UNTOUCHED:
                after.setdefault("first", state)
            return after

        self._change(PREDICTIONS, prediction, change)

    def record_hint(self, exercise: str, number: int) -> None:
        """Note that this hint, counted from 1, was asked for."""

        def change(before: Mapping[str, Any]) -> dict[str, Any]:
            return {**_known(before), "hints": max(number, before.get("hints", 0))}

        self._change(EXERCISES, exercise, change)

    def record_solution(self, exercise: str) -> None:
        """Note that the solution was asked for."""
        self._change(EXERCISES, exercise, lambda before: {**_known(before), "solution": True})

    def done(self, exercises: Iterable[str]) -> int:
        """Return how many of these exercises are solved."""
        known = self.exercises()
        return sum(known.get(each, {}).get("state") == CORRECT for each in exercises)

    def predicted(self, predictions: Iterable[str]) -> int:
        """Return how many of these predictions were made, right or wrong."""
        known = self.predictions()
        return sum("first" in known.get(each, {}) for each in predictions)

    def forget(self, names: Iterable[str]) -> int:
        """Forget these exercises and predictions; return how many were known."""
        if not self.path.exists():
            return 0
        with self._alone():
            known = self.load()
            gone = [part.pop(each) for each in names for part in known.values() if each in part]
            if gone:
                self._save(known)
        return len(gone)

    def _change(
        self, kind: str, name: str, change: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._keep_what_cannot_be_read()
            known = self.load()
            known[kind][name] = change(known[kind].get(name, {}))
            self._save(known)

    def _alone(self) -> FileLock:
        return FileLock(f"{self.path}.lock", timeout=LOCK_WAIT_S)

    def _keep_what_cannot_be_read(self) -> None:
        """Put a damaged file aside before it is written over: what is left may be of use."""
        try:
            json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except ValueError:
            os.replace(self.path, self.path.with_name("progress-damaged.json"))

    def _save(self, known: dict[str, Part]) -> None:
        # Written aside and moved, so that a kernel that stops halfway leaves the old file whole.
        draft = self.path.with_name(f"progress-{os.getpid()}.json")
        text = json.dumps({"version": VERSION, **known}, indent=1, sort_keys=True)
        draft.write_text(text + "\n", encoding="utf-8")
        for _ in range(REPLACE_TRIES):
            try:
                os.replace(draft, self.path)
                return
            except PermissionError:
                time.sleep(0.05)
        os.replace(draft, self.path)


def _part(found: Any) -> Part:
    if not isinstance(found, dict):
        return {}
    return {name: entry for name, entry in found.items() if isinstance(entry, dict)}


def _known(before: Mapping[str, Any]) -> dict[str, Any]:
    return {"state": UNTOUCHED, "attempts": 0, **before}


def _after(before: Mapping[str, Any], state: str) -> dict[str, Any]:
    known = _known(before)
    if state == UNTOUCHED:
        return known
    kept = CORRECT if known["state"] == CORRECT else state
    return {**known, "state": kept, "attempts": known["attempts"] + 1}

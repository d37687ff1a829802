"""What a check comes to: a state, and what to tell the learner."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class State(Enum):
    """The states of an exercise; the value is what the card says."""

    NOT_ATTEMPTED = "not attempted"
    CORRECT = "correct"
    NOT_YET = "not yet"
    RAISED = "your code raised an error"
    FAULT = "the check failed"  # no fault of the answer's: it counts neither for it nor against it


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check: the state, and what to tell the learner.

    `trace` is the traceback of a fault of the check, for those who mend it; empty otherwise.
    """

    state: State
    message: str
    trace: str = field(default="", compare=False, repr=False)


class NotYet(Exception):
    """The answer is not right yet; the message is what a teacher would say."""

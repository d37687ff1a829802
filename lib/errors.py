"""The errors that a user of the pipeline is meant to read."""

from __future__ import annotations


class PipelineError(Exception):
    """What happened and why, as a sentence, and what to type next.

    The command line prints it without a traceback. Never put a password into either part: they end
    up in logs. Where a program knows better what to type than this library, such as the name of its
    own command, `topic` says what it is about: "no data", "refused", "damaged" or "newer schema".
    """

    def __init__(self, message: str, fix: str = "", *, topic: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.topic = topic

    def __str__(self) -> str:
        return f"{self.message}\n{self.fix}" if self.fix else self.message


class NotReady(PipelineError):
    """The server does not answer yet, or not any more; waiting may help."""


class NotTaken(PipelineError):
    """The server did not take every row as it was; nothing of the batch counts as loaded."""

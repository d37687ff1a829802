"""The errors that a user of the pipeline is meant to read."""

from __future__ import annotations

from typing import Any, get_args


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


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: "1 row", "2,000 rows"; `nouns` is a plural without an s."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def check_word(name: str, word: object, kind: Any) -> None:
    """Raise PipelineError where the word given for `name` is none of this Literal."""
    if word not in get_args(kind):
        words = list(map(repr, get_args(kind)))
        raise PipelineError(
            f"{name}={word!r} is none of {', '.join(words)}.",
            f"Write {name}={', '.join(words[:-1])} or {words[-1]}.",
        )

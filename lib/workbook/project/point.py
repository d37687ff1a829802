"""One point of a project: whether it holds, and what to do where it is open."""

from __future__ import annotations

from dataclasses import dataclass

TITLES = (
    "The key is proved",
    "The zone is named",
    "Each value is checked",
    "Twice changes nothing",
    "The counts add up",
    "A limit is set",
    "Models and migrations agree",
    "Tests on both databases",
    "A rule that is missed when it is gone",
    "No password in git",
    "The page, empty and full",
    "The core is untouched",
)


@dataclass(frozen=True)
class Point:
    """One point: its number from 1, whether it holds, and what was seen or what to do."""

    number: int
    holds: bool
    text: str

    @property
    def title(self) -> str:
        return TITLES[self.number - 1]

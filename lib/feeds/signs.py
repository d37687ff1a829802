"""Which sign of numbers is the decimal one: what single texts prove, and what the file does.

45,231 may be either, as long as nothing tells: it is never guessed. 0,123 and 12,5 are no groups of
three, 1.234.567 is no fraction, and 1.234,5 has both signs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

CLEAR = 0.9  # of the proofs of a column that must be for one sign
ENOUGH, ALONE = 0.01, 0.1  # of the texts with a sign: proofs; proofs against all other columns
_BEFORE, _BEHIND = r"^([A-Z]{3}[ \x{A0}]?)?[+-]?", r"([ \x{A0}]?[A-Z]{3})?$"
_OPEN = rf"{_BEFORE}[1-9]\d{{0,2}}[.,]\d{{3}}{_BEHIND}"


def _proof(point: str, group: str) -> str:
    """Return a regular expression for numbers in which only this can be the decimal sign."""
    point, group = f"[{point}]", f"[{group}]"
    forms = (
        rf"0*{point}\d+",
        rf"\d{{1,3}}{point}(\d{{1,2}}|\d{{4,}})?",
        rf"\d{{4,}}{point}\d*",
        rf"\d+{point}\d*[eE][+-]?\d+",
        rf"[1-9]\d{{0,2}}({group}\d{{3}})+{point}\d*",
        rf"[1-9]\d{{0,2}}({group}\d{{3}}){{2,}}",
    )
    return f"{_BEFORE}({'|'.join(forms)}){_BEHIND}"


_PROOFS = {",": _proof(",", "."), ".": _proof(".", ",")}


@dataclass
class Evidence:
    """How many texts of a column prove a decimal sign, and how many leave it `open`.

    `file` is the sign that the other columns prove, empty where they prove none, or both.
    """

    proved: Counter[str] = field(default_factory=Counter)
    open: int = 0
    file: str = ""

    def add(self, texts: pa.Array, counts: pa.Array) -> None:
        """Look at distinct texts, and how often each of them stands there."""
        for sign, form in _PROOFS.items():
            self.proved[sign] += _sum(counts, pc.match_substring_regex(texts, form))
        self.open += _sum(counts, pc.match_substring_regex(texts, _OPEN))

    def merge(self, other: Evidence) -> None:
        """Add what another file shows of the same column."""
        self.proved += other.proved
        self.open += other.open

    @property
    def point(self) -> str:
        """The decimal sign; empty where nothing proves it, or proofs stand against each other."""
        ((sign, count),) = self.proved.most_common(1) or [("", 0)]
        if not count:
            return self.file
        share = count / (self.proved.total() + self.open)
        needed = ENOUGH if self.file in ("", sign) else ALONE
        if count >= CLEAR * self.proved.total() and share >= needed:
            return sign
        return sign if sign == self.file else ""

    @property
    def undecided(self) -> bool:
        """Whether numbers have a sign that could be either."""
        return not self.point and bool(self.open or self.proved.total())


def only(signs: Iterable[str]) -> str:
    """Return the sign that all agree on; empty where they do not."""
    found = {sign for sign in signs if sign}
    return found.pop() if len(found) == 1 else ""


def _sum(counts: pa.Array, mask: pa.Array) -> int:
    return int(pc.sum(counts.filter(mask)).as_py() or 0)

"""Who is in a class: names of users and databases, passwords, and what each may do."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_LEARNERS = 500
# An underscore divides the class from the learner, and the learner from what a chapter makes: a
# class `a_01` would lie in the grants of the first learner of a class `a`.
NAME = "[a-z][a-z0-9]{0,15}"
# Printed and typed: without what looks alike (0 O, 1 I l).
_KINDS = (
    "".join(sorted(set(string.ascii_uppercase) - set("IO"))),
    "".join(sorted(set(string.ascii_lowercase) - set("lo"))),
    "".join(sorted(set(string.digits) - set("01"))),
)
GROUPS, GROUP_CHARS = 4, 4  # of a password: some 90 bits


@dataclass(frozen=True)
class Learner:
    """A learner's user; the database has the same name, and so begin those beside it."""

    user: str
    password: str = field(repr=False)

    def owns(self, database: str) -> bool:
        """Tell whether a database of this name lies in what the learner may use."""
        return owns(self.user, database)


def learner_name(name: str, number: int) -> str:
    """Return the name of a learner's user and database: class_01 is the first of `class`."""
    return f"{name}_{number:02}"


def owns(user: str, database: str) -> bool:
    """Tell whether a database is the user's own, or one that chapters and checks made beside it."""
    return database == user or database.startswith(f"{user}_")


def new_password() -> str:
    """Return a password that can be typed, and needs no quoting in a URL: Kq7m-2xHd-9wTp-u4Re.

    It has a capital, a small letter, a digit and a sign: what servers may ask for.
    """
    signs = "".join(_KINDS)
    while True:
        groups = ["".join(secrets.choice(signs) for _ in range(GROUP_CHARS)) for _ in range(GROUPS)]
        if all(set(kind) & set("".join(groups)) for kind in _KINDS):
            return "-".join(groups)


def grants(user: str, year: str) -> Iterator[str]:
    """Yield the statements that let the user do all in its own databases, and read the year's.

    In a grant an underscore stands for any character, unless it is escaped: unescaped, class_01
    would reach what begins with class-01 and classX01.
    https://dev.mysql.com/doc/refman/8.4/en/grant.html
    """
    own = user.replace("_", r"\_")
    for pattern in (own, rf"{own}\_%"):
        yield f"GRANT ALL ON `{pattern}`.* TO '{user}'@'%'"
    yield "GRANT SELECT ON `{}`.* TO '{}'@'%'".format(year.replace("_", r"\_"), user)

"""What sources that are one file of rows have in common, whatever its format is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from lib.errors import PipelineError
from lib.source.base import Source
from lib.source.content import fingerprint_of


@dataclass(frozen=True)
class OneFile(Source):
    """A file that can be read as often as one likes; with `only`, other fields are left out.

    `form` names its format in messages; `faults` are what its reader raises at a damaged one.
    """

    path: Path
    only: Collection[str] | None = None
    form: ClassVar[str] = ""
    faults: ClassVar[tuple[type[Exception], ...]] = (OSError,)

    @property
    def rereadable(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def place(self) -> str:
        return self.path.resolve().parent.as_posix()

    @property
    def fingerprint(self) -> tuple[int, str]:
        """The size of the file, in bytes, and its SHA-256."""
        return fingerprint_of(self.path)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what goes wrong with the file into words that a user can act on."""
        try:
            yield
        except FileNotFoundError as error:
            raise PipelineError(f"There is no file {self.path}.", "Check its name.") from error
        except self.faults as error:
            raise PipelineError(
                f"{self.name} cannot be read as {self.form} ({error}).",
                "Replace the file, then load again.",
            ) from error

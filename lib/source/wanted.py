"""Which rows of a file a filter keeps: by the texts of its columns, as they stand in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral

from lib.errors import PipelineError

# Of a column: a text or several; an int stands for its digits, None for a missing value.
Wanted = str | int | None | Iterable[str | int | None]


def texts_of(where: Mapping[str, Wanted]) -> dict[str, list[str | None]]:
    """Return the texts that are wanted of each column. Raises PipelineError for what is no text."""
    if not isinstance(where, Mapping):
        raise PipelineError(
            f"where={where!r} names no columns.",
            'Write, for instance: where={"month": ["1", "2"]}.',
        )
    return {column: list(_texts(column, values)) for column, values in where.items()}


def _texts(column: str, values: Wanted) -> Iterable[str | None]:
    several = isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping)
    for value in values if several else [values]:  # type: ignore[union-attr]
        if isinstance(value, Integral) and not isinstance(value, bool):
            yield str(value)
        elif value is None or isinstance(value, str):
            yield value
        else:
            raise PipelineError(
                f"where={{{column!r}: ...}} asks for {value!r}, which is no text; "
                "a file holds texts.",
                "Write the text as it stands in the file, or a list of such texts.",
            )


class AllNeeded(Exception):
    """The wanted columns do not tell where a row is; all are read."""

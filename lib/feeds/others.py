"""UUIDs, truths, JSON, and what a function of your own makes of one field or more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

from lib.errors import PipelineError
from lib.feeds.value import Reader, Refused, Signs, Value, each_distinct
from lib.load.form import Faults
from lib.load.types import UUID_FORM


@dataclass(frozen=True)
class Uuid(Value):
    """A UUID in any case, with or without its dashes; it becomes small letters with dashes."""

    def reader(self, signs: Signs) -> Reader:
        form = re.compile(UUID_FORM, re.ASCII)

        def read(text: str) -> str:
            if not form.match(text) or text.endswith("\n"):
                raise Refused("not a UUID")
            return str(UUID(text))

        return each_distinct(read, pa.string())


@dataclass(frozen=True)
class YesNo(Value):
    """A truth in two words, written like this and not otherwise: YesNo("paid", yes="J", no="N")."""

    yes: str = "true"
    no: str = "false"

    def reader(self, signs: Signs) -> Reader:
        words = {self.yes: "true", self.no: "false"}

        def read(text: str) -> str:
            if text not in words:
                raise Refused(f"neither {self.yes!r} nor {self.no!r}")
            return words[text]

        return each_distinct(read, pa.string())


@dataclass(frozen=True)
class Json(Value):
    """A document, or what stands in it at a path: Json("items", path=(0, "sku")).

    What a path leads to must be a single value; it is missing where the path leads nowhere.
    """

    path: tuple[str | int, ...] = ()

    def reader(self, signs: Signs) -> Reader:
        def read(text: str) -> str | None:
            try:
                found = json.loads(text, parse_float=str, parse_int=str, parse_constant=int)
            except (ValueError, RecursionError):
                raise Refused("not JSON") from None
            if not self.path:
                return text
            value: Any = found
            for step in self.path:
                try:
                    value = value[step]
                except (LookupError, TypeError):
                    return None
            if isinstance(value, dict | list):
                raise Refused(f"is no single value at {'.'.join(map(str, self.path))}")
            return value if isinstance(value, str) or value is None else json.dumps(value)

        return each_distinct(read, pa.string())


@dataclass(frozen=True, init=False)
class Function(Value):
    """What a function makes of the texts of one field or more: Function(f, "a", "b").

    Of one field it is asked once for each distinct text that is there; of more, for each row, with
    None where a text is missing. The ValueError that it raises is the reason of a bad row.
    """

    function: Callable[..., Any] = str
    more: tuple[str, ...] = ()

    def __init__(
        self,
        function: Callable[..., Any],
        *fields: str,
        missing: tuple[str, ...] | None = None,
        strip: bool | None = None,
    ) -> None:
        first, *others = fields or ("",)
        values = {"field": first, "missing": missing, "strip": strip}
        for name, value in {**values, "function": function, "more": tuple(others)}.items():
            object.__setattr__(self, name, value)
        if not callable(function):
            raise PipelineError(
                f"A {type(function).__name__} is no function.", 'Write Function(f, "field").'
            )

    def fields(self, column: str) -> tuple[str, ...]:
        return (*super().fields(column), *self.more)

    def reader(self, signs: Signs) -> Reader:
        def ask(*texts: str | None) -> str | None:
            try:
                return _as_text(self.function(*texts))
            except Refused:
                raise
            except ValueError as error:
                raise Refused(str(error) or "not what the function takes") from error
            except Exception as error:  # a user's function may raise anything
                name = getattr(self.function, "__name__", "the function")
                raise Refused(f"{name} raised {type(error).__name__}") from error

        def read(*columns: pa.Array) -> tuple[pa.Array, Faults]:
            rows = list(zip(*(column.to_pylist() for column in columns), strict=True))
            places = pa.array(range(len(rows)), pa.int64())
            return each_distinct(lambda place: ask(*rows[place]), pa.string())(places)

        return read if self.more else each_distinct(ask, pa.string())


def _as_text(value: Any) -> str | None:
    """Return a value of Python's as the text that its column takes."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        return json.dumps(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)

"""Days, moments and local times: what a file writes, and what it leaves unsaid."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from lib.errors import PipelineError, check_word
from lib.feeds.value import Reader, Refused, Signs, Value, each_distinct
from lib.load.form import Faults

ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?"
    r"(?:([Zz])|([-+]\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)
RepeatedHour = Literal["refuse", "first", "second", "in order"]


def by_form(form: str) -> Callable[[str], datetime]:
    """Return what reads a text of a form of `datetime.strptime`, and refuses others."""

    def read(text: str) -> datetime:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            raise Refused(f"not of the form {form}") from None

    return read


@dataclass(frozen=True)
class Date(Value):
    """A day, in a form of `datetime.strptime`: "%d.%m.%Y"."""

    form: str = "%Y-%m-%d"

    def reader(self, signs: Signs) -> Reader:
        read = by_form(self.form)
        return each_distinct(lambda text: read(text).date(), pa.date32())


@dataclass(frozen=True)
class Clock(Value):
    """A time of day, in a form of `datetime.strptime`: "%H%M"."""

    form: str = "%H:%M"

    def reader(self, signs: Signs) -> Reader:
        read = by_form(self.form)
        return each_distinct(lambda text: read(text).time(), pa.time64("us"))


@dataclass(frozen=True)
class Time(Value):
    """A moment with its zone, in any form of ISO 8601: 2026-01-05T08:00Z, 20260105T080000,5+01.

    Digits of a second that the column has no place for are refused, or cut off with `cut`.
    """

    cut: bool = False

    def reader(self, signs: Signs) -> Reader:
        def read(text: str) -> str:
            parts = ISO.fullmatch(text)
            if parts is None:
                raise Refused("not a time as in ISO 8601")
            year, month, day, hour, minute, second, fraction, zulu, hours, minutes = parts.groups()
            if not (zulu or hours):
                raise Refused("names no zone")
            try:
                date(int(year), int(month), int(day))
                time(int(hour), int(minute), int(second or 0))
            except ValueError:
                raise Refused("no such day or hour") from None
            fraction = f".{fraction}" if fraction and not self.cut else ""
            zone = f"{hours}:{minutes or '00'}" if hours else "Z"
            return f"{year}-{month}-{day} {hour}:{minute}:{second or '00'}{fraction}{zone}"

        return each_distinct(read, pa.string())


@dataclass(frozen=True)
class Local(Value):
    """A local time in a form of `datetime.strptime` and a zone of the IANA; it becomes UTC.

    An hour that the clocks skip is refused. One that they repeat is refused as well, unless it is
    said which it is: the "first", the "second", or "in order", where the rows are in the order of
    time, those of each `each` (another field: a meter, say) for themselves.
    """

    form: str = "%Y-%m-%d %H:%M:%S"
    zone: str = "UTC"
    repeated_hour: RepeatedHour = "refuse"
    each: str | None = None

    def __post_init__(self) -> None:
        try:
            self._zone()
        except Exception as error:  # many kinds, for a name that is no key, or no file
            raise PipelineError(
                f"zone={self.zone!r} is no zone that this computer knows.",
                'Write, for instance, zone="Europe/Berlin"; the package tzdata has them all.',
            ) from error
        check_word("repeated_hour", self.repeated_hour, RepeatedHour)

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def fields(self, column: str) -> tuple[str, ...]:
        each = (self.each,) if self.each is not None else ()
        return (*super().fields(column), *each)

    def reader(self, signs: Signs) -> Reader:
        if self.repeated_hour == "in order":
            return _InOrder(by_form(self.form), self._zone()).read
        read, zone = by_form(self.form), self._zone()

        def in_utc(text: str) -> datetime:
            wall = read(text)
            if _is_repeated(wall, zone):
                if self.repeated_hour == "refuse":
                    raise Refused(f"comes twice in {self.zone}, and nothing tells which it is")
                return _in_utc(wall, zone, self.repeated_hour == "second")
            return _in_utc(wall, zone)

        return each_distinct(in_utc, pa.timestamp("us"))


def _in_utc(wall: datetime, zone: ZoneInfo, second: bool = False) -> datetime:
    """Return the moment, without its zone; raises Refused for one that the clocks skip."""
    try:
        there = wall.replace(tzinfo=zone, fold=int(second))
        moment = there.astimezone(UTC)
        back = moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # at either end of time
        raise Refused("no such day or hour") from None
    if back != wall:
        raise Refused(f"does not exist in {zone.key}: the clocks skip it")
    return moment.replace(tzinfo=None)


def _is_repeated(wall: datetime, zone: ZoneInfo) -> bool:
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return (first or timedelta()) > (second or timedelta())  # less: the clocks skip it


class _InOrder:
    """Local times in the order of time: the hour that comes twice is told by the rows before."""

    def __init__(self, parse: Callable[[str], datetime], zone: ZoneInfo) -> None:
        self._parse, self._zone = parse, zone
        self._last: dict[Any, datetime] = {}  # local, of each series
        self._second: set[Any] = set()  # series that are in the second hour

    def read(self, texts: pa.Array, series: pa.Array | None = None) -> tuple[pa.Array, Faults]:
        """Return the moments, and why some are none."""
        names = [None] * len(texts) if series is None else series.to_pylist()
        values: list[datetime | None] = []
        refused: dict[str, list[int]] = {}
        known: dict[str, tuple[datetime, bool] | Refused] = {}
        for row, (text, name) in enumerate(zip(texts.to_pylist(), names, strict=True)):
            value = None
            try:
                if text is not None:
                    value = self._moment(text, name, known)
            except Refused as error:
                refused.setdefault(str(error), []).append(row)
            values.append(value)
        rows = pa.array(range(len(texts)), pa.int64())
        faults = [(why, pc.is_in(rows, pa.array(bad))) for why, bad in refused.items()]
        return pa.array(values, pa.timestamp("us")), faults

    def _moment(
        self, text: str, name: Any, known: dict[str, tuple[datetime, bool] | Refused]
    ) -> datetime:
        if text not in known:
            try:
                wall = self._parse(text)
                known[text] = wall, _is_repeated(wall, self._zone)
            except Refused as error:
                known[text] = error
        found = known[text]
        if isinstance(found, Refused):
            raise found
        wall, repeated = found
        before = self._last.get(name)
        if not repeated:
            moment = _in_utc(wall, self._zone)
            self._last[name] = wall
            self._second.discard(name)
            return moment
        if before is None or before > wall and not _is_repeated(before, self._zone):
            raise Refused(
                f"comes twice in {self._zone.key}, and no row before it tells which it is"
            )
        if before >= wall:
            if name in self._second:
                raise Refused("comes a third time: the rows are not in order")
            self._second.add(name)
        self._last[name] = wall
        return _in_utc(wall, self._zone, name in self._second)

"""The card of the twelve points of a learner's own project: as HTML, and as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from os import environ
from pathlib import Path
from types import EllipsisType

from lib.config import Settings
from lib.errors import PipelineError
from lib.workbook.course.card import code_marks
from lib.workbook.project.point import TITLES, Point
from lib.workbook.project.points import twelve_points

STUB = "Put the folder of your project in place of the `...`, and run this cell."


@dataclass(frozen=True)
class ProjectCard:
    """Twelve points, or why there are none."""

    points: tuple[Point, ...]
    message: str

    @property
    def state(self) -> str:
        if not self.points:
            return "not attempted"
        return f"{sum(point.holds for point in self.points)} of {len(TITLES)}"

    def __repr__(self) -> str:
        lines = [f"{'✓' if self._whole else '○'} Your own project · {self.state}"]
        lines += [f"  {line}" for line in self.message.splitlines()]
        for point in self.points:
            lines.append(f"  {'✓' if point.holds else '○'} {point.number:>2} {point.title}")
            lines.append(f"       {point.text}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour = "var(--jp-border-color0, #9e9e9e)"
        if self.points:
            name, plain = ("success", "#388e3c") if self._whole else ("warn", "#f57c00")
            colour = f"var(--jp-{name}-color1, {plain})"
        rows = "".join(
            f"<tr><td>{'✓' if point.holds else '○'}</td><td>{point.number}</td>"
            f'<td style="text-align: left"><strong>{escape(point.title)}</strong></td>'
            f'<td style="text-align: left">{code_marks(point.text)}</td></tr>'
            for point in self.points
        )
        table = f"<table>{rows}</table>" if rows else ""
        return (
            '<div role="group" aria-label="Your own project" style="border: 1px solid '
            f"var(--jp-border-color2, #e0e0e0); border-left: 6px solid {colour}; border-radius: "
            '4px; padding: 10px 14px; margin: 4px 0; max-width: 62em; line-height: 1.5">'
            f"<div><strong>Your own project</strong> · <strong>{self.state}</strong></div>"
            f'<div style="margin: 6px 0">{code_marks(self.message)}</div>{table}</div>'
        )

    @property
    def _whole(self) -> bool:
        return bool(self.points) and all(point.holds for point in self.points)


def project_card(folder: str | Path | EllipsisType, settings: Settings) -> ProjectCard:
    """Return the card of the project in a folder; of the stub, what to put in its place."""
    if folder is ...:
        return ProjectCard((), STUB)
    place = Path(folder).expanduser().resolve()
    try:
        with server_for(settings) as server:
            points = twelve_points(place, server)
    except PipelineError as error:
        return ProjectCard((), str(error))
    left = [point for point in points if not point.holds]
    first = f"{len(left)} points are open; begin with {left[0].number}." if left else "It is whole."
    return ProjectCard(tuple(points), first)


@contextmanager
def server_for(settings: Settings) -> Iterator[str | None]:
    """The URL of a server for the tests of a project: that of the settings, or a private one.

    None where this computer has neither.
    """
    if given := environ.get("TEST_MYSQL_URL"):
        yield given
    elif settings.database_url.get_backend_name() == "mysql":
        yield settings.database_url.render_as_string(hide_password=False)
    else:
        from lib.testing.mysql_server import PrivateServer, ServerError
        from lib.testing.programs import find_server

        if find_server() is None:
            yield None
            return
        try:
            server = PrivateServer().__enter__()
        except ServerError:
            yield None
            return
        try:
            yield server.url
        finally:
            server.__exit__(None, None, None)

"""The walk along a schema's history as a widget: a slider, two buttons, and the walk's own page."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Protocol

import ipywidgets as widgets

# ipywidgets writes a label beside a slider, but gives the handle, which has the keyboard's focus,
# no name that a screen reader could say. https://github.com/leongersen/noUiSlider/issues/1019
_NAME_THE_HANDLE = """
const name = () => {
    const handle = element.closest(".widget-vbox")?.querySelector(".noUi-handle");
    if (handle) handle.setAttribute("aria-label", %s);
    else setTimeout(name, 100);
};
name();
"""


class Walk(Protocol):
    """What the slider moves: `lib.workbook.show.migrations_walk.MigrationsWalk`."""

    position: int

    @property
    def stops(self) -> Sequence[Any]: ...

    def go(self, place: str | int) -> Any: ...

    def tell(self, callback: Callable[[], None]) -> None: ...

    def _repr_html_(self) -> str: ...


class WalkSlider:
    """The walk under a slider; without a browser, or stored, it is the page that it stands on."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        label = "Revision of the database"
        self.slider = widgets.SelectionSlider(
            options=[(stop.revision, number) for number, stop in enumerate(walk.stops)],
            value=walk.position,
            description=label,
            tooltip=f"{label}: arrow keys move it",
            continuous_update=False,  # a drag is one move, when it ends
            style={"description_width": "initial"},
            layout={"width": "42em", "max_width": "100%"},
        )
        self.down = widgets.Button(description="downgrade -1", tooltip="One revision down")
        self.up = widgets.Button(description="upgrade +1", tooltip="One revision up")
        self.page = widgets.HTML()
        buttons = widgets.HBox([self.down, self.up])
        script = {"application/javascript": _NAME_THE_HANDLE % json.dumps(label)}
        naming = widgets.Output(
            outputs=({"output_type": "display_data", "data": script, "metadata": {}},)
        )
        self.box = widgets.VBox([self.slider, buttons, self.page, naming])
        self.slider.observe(lambda change: self._go(change["new"]), names="value")
        self.down.on_click(lambda _button: self._go(walk.position - 1))
        self.up.on_click(lambda _button: self._go(walk.position + 1))
        walk.tell(self._show)
        self._show()

    def _go(self, position: int) -> None:
        try:
            self.walk.go(self.walk.stops[position].revision)
        except Exception as error:  # it would be lost: a callback has no cell
            message = f"{type(error).__name__}: {error}"
            self._show()
            self.page.value += f'<p role="alert"><strong>✗</strong> {escape(message)}</p>'

    def _show(self) -> None:
        position, last = self.walk.position, len(self.walk.stops) - 1
        self.slider.value = position
        self.down.disabled, self.up.disabled = position == 0, position == last
        self.page.value = self.walk._repr_html_()

    def __repr__(self) -> str:
        return repr(self.walk)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle = dict(self.box._repr_mimebundle_() or {})
        return bundle | {"text/plain": repr(self), "text/html": self.walk._repr_html_()}

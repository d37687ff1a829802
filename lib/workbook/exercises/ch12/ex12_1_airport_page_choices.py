"""What one can choose on a page, by whatever widget, and how it is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.errors import AppTestError

from lib.workbook.course.exercise import NotYet, expect
from lib.workbook.exercises.ch12.looking import AIRPORTS, FOURTH, errors_in_full, expect_no_error
from lib.workbook.show.page_run import run_again

# Widgets with options, by the names that AppTest has for them.
WITH_OPTIONS = (
    "selectbox",
    "radio",
    "button_group",  # st.segmented_control and st.pills
    "select_slider",
    "multiselect",
    "menu_button",
)


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen: an option of a widget, a button, or a tab."""

    kind: str
    place: int  # of the widget, among those of its kind
    label: str

    def choose(self, page: AppTest) -> Any:
        """Choose it, as a click would; return the part of the page that belongs to it."""
        if self.kind == "tab":
            return page.tabs[self.place]
        widget: Any = getattr(page, self.kind)[self.place]
        try:
            self._click(widget)
        except AppTestError as error:  # such as: it is disabled
            raise NotYet(f"{self.label} cannot be chosen. {error}") from None
        form = getattr(widget.proto, "form_id", "")
        for button in page.button if form and self.kind != "button" else ():
            if button.proto.form_id == form:
                button.click()
        with errors_in_full():
            run_again(page)
        expect_no_error(page, f"With {self.label} chosen, the page shows")
        return page

    def _click(self, widget: Any) -> None:
        if self.kind == "button":
            widget.click()
            return
        value = _value(widget, self.label)
        several = self.kind == "multiselect" or isinstance(widget.value, list)
        widget.set_value([value] if several else value)


def choices(page: AppTest) -> dict[str, Choice]:
    """Return what can be chosen for each airport; empty where a widget for all three is lacking.

    An option belongs to the airport whose code stands in it.
    """
    for group in groups(page):
        found = {code: _one(code, group) for code in AIRPORTS}
        if all(found.values()):
            return {code: choice for code, choice in found.items() if choice is not None}
    return {}


def expect_no_other(page: AppTest, chosen: list[Choice]) -> None:
    """Expect that there is nothing to choose besides, and that one is chosen at a time."""
    first = chosen[0]
    (group,) = [each for each in groups(page) if first in each]
    others = [choice.label for choice in group if choice not in chosen]
    if first.kind not in WITH_OPTIONS:  # a button or a tab may be for anything
        others = [label for label in others if FOURTH in label]
    expect(
        not others,
        f"One can choose {', '.join(others)}, too; the choices are EWR, JFK and LGA alone.",
    )
    if first.kind not in WITH_OPTIONS:
        return
    widget: Any = getattr(page, first.kind)[first.place]
    one: Any = {
        "multiselect": lambda proto: proto.max_selections == 1,
        "button_group": lambda proto: proto.click_mode == proto.ClickMode.SINGLE_SELECT,
    }.get(first.kind, lambda proto: True)
    expect(
        one(widget.proto),
        "One can choose several airports at once; this asks for one at a time.",
    )
    expect(
        not getattr(widget.proto, "accept_new_options", False),
        "The widget takes a text that somebody types, and not the three airports alone.",
    )


def groups(page: AppTest) -> Iterator[list[Choice]]:
    """The choices of each widget; buttons and tabs are one group each."""
    for kind in WITH_OPTIONS:
        for place, widget in enumerate(getattr(page, kind)):
            yield [Choice(kind, place, str(label)) for label in widget.options]
    for kind, blocks in (("button", page.button), ("tab", page.tabs)):
        yield [Choice(kind, place, str(each.label)) for place, each in enumerate(blocks)]


def _one(code: str, group: list[Choice]) -> Choice | None:
    exact = [choice for choice in group if choice.label == code]
    holding = exact or [choice for choice in group if code in choice.label]
    return holding[0] if len(holding) == 1 else None


def _value(widget: Any, label: str) -> Any:
    """The value that the widget shows under this label: `format_func` may stand between them."""
    shown: Any = getattr(widget, "format_func", str)
    for value in (label, *AIRPORTS):
        try:
            if shown(value) == label:
                return value
        except Exception:  # a function of the page's, which was not made for this value
            continue
    return label

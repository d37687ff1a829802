"""Pictures for the notebooks: as HTML without a script, and as plain text that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Bar:
    """One line of a bar chart: its label, its value, and a remark behind it."""

    label: str
    value: float
    remark: str = ""


@dataclass(frozen=True)
class BarChart:
    """Values side by side; the longest bar is the greatest value."""

    title: str
    unit: str
    bars: Sequence[Bar]

    def _share(self, bar: Bar) -> float:
        greatest = max((each.value for each in self.bars), default=0)
        return bar.value / greatest if greatest else 0.0

    def __repr__(self) -> str:
        width = max((len(bar.label) for bar in self.bars), default=0)
        lines = [f"{self.title} ({self.unit})"]
        for bar in self.bars:
            # At least one block: a bar that cannot be seen looks like a value that is missing.
            blocks = "█" * max(1, round(30 * self._share(bar)))
            line = f"{bar.label:<{width}} {bar.value:>9,.0f} {blocks:<30} {bar.remark}"
            lines.append(line.rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align: left; font-weight: normal; '
            f'white-space: nowrap">'
            f"{_unbroken(bar.label)}</th>"
            f'<td style="text-align: right">{bar.value:,.0f}</td>'
            f'<td style="text-align: left; width: 16em"><div aria-hidden="true" style="'
            f"width: {max(0.5, 100 * self._share(bar)):.1f}%; height: 0.9em; border-radius: 2px; "
            'background: var(--jp-brand-color1, #1976d2)"></div></td>'
            f'<td style="text-align: left; white-space: nowrap">{_unbroken(bar.remark)}</td></tr>'
            for bar in self.bars
        )
        label = f"{self.title}, in {self.unit}"
        return (
            f'<table aria-label="{escape(label)}" style="font-size: 0.9em">'
            f'<caption style="text-align: left; font-weight: bold; padding: 4px 0">'
            f"{escape(self.title)}</caption><thead><tr>"
            f'<th scope="col"></th><th scope="col">{escape(self.unit)}</th>'
            '<th scope="col"></th><th scope="col"></th>'
            f"</tr></thead><tbody>{rows}</tbody></table>"
        )


def _unbroken(text: str) -> str:
    """Return the text as HTML that stays on one line, whatever a page does with styles."""
    return escape(text).replace(" ", "\u00a0")

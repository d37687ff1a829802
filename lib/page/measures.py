"""What the page makes of the sums: shares, comparisons, extremes; data frames in, data frames out.

A frame of sums has the columns of `SUMS`, beside those that it is grouped by; see
`lib.page.questions`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from lib.page import questions
from lib.page.questions import BANDS, Selection

SUMS = ["flights", "cancelled", "departed", "late", "delay"]
FEW = 30  # departures: a share of fewer says little


def added_up(frame: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Return the sums by these columns, with on_time, late_share, cancelled_share, mean_delay.

    Shares are of 1, and of the departed flights but for the cancelled; missing where none departed.
    """
    groups = (
        frame.groupby(list(by), observed=True)[SUMS].sum().reset_index()
        if by
        else frame[SUMS].sum().to_frame().T
    )
    with np.errstate(invalid="ignore"):  # of 0 departures or flights: missing
        late, departed, delay, cancelled, flights = (
            groups[name].to_numpy("float64")
            for name in ("late", "departed", "delay", "cancelled", "flights")
        )
        return groups.assign(
            on_time=1 - late / departed,
            late_share=late / departed,
            cancelled_share=cancelled / flights,
            mean_delay=delay / departed,
        )


def median_delay(cells: pd.DataFrame) -> float:
    """Return the median delay of the flights that departed, in minutes; nan when none did."""
    delays = np.concatenate([*cells["delays"], []])
    return float(np.median(delays)) if len(delays) else math.nan


@dataclass(eq=False)
class Year:
    """All flights' sums, and what a selection is compared with: counted once for all visitors.

    Whoever uses it leaves the frames as they are.
    """

    cells: pd.DataFrame
    _sums: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)

    def added_up(self, *by: str) -> pd.DataFrame:
        """Return `added_up` of all cells."""
        if by not in self._sums:
            self._sums[by] = added_up(self.cells, *by)
        return self._sums[by]

    @cached_property
    def median_delay(self) -> float:
        """The median delay of all flights that departed, in minutes."""
        return median_delay(self.cells)


def whole_year(connection: Connection) -> Year:
    """Ask for the sums of all flights."""
    return Year(questions.cells(connection))


def airlines_in_context(
    cells: pd.DataFrame, selection: Selection, names: dict[str, str]
) -> pd.DataFrame:
    """Return one row per airline: carrier, name, the measures, `expected` (a share), `points`.

    Airlines fly from different airports, in different months and at different hours. `expected` is
    the share that would have left late if each of the airline's departures had fared as the average
    of all airlines' from the same airport, in the same month, at the same hour; `points` is how far
    above it the airline's own share is. All airlines are there, whichever the selection names.
    """
    alike = cells.groupby(["month", "hour", "origin"])[["late", "departed"]].transform("sum")
    usual = (alike["late"] / alike["departed"].where(alike["departed"] > 0)).fillna(0)
    chosen = replace(selection, airline=None).of(cells.assign(usual=usual * cells["departed"]))
    found = added_up(chosen, "carrier")
    found.insert(1, "name", found["carrier"].map(names))
    expected = chosen.groupby("carrier", sort=True)["usual"].sum().to_numpy()
    found["expected"] = expected / found["departed"].where(found["departed"] > 0)
    found["points"] = 100 * (found["late_share"] - found["expected"])
    return found.sort_values(["points", "carrier"], ignore_index=True)


def ends(compared: pd.DataFrame, selection: Selection) -> list[str]:
    """Say of the selected airline, or of the first and the last, by how much it was less or more
    late than expected: "JetBlue Airways: 1 point less".

    Nothing of those that departed too rarely to be judged.
    """
    enough = compared[compared["departed"] >= FEW]
    if selection.airline is not None:
        enough = enough[enough["carrier"] == selection.airline]
    both = pd.concat([enough.head(1), enough.tail(1)]).drop_duplicates()
    said = []
    for name, points in zip(both["name"], both["points"], strict=True):
        many = "point" if round(abs(points)) == 1 else "points"
        said.append(f"{name}: {abs(points):.0f} {many} {'less' if points < 0 else 'more'}")
    return said


def extremes(groups: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the rows with the lowest and the highest share late, of those with enough departures.

    Where none has enough, of those with the most.
    """
    enough = groups[groups["departed"] >= min(FEW, groups["departed"].max())]
    ranked = enough.sort_values("late_share")
    return ranked.iloc[0], ranked.iloc[-1]


def doubt(groups: pd.DataFrame) -> str:
    """Return a sentence about the groups that are drawn faint; nothing where there is none."""
    few = groups["departed"].between(1, FEW - 1)
    return f" Faint: fewer than {FEW} departures." if few.any() else ""


def by_band(weather: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the measures by the bands of one kind of weather, each with its label, `band`."""
    groups = added_up(weather.dropna(subset=name), name)
    labels = dict(zip(BANDS[name].lower_ends, BANDS[name].labels, strict=True))
    groups.insert(0, "band", groups[name].map(labels))
    return groups

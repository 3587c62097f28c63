"""The loss against a growing learning rate."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Signal, Slot

from engine.training.rate_finder import RateBand, RateCurve
from gui.charts.line import LineStyle
from gui.charts.line_chart import LineChart
from gui.services.csv_export import Table
from gui.theme.color_scales import blend
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme

SEEDS = 3
_DASHES: tuple[tuple[float, ...], ...] = ((), (5.0, 3.0), (2.0, 2.0))


class RateChart(LineChart):
    """A smoothed curve a seed with its noise, the band that they suggest, and the chosen rate as a line to drag.

    Signals:
        dragged(rate): the line was moved.
    """

    dragged = Signal(float)

    object_name: ClassVar[str] = "rateChart"
    title: ClassVar[str] = "Loss at growing learning rates"
    x_word: ClassVar[str] = "learning rate"
    value_word: ClassVar[str] = "loss"
    empty_text: ClassVar[str] = "Some steps at growing learning rates are trained and forgotten again …"
    explanation: ClassVar[str] = (
        "Strong lines: losses smoothed by a Hamming window, one line for each of three starts. Pale lines: the losses "
        "as they were. The band goes from the valley (the middle of the second third of the longest fall) to a tenth "
        "of the rate with the least loss; any rate in it is worth trying. Drag the dashed line to choose."
    )

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__(themes)
        self._curves: tuple[RateCurve, ...] = ()
        self.view.set_logarithmic(True, "bottom")
        pale = LineStyle(_pale, 1.0, antialias=False)
        self._raw = [self.add_line(f"start {seed} as measured", "", pale) for seed in range(1, SEEDS + 1)]
        self._smooth = [
            self.add_line(
                f"start {seed}", f"start {seed}", LineStyle(lambda theme: theme.accent, 2.0, dash), smoothed=True
            )
            for seed, dash in enumerate(_DASHES, start=1)
        ]
        self.chosen = self.add_mark(1e-3, "", movable=True)
        self.chosen.item.setVisible(False)
        self.chosen.item.sigDragged.connect(self._on_dragged)

    def show_curves(self, curves: list[RateCurve], band: RateBand | None) -> None:
        """Show what was measured so far, and what it suggests."""
        self._curves = tuple(curves)
        for place in range(SEEDS):
            curve = curves[place] if place < len(curves) else RateCurve(np.zeros(0), np.zeros(0))
            # A divergence would press all that matters flat.
            most = 1.5 * float(curve.smoothed[0]) if len(curve.rates) else 0.0
            self._raw[place].set_data(curve.rates, np.minimum(curve.losses, most))
            self._smooth[place].set_data(curve.rates, np.minimum(curve.smoothed, most))
        self.shade(*((band.low, band.high) if band is not None else (None,)))
        self.chosen.item.setVisible(bool(curves))
        self.show_news()

    def table(self) -> Table:
        """All points as measured and smoothed, also those that the chart cuts off."""
        kinds = ("raw", "smoothed")
        parts = [
            (f"start {seed}", kind, curve.rates, losses)
            for seed, curve in enumerate(self._curves, start=1)
            for kind, losses in zip(kinds, (curve.losses, curve.smoothed), strict=True)
        ]
        return replace(super().table(), parts=parts)

    def show_chosen(self, rate: float) -> None:
        """Put the line at a rate."""
        self.chosen.x = rate
        self.mark_dirty(at_once=True)

    def words(self) -> str:
        """How many curves there are."""
        count = sum(bool(len(line.series)) for line in self._smooth)
        return f"Losses at growing learning rates, {count} of {SEEDS} starts" if count else super().words()

    @Slot(object)
    def _on_dragged(self, _item: object) -> None:
        self.chosen.x = float(10 ** self.chosen.item.value())
        self.dragged.emit(self.chosen.x)


def _pale(theme: Theme) -> str:
    return blend(theme.accent, theme.surface, 0.35)

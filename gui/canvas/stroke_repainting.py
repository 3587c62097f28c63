"""Paints all strokes anew in slices, for another size, screen or theme, while the window goes on."""

import time
from collections.abc import Callable
from operator import is_
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from gui.canvas.stroke_cache import StrokeCache, StrokeWork
from gui.canvas.stroke_renderer import PaintedStroke
from gui.theme.manager import Theme

# Well below a frame, so that pen and answers come in between.
SLICE_SECONDS: Final = 0.006
# The first slice paints this many paths whatever the clock says: a usual drawing is painted at once.
_FIRST_PATHS: Final = 16


class StrokeRepainting(QObject):
    """A new cache in the making; the old one stays in use until `adopt` is called.

    That gets the new cache, its theme, and whether it comes later than within `start`. Strokes that are added
    meanwhile are painted at the end; any other change starts it again.
    """

    def __init__(
        self,
        strokes: Callable[[], tuple[PaintedStroke, ...]],
        adopt: Callable[[StrokeCache, Theme, bool], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._strokes = strokes
        self._adopt = adopt
        self._cache = StrokeCache()
        self._work = StrokeWork(())
        self._target: tuple[int, float, Theme] | None = None
        self._spent = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def under_way(self) -> bool:
        """Whether there is something left to paint."""
        return self._timer.isActive()

    def is_for(self, side: int, ratio: float) -> bool:
        """Whether a cache of this size is being painted."""
        return self.under_way and self._target is not None and self._target[:2] == (side, ratio)

    @property
    def cost_ms(self) -> float:
        """How long the last painting took, or this one up to now."""
        return 1000 * self._spent

    def start(self, side: int, ratio: float, theme: Theme) -> None:
        """Paint a cache of `side` logical pixels; what a first slice has room for is done at once."""
        self._target = (side, ratio, theme)
        self._spent = 0.0
        self._begin()
        self._timer.start()
        self._paint(_FIRST_PATHS, later=False)

    def _begin(self) -> None:
        assert self._target is not None
        side, ratio, theme = self._target
        self._cache = StrokeCache()
        self._cache.begin(side, ratio, theme.color("canvas"), theme.color("ink"))
        self._work = StrokeWork(self._strokes())

    @Slot()
    def _go_on(self) -> None:
        self._paint(1, later=True)

    def _paint(self, least: int, *, later: bool) -> None:
        began = time.perf_counter()
        strokes, known = self._strokes(), self._work.strokes
        if strokes is not known and not _starts_with(strokes, known):
            self._begin()
            strokes = known = self._work.strokes
        done = self._cache.paint_slice(self._work, SLICE_SECONDS, least)
        if done and len(strokes) > len(known):
            self._cache.paint_more(strokes, len(known))
        self._spent += time.perf_counter() - began
        if done and self._target is not None:
            self._timer.stop()
            cache, self._cache, self._work = self._cache, StrokeCache(), StrokeWork(())
            self._adopt(cache, self._target[2], later)


def _starts_with(strokes: tuple[PaintedStroke, ...], first: tuple[PaintedStroke, ...]) -> bool:
    return len(strokes) >= len(first) and all(map(is_, strokes, first))

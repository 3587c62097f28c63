"""The ink on the canvas: its strokes, the one that is being drawn or erased, the undo steps and the painted cache.

All in units of the canvas side; the widget (`drawing_canvas`) knows pixels and events.
"""

from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter, QUndoStack

from engine.ink.drawing import Drawing
from gui.canvas.live_stroke import LiveStroke
from gui.canvas.stroke_cache import RECENT, StrokeCache
from gui.canvas.stroke_geometry import erase, fit_to_canvas
from gui.canvas.stroke_renderer import PaintedStroke
from gui.canvas.stroke_repainting import StrokeRepainting
from gui.canvas.undo_commands import AddStroke, ReplaceStrokes
from gui.theme.manager import Theme

# The eraser is this much wider than the pen.
ERASER_SCALE: Final = 1.5


class CanvasInk(QObject):
    """What is drawn.

    Signals:
        changed: the ink is another, also in the middle of a stroke.
        area_changed: what looks different, a `QRectF`, or None for everything.
        stroke_finished: the pen was lifted.

    Attributes:
        undo_stack: the steps, at most `stroke_cache.RECENT`.
        pen_width: of the strokes to come.
        eraser: whether the pen erases.
        cache: the painted ink without the unfinished end of a stroke.
        repainting: how that ink is painted anew.
    """

    changed = Signal()
    area_changed = Signal(object)
    stroke_finished = Signal()

    def __init__(self, theme: Theme, pen_width: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(RECENT)
        self.pen_width = pen_width
        self.eraser = False
        self.cache = StrokeCache()
        self.repainting = StrokeRepainting(lambda: self._strokes, self._adopt, self)
        self._theme = theme
        # What the cache was last wanted for.
        self._target: tuple[int, float, Theme] | None = None
        self._strokes: tuple[PaintedStroke, ...] = ()
        self._live: LiveStroke | None = None
        # A stroke that the cache shows already, as it was painted while it was drawn.
        self._shown: PaintedStroke | None = None
        self._erased_from: tuple[PaintedStroke, ...] | None = None
        self._erased_area = QRectF()
        self._eraser_at = (0.0, 0.0)

    @property
    def count(self) -> int:
        """How many strokes there are, the unfinished one included."""
        return len(self._strokes) + (self._live is not None)

    @property
    def eraser_radius(self) -> float:
        """Half the eraser's width."""
        return self.pen_width * ERASER_SCALE / 2

    def drawing(self) -> Drawing:
        """The ink as it is now, the unfinished stroke included."""
        strokes = [painted.stroke for painted in self._strokes]
        if self._live is not None and len(self._live):
            strokes.append(self._live.stroke())
        return Drawing(tuple(strokes))

    def replace(self, drawing: Drawing, text: str) -> None:
        """Another drawing, of any unit, as one step named `text`; a blank one in place of a blank one is no step."""
        after = tuple(PaintedStroke(stroke) for stroke in fit_to_canvas(drawing.strokes, self.pen_width))
        if after or self._strokes:
            self.undo_stack.push(ReplaceStrokes(self, self._strokes, after, text))

    # The pen (`keyboard_pen.UnitPen`).

    def begin(self, x: float, y: float, pressure: float | None, eraser: bool) -> None:
        """Pen down; `eraser` where the pen was turned over."""
        self.end()
        if eraser or self.eraser:
            self._erased_from, self._erased_area, self._eraser_at = self._strokes, QRectF(), (x, y)
        else:
            if not self._strokes:
                self.area_changed.emit(None)
            self._live = LiveStroke(self.pen_width, pressure is not None)
        self.extend(x, y, pressure)

    def extend(self, x: float, y: float, pressure: float | None) -> None:
        """Pen moved."""
        if self._erased_from is not None:
            self._erase_to(x, y)
        elif self._live is not None and self._live.add(x, y, pressure):
            if self._live.has_news_for_cache and not self.cache.is_null:
                painter = self.cache.painter()
                self._live.paint_closed(painter, self._theme.color("ink"))
                painter.end()
            self.area_changed.emit(self._live.newest_area)
            self.changed.emit()

    def end(self) -> None:
        """Pen up: what was drawn or erased becomes one step that can be undone."""
        if self._erased_from is not None:
            before, self._erased_from = self._erased_from, None
            if before != self._strokes:
                self.undo_stack.push(ReplaceStrokes(self, before, self._strokes, "eraser", self._erased_area))
            self.stroke_finished.emit()
        elif self._live is not None:
            live, self._live = self._live, None
            self._shown = live.finished()
            if not self.cache.is_null:
                painter = self.cache.painter()
                live.paint_open(painter, self._theme.color("ink"))
                painter.end()
            self.undo_stack.push(AddStroke(self, self._shown))
            self._shown = None
            self.stroke_finished.emit()

    def cancel(self) -> None:
        """Take back what was drawn or erased since the pen came down."""
        if self._erased_from is not None:
            before, self._erased_from = self._erased_from, None
            self.show_strokes(before, self._erased_area)
        elif self._live is not None:
            bounds = self._live.finished().box
            self._live = None
            self._repaint(bounds)
            self.changed.emit()

    def _erase_to(self, x: float, y: float) -> None:
        start, end = np.array(self._eraser_at), np.array((x, y))
        self._eraser_at = (x, y)
        radius = self.eraser_radius
        touched = QRectF(QPointF(*np.minimum(start, end)), QPointF(*np.maximum(start, end)))
        touched.adjust(-radius, -radius, radius, radius)
        kept: list[PaintedStroke] = []
        for painted in self._strokes:
            pieces = erase(painted.stroke, start, end, radius) if painted.box.intersects(touched) else None
            kept.extend([painted] if pieces is None else map(PaintedStroke, pieces))
        after = tuple(kept)
        if after != self._strokes:
            reach = 2 * max(painted.stroke.width for painted in self._strokes)
            area = touched.adjusted(-reach, -reach, reach, reach)
            self._erased_area = self._erased_area.united(area)
            if not self.cache.is_null:
                self.cache.wipe(QPointF(*start), QPointF(*end), radius)
            self.show_strokes(after, area)

    # The strokes (`canvas_commands.StrokeHolder`).

    def show_strokes(self, strokes: tuple[PaintedStroke, ...], changed: QRectF | None) -> None:
        """Other strokes; `changed` bounds what looks different, None for everything."""
        if strokes == self._strokes:
            return
        was_blank = not self._strokes
        self._strokes = strokes
        self._repaint(QRectF(0, 0, 1, 1) if changed is None or was_blank or not strokes else changed)
        self.changed.emit()

    def add_stroke(self, stroke: PaintedStroke) -> None:
        """One more stroke on top."""
        self._strokes = (*self._strokes, stroke)
        if stroke is self._shown:
            self.cache.add_painted(self._strokes)
            if self.cache.lags(self._strokes) and self._target is not None and not self.repainting.under_way:
                self.repainting.start(*self._target)
            self.area_changed.emit(stroke.box)
        else:
            self._repaint(stroke.box)
        self.changed.emit()

    def remove_last_stroke(self) -> None:
        """The topmost stroke away."""
        removed, self._strokes = self._strokes[-1], self._strokes[:-1]
        self._repaint(removed.box)
        self.changed.emit()

    # Painting.

    def renew(self, side: int, ratio: float, theme: Theme) -> None:
        """Paint everything anew, for another size, screen or theme; much ink in slices, while the old picture stays."""
        if self.cache.is_null:
            self._theme = theme
            self.cache.begin(side, ratio, theme.color("canvas"), theme.color("ink"))
        self._target = (side, ratio, theme)
        self.repainting.start(side, ratio, theme)

    def _adopt(self, cache: StrokeCache, theme: Theme, later: bool) -> None:
        self.cache, self._theme = cache, theme
        if self._live is not None and len(self._live):
            painter = cache.painter()
            self._live.paint_closed(painter, theme.color("ink"), again=True)
            painter.end()
        if later:
            self.area_changed.emit(None)

    def paint_open(self, painter: QPainter) -> None:
        """Paint the end of the stroke that is being drawn, with a painter in units of the side."""
        if self._live is not None and len(self._live):
            self._live.paint_open(painter, self._theme.color("ink"))

    def _repaint(self, area: QRectF) -> None:
        """Bring the cache up to date inside an area."""
        everything = area.contains(QRectF(0, 0, 1, 1))
        if self._target is not None and (everything or self.cache.takes_long(area, self._strokes)):
            self.repainting.start(*self._target)
        elif not self.cache.is_null:
            self.cache.repaint(area, self._strokes)
        # The hint comes and goes with the first stroke, wherever that is.
        self.area_changed.emit(None if len(self._strokes) <= 1 else area)

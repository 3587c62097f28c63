"""The pen and the eraser: movements in units of the canvas side become strokes of the document."""

from typing import Final

import numpy as np

from gui.canvas.stroke_geometry import erase
from gui.lab.drawing_document import DrawingDocument

# The eraser is this much wider than the pen.
ERASER_SCALE: Final = 1.5


class CanvasPen:
    """Draws on a document, or erases from it.

    Attributes:
        eraser: whether the pen erases, whichever end of it is down.
    """

    def __init__(self, document: DrawingDocument) -> None:
        self._document = document
        self.eraser = False
        self._erases = False
        self._at = (0.0, 0.0)

    @property
    def eraser_radius(self) -> float:
        """Half the eraser's width."""
        return self._document.pen_width * ERASER_SCALE / 2

    def begin(self, x: float, y: float, pressure: float | None, eraser: bool) -> None:
        """Pen down; `eraser` where the pen was turned over."""
        self._erases = eraser or self.eraser
        self._at = (x, y)
        if self._erases:
            self._document.begin_erasing()
        elif not self._document.begin_stroke(has_pressure=pressure is not None):
            return
        self.extend(x, y, pressure)

    def extend(self, x: float, y: float, pressure: float | None) -> None:
        """Pen moved; what somebody else has ended meanwhile stays ended."""
        if not self._document.pen_is_down:
            return
        if self._erases:
            self._erase_to(x, y)
        else:
            self._document.add_point(x, y, pressure)

    def end(self) -> None:
        """Pen up: what was drawn or erased becomes one step that can be undone."""
        self._document.lift_pen()

    def cancel(self) -> None:
        """Take back what was drawn or erased since the pen came down."""
        self._document.cancel_stroke()

    def _erase_to(self, x: float, y: float) -> None:
        start, end = np.array(self._at), np.array((x, y))
        self._at = (x, y)
        before = self._document.strokes
        pieces = [erase(stroke, start, end, self.eraser_radius) for stroke in before]
        if any(piece is not None for piece in pieces):
            kept = ([stroke] if left is None else left for stroke, left in zip(before, pieces, strict=True))
            self._document.show_erased(tuple(stroke for group in kept for stroke in group))

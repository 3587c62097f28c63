"""What can be undone on the canvas: strokes added, and the whole drawing replaced (cleared, erased, loaded)."""

from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QUndoCommand

from gui.canvas.stroke_renderer import PaintedStroke


class StrokeHolder(Protocol):
    """Who owns the strokes."""

    def show_strokes(self, strokes: tuple[PaintedStroke, ...], changed: QRectF | None) -> None:
        """Take these strokes; `changed` bounds what looks different, None for everything."""

    def add_stroke(self, stroke: PaintedStroke) -> None:
        """Put one more stroke on top."""

    def remove_last_stroke(self) -> None:
        """Take the topmost stroke away."""


class AddStroke(QUndoCommand):
    """One stroke, from pen down to pen up."""

    def __init__(self, holder: StrokeHolder, stroke: PaintedStroke) -> None:
        super().__init__("stroke")
        self._holder = holder
        self._stroke = stroke

    def redo(self) -> None:
        """Add the stroke; also called by `QUndoStack.push`."""
        self._holder.add_stroke(self._stroke)

    def undo(self) -> None:
        """Take it away again."""
        self._holder.remove_last_stroke()


class ReplaceStrokes(QUndoCommand):
    """Everything at once: a cleared, a loaded, or a partly erased drawing.

    `changed` bounds the difference where it is known to be small.
    """

    def __init__(
        self,
        holder: StrokeHolder,
        before: tuple[PaintedStroke, ...],
        after: tuple[PaintedStroke, ...],
        text: str,
        changed: QRectF | None = None,
    ) -> None:
        super().__init__(text)
        self._holder = holder
        self._before = before
        self._after = after
        self._changed = changed

    def redo(self) -> None:
        """Show the new drawing."""
        self._holder.show_strokes(self._after, self._changed)

    def undo(self) -> None:
        """Show the old one."""
        self._holder.show_strokes(self._before, self._changed)

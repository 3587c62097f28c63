"""The drawing that the whole window shares: strokes or an opened image, and the steps that can be undone."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.core.parameters import FloatArray
from engine.ink.drawing import Drawing, Stroke
from gui.lab.live_stroke import LiveStroke
from gui.lab.stroke_fitting import MOST_STROKES, fit_to_canvas, longest_strokes, thinned
from gui.services.undo_stack import empty_stack

if TYPE_CHECKING:
    from engine.ink.photos.found_ink import InkPieces

UNDO_STEPS: Final = 100
# In units of the canvas side.
DEFAULT_PEN_WIDTH: Final = 20 / 280
# A picture is kept no larger than a canvas can show it: each step of the undo stack may hold one.
_LARGEST_IMAGE_PX: Final = 1024
# A pixel of what a model sees, on the canvas.
_CELL_PX: Final = 14


@dataclass(frozen=True, slots=True, eq=False)
class OpenedImage:
    """An image in the place of strokes.

    Attributes:
        pixels: (height, width, 4) uint8: red, green, blue, opacity.
        features: (20, 20) as a model receives it, or None where nothing was found.
        name: of the file, to be told.
        ink: (height, width) bool, where ink was found, or None.
        sheet: corners of the sheet that was found, (corners, 2) in pixels, x first, or None.
        levels: (height, width) float32 in [0, 1], the ink alone, cropped, or None.
        pieces: the connected pieces of the ink, where there are several that may be digits, else None.
    """

    pixels: NDArray[np.uint8]
    features: FloatArray | None = None
    name: str = ""
    ink: NDArray[np.bool_] | None = None
    sheet: NDArray[np.float64] | None = None
    levels: FloatArray | None = None
    pieces: "InkPieces | None" = None

    @classmethod
    def of_digit(cls, features: FloatArray, name: str) -> "OpenedImage":
        """What a model sees of a digit, (20, 20), dark on light and large enough for the canvas."""
        paper = (255 - np.rint(255 * features).astype(np.uint8)).repeat(_CELL_PX, 0).repeat(_CELL_PX, 1)
        return cls(np.stack([paper, paper, paper, np.full_like(paper, 255)], axis=2), features.copy(), name)


@dataclass(frozen=True, slots=True, eq=False)
class _Content:
    strokes: tuple[Stroke, ...] = ()
    image: OpenedImage | None = None

    @property
    def is_blank(self) -> bool:
        return not self.strokes and self.image is None


class DrawingDocument(QObject):
    """Strokes in units of the canvas side, or one opened image. Knows no widget.

    Signals:
        changed: the drawing is another, also in the middle of a stroke.
        stroke_finished: the pen was lifted after drawing or erasing.
        pen_is_down_changed(is_down): the pen draws or erases, or does so no more.
        message(sentence): why something was refused or left out.

    Attributes:
        undo_stack: the steps; strokes, erasing, clearing, drawings and images from elsewhere.
        pen_width: of the strokes to come, in units of the canvas side.
    """

    changed = Signal()
    stroke_finished = Signal()
    pen_is_down_changed = Signal(bool)
    message = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_STEPS)
        self.pen_width = DEFAULT_PEN_WIDTH
        self._content = _Content()
        self._live: LiveStroke | None = None
        self._erased_from: _Content | None = None

    def __del__(self) -> None:
        empty_stack(self.undo_stack)

    # What there is.

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The finished strokes."""
        return self._content.strokes

    @property
    def live_stroke(self) -> LiveStroke | None:
        """The stroke that is being drawn."""
        return self._live

    @property
    def image(self) -> OpenedImage | None:
        """The opened image; None while strokes take its place."""
        return self._content.image if self._live is None else None

    @property
    def pen_is_down(self) -> bool:
        """Whether a pen draws or erases."""
        return self._live is not None or self._erased_from is not None

    @property
    def is_blank(self) -> bool:
        """Whether there is neither ink nor an image."""
        return self._live is None and self._content.is_blank

    def drawing(self) -> Drawing:
        """The strokes as they are now, the unfinished one included."""
        strokes = self._content.strokes
        if self._live is not None and len(self._live):
            strokes = (*strokes, self._live.stroke())
        return Drawing(strokes)

    # What replaces it, as one step.

    def set_drawing(self, drawing: Drawing) -> None:
        """Take another drawing, of any unit; of too many strokes or points what the canvas can hold."""
        inked = tuple(stroke for stroke in drawing.strokes if len(stroke.points))
        strokes = thinned(fit_to_canvas(longest_strokes(inked), self.pen_width))
        if len(drawing.strokes) > MOST_STROKES:
            self.message.emit(
                f"The drawing has {len(drawing.strokes):,} strokes; the canvas shows the {MOST_STROKES} longest."
            )
        self._replace(_Content(strokes), "drawing")

    def set_image(self, image: OpenedImage) -> None:
        """Show an opened image in place of the strokes."""
        self._replace(_Content((), _small(image)), "image")

    @Slot()
    def clear(self) -> None:
        """Take strokes or image away; no step where there is nothing."""
        self._replace(_Content(), "clear")

    @Slot()
    def undo(self) -> None:
        """Take the last step back; an unfinished stroke counts as one."""
        self.lift_pen()
        self.undo_stack.undo()

    @Slot()
    def redo(self) -> None:
        """Do the step again that was taken back."""
        self.lift_pen()
        self.undo_stack.redo()

    # The pen.

    def begin_stroke(self, *, has_pressure: bool = False) -> bool:
        """Put the pen down; False, with a message, where the canvas can hold no more strokes."""
        self.lift_pen()
        if len(self.strokes) >= MOST_STROKES:
            self.message.emit(f"A drawing holds {MOST_STROKES} strokes: undo or clear to draw on.")
            return False
        self._live = LiveStroke(self.pen_width, has_pressure)
        self.pen_is_down_changed.emit(True)
        return True

    def add_point(self, x: float, y: float, pressure: float | None = None) -> None:
        """Draw on to a place, in units of the canvas side; without a pen on the canvas nothing happens."""
        if self._live is not None and self._live.add(x, y, pressure):
            self.changed.emit()

    def begin_erasing(self) -> None:
        """Put the eraser down; what it leaves comes by `show_erased`."""
        self.lift_pen()
        self._erased_from = self._content
        self.pen_is_down_changed.emit(True)

    def show_erased(self, strokes: tuple[Stroke, ...]) -> None:
        """Show what the eraser has left so far; of too many pieces the longest stay."""
        if self._erased_from is not None:
            self.show_content(_Content(longest_strokes(strokes), self._content.image))

    @Slot()
    def lift_pen(self) -> None:
        """End what is being drawn or erased: it becomes one step."""
        if not self.pen_is_down:
            return
        live, before = self._live, self._erased_from if self._erased_from is not None else self._content
        self._live = self._erased_from = None
        if live is None:
            if before is not self._content:
                self._push(before, self._content, "eraser")
        elif len(live):
            self._push(before, _Content((*before.strokes, live.finished())), "stroke")
        self.pen_is_down_changed.emit(False)
        self.stroke_finished.emit()

    def cancel_stroke(self) -> None:
        """Take back what was drawn or erased since the pen came down."""
        if not self.pen_is_down:
            return
        before = self._erased_from if self._erased_from is not None else self._content
        self._live = self._erased_from = None
        self._content = before
        self.changed.emit()
        self.pen_is_down_changed.emit(False)

    # Inside.

    def show_content(self, content: _Content) -> None:
        """Called by the steps: be this."""
        if content is not self._content:
            self._content = content
            self.changed.emit()

    def _replace(self, after: _Content, text: str) -> None:
        self.lift_pen()
        if not (after.is_blank and self._content.is_blank):
            self._push(self._content, after, text)

    def _push(self, before: _Content, after: _Content, text: str) -> None:
        self.undo_stack.push(_Step(self, before, after, text))


class _Step(QUndoCommand):
    """From one content to another."""

    def __init__(self, document: DrawingDocument, before: _Content, after: _Content, text: str) -> None:
        super().__init__(text)
        self._document = document
        self._before = before
        self._after = after

    def redo(self) -> None:
        """Show the new content; also called by `QUndoStack.push`."""
        self._document.show_content(self._after)

    def undo(self) -> None:
        """Show the old one."""
        self._document.show_content(self._before)


def _small(image: OpenedImage) -> OpenedImage:
    """The image with every n-th pixel, so that its longer side is at most `_LARGEST_IMAGE_PX`."""
    step = -(-max(image.pixels.shape[:2]) // _LARGEST_IMAGE_PX)
    if step <= 1:
        return image
    return replace(
        image,
        pixels=np.ascontiguousarray(image.pixels[::step, ::step]),
        ink=None if image.ink is None else np.ascontiguousarray(image.ink[::step, ::step]),
        sheet=None if image.sheet is None else image.sheet / step,
    )

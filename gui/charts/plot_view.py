"""The drawing area of a chart: axes, the range that is shown, and what the pointer and the keys do to it."""

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.charts.axis import PaintedAxis
from gui.charts.plot_area import PlotArea
from gui.theme.tokens import Theme

Range = tuple[float, float]

_ZOOM_STEP = 0.8
_PAN_STEP = 0.1
# The user can zoom in to this share of the data's range, and move away from it by this share.
_CLOSEST = 1e-4
_BEYOND = 0.5
_TOP_PX = 6
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Up: (0, 1)}
_ZOOMS = {Qt.Key.Key_Plus: _ZOOM_STEP, Qt.Key.Key_Equal: _ZOOM_STEP, Qt.Key.Key_Minus: 1 / _ZOOM_STEP}


class PlotView(pg.GraphicsView):
    """A plot that fits its data until the user zooms, and then keeps the user's range.

    Dragging pans, dragging with the right button zooms, the wheel zooms when the chart has the focus or Ctrl is held
    (else it scrolls the page). Keys: arrows move the read-out, Enter is a click there, + and − zoom, Shift with arrows
    pans, 0 fits, Escape ends reading.

    Attributes:
        chosen_axes: whether the ranges of x and of y are the user's.
        logarithmic, logarithmic_x: whether y and x count in powers of ten.

    Signals:
        range_changed: something else is visible now.
        zoomed(bool): the user has chosen a range, or given it up.
        pointed(QPointF or None): where the pointer reads, in axis units.
        clicked(QPointF): where the left button was clicked, in axis units.
        key_moved(right, up): move the read-out by so many steps.
        key_chosen: click where the read-out is.
        menu_requested(QPoint): global position.
    """

    range_changed = Signal()
    zoomed = Signal(bool)
    pointed = Signal(object)
    clicked = Signal(object)
    key_moved = Signal(int, int)
    key_chosen = Signal()
    menu_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, can_zoom: bool = True, key_zooms_y: bool = True) -> None:
        self.axes = {"left": PaintedAxis("left"), "bottom": PaintedAxis("bottom")}
        super().__init__(parent, background=None)
        self.enableMouse(False)
        self.plot = PlotArea(self.axes["left"], self.axes["bottom"])
        self.setCentralItem(self.plot)
        self.box = self.plot.box
        self._can_zoom, self._key_zooms_y = can_zoom, key_zooms_y
        self._unused_axes: tuple[str, ...] = ()
        self.chosen_axes = (False, False)
        self.logarithmic = self.logarithmic_x = False
        self._bounds: tuple[Range, Range] | None = None
        # What was asked for last, a width that no label has where that is to be asked anew.
        self._gutter = -1.0
        self._axes_shown: bool | None = None
        # Whether a click on the names beside the plot is one, and what was held at the newest click.
        self.axes_clickable = False
        self.modifiers = Qt.KeyboardModifier.NoModifier
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 72)
        # Finding out which parts have changed costs more than to paint them all, and leaves torn labels behind.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0.0)
        self.box.sigRangeChanged.connect(self.range_changed)
        # The layout gives room to axes and labels a moment after it was asked for.
        self.box.sigResized.connect(self.range_changed)
        self.box.sigRangeChangedManually.connect(self._on_zoomed)
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.scene().sigMouseClicked.connect(self._on_mouse_clicked)

    # What is seen.

    def set_logarithmic(self, logarithmic: bool, axis: str = "left") -> None:
        """Let an axis count in powers of ten, or plainly; the range has to be set again."""
        setattr(self, "logarithmic" if axis == "left" else "logarithmic_x", logarithmic)
        self.axes[axis].setLogMode(x=logarithmic, y=logarithmic)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setBackground(theme.surface)
        self._gutter = -1.0
        for axis in self.axes.values():
            axis.set_theme(theme)

    def set_words(self, bottom: str = "", left: str = "") -> None:
        """Say what the axes count."""
        self.axes["bottom"].word, self.axes["left"].word, self._gutter = bottom, left, -1.0

    def set_gutter(self, pixels: float = 0.0) -> None:
        """Keep so much room for labels at the right of the data, and room for the words of both axes."""
        if pixels != self._gutter:
            self._gutter = pixels
            metrics, word = QFontMetricsF(self.font()), self.axes["bottom"].word
            top = _TOP_PX + (math.ceil(metrics.height()) if self.axes["left"].word else 0)
            pixels = max(pixels, metrics.horizontalAdvance(f"  {word}  ") if word else 0.0)
            self.plot.grid.setContentsMargins(0, top, pixels, 0)
            self.plot.grid.activate()

    def set_axes_visible(self, visible: bool) -> None:
        """Hide the axes while there is nothing to measure; without data there is nothing to zoom into either."""
        if visible == self._axes_shown:
            return
        self._axes_shown = visible
        for name, axis in self.axes.items():
            axis.setVisible(visible and name not in self._unused_axes)
            axis.fit_text()
        self.box.setMouseEnabled(x=visible and self._can_zoom, y=visible and self._can_zoom)

    def do_without_axes(self, *names: str) -> None:
        """Never show these axes, "left" or "bottom"."""
        self._unused_axes = names
        for name in names:
            self.axes[name].hide()

    @property
    def ranges(self) -> tuple[Range, Range]:
        """What is visible of x and of y, in axis units (exponents if logarithmic)."""
        (left, right), (low, high) = self.box.viewRange()
        return (float(left), float(right)), (float(low), float(high))

    def show_range(self, x: Range, y: Range) -> None:
        """Show exactly this where the user has chosen nothing, and bind the user's zoom to its surroundings."""
        if self._bounds != (x, y):
            self._bounds = (x, y)
            for axis, (low, high) in zip("xy", (x, y), strict=True):
                size = high - low
                limits = {f"{axis}Min": low - _BEYOND * size, f"{axis}Max": high + _BEYOND * size}
                self.box.setLimits(**limits, **{f"min{axis.upper()}Range": _CLOSEST * size})
        present = self.ranges
        wanted = (present[0] if self.chosen_axes[0] else x, present[1] if self.chosen_axes[1] else y)
        if wanted != present:
            self.box.setRange(xRange=wanted[0], yRange=wanted[1], padding=0)
            # The curves move now: left to the next frame, that would ask for one more right after it.
            self.scene().prepareForPaint()

    @Slot()
    def fit(self) -> None:
        """Give up the user's range."""
        if any(self.chosen_axes):
            self.chosen_axes = (False, False)
            self.zoomed.emit(False)
        self.range_changed.emit()

    @property
    def area(self) -> QRectF:
        """Where the data are, in pixels of this widget."""
        return QRectF(self.viewportTransform().mapRect(self.box.sceneBoundingRect()))

    def to_pixels(self, x: float, y: float) -> QPointF:
        """The place of a point in axis units, in pixels of this widget."""
        return QPointF(self.viewportTransform().map(self.box.mapViewToScene(QPointF(x, y))))

    # Pointer and keys.

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Axes and hairlines lie below all else: Qt keeps a picture of them until a range or the size changes."""
        super().drawBackground(painter, rect)
        for axis in self.axes.values():
            if axis.isVisible():
                painter.save()
                # Qt ends the process over a painter that is left as it is.
                try:
                    painter.setTransform(axis.sceneTransform(), True)
                    axis.paint(painter, None, None)
                finally:
                    painter.restore()

    def viewportEvent(self, event: QEvent) -> bool:
        """No tooltip over the data: the read-out is there."""
        if event.type() == QEvent.Type.ToolTip:
            event.accept()
            return True
        return bool(super().viewportEvent(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom if that is meant, else let the page scroll."""
        if self.hasFocus() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer reads nothing any more."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nor do the keys."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.pointed.emit(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key; the right mouse button is a click of the scene, as it also zooms."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_requested.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read, zoom, pan and fit without a mouse."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _ARROWS:
            (self._pan if shift else self.key_moved.emit)(*_ARROWS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.modifiers = event.modifiers()
            self.key_chosen.emit()
        elif key in _ZOOMS:
            self._zoom(_ZOOMS[Qt.Key(key)])
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif key == Qt.Key.Key_Escape:
            self.pointed.emit(None)
        else:
            event.ignore()
            return
        event.accept()

    def _zoom(self, factor: float) -> None:
        if self.box.mouseEnabled()[0]:
            self.box.scaleBy(x=factor, y=factor if self._key_zooms_y else None)
            self._on_zoomed((True, self._key_zooms_y))

    def _pan(self, right: int, up: int) -> None:
        if self.box.mouseEnabled()[0]:
            (left, far), (low, high) = self.ranges
            self.box.translateBy(x=right * _PAN_STEP * (far - left), y=up * _PAN_STEP * (high - low))
            self._on_zoomed((right != 0, up != 0))

    @Slot(object)
    def _on_zoomed(self, axes: Sequence[bool]) -> None:
        before_x, before_y = self.chosen_axes
        self.chosen_axes = (before_x or bool(axes[0]), before_y or bool(axes[1]))
        if any(self.chosen_axes) and not (before_x or before_y):
            self.zoomed.emit(True)

    @Slot(object)
    def _on_mouse_moved(self, position: QPointF) -> None:
        inside = self.box.sceneBoundingRect().contains(position)
        self.pointed.emit(self.box.mapSceneToView(position) if inside else None)

    @Slot(object)
    def _on_mouse_clicked(self, event: object) -> None:
        # pyqtgraph's own event, which mypy does not know.
        button, place = event.button(), event.scenePos()  # type: ignore[attr-defined]
        if button == Qt.MouseButton.RightButton:
            event.accept()  # type: ignore[attr-defined]
            self.menu_requested.emit(event.screenPos().toPoint())  # type: ignore[attr-defined]
        elif button == Qt.MouseButton.LeftButton and any(
            part.sceneBoundingRect().contains(place)
            for part in (self.box, *(self.axes.values() if self.axes_clickable else ()))
        ):
            self.modifiers = event.modifiers()  # type: ignore[attr-defined]
            self.clicked.emit(self.box.mapSceneToView(place))

"""The drawing area of a chart: axes, the range that is shown, and what the pointer and the keys do to it.

pyqtgraph has the axes, the range and the mouse. Its items would be too slow for curves that grow at every frame:
they are drawn over a picture of the rest, and only where they have changed.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.charts.axes_cache import AxesCache
from gui.charts.axis import PaintedAxis
from gui.charts.axis_transform import Frame
from gui.charts.line import REACH_PX
from gui.charts.overlays import Mark
from gui.theme.tokens import Theme

_ZOOM_STEP = 0.8
_PAN_STEP = 0.1


class PlotView(pg.PlotWidget):
    """A plot that fits its data until the user zooms, and then keeps the user's range.

    Dragging pans, dragging with the right button zooms, the wheel zooms when the chart has the focus or Ctrl is held
    (else it scrolls the page). Keys: arrows move the reading line, + and − zoom, Shift with arrows pans, 0 fits.

    Attributes:
        marks: what is drawn over the axes.

    Signals:
        range_changed: something else is visible now.
        zoomed(bool): the user has chosen a range, or given it up.
        pointed(x or None): where the pointer reads, in axis units.
        key_read(steps): move the reading line by so many hundredths of the width.
        menu_requested(QPoint): global position.
    """

    range_changed = Signal()
    zoomed = Signal(bool)
    pointed = Signal(object)
    key_read = Signal(int)
    menu_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        axes = {"left": PaintedAxis("left"), "bottom": PaintedAxis("bottom")}
        super().__init__(parent, axisItems=axes, background=None)
        self.plot: pg.PlotItem = self.getPlotItem()
        self.box: pg.ViewBox = self.plot.getViewBox()
        self._axes = axes
        for name in ("top", "right"):
            # Nobody sees them, but they would follow the range too.
            self.plot.getAxis(name).unlinkFromView()
        for axis in axes.values():
            # The plot has raised them above the curves.
            axis.setZValue(-1000)
        self.marks: list[Mark] = []
        self._user_zoomed = False
        self._logarithmic = False
        self._gutter = -1
        self._frame: Frame | None = None
        self._ground = AxesCache(self.viewport(), self._paint_ground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)
        # pyqtgraph's own menu offers a broken export and settings that the chart would undo at the next redraw.
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        # What is to be painted anew is known here better than in the scene, which has no curves.
        self.setViewportUpdateMode(self.ViewportUpdateMode.NoViewportUpdate)
        # The background is opaque: what lies below need not be painted first.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0.0)
        self.box.sigRangeChanged.connect(self._on_range_changed)
        # The layout gives room to axes and labels a moment after it was asked for.
        self.box.sigResized.connect(self._on_range_changed)
        self.box.sigRangeChangedManually.connect(self._on_zoomed)
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.scene().sigMouseClicked.connect(self._on_mouse_clicked)

    @property
    def user_zoomed(self) -> bool:
        """Whether the range is the user's."""
        return self._user_zoomed

    @property
    def logarithmic(self) -> bool:
        """Whether y counts in powers of ten."""
        return self._logarithmic

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Let y count in powers of ten, or plainly; the range has to be set anew."""
        self._logarithmic = logarithmic
        self._axes["left"].setLogMode(y=logarithmic)
        self._drop_ground()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setBackground(theme.surface)
        for axis in self._axes.values():
            axis.set_theme(theme)
        self._drop_ground()

    def set_gutter(self, pixels: int) -> None:
        """Keep room for labels at the right of the curves."""
        if pixels != self._gutter:
            self._gutter = pixels
            self.plot.layout.setContentsMargins(0, 6, pixels, 0)

    def set_axes_visible(self, visible: bool) -> None:
        """Hide the axes while there is nothing to measure."""
        for axis in self._axes.values():
            if axis.isVisible() != visible:
                axis.setVisible(visible)
                self._drop_ground()

    def x_range(self) -> tuple[float, float]:
        """What is visible, in axis units."""
        (low, high), _ = self.box.viewRange()
        return float(low), float(high)

    def y_range(self) -> tuple[float, float]:
        """What is visible, in axis units (exponents if logarithmic)."""
        _, (low, high) = self.box.viewRange()
        return float(low), float(high)

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this; not the user's wish."""
        if self.frame.x != x or self.frame.y != y:
            self.box.setRange(xRange=x, yRange=y, padding=0)

    def fit(self) -> None:
        """Give up the user's range."""
        if self._user_zoomed:
            self._user_zoomed = False
            self.zoomed.emit(False)
        self.range_changed.emit()

    @property
    def frame(self) -> Frame:
        """Where the curves are, in this widget's pixels, and what is seen there."""
        if self._frame is None:
            area = self.viewportTransform().mapRect(self.box.sceneBoundingRect())
            self._frame = Frame(QRectF(area), self.x_range(), self.y_range())
        return self._frame

    # Painting.

    @property
    def ground_is_fresh(self) -> bool:
        """Whether the axes are kept as they have to be painted."""
        return self._ground.fresh

    def repaint_from(self, x: float) -> None:
        """The marks look different from this x on: −∞ if everywhere, ∞ if nowhere."""
        if not self._ground.fresh or x == -math.inf:
            self.viewport().update()
        elif x < math.inf:
            self.viewport().update(self.frame.strip(x, REACH_PX, self.viewport().width()))

    @contextmanager
    def painted_finely(self, ratio: float) -> Iterator[None]:
        """Paint with so many pixels for each of the widget's, for an export."""
        self._ground.set_ratio(ratio)
        try:
            yield
        finally:
            self._ground.set_ratio(0.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the ground, and draw over it what is to be seen of the marks."""
        picture, frame, part = self._ground.picture(), self.frame, event.rect()
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, picture)
        painter.setClipRect(frame.area)
        for mark in sorted(self.marks, key=attrgetter("z")):
            mark.paint(painter, frame, part.left(), part.right() + 1)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        painter.fillRect(self.viewport().rect(), self.backgroundBrush())
        for axis in self._axes.values():
            if axis.isVisible():
                painter.setTransform(axis.sceneTransform() * self.viewportTransform())
                axis.paint(painter, None, None)

    def _drop_ground(self) -> None:
        self._ground.drop()
        self._frame = None

    # Pointer and keys.

    def viewportEvent(self, event: QEvent) -> bool:
        """No tooltip over the curves: the crosshair is there."""
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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key; the right mouse button is a click of the scene, as it also zooms."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_requested.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read, zoom, pan and fit without a mouse."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        arrows = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Down: (0, -1),
            Qt.Key.Key_Up: (0, 1),
        }
        if key in arrows and shift:
            self._pan(*arrows[Qt.Key(key)])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.key_read.emit(arrows[Qt.Key(key)][0])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(_ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / _ZOOM_STEP)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif key == Qt.Key.Key_Escape:
            self.pointed.emit(None)
        else:
            event.ignore()
            return
        event.accept()

    def _zoom(self, factor: float) -> None:
        self.box.scaleBy((factor, factor))
        self._on_zoomed()

    def _pan(self, right: int, up: int) -> None:
        (left, far), (low, high) = self.box.viewRange()
        self.box.translateBy(x=right * _PAN_STEP * (far - left), y=up * _PAN_STEP * (high - low))
        self._on_zoomed()

    @Slot()
    def _on_zoomed(self) -> None:
        if not self._user_zoomed:
            self._user_zoomed = True
            self.zoomed.emit(True)

    @Slot()
    def _on_range_changed(self) -> None:
        self._drop_ground()
        self.range_changed.emit()

    @Slot(object)
    def _on_mouse_moved(self, position: QPointF) -> None:
        inside = self.box.sceneBoundingRect().contains(position)
        self.pointed.emit(float(self.box.mapSceneToView(position).x()) if inside else None)

    @Slot(object)
    def _on_mouse_clicked(self, event: object) -> None:
        if event.button() == Qt.MouseButton.RightButton:  # type: ignore[attr-defined]  # pyqtgraph's own event
            event.accept()  # type: ignore[attr-defined]
            self.menu_requested.emit(event.screenPos().toPoint())  # type: ignore[attr-defined]

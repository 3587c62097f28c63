"""Turns mouse, touch and pen events into exactly one kind of pen movement.

What can go wrong and doesn't: a pen whose driver sends mouse events beside its own; a palm that touches while the
pen or a finger draws; a release that never comes, because the window lost the pointer; the right button; a pen that
hovers. Device facts: a stylus reports the pressure of its lift as 0 or as 1, so a release's pressure is not used,
and a move without pressure is a lift.
"""

import time
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent, QTouchEvent

# Some drivers deliver the mouse twin of a pen's event this long after it.
TWIN_DELAY_MS: Final = 50


class PenSink(Protocol):
    """Who draws. Positions are in the widget's logical pixels; pressure is None where the device has none."""

    def pen_down(self, position: QPointF, pressure: float | None, eraser: bool) -> None:
        """A stroke starts; `eraser` where the pen was turned over."""

    def pen_moved(self, position: QPointF, pressure: float | None) -> None:
        """It goes on."""

    def pen_up(self) -> None:
        """It is done."""

    def pen_cancelled(self) -> None:
        """It was none: take it back."""


class PointerInput:
    """Follows one device at a time.

    Attributes:
        active: "mouse", "touch" or "pen" while one of them draws, else None.
    """

    def __init__(self, sink: PenSink) -> None:
        self._sink = sink
        self.active: str | None = None
        self._touch_id = -1
        self._other_ended_ms = -1e9
        self._mouse_began_ms = -1e9

    def handle(self, event: QEvent) -> bool:
        """Use the event if it is one of a pointer; whether it was."""
        if isinstance(event, QTabletEvent):
            self._on_tablet(event)
        elif isinstance(event, QTouchEvent):
            self._on_touch(event)
        elif isinstance(event, QMouseEvent):
            return self._on_mouse(event)
        else:
            return False
        # An accepted event has no mouse twin made by Qt.
        event.accept()
        return True

    def finish(self) -> None:
        """The pointer is lost (another window, a hidden widget): what was drawn counts."""
        if self.active is not None:
            self._end()
            self._sink.pen_up()

    def _end(self) -> None:
        if self.active != "mouse":
            self._other_ended_ms = now_ms()
        self.active = None

    def _on_mouse(self, event: QMouseEvent) -> bool:
        kind = event.type()
        if self.active in ("touch", "pen") or now_ms() - self._other_ended_ms < TWIN_DELAY_MS:
            return True
        left = Qt.MouseButton.LeftButton
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            if event.button() != left:
                # The right button belongs to the context menu and neither starts nor ends a stroke.
                return self.active is not None
            self.finish()
            self.active = "mouse"
            self._mouse_began_ms = now_ms()
            self._sink.pen_down(event.position(), None, False)
        elif self.active == "mouse":
            if kind == QEvent.Type.MouseButtonRelease and event.button() == left:
                self._sink.pen_moved(event.position(), None)
                self.finish()
            elif kind == QEvent.Type.MouseMove:
                if not event.buttons() & left:
                    self.finish()
                    return True
                for point in event.points():
                    self._sink.pen_moved(point.position(), None)
        return True

    def _on_touch(self, event: QTouchEvent) -> None:
        if self.active == "pen":
            return
        kind = event.type()
        if kind == QEvent.Type.TouchCancel:
            if self.active == "touch":
                self._end()
                self._sink.pen_cancelled()
            return
        if kind == QEvent.Type.TouchBegin and self.active != "touch":
            self._take_over_from_mouse()
            first = event.points()[0]
            self._touch_id = first.id()
            self.active = "touch"
            self._sink.pen_down(first.position(), _touch_pressure(event, first), False)
            return
        for point in event.points():
            # Further fingers, and the palm, are other points: they draw nothing.
            if self.active == "touch" and point.id() == self._touch_id:
                if point.state() == QEventPoint.State.Updated:
                    self._sink.pen_moved(point.position(), _touch_pressure(event, point))
                elif point.state() == QEventPoint.State.Released:
                    self._sink.pen_moved(point.position(), None)
                    self.finish()

    def _on_tablet(self, event: QTabletEvent) -> None:
        kind = event.type()
        has_pressure = bool(event.device().capabilities() & QInputDevice.Capability.Pressure)
        pressure = float(event.pressure()) if has_pressure else None
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self._take_over_from_mouse()
            self.finish()
            self.active = "pen"
            eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._sink.pen_down(event.position(), pressure, eraser)
        elif kind == QEvent.Type.TabletMove and self.active == "pen":
            if not event.buttons() & Qt.MouseButton.LeftButton or pressure == 0.0:
                self.finish()
            else:
                self._sink.pen_moved(event.position(), pressure)
        elif (
            kind == QEvent.Type.TabletRelease
            and self.active == "pen"
            and not event.buttons() & Qt.MouseButton.LeftButton
        ):
            self._sink.pen_moved(event.position(), None)
            self.finish()

    def _take_over_from_mouse(self) -> None:
        """The mouse twin of this press may have come first: its stroke is the same one."""
        if self.active == "mouse" and now_ms() - self._mouse_began_ms < TWIN_DELAY_MS:
            self.active = None
            self._sink.pen_cancelled()


def _touch_pressure(event: QTouchEvent, point: QEventPoint) -> float | None:
    """Most touch screens claim a pressure of exactly 1 or 0: only a device that measures it is believed."""
    measures = bool(event.device().capabilities() & QInputDevice.Capability.Pressure)
    return point.pressure() if measures and 0.0 < point.pressure() < 1.0 else None


def now_ms() -> float:
    """The time that twins are told by, in milliseconds."""
    return time.monotonic() * 1000

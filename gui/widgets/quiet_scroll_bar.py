"""A scroll bar that keeps its place and shows itself only where there is something to scroll."""

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QScrollBar


class QuietScrollBar(QScrollBar):
    """For views that always have a bar: one that came and went would change their width, and whether it is needed."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing, where all is in sight."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)

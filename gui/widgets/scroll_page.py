"""A page of cards that scrolls where the window is too low, or at large text too narrow, for all of them."""

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

from gui.theme.manager import Density, ThemeManager
from gui.widgets.card import Card


class ScrollPage(QScrollArea):
    """Holds a layout of cards, and keeps as much room between and in them as the density says."""

    def __init__(self, layout: QLayout, themes: ThemeManager, parent: QWidget) -> None:
        """`layout` has its cards already."""
        super().__init__(parent)
        # A widget that gets another parent is dressed anew with all that is in it: here everything moves in once.
        page = QWidget(self.viewport())
        page.setLayout(layout)
        self._layout = layout
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)
        themes.density_changed.connect(self.set_density)
        self.set_density(themes.density)

    @Slot(object)
    def set_density(self, density: Density) -> None:
        """Lay everything out with more or less room."""
        self._layout.setContentsMargins(0, density.gap_px, 0, 0)
        self._layout.setSpacing(density.gap_px)
        for card in self.findChildren(Card):
            card.set_density(density)


def scroll_to(widget: QWidget, point: QPoint) -> None:
    """Let a point of a widget, with some room around it, be seen on the page that the widget is on."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, ScrollPage):
        parent = parent.parentWidget()
    if parent is not None and (content := parent.widget()) is not None:
        at = widget.mapTo(content, point)
        parent.ensureVisible(at.x(), at.y())

"""A card: the quiet, round-cornered surface on which everything in the window lies."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.theme.manager import Density
from gui.theme.stylesheet import mark_muted, mark_title
from gui.widgets.eliding_label import ElidingLabel
from gui.widgets.filled import filled

CARD_PADDING_PX = 14


class Card(QFrame):
    """A framed surface with a title at the left, a quiet subtitle at the right, and a body below.

    Attributes:
        body: the layout to put the content into.
        subtitle_label: the quiet text's label.
        header: the title row, for a switch or a small button at its right end.
    """

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setAccessibleName(title)
        self._title = mark_title(QLabel(title))
        self.subtitle_label = ElidingLabel(subtitle)
        mark_muted(self.subtitle_label)
        self.subtitle_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

        self.header = filled(QHBoxLayout(), self._title, (self.subtitle_label, 1), margins=0, spacing=8)

        self.body = filled(QVBoxLayout(), margins=0, spacing=8)

        self._column = filled(QVBoxLayout(self), self.header, (self.body, 1))
        self.set_density(Density.COMFORTABLE)

    def set_density(self, density: Density) -> None:
        """Keep less room around the content, or more."""
        padding, compact = CARD_PADDING_PX, density.is_compact
        self._column.setContentsMargins(padding, 6 if compact else 10, padding, 8 if compact else padding)
        self._column.setSpacing(4 if compact else 8)

    @property
    def title(self) -> str:
        """The heading."""
        return self._title.text()

    def set_title_visible(self, visible: bool) -> None:
        """Leave the heading out where what it says is plain; screen readers still hear it."""
        self._title.setVisible(visible)

    def set_title_buddy(self, widget: QWidget) -> None:
        """Make the heading the label of a field in the header."""
        self._title.setBuddy(widget)

    def set_title(self, text: str) -> None:
        """Change the heading, which is also the card's name for screen readers."""
        self._title.setText(text)
        self.setAccessibleName(text)

    @property
    def subtitle(self) -> str:
        """The quiet text at the right of the heading, whether or not there is room for all of it."""
        return self.subtitle_label.full_text

    def set_subtitle(self, text: str) -> None:
        """Change the quiet text; a narrow card cuts it and tells it on hover."""
        self.subtitle_label.set_full_text(text)

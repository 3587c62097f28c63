"""On the card of the followed drawing: its picture, and whether it still stands on the canvas."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QPainter, QPixmap
from PySide6.QtWidgets import QLabel

from gui.charts.chart_card import ChartCard
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.widgets.action_button import ActionButton
from gui.widgets.kept_place import KeptPlace
from gui.widgets.naming import named
from gui.widgets.pixel_image import ink_image

_SIDE_PX = 24
_ERASED = "this drawing was erased since"
_REPLACED = "another drawing is on the canvas now"


class FollowedSight(QObject):
    """Adds itself to the header of the card.

    Attributes:
        picture: the followed drawing as the model receives it; hidden where nothing is followed.
        offer: lets the model follow what is on the canvas instead; shown where that is another drawing.
    """

    def __init__(self, card: ChartCard, lab: Lab, themes: ThemeManager, follow: QAction) -> None:
        super().__init__(card)
        self._card = card
        self._lab = lab
        self._themes = themes
        self.picture = named(QLabel(), "followedPicture", "The drawing that is followed, as the model sees it: 20×20")
        self.picture.setFixedSize(_SIDE_PX, _SIDE_PX)
        card.add_to_header(self.picture, 0)
        self.offer = ActionButton(follow, "followButton")
        self.offer.setProperty("quiet", True)
        self._place = KeptPlace(self.offer)
        # Before the menu.
        card.add_to_header(self._place, card.header.count() - 1)
        lab.followed.changed.connect(self._on_followed_changed)
        lab.drawing.changed.connect(self._on_drawing_changed)
        themes.changed.connect(self._on_followed_changed)
        self._on_followed_changed()

    @Slot()
    def _on_followed_changed(self) -> None:
        """Paint the picture."""
        features = self._lab.followed.features
        self.picture.setVisible(features is not None)
        self._place.setVisible(features is not None)
        if features is not None:
            theme = self._themes.theme
            ratio = self.picture.devicePixelRatioF()
            pixmap = QPixmap(round(_SIDE_PX * ratio), round(_SIDE_PX * ratio))
            pixmap.fill(theme.color("canvas"))
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(pixmap.rect(), ink_image(features, theme.color("ink")))
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            self.picture.setPixmap(pixmap)
        self._on_drawing_changed()

    @Slot()
    def _on_drawing_changed(self) -> None:
        """Say whether the drawing is still there, and offer the one that is."""
        followed, drawing = self._lab.followed, self._lab.drawing
        gone = followed.features is not None and not followed.stands_on(drawing)
        note = "" if not gone else _ERASED if drawing.is_blank else _REPLACED
        self.offer.setVisible(gone and not drawing.is_blank)
        self.picture.setAccessibleName(f"The followed drawing{': ' if note else ''}{note}")
        self._card.set_note(note)

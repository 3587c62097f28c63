"""The column at the left: the canvas above, the answer below, both in sight whatever the window's size."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.canvas.card import CanvasCard
from gui.prediction.feature_preview import CELLS, USUAL_CELL_PX
from gui.prediction.panel import PredictionPanel
from gui.widgets.card import CARD_SPACING_PX

# Wide enough for the longest answer beside the picture that the model sees.
NARROWEST_PX = 312
# Of the window's width; the charts need the rest.
SHARE = 0.27
# Of the column's height; on large screens the bars grow too.
ANSWER_SHARE = 0.34
# Of the answer's width and height, what the picture that the model sees may take.
_PREVIEW_SHARES = (0.42, 0.46)
_LARGEST_CELL_PX = 16


class LeftColumn(QWidget):
    """Gives the canvas card the height that makes the canvas a full square, and the answer what is left."""

    def __init__(
        self, canvas_card: CanvasCard, prediction_panel: PredictionPanel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._card = canvas_card
        self._panel = prediction_panel
        self._gap = CARD_SPACING_PX
        for widget in (canvas_card, prediction_panel):
            widget.setParent(self)
        self.setFixedWidth(NARROWEST_PX)
        self.setMinimumHeight(
            self._card.minimumSizeHint().height() + self._gap + self._panel.minimumSizeHint().height()
        )

    def fit(self, window_width: int, height: int, gap: int = CARD_SPACING_PX) -> None:
        """Choose the width for a window of this width, in which the column is so high, with this gap in pixels."""
        self._gap = gap
        frame_width, frame_height = self._frame()
        answer = max(self._panel.minimumSizeHint().height(), int(ANSWER_SHARE * height))
        square = height - gap - answer - frame_height
        self.setFixedWidth(max(NARROWEST_PX, min(int(SHARE * window_width), square + frame_width)))
        across, down = (share * size for share, size in zip(_PREVIEW_SHARES, (self.width(), answer), strict=True))
        cell = int(min(across, down)) // CELLS
        self._panel.preview.set_cell_size(max(USUAL_CELL_PX, min(_LARGEST_CELL_PX, cell)))
        self._place()

    def event(self, event: QEvent) -> bool:
        """Place the cards again when one of them needs another height, such as for a line more."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the two cards."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        frame_width, frame_height = self._frame()
        width, height = self.width(), self.height()
        largest = height - self._gap - self._panel.minimumSizeHint().height()
        card_height = min(width - frame_width + frame_height, largest)
        self._card.setGeometry(0, 0, width, card_height)
        self._panel.setGeometry(0, card_height + self._gap, width, height - card_height - self._gap)

    def _frame(self) -> tuple[int, int]:
        """What the card adds to the canvas's width and height."""
        canvas, card = self._card.canvas.sizeHint(), self._card.sizeHint()
        margins = self._card.contentsMargins()
        layout = self._card.layout()
        inner = layout.contentsMargins() if layout is not None else margins
        return margins.left() + margins.right() + inner.left() + inner.right(), card.height() - canvas.height()

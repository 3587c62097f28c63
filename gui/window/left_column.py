"""The column at the left: the canvas above, the answer below, both in sight unless letters are too large for that."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStyle, QWidget

from engine.ink import DIGIT_SIDE
from gui.canvas.card import CanvasCard
from gui.canvas.digit_boxes import DigitBox
from gui.charts.export_menu import ExportMenu
from gui.lab.classifier import Prediction
from gui.lab.lab import Lab
from gui.prediction.feature_preview import USUAL_CELL_PX
from gui.prediction.panel import PredictionPanel
from gui.theme.manager import Density, ThemeManager
from gui.workspaces.chart_exports import ChartExports

# Narrower, the canvas is too small to draw on; the cards may need more for their text.
NARROWEST_PX = 326
# Where both leave the canvas less than the first, it gets the second, and the column scrolls.
_SMALLEST_CANVAS_PX = 96
_SCROLLED_CANVAS_PX = 200
# Of the window's width; the charts need the rest.
SHARE = 0.27
# Of the column's height; on large screens the bars grow too.
ANSWER_SHARE = 0.34
# Of the answer's width and height, what the picture that the model sees may take.
_PREVIEW_SHARES = (0.42, 0.46)
_LARGEST_CELL_PX = 16


class LeftColumn(QScrollArea):
    """Gives the canvas card the height that makes the canvas a full square, and the prediction what is left.

    Attributes:
        canvas_card, prediction_panel: the two cards.
        menu: saves the bars of the answer.
    """

    def __init__(self, lab: Lab, themes: ThemeManager) -> None:
        super().__init__()
        self._filing = lab.filing
        self.canvas_card = CanvasCard(lab.drawing, themes)
        self.prediction_panel = PredictionPanel(lab, themes)
        lab.prediction.changed.connect(self._show_boxes)
        bars, self.menu = self.prediction_panel.bars, ExportMenu(self)
        self.menu.offer(bars)
        bars.view.menu_requested.connect(self.menu.popup)
        self._exports = ChartExports(lab, self)
        self._exports.adopt(self.menu)
        self._gap = Density.COMFORTABLE.gap_px
        self._page = QWidget(self.viewport())
        for widget in (self.canvas_card, self.prediction_panel):
            widget.setParent(self._page)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._page)
        self.setFixedWidth(self._narrowest())

    def fit(self, window_width: int, height: int, gap: int) -> None:
        """Choose the width for a window of this width, in which the column is so high, with this gap in pixels."""
        self._gap = gap
        frame_width, frame_height = self._frame()
        answer = max(self.prediction_panel.minimumSizeHint().height(), int(ANSWER_SHARE * height))
        square = height - gap - answer - frame_height
        narrowest = self._narrowest() + (self._bar_width() if square < _SMALLEST_CANVAS_PX else 0)
        self.setFixedWidth(max(narrowest, min(int(SHARE * window_width), square + frame_width)))
        across, down = (share * size for share, size in zip(_PREVIEW_SHARES, (self.width(), answer), strict=True))
        cell = int(min(across, down)) // DIGIT_SIDE
        self.prediction_panel.preview.set_cell_size(max(USUAL_CELL_PX, min(_LARGEST_CELL_PX, cell)))
        self._place()

    def shut_down(self) -> None:
        """Wait for what is being saved."""
        self._exports.finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that canvas and answer leave."""
        if not self.take_key(event):
            super().keyPressEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """0 to 9 and N say what is drawn, wherever nobody else wants them; Enter on the canvas, that it is done."""
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain or event.isAutoRepeat():
            return False
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self._filing.file_digit(key - Qt.Key.Key_0)
        elif key == Qt.Key.Key_N:
            self._filing.file_not_a_digit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.canvas_card.canvas.hasFocus():
            self._filing.confirmed.emit()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Place the cards again when one of them needs another height, such as for a line more."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the two cards."""
        super().resizeEvent(event)
        self._place()

    @Slot(object)
    def _show_boxes(self, prediction: Prediction) -> None:
        """Frame the digits of a number on the canvas, and none of anything else."""
        digits = () if prediction.number is None else prediction.number.digits
        self.canvas_card.canvas.boxes.show_boxes(
            tuple(
                DigitBox(prediction.label_of(index), digit.box, index == prediction.digit)
                for index, digit in enumerate(digits)
            )
        )

    def _place(self) -> None:
        frame_width, frame_height = self._frame()
        width, height = self.width(), self.height()
        answer = self.prediction_panel.minimumSizeHint().height()
        largest = height - self._gap - answer
        if largest - frame_height < _SMALLEST_CANVAS_PX:
            width -= self._bar_width()
            # The canvas and what is below it stay apart by what can be seen at once.
            largest = min(height, frame_height + _SCROLLED_CANVAS_PX)
            layout = self.prediction_panel.layout()
            lines = layout.totalMinimumHeightForWidth(width) if layout is not None else 0
            height = largest + self._gap + max(answer, lines)
        card_height = min(width - frame_width + frame_height, largest)
        self._page.resize(width, height)
        self.canvas_card.setGeometry(0, 0, width, card_height)
        self.prediction_panel.setGeometry(0, card_height + self._gap, width, height - card_height - self._gap)

    def _bar_width(self) -> int:
        return self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self.verticalScrollBar())

    def _narrowest(self) -> int:
        cards = (self.canvas_card, self.prediction_panel)
        return max(NARROWEST_PX, *(card.minimumSizeHint().width() for card in cards))

    def _frame(self) -> tuple[int, int]:
        """What the card adds to the canvas's width and height."""
        canvas, card = self.canvas_card.canvas.sizeHint(), self.canvas_card.sizeHint()
        margins = self.canvas_card.contentsMargins()
        layout = self.canvas_card.layout()
        inner = layout.contentsMargins() if layout is not None else margins
        return margins.left() + margins.right() + inner.left() + inner.right(), card.height() - canvas.height()

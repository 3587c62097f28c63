"""The card around a chart: its title, what it says in short, and small buttons for scale, range and export."""

from PySide6.QtCore import QPoint, QSize, Slot
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from gui.charts.chart import Chart
from gui.charts.export_menu import ExportMenu
from gui.widgets.card import Card
from gui.widgets.explanation import explain

# Padding of the card, and a little air between title, caption and buttons.
_FRAME_PX = 52

_HANDLING = (
    "Drag to move, drag with the right button to zoom, wheel with Ctrl to zoom. Keys in the chart: arrows read values, "
    "+ and − zoom, Shift with arrows moves, 0 shows everything."
)
_READING = "Point at it to read values, or use the arrow keys in the chart."


class ChartCard(Card):
    """A chart in its card.

    Args:
        chart: what is shown.

    Attributes:
        chart: the same.
        menu: saves it; a workspace adds entries of its own.
    """

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart.heading)
        self.chart = chart
        self._caption = self._note = ""
        self._in_header: list[QWidget] = []
        self.body.addWidget(chart, 1)
        explain(self, f"{chart.explanation}<p>{_HANDLING if chart.can_zoom else _READING}</p>")
        # The chart's own description is what it shows.
        chart.setToolTip(self.toolTip())

        self.log_button = self._button("log", "Count the axis in powers of ten, or plainly", checkable=True)
        self.log_button.setChecked(chart.view.logarithmic)
        self.log_button.setVisible(chart.can_be_logarithmic)
        self.log_button.toggled.connect(chart.set_logarithmic)
        self.fit_button = self._button("fit", "Show all data again (0). Your zoom is kept until then")
        self.fit_button.hide()
        self.fit_button.clicked.connect(chart.fit)
        self.menu = self._make_menu()
        self.menu_button = self._button("⋯", "Save the chart as a picture or its numbers as a table")
        self.menu_button.setAccessibleName(f"{chart.title}: more")
        self.menu_button.clicked.connect(self._on_menu_button)

        chart.caption_changed.connect(self._on_caption_changed)
        chart.title_changed.connect(self._show_caption)
        chart.view.zoomed.connect(self.fit_button.setVisible)
        chart.view.menu_requested.connect(self.menu.popup)

    def sizeHint(self) -> QSize:
        """No higher than it has to be: a plot would like to stay as high as it is, and a page would scroll for that."""
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the caption where there is no room for it."""
        super().resizeEvent(event)
        self._show_caption()

    def add_to_header(self, widget: QWidget, place: int = -1) -> None:
        """Put a widget behind what is there, or to a place: 0 is before the title."""
        self.header.insertWidget(place, widget)
        self._in_header.append(widget)

    def set_note(self, note: str) -> None:
        """Say something in place of the caption, or with "" let the caption be seen again."""
        if note != self._note:
            self._note = note
            self._show_caption()

    @Slot(str)
    def _on_caption_changed(self, caption: str) -> None:
        self._caption = caption
        self._show_caption()

    @Slot()
    def _show_caption(self) -> None:
        """The whole heading and caption, or their main parts, or no caption: never half a number."""
        metrics = QFontMetrics(self.font())
        taken = sum(widget.sizeHint().width() + 8 for widget in self._in_header if not widget.isHidden())
        room = self.width() - taken - _FRAME_PX
        heading, caption = self.chart.heading, self._note or self._caption
        short, last = heading.split(" · ")[0], caption.split(" · ")[-1]
        pairs = ((heading, caption), (short, caption), (heading, last), (short, last))
        title, text = next((pair for pair in pairs if sum(map(metrics.horizontalAdvance, pair)) <= room), (short, ""))
        self.set_title(title)
        self.setAccessibleName(heading)
        self.set_subtitle(text)

    def _button(self, text: str, explanation: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(checkable)
        button.setToolTip(explanation)
        button.setAccessibleName(f"{self.chart.title}: {text}")
        button.setProperty("quiet", True)
        self.add_to_header(button)
        return button

    def _make_menu(self) -> ExportMenu:
        menu, chart = ExportMenu(self), self.chart
        menu.offer(chart)
        if chart.can_zoom:
            menu.addSeparator()
            menu.addAction("Fit all data", chart.fit).setToolTip("Show everything again after zooming")
        if chart.can_be_logarithmic:
            log = QAction("Logarithmic axis", menu, toolTip=self.log_button.toolTip(), checkable=True)
            log.setChecked(self.log_button.isChecked())
            menu.addAction(log)
            log.toggled.connect(self.log_button.setChecked)
            self.log_button.toggled.connect(log.setChecked)
        return menu

    @Slot()
    def _on_menu_button(self) -> None:
        self.menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))

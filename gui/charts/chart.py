"""What all charts of the kit have in common."""

import contextlib
from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.charts.plot_view import PlotView
from gui.charts.readout import Reading, Readout
from gui.services.csv_export import Table
from gui.services.redraw_scheduler import RedrawScheduler
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.theme.tokens import Theme
from gui.widgets.announcement import announce
from gui.widgets.filled import filled
from gui.widgets.focus_frame import FocusFrame
from gui.widgets.picture_export import Encode, view_painted

NO_DATA = "no data yet"


class Chart(QWidget):
    """A plot with a read-out, an empty state, words for a screen reader and exports; it knows nothing but arrays.

    A kind of chart says what it is made of (`build`), how to draw its data (`draw_data`), what there is to read
    (`reading_at`, `reading_beside`) and what a table holds (`table`). A chart of a workspace is a subclass of a kind
    that sets the texts below and fills it.

    Args:
        themes: where the colours come from.

    Attributes:
        view, readout: the plot, and the box that says what is at one place.
        heading: the title in force; the class's own at first.
        dirty: whether there is something new to draw.

    Signals:
        clicked(index): what was clicked, or chosen with Enter: see `Reading.index`.
        caption_changed(text): what the card says at the right of the title.
        title_changed(text).
    """

    # What a chart is called by tests and by screen readers.
    object_name: ClassVar[str] = "chart"
    title: ClassVar[str] = ""
    # What to do to see something here.
    empty_text: ClassVar[str] = "There is nothing to show yet"
    # What the data mean, for the card's tooltip.
    explanation: ClassVar[str] = ""
    # What the numbers are called in the read-out and in tables, and how many digits are said of them.
    value_word: ClassVar[str] = "value"
    digits: ClassVar[int] = 4
    # Whether a logarithmic y axis makes sense.
    can_be_logarithmic: ClassVar[bool] = False
    can_zoom: ClassVar[bool] = True
    # Whether + and − zoom y as well as x.
    key_zooms_y: ClassVar[bool] = True
    # Ticks of the scheduler between two redraws while only data come in.
    calm_ticks: ClassVar[int] = 14

    clicked = Signal(object)
    caption_changed = Signal(str)
    title_changed = Signal(str)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName(self.object_name)
        self._themes = themes
        self._scheduler: RedrawScheduler | None = None
        self._least_height_px = 0
        self.dirty = self._asked = self._drawing = False
        self._reading: Reading | None = None
        # Where the pointer is, in axis units; what is there may change with the data.
        self._pointed: QPointF | None = None
        self.view = PlotView(self, can_zoom=self.can_zoom, key_zooms_y=self.key_zooms_y)
        self.setFocusProxy(self.view)
        FocusFrame(self.view)
        filled(QVBoxLayout(self), self.view, margins=0)
        self.readout = Readout(self.view)
        self._empty_label = mark_muted(QLabel(self.empty_text, self.view))
        self._empty_label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._empty_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty_label.setWordWrap(True)
        self.set_heading(self.title)
        self.view.range_changed.connect(self._on_range_changed)
        self.view.pointed.connect(self._on_pointed)
        self.view.clicked.connect(self._on_clicked)
        self.view.key_moved.connect(self._on_key_moved)
        self.view.key_chosen.connect(self._on_key_chosen)
        themes.changed.connect(self.apply_theme)
        self.describe(NO_DATA)
        self.build()
        self.apply_theme(themes.theme)

    # What a kind of chart has to say.

    def build(self) -> None:
        """Make the parts, once; the colours come next."""

    @property
    @abstractmethod
    def empty(self) -> bool:
        """Whether there is nothing to draw at all."""

    @abstractmethod
    def draw_data(self) -> None:
        """Fit the range, and give the data to pyqtgraph's items."""

    @abstractmethod
    def reading_at(self, x: float, y: float) -> Reading | None:
        """What there is to read at a place in axis units."""

    @abstractmethod
    def reading_beside(self, reading: Reading | None, right: int, up: int) -> Reading | None:
        """What a key reads: the next thing in a direction, or the first one without a reading."""

    @abstractmethod
    def table(self) -> Table:
        """The numbers for a table."""

    def value_text(self, value: float) -> str:
        """A number in words."""
        return f"{value:.{self.digits}g}"

    def words(self) -> str:
        """What the data show, for a screen reader."""
        return NO_DATA

    def mark_reading(self, reading: Reading | None) -> None:
        """Mark the place that is read, or none."""

    def setMinimumHeight(self, minh: int, /) -> None:
        """The least height beside text of the usual size; larger text leaves as much to the plot."""
        self._least_height_px = minh
        super().setMinimumHeight(minh * self._themes.text_percent // 100)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme, and the size of its text."""
        self.setMinimumHeight(self._least_height_px)
        self.view.set_theme(theme)
        self.readout.set_theme(theme)
        self.mark_dirty(at_once=True)

    # What a chart of a workspace uses.

    @property
    def theme(self) -> Theme:
        """The look in force."""
        return self._themes.theme

    def set_heading(self, text: str) -> None:
        """Be called otherwise, as the data are of another kind now."""
        self.heading = text
        self.view.setAccessibleName(text)
        self.setAccessibleName(f"Chart: {text}")
        self.title_changed.emit(text)

    def describe(self, text: str) -> None:
        """Say in words what the data show, for a screen reader."""
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            self.view.setAccessibleDescription(text)

    def show_news(self) -> None:
        """Show and say other data, which have come at once."""
        self.describe(self.words())
        self.mark_dirty(at_once=True)

    @Slot()
    def fit(self) -> None:
        """Show all data again after the user zoomed."""
        self.view.fit()

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Let the y axis count in powers of ten, or plainly. The range fits itself again: the old one means nothing."""
        if logarithmic != self.view.logarithmic:
            self.view.set_logarithmic(logarithmic)
            self.view.fit()
            self.mark_dirty(at_once=True)

    # Drawing.

    def set_scheduler(self, scheduler: RedrawScheduler) -> None:
        """Be redrawn when there is time, one chart after the other; without it every change is drawn at once."""
        self._scheduler = scheduler
        scheduler.add(self)
        # The background is opaque: what lies below need not be painted first.
        self.view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def redraw_ticks(self) -> int:
        """A chart follows the pointer, and whatever the user does to it, at once; mere data may wait."""
        return 1 if self._asked or self._pointed is not None else self.calm_ticks

    def mark_dirty(self, *, at_once: bool = False) -> None:
        """Have the chart redrawn when its turn comes, or at the next tick."""
        self.dirty = True
        self._asked = self._asked or at_once
        if self.isVisible():
            if self._scheduler is not None:
                self._scheduler.wake()
            elif not self._drawing:
                self.redraw()

    @contextlib.contextmanager
    def changed_at_once(self) -> Iterator[None]:
        """Around many changes of the parts: they are drawn when the last one is made."""
        before, self._drawing = self._drawing, True
        try:
            yield
        finally:
            self._drawing = before
        self.mark_dirty(at_once=True)

    def redraw(self) -> None:
        """Draw everything that has changed."""
        self.dirty = self._asked = False
        self._drawing = True
        try:
            self._empty_label.setVisible(self.empty)
            self.view.set_axes_visible(not self.empty)
            self.draw_data()
            if self._pointed is not None:
                self._reading = self.reading_at(self._pointed.x(), self._pointed.y())
            self.mark_reading(self._reading)
            self.readout.show(self._reading, self.view)
        finally:
            self._drawing = False

    def picture(self, ending: str) -> Encode:
        """Paint the chart as it is shown, under its title: ".svg", else PNG."""
        if self.dirty:
            self.redraw()
        return view_painted(ending, self.view, self.heading, self.theme)

    # Qt.

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while the chart was hidden."""
        super().showEvent(event)
        self.mark_dirty(at_once=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The empty state's words follow the size."""
        super().resizeEvent(event)
        self._empty_label.setGeometry(16, 8, max(0, self.width() - 32), max(0, self.height() - 16))
        self.mark_dirty(at_once=True)

    @Slot()
    def _on_range_changed(self) -> None:
        # The chart's own fitting changes the range too; drawing again for that would never end.
        if not self._drawing:
            self.mark_dirty(at_once=True)

    @Slot(object)
    def _on_pointed(self, place: QPointF | None) -> None:
        if place is None and self._reading is None and self._pointed is None:
            return
        self._pointed = None if self.empty else place
        if self._pointed is None:
            self._reading = None
        self.mark_dirty(at_once=True)

    @Slot(object)
    def _on_clicked(self, place: QPointF) -> None:
        reading = None if self.empty else self.reading_at(place.x(), place.y())
        if reading is not None:
            self.clicked.emit(reading.index)

    @Slot(int, int)
    def _on_key_moved(self, right: int, up: int) -> None:
        if not self.empty:
            self._pointed = None
            self._reading = self.reading_beside(self._reading, right, up)
            if self._reading is not None:
                # After a key, since who points sees it.
                announce(self.view, self._reading.text)
            self.mark_dirty(at_once=True)

    @Slot()
    def _on_key_chosen(self) -> None:
        if self._reading is not None:
            self.clicked.emit(self._reading.index)

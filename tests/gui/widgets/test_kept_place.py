"""A place in a layout that stays, whatever its widget says, until that wants another height."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.widgets.kept_place import KeptPlace


class LayoutRequests(QObject):
    """Counts how often a page is asked to be laid out anew."""

    def __init__(self, page):
        super().__init__(page)
        self.count = 0
        page.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def page(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    QVBoxLayout(page)
    page.resize(200, 400)
    return page


def settle():
    """The place hears of it first, then the page."""
    for _ in range(2):
        QApplication.processEvents()


def shown(page, *widgets):
    for widget in widgets:
        page.layout().addWidget(widget)
    page.layout().addStretch(1)
    page.show()
    settle()
    return LayoutRequests(page)


def test_another_text_moves_nothing_until_it_needs_another_line(page):
    label, below = QLabel("3 of 30", wordWrap=True), QPushButton()
    requests = shown(page, KeptPlace(label), below)
    label.setText("4 of 30")
    settle()
    label.setText("5 of 30")
    settle()
    before, height = requests.count, label.height()
    label.setText("6 of 30")
    settle()
    assert requests.count == before
    label.setText(20 * "many words ")
    settle()
    assert requests.count > before
    assert label.height() > height


def test_a_button_that_comes_and_goes_keeps_its_room(page):
    button, below = QPushButton("follow"), QPushButton("other")
    requests = shown(page, KeptPlace(button), below)
    for visible in (False, True, False):
        button.setVisible(visible)
        settle()
        if not visible:
            before, place = requests.count, below.pos()
    assert (requests.count, below.pos()) == (before, place)
    assert button.size() == button.parentWidget().size()


def test_a_widget_that_is_too_wide_for_its_place_gets_a_wider_one(page):
    button = QPushButton("ok")
    page.layout().setAlignment(Qt.AlignmentFlag.AlignLeft)
    shown(page, KeptPlace(button))
    button.setText(6 * "many words ")
    settle()
    assert button.width() >= button.minimumSizeHint().width() > 200


def test_a_place_that_is_resized_before_its_widget_is_asked_still_tells_of_the_new_height(page):
    label = QLabel("short", wordWrap=True)
    place = KeptPlace(label)
    shown(page, place)
    label.setText(20 * "many words ")
    place.resize(place.width(), place.height() + 1)
    settle()
    assert label.height() >= label.heightForWidth(label.width())

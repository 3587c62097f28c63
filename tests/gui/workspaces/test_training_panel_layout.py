import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from gui.lab.session_state import SessionState
from gui.theme.manager import Density, ThemeManager
from gui.widgets.field_grid import FieldGrid
from gui.workspaces.train.panel import TrainingPanel
from models import PRESETS

CHOICES = {"optimizer": tuple(OPTIMIZERS), "schedule": tuple(SCHEDULES)}


@pytest.fixture
def panel(qtbot, qapp):
    # Sizes depend on the style sheet.
    panel_themes = ThemeManager(qapp, "light")
    panel = TrainingPanel(PRESETS, CHOICES)
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    panel_themes.setParent(panel)
    return panel


def choose(panel, name):
    panel.form.selector.setCurrentIndex(panel.form.selector.findData(name))


def put(panel, **texts):
    for key, text in texts.items():
        panel.form.fields[key].set_text(text)


def test_nothing_is_cut_at_any_width(qtbot, panel):
    choose(panel, "logistic")
    put(panel, learning_rate="-1")
    for width in (640, 700, 900, 1600):
        panel.resize(width, panel.heightForWidth(width))
        qtbot.wait(1)
        assert panel.width() == width
        assert panel.minimumSizeHint().width() <= 640
        for button in panel.findChildren(QPushButton):
            place = button.geometry().translated(button.parentWidget().mapTo(panel, QPoint()))
            assert button.width() >= button.sizeHint().width(), (width, button.text())
            assert panel.rect().contains(place), (width, button.text())


def test_beside_two_digits_the_name_of_the_preset_and_the_numbers_can_be_read(panel, painted_titles):
    panel.resize(870, 300)
    panel.set_subtitle("a file with a long name that somebody has downloaded once.npz: 8,500 training digits")
    for name in ("logistic", "softmax"):
        choose(panel, name)
        panel.layout().activate()
        panel.form.selector.grab()
        assert painted_titles[-1] == PRESETS[name].title
        assert panel.subtitle_label.text().startswith("…")
        assert panel.subtitle_label.text().endswith("8,500 training digits")
    panel.resize(640, 300)
    panel.set_subtitle("8,500 training · 1,500 validation digits · 4,250 non-digits of many kinds and sources")
    panel.layout().activate()
    assert panel.subtitle_label.text().startswith("8,500 training")


def test_the_grid_fills_rows_evenly(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    grid = FieldGrid(80, 10, holder)
    widgets = [QLineEdit() for _ in range(6)]
    for widget in widgets:
        grid.add(widget)
    widgets[5].hide()
    holder.resize(300, 200)
    holder.show()
    rows = {}
    for widget in widgets[:5]:
        rows.setdefault(widget.y(), []).append(widget)
    assert [len(row) for row in rows.values()] == [3, 2]
    assert len({widget.width() for widget in widgets[:5]}) <= 2
    assert grid.heightForWidth(1000) < grid.heightForWidth(100)


def test_the_wheel_scrolls_the_page_not_the_choice(panel):
    box = panel.form.selector
    box.clearFocus()
    index = box.currentIndex()
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    assert event.type() == QEvent.Type.Wheel
    box.wheelEvent(event)
    assert box.currentIndex() == index
    assert not event.isAccepted()


def test_the_presets_begin_where_the_fields_do(qtbot, panel):
    choose(panel, "mlp")
    field = panel.form.fields["optimizer"].editor
    for width in (672, 1100, 2400):
        panel.resize(width, 300)
        qtbot.wait(1)
        assert panel.width() == width
        assert panel.form.selector.mapTo(panel, QPoint()).x() == field.mapTo(panel, QPoint()).x(), width


def test_a_tight_panel_needs_less_height_and_keeps_every_control(qtbot, panel):
    choose(panel, "logistic")
    roomy = panel.heightForWidth(672)
    panel.set_density(Density.COMPACT)
    panel.resize(672, panel.heightForWidth(672))
    qtbot.wait(1)
    assert panel.height() < roomy
    for widget in (panel.form.selector, panel.form.digits.first, panel.form.digits.second, panel.defaults_button):
        assert widget.isVisible()
        assert panel.rect().contains(widget.geometry().translated(widget.parentWidget().mapTo(panel, QPoint())))
    panel.set_density(Density.COMFORTABLE)
    assert panel.heightForWidth(672) == roomy


def test_a_refused_value_is_named_beside_the_grey_button(panel):
    before = panel.controls.text
    put(panel, learning_rate="-1")
    assert not panel.train_button.isEnabled()
    assert "“Learning rate”" in panel.controls.text
    put(panel, epochs="none")
    assert "2 marked fields" in panel.controls.text
    panel.form.use_defaults()
    assert panel.controls.text == before


def test_fields_do_not_grow_without_end(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    grid = FieldGrid(80, 10, holder, maximum_width=200)
    lines = [QLineEdit(), QLineEdit()]
    for line in lines:
        grid.add(line)
    holder.resize(3000, 60)
    holder.show()
    assert [line.width() for line in lines] == [200, 200]


def test_the_focus_stays_with_what_steers_the_run(panel, qtbot):
    panel.activateWindow()
    panel.train_button.setFocus()
    qtbot.waitUntil(panel.train_button.hasFocus)
    panel.set_state(SessionState.RUNNING)
    assert panel.pause_button.hasFocus()
    panel.stop_button.setFocus()
    panel.set_state(SessionState.STOPPING)
    panel.set_state(SessionState.IDLE)
    assert panel.train_button.hasFocus()
    panel.form.fields["epochs"].editor.setFocus()
    panel.set_state(SessionState.RUNNING)
    assert not panel.pause_button.hasFocus()

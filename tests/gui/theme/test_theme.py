from dataclasses import fields

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
)

from gui.theme.color_scales import readable
from gui.theme.manager import Density, ThemeManager
from gui.theme.stylesheet import make_stylesheet, mark_invalid, mark_primary
from gui.theme.tokens import DARK, LIGHT
from gui.widgets.card import Card


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def tokens(theme):
    return {field.name: getattr(theme, field.name) for field in fields(theme) if field.name not in ("name", "series")}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
class TestTokens:
    def test_words_can_be_read(self, theme):
        for ground in (theme.surface, theme.background):
            for word in (theme.text, theme.muted, theme.accent, theme.danger):
                assert contrast(word, ground) >= 4.5, (word, ground)
        for ground in (theme.accent, theme.accent_hover):
            assert contrast(theme.on_accent, ground) >= 4.5
        assert contrast(theme.ink, theme.canvas) >= 7

    def test_curves_and_controls_can_be_seen(self, theme):
        for color in (*theme.series, theme.control_line):
            assert contrast(color, theme.surface) >= 3

    def test_names_of_curves_can_be_read(self, theme):
        for color in (*theme.series, theme.accent, theme.second):
            assert contrast(readable(color, theme), theme.surface) >= 4.5, color

    def test_every_token_is_a_color(self, theme):
        assert all(QColor(value).isValid() for value in (*tokens(theme).values(), *theme.series))
        assert theme.color("accent", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)
        with pytest.raises(KeyError):
            theme.color("name")

    def test_stylesheet_has_no_hole(self, theme):
        sheet = make_stylesheet(theme)
        assert "$" not in sheet
        assert theme.accent in sheet


def test_the_other_look_reaches_the_application_and_painters(qapp, themes, qtbot):
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == LIGHT.background
    with qtbot.waitSignal(themes.changed) as signal:
        themes.set_mode("dark")
    assert signal.args == [DARK]
    assert themes.theme is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.background
    assert DARK.surface in qapp.styleSheet()


def test_the_same_look_again_tells_nobody(themes, qtbot):
    with qtbot.assertNotEmitted(themes.changed):
        themes.set_mode("light")


def test_unknown_mode_is_refused(themes):
    with pytest.raises(ValueError, match="must be one of"):
        themes.set_mode("blue")


def test_a_manager_that_is_gone_is_not_called(qapp):
    manager = ThemeManager(qapp, "dark")
    manager.deleteLater()
    del manager
    qapp.styleHints().unsetColorScheme()
    ThemeManager(qapp, "light").deleteLater()


def test_card_shows_title_subtitle_and_body(qtbot, themes):
    card = Card("Loss", "log axis")
    qtbot.addWidget(card)
    label = QLabel("inside")
    card.body.addWidget(label)
    card.set_title("Accuracy")
    card.set_subtitle("98 %")
    assert (card.title, card.subtitle, card.accessibleName()) == ("Accuracy", "98 %", "Accuracy")
    assert label.parent() is card
    card.resize(240, 120)
    card.show()
    image = card.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() - 6).name() == LIGHT.surface


def test_states_change_the_look(qtbot, themes):
    button, field = QPushButton("Train"), QLineEdit("-1")
    for widget in (button, field):
        qtbot.addWidget(widget)
        widget.resize(120, 32)
        widget.show()
    plain = button.grab().toImage().pixelColor(8, 16).name()
    mark_primary(button)
    assert plain == LIGHT.surface
    assert button.grab().toImage().pixelColor(8, 16).name() == LIGHT.accent
    mark_invalid(field, True)
    assert field.grab().toImage().pixelColor(0, 16).name() == LIGHT.danger
    mark_invalid(field, False)
    assert field.grab().toImage().pixelColor(0, 16).name() != LIGHT.danger


def test_larger_text_reaches_fonts_and_the_style_sheet(qapp, themes, qtbot):
    usual = qapp.font().pixelSize()
    assert "font-size: 52px" in qapp.styleSheet()
    with qtbot.waitSignal(themes.changed):
        themes.set_text_percent(200)
    assert qapp.font().pixelSize() == 2 * usual
    assert "font-size: 104px" in qapp.styleSheet()
    assert "font-size: 52px" not in qapp.styleSheet()
    with qtbot.assertNotEmitted(themes.changed):
        themes.set_text_percent(500)
    themes.set_text_percent(100)
    assert qapp.font().pixelSize() == usual


def test_density_is_told_once_and_follows_the_size_of_text(themes, qtbot):
    told = []
    themes.density_changed.connect(told.append)
    for height_px in (1000, 720, 719, 640):
        themes.fit_height(height_px)
    assert told == [Density.COMPACT]
    themes.fit_height(900)
    themes.set_text_percent(150)
    themes.fit_height(900)
    assert told == [Density.COMPACT, Density.COMFORTABLE, Density.COMPACT]
    themes.set_text_percent(100)


def test_the_arrows_of_a_file_dialog_can_be_seen(themes, qtbot):
    for mode, theme in (("dark", DARK), ("light", LIGHT)):
        themes.set_mode(mode)
        dialog = QFileDialog()
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        qtbot.addWidget(dialog)
        for name in ("backButton", "forwardButton", "toParentButton"):
            image = dialog.findChild(QToolButton, name).icon().pixmap(24, 24).toImage()
            solid = {
                image.pixelColor(x, y).name()
                for x in range(image.width())
                for y in range(image.height())
                if image.pixelColor(x, y).alpha() == 255
            }
            assert solid
            assert all(contrast(color, theme.surface) >= 3 for color in solid), (mode, name, solid)


def test_the_buttons_that_scroll_tabs_show_their_arrows(themes, qtbot):
    bar = QTabBar()
    qtbot.addWidget(bar)
    for number in range(30):
        bar.addTab(f"tab {number}")
    bar.resize(300, 40)
    bar.show()
    buttons = [button for button in bar.findChildren(QToolButton) if button.isVisible()]
    assert len(buttons) == 2
    for button in buttons:
        inner = (
            button.grab().toImage().scaled(button.width(), button.height()).copy(button.rect().adjusted(4, 4, -4, -4))
        )
        shades = {inner.pixel(x, y) for x in range(inner.width()) for y in range(inner.height())}
        assert len(shades) > 1


def test_lists_and_tables_of_an_earlier_moment_are_dimmed(qtbot, themes):
    table = QTableWidget(1, 1)
    qtbot.addWidget(table)
    table.setItem(0, 0, QTableWidgetItem("MMMM"))
    table.show()
    painted = []
    for enabled in (True, False):
        table.setEnabled(enabled)
        image = table.viewport().grab().toImage()
        places = [(x, y) for x in range(4, 60) for y in range(4, 24)]
        painted.append(min(image.pixelColor(x, y).lightness() for x, y in places))
    assert painted[1] > painted[0] + 40, "the text steps back, as labels do"

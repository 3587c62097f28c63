"""The switch between light and dark, large and small text, roomy and tight layouts.

Widgets that paint themselves take a `ThemeManager`, read `themes.theme` and repaint on `themes.changed`. Everything
else gets its look from the palette and the style sheet that the manager sets on the application.
"""

from enum import Enum
from typing import Final, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication

from gui.theme.palette import make_palette
from gui.theme.stylesheet import make_stylesheet
from gui.theme.tokens import DARK, LIGHT, TEXT_SIZE_PX, THEME_MODES, Theme, ThemeMode

# What a bare Linux desktop calls its font when nobody chose one; a better installed face is preferred to it.
_GENERIC_FAMILIES: Final = frozenset({"", "sans", "sans serif", "sans-serif", "dejavu sans", "bitstream vera sans"})
_PREFERRED_FAMILIES: Final = ("Inter", "Noto Sans", "Cantarell", "DejaVu Sans")
# In percent of the usual text; the larger ones are for a projector, and for whoever reads them more easily.
TEXT_SCALES_PERCENT: Final = (100, 125, 150, 175, 200)
# A window lower than this many lines of text keeps less room between and in its cards.
_COMPACT_BELOW_LINES: Final = 48


class Density(Enum):
    """How much room the layouts leave around what they hold."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"

    @property
    def is_compact(self) -> bool:
        """Whether room is short."""
        return self is Density.COMPACT

    @property
    def gap_px(self) -> int:
        """Between cards."""
        return 8 if self.is_compact else 16


def interface_font(percent: int = 100) -> QFont:
    """The system's font at 13 px, or so many percent of that, with digits of equal width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if font.family().lower() in _GENERIC_FAMILIES:
        font.setFamilies(list(_PREFERRED_FAMILIES))
    font.setPixelSize(round(TEXT_SIZE_PX * percent / 100))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


# The application's property that says that its style is chosen.
_STYLED = "digitlabStyled"


class ThemeManager(QObject):
    """Dresses the application, follows the system's setting when asked to, and tells who paints by hand.

    Signals:
        changed: the new `Theme`; also after text of another size.
        density_changed: the new `Density`.
    """

    changed = Signal(object)
    density_changed = Signal(object)

    def __init__(self, application: QApplication | None = None, mode: ThemeMode = "system") -> None:
        super().__init__()
        self._application = application if application is not None else cast(QApplication, QApplication.instance())
        self._mode: ThemeMode = mode
        self._theme = LIGHT
        self._density = Density.COMFORTABLE
        self._text_percent = 100
        if not self._application.property(_STYLED):
            # Every call makes a style anew, and the old one stays in memory. Which one there is cannot be asked: a
            # style sheet hides it.
            self._application.setProperty(_STYLED, True)
            self._application.setStyle("Fusion")
        self._application.setFont(interface_font())
        self._application.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)
        self._set_system_scheme(mode)
        self._apply(self._wanted_theme())

    @property
    def theme(self) -> Theme:
        """The look in force."""
        return self._theme

    @property
    def mode(self) -> ThemeMode:
        """What was asked for: "system", "light" or "dark"."""
        return self._mode

    def set_mode(self, mode: ThemeMode) -> None:
        """Choose the look, or leave it to the system; anything else raises `ValueError`."""
        if mode not in THEME_MODES:
            raise ValueError(f"The theme must be one of {', '.join(THEME_MODES)}, not {mode!r}.")
        self._mode = mode
        self._set_system_scheme(mode)
        self._switch_to(self._wanted_theme())

    @property
    def density(self) -> Density:
        """How much room layouts leave."""
        return self._density

    @Slot(int)
    def fit_height(self, height_px: int) -> None:
        """Choose the density for a window of this height, and tell whoever listens if it is another."""
        compact = height_px < _COMPACT_BELOW_LINES * QFontMetrics(self._application.font()).height()
        density = Density.COMPACT if compact else Density.COMFORTABLE
        if density is not self._density:
            self._density = density
            self.density_changed.emit(density)

    @property
    def text_percent(self) -> int:
        """The size of text, in percent of the usual one."""
        return self._text_percent

    @Slot(int)
    def set_text_percent(self, percent: int) -> None:
        """Write everything larger, from 100 to 200 percent."""
        percent = min(TEXT_SCALES_PERCENT[-1], max(TEXT_SCALES_PERCENT[0], percent))
        if percent != self._text_percent:
            self._text_percent = percent
            self._application.setFont(interface_font(percent))
            self._apply(self._theme)
            self.changed.emit(self._theme)

    @Slot(Qt.ColorScheme)
    def _on_system_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._switch_to(self._wanted_theme())

    def _wanted_theme(self) -> Theme:
        if self._mode != "system":
            return DARK if self._mode == "dark" else LIGHT
        # A desktop that does not say (Unknown) gets the light look.
        return DARK if self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def _set_system_scheme(self, mode: ThemeMode) -> None:
        """Let title bars and native dialogs follow; many platforms ignore this, so nothing else relies on it."""
        hints = self._application.styleHints()
        if mode == "system":
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light)

    def _switch_to(self, theme: Theme) -> None:
        if theme is not self._theme:
            self._apply(theme)
            self.changed.emit(theme)

    def _apply(self, theme: Theme) -> None:
        self._theme = theme
        self._application.setPalette(make_palette(theme))
        sheet = make_stylesheet(theme, self._text_percent)
        if sheet != self._application.styleSheet():
            # Every widget that there is would be dressed anew, also in what it wears.
            self._application.setStyleSheet(sheet)

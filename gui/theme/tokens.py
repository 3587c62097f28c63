"""The colors and sizes of the two looks, as frozen data."""

from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

from PySide6.QtGui import QColor

ThemeMode = Literal["system", "light", "dark"]
THEME_MODES: Final[tuple[ThemeMode, ...]] = get_args(ThemeMode)

TEXT_SIZE_PX: Final = 13


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one look, as "#rrggbb".

    Attributes:
        name: "light" or "dark".
        background: the window behind the cards.
        surface: cards and fields.
        raised: hovered buttons, menus, table headers.
        line: borders and grids.
        text: what is read.
        muted: captions, axis labels, hints; still at least 4.5:1 on the surface.
        accent: the primary action, the top class, training curves.
        second: validation curves.
        good: success.
        danger: errors and refused values.
        canvas: the drawing's ground.
        ink: the drawing's strokes.
        on_accent: text on the accent.
        accent_hover, accent_pressed: the primary button under the pointer, and pressed.
        track: grooves of sliders and progress bars, bars that are not the top class.
        control_line: borders that show where a control is, at least 3:1 on the surface.
        series: further curves (Okabe–Ito, tuned to 3:1 on the surface), told apart by dash patterns too.
    """

    name: str
    background: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    second: str
    good: str
    danger: str
    canvas: str
    ink: str
    on_accent: str
    accent_hover: str
    accent_pressed: str
    track: str
    control_line: str
    series: tuple[str, ...]

    @property
    def is_dark(self) -> bool:
        """Whether text is light on a dark ground."""
        return self.name == "dark"

    def color(self, token: str, alpha: float = 1.0) -> QColor:
        """A token as a `QColor`; `alpha` from 0 (clear) to 1; raises `KeyError` where there is none."""
        if token not in _COLORS:
            raise KeyError(token)
        color = QColor(getattr(self, token))
        color.setAlphaF(alpha)
        return color


_COLORS: Final = frozenset(field.name for field in fields(Theme)) - {"name", "series"}

LIGHT: Final = Theme(
    name="light",
    background="#f4f5f7",
    surface="#ffffff",
    raised="#f7f8fa",
    line="#dfe3e8",
    text="#1c2128",
    muted="#5f6b7a",
    accent="#0b6bcb",
    second="#b86e00",
    good="#0f8a5f",
    danger="#c02b2b",
    canvas="#ffffff",
    ink="#14171c",
    on_accent="#ffffff",
    accent_hover="#095aab",
    accent_pressed="#084c91",
    track="#d9dee5",
    control_line="#8791a0",
    series=("#0b6bcb", "#b86e00", "#0f8a5f", "#b4558c", "#2f8fc4", "#c04e00", "#8a7a00", "#5f6b7a"),
)

DARK: Final = Theme(
    name="dark",
    background="#16181d",
    surface="#1e2127",
    raised="#262a32",
    line="#343a45",
    text="#e8eaed",
    muted="#9aa3b2",
    accent="#4c9be8",
    second="#e69f00",
    good="#2fb380",
    danger="#f27d78",
    canvas="#0e1013",
    ink="#f2f4f8",
    on_accent="#0e1013",
    accent_hover="#6db0f0",
    accent_pressed="#3f88d0",
    track="#3a414d",
    control_line="#6f7a8a",
    series=("#4c9be8", "#e69f00", "#2fb380", "#cc79a7", "#56b4e9", "#e8743b", "#f0e442", "#9aa3b2"),
)

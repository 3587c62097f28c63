"""The theme as a `QPalette`, for everything that the style sheet does not name."""

from PySide6.QtGui import QColor, QPalette

from gui.theme.tokens import Theme


def make_palette(theme: Theme) -> QPalette:
    """Every role of the palette set from the theme's tokens, also for disabled widgets."""
    role = QPalette.ColorRole
    palette = QPalette()
    for part, token in (
        (role.Window, theme.background),
        (role.WindowText, theme.text),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.raised),
        (role.Text, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Button, theme.surface),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.danger),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Accent, theme.accent),
        (role.Link, theme.accent),
        (role.LinkVisited, theme.accent),
        (role.Light, theme.raised),
        (role.Midlight, theme.raised),
        (role.Mid, theme.line),
        (role.Dark, theme.control_line),
        (role.Shadow, theme.line),
    ):
        palette.setColor(part, QColor(token))
    disabled = QPalette.ColorGroup.Disabled
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, part, QColor(theme.control_line))
    palette.setColor(disabled, role.Highlight, QColor(theme.track))
    palette.setColor(disabled, role.HighlightedText, QColor(theme.muted))
    return palette

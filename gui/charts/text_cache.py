"""Short texts that are drawn again and again: laid out once, which takes several times as long as to draw them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QStaticText

# More different numbers than axes show in a minute.
_MOST = 200


class TextCache:
    """Laid out texts of one font."""

    def __init__(self) -> None:
        self._font: QFont | None = None
        self._laid_out: dict[str, QStaticText] = {}

    def of(self, text: str, font: QFont) -> QStaticText:
        """A text, laid out as it will be drawn with this font."""
        if font != self._font or len(self._laid_out) > _MOST:
            self._font = font
            self._laid_out.clear()
        letters = self._laid_out.get(text)
        if letters is None:
            letters = QStaticText(text)
            letters.setTextFormat(Qt.TextFormat.PlainText)
            letters.prepare(font=font)
            self._laid_out[text] = letters
        return letters

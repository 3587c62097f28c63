"""Cuts a text into lines, where a painter writes them itself."""

from PySide6.QtGui import QFontMetricsF


def wrapped_text(text: str, metrics: QFontMetricsF, room: float, most: int) -> list[str]:
    """As few lines of whole words as fit the room (pixels), at most so many; the last one has all the rest."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or metrics.horizontalAdvance(longer) <= room or len(lines) == most:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines

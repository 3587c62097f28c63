"""What a widget is for: in rich text on hover, in plain words for a screen reader."""

from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QWidget


def explain(widget: QWidget, html: str) -> None:
    """Set a tooltip of simple HTML. Without words of its own, Qt would read the tooltip out, tags and all."""
    # "qt" makes it rich text, which Qt wraps to a readable width.
    widget.setToolTip(f"<qt>{html}</qt>")
    widget.setAccessibleDescription(plain_text(html))


def plain_text(html: str) -> str:
    """The words of simple HTML in one line."""
    return " ".join(QTextDocumentFragment.fromHtml(html).toPlainText().split())

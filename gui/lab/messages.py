"""What the lab has to say to the person in front of it; who shows it, and how, is the window's business."""

from PySide6.QtCore import QObject, Signal


class Messages(QObject):
    """Where every part of the lab sends its sentences.

    Signals:
        message(str): one sentence that needs no answer, for the status line.
        error(object): an exception, or a sentence, about something that did not work; the state is as before.
    """

    message = Signal(str)
    error = Signal(object)

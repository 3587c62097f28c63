"""Thirty drawings for a report: says what to draw next, files what was drawn, and clears the canvas for the next."""

import random
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from gui.lab.lab import Lab
from gui.lab.my_digits import WRITER, MyDigit

# The key of drawings that were made for a report, and how often each digit is asked for.
REPORT = "report"
TIMES = 3


class Guide(QObject):
    """One round at a time: `begin`, then `confirm` after each drawing.

    Signals:
        changed: another digit is asked for, or none any more.
        finished: all were drawn.
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, lab: Lab, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lab = lab
        self._order: list[int] = []
        self._filed: list[str] = []
        self._round = ""

    @property
    def total(self) -> int:
        """How many drawings a round has."""
        return 10 * TIMES

    @property
    def done(self) -> int:
        """How many of them are made."""
        return len(self._filed)

    @property
    def asked(self) -> int | None:
        """The digit to draw now; None while there is no round."""
        return self._order[self.done] if self.done < len(self._order) else None

    @Slot()
    def begin(self) -> None:
        """Ask for each digit three times, mixed, so that nobody gets into a routine."""
        self._round = datetime.now().isoformat(timespec="seconds")
        self._order, self._filed = list(range(10)) * TIMES, []
        random.Random(self._round).shuffle(self._order)
        self._lab.drawing.clear()
        self.changed.emit()

    @Slot()
    def confirm(self) -> None:
        """What is drawn is the digit that was asked for: file it, and ask for the next one."""
        asked = self.asked
        if asked is None:
            return
        self._lab.drawing.lift_pen()
        extra = {REPORT: self._round}
        if self._lab.settings.writer:
            extra[WRITER] = self._lab.settings.writer
        drawing = Drawing(self._lab.drawing.strokes, asked, extra)
        features = features_from_drawing(drawing)
        if features is None:
            self._lab.messages.message.emit(f"Draw a {asked} on the canvas first.")
            return
        self._filed += self._lab.my_digits.add([(drawing, features)])
        self._lab.drawing.clear()
        self.changed.emit()
        if self.asked is None:
            self.finished.emit()

    @Slot()
    def back(self) -> None:
        """The last drawing was none of that digit: take it away, and ask again."""
        if self._filed and self.asked is not None:
            self._lab.my_digits.delete([self._filed.pop()])
            self.changed.emit()

    @Slot()
    def end(self) -> None:
        """Ask for no more; what was drawn stays filed."""
        self._order, self._filed = [], []
        self.changed.emit()


def newest_round(digits: list[MyDigit], writer: str) -> list[MyDigit]:
    """The drawings of the writer's newest round; none where there is none."""
    rounds = [digit for digit in digits if digit.writer == writer and isinstance(digit.drawing.extra.get(REPORT), str)]
    newest = max((digit.drawing.extra[REPORT] for digit in rounds), default="")
    return [digit for digit in rounds if digit.drawing.extra[REPORT] == newest]

"""Refuses combinations of Python and PySide6 that are known to break, with a sentence that names the way out."""

import sys

# PySide6 6.12.0 gives back one reference too many of None with nearly every call; before Python 3.12, where None is
# immortal, the process aborts within seconds of drawing charts.
BROKEN_BEFORE_PYTHON_3_12 = ((6, 12, 0),)
# 6.9.1 breaks pyqtgraph's classes (multiple inheritance); 6.10.1 crashes in queued slots.
BROKEN = ((6, 9, 1), (6, 10, 1))
OLDEST = (6, 8, 1)


def find_problem(pyside: tuple[int, int, int], python: tuple[int, int] = sys.version_info[:2]) -> str:
    """One sentence when this PySide6 can't be used with this Python, else ""."""
    name = ".".join(map(str, pyside))
    advice = 'Install one that does: python -m pip install "PySide6-Essentials>=6.8.1,!=6.9.1,!=6.10.1,<6.12"'
    if pyside < OLDEST:
        return f"PySide6 {name} is too old for DigitLab. {advice}"
    if pyside in BROKEN:
        return f"PySide6 {name} has a fault that makes charts or training crash. {advice}"
    if pyside in BROKEN_BEFORE_PYTHON_3_12 and python < (3, 12):
        return f"PySide6 {name} aborts on Python {python[0]}.{python[1]} after a few seconds. {advice}"
    return ""

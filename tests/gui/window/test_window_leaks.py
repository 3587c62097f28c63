"""A window that is closed leaves nothing behind, however often one is opened."""

import gc
from collections import Counter

from PySide6.QtCore import QCoreApplication, QEvent, QObject

from gui.app.application import create_window


def open_and_close(qapp, qtbot):
    window = create_window(qapp)
    with qtbot.waitSignal(window.completed, timeout=20_000):
        pass
    window.close_without_asking()
    window.deleteLater()
    del window
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()


def census(qapp):
    """How many objects of each type there are, those of Qt that Python does not know included where they hang."""
    gc.collect()
    assert gc.get_freeze_count() == 0, "what is frozen is never looked at, and never given back"
    names = Counter()
    # By type: `isinstance` also asks an object for its `__class__`, which lazy objects of other libraries answer.
    for kind, count in Counter(map(type, gc.get_objects())).items():
        if issubclass(kind, QObject):
            names[f"{kind.__module__}.{kind.__qualname__}"] += count
        if str(kind.__module__).startswith(("gui.", "pyqtgraph.")):
            names[str(kind.__module__)] += count
    return names, Counter(child.metaObject().className() for child in qapp.children())


def test_windows_that_are_closed_leave_nothing_behind(qapp, qtbot):
    # The first one imports and fills what is made once.
    for _ in range(2):
        open_and_close(qapp, qtbot)
    objects, children = census(qapp)
    widgets = len(qapp.allWidgets())
    for _ in range(2):
        open_and_close(qapp, qtbot)
    objects_after, children_after = census(qapp)
    assert objects_after - objects == Counter()
    assert children_after - children == Counter()
    assert len(qapp.allWidgets()) <= widgets

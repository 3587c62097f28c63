"""How long the Data tab takes over 70,000 digits: until the first screen, a frame of scrolling, a filter.

python tests/bench/data_tab.py (QT_QPA_PLATFORM=offscreen will do). Numbers count for the machine and moment they are
taken on; wall clock until the first screen, processor time of the window's thread for the rest.
"""

import os
import tempfile
import time
from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QApplication

from engine.data import Dataset, load_bundled
from gui.lab.dataset_library import DatasetEntry
from gui.lab.lab import Lab
from gui.services.settings import Settings
from gui.theme.manager import ThemeManager
from gui.workspaces.data.workspace import DataWorkspace

COPIES, FRAMES = 7, 400


def milliseconds(work: Callable[[], object]) -> float:
    """Processor time of this thread."""
    start = time.thread_time()
    work()
    return (time.thread_time() - start) * 1e3


def main() -> None:
    """Measure and print."""
    os.environ["DIGITLAB_CONFIG_DIR"] = tempfile.mkdtemp()
    application = QApplication([])
    bundled = load_bundled()
    many = Dataset(np.tile(bundled.images, (COPIES, 1, 1)), np.tile(bundled.labels, COPIES), "many")
    lab = Lab(Settings())
    lab.datasets.add(DatasetEntry("many", "many", lambda: many))
    workspace = DataWorkspace(lab, ThemeManager(application, "light"))
    workspace.resize(1500, 1000)

    def until_shown(wanted: int) -> float:
        start = time.perf_counter()
        while workspace.found is None or len(workspace.found.digits) != wanted:
            application.processEvents()
        application.processEvents()
        return (time.perf_counter() - start) * 1e3

    def settle() -> None:
        # The checks of what is shown go on in the background.
        while workspace.checks is None:
            application.processEvents()

    workspace.show()
    until_shown(len(bundled))
    settle()
    lab.datasets.choose("many")
    print(f"first screen of {len(many):,} digits after they are chosen: {until_shown(len(many)):.0f} ms")
    grid = workspace.digits.grid
    bar, view = grid.verticalScrollBar(), grid.viewport()

    def frame(number: int) -> float:
        # Mostly a wheel's step, now and then a leap.
        bar.setValue((bar.value() + (137 if number % 10 else 40_000)) % bar.maximum())
        return milliseconds(view.repaint)

    frames = np.array([frame(number) for number in range(FRAMES)])
    print(f"frame: median {np.median(frames):.1f}, 99 % {np.quantile(frames, 0.99):.1f}, worst {frames.max():.1f} ms")
    print(f"filter by class: {milliseconds(lambda: (workspace.digits.show_class(4), view.repaint())):.1f} ms")
    workspace.shut_down()
    lab.close(2)


if __name__ == "__main__":
    main()

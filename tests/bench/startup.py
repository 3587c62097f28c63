"""How long a fresh process needs until its window answers a drawing, against the least that such a window can cost.

The yardstick imports PySide6 and pyqtgraph and shows an empty `PlotWidget`. DigitLab opens as `python main.py` opens
it, takes a stroke by mouse events and paints the answer. Both are timed from before the process exists to the last
painted frame, alternating; the table has medians.

    python tests/bench/startup.py [--runs 9]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

BARE = """
import time
from PySide6.QtWidgets import QApplication
import pyqtgraph
application = QApplication([])
window = pyqtgraph.PlotWidget()
window.show()
while not window.isVisible():
    application.processEvents()
application.processEvents()
print('{"shown": %r}' % time.time())
"""

OURS = """
import json, time
import main
from gui.app.application import create_application, create_window
application = create_application(["digitlab"])
window = create_window(application)
application.processEvents()
shown = time.time()
from gui.app.self_check import draw_stroke
while window.lab.classifier.model is None:
    application.processEvents()
draw_stroke(window.canvas)
while window.answer.probabilities is None:
    application.processEvents()
application.processEvents()
answered = time.time()
while not window.is_complete:
    application.processEvents()
application.processEvents()
print(json.dumps({"shown": shown, "answered": answered, "complete": time.time()}))
window.close_without_asking()
"""


def run(code: str) -> dict[str, float]:
    """Seconds from before the start of a process to each of its marks."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DIGITLAB_CONFIG_DIR": folder, "PYTHONPATH": str(ROOT)}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        # Installed packages have their bytecode anyway; only our modules would be compiled anew in each run.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        started = time.time()
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    return {name: mark - started for name, mark in json.loads(done.stdout.splitlines()[-1]).items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    run(BARE)
    run(OURS)
    bare, ours = [], []
    for _ in range(runs):
        bare.append(run(BARE)["shown"])
        ours.append(run(OURS))
    least = statistics.median(bare)
    print(f"{runs} runs each, alternating; medians; platform {os.environ.get('QT_QPA_PLATFORM', 'offscreen')}")
    print(f"{'bare PySide6 + pyqtgraph window':<40}{1000 * least:8.0f} ms")
    names = {"shown": "window on the screen", "answered": "drawing answered", "complete": "everything there"}
    for name, title in names.items():
        value = statistics.median(marks[name] for marks in ours)
        print(f"{'DigitLab: ' + title:<40}{1000 * value:8.0f} ms  {value / least:5.2f} x")


if __name__ == "__main__":
    main()

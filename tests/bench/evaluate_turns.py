"""How long the GUI thread is held up while 60,000 digits are evaluated, and by each click into them.

Opens the real window with its Evaluate tab; for each act it prints the longest gap between two ticks of the event
loop, and the most processor time that the GUI thread took between two of them. The model is `cnn`.

    python tests/bench/evaluate_turns.py [--data train.npz]
"""

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
from latency import Bench, load_data
from pen_replay import LoopProbe

from gui.workspaces.evaluate.workspace import EvaluateWorkspace


class TurnProbe(LoopProbe):
    """Ticks fast enough that hardly more than one turn lies between two."""

    TICK_MS = 1


def acts(bench: Bench, tab: EvaluateWorkspace, key: str):
    """Name, what is done, and when it has come to its end, of each act."""
    choice, lab = tab.choice, bench.window.lab

    def evaluate():
        lab.datasets.choose(key)
        choice.choose((key, "all"), "")

    def anew(act):
        before = tab.found
        return act, lambda: tab.found is not before

    def against(model: str):
        choice.against_box.setCurrentIndex(choice.against_box.findData(model))

    yield "60,000 digits", evaluate, lambda: len(tab.found.answers) > 30_000
    yield "all digits", lambda: tab.matrix.choose((10, 10)), None
    yield "a row", lambda: tab.matrix.choose((3, 10)), None
    yield "a pair", lambda: tab.confused.list.setCurrentRow(0), None
    yield "sums of probabilities", lambda: tab.matrix.measure_box.setCurrentIndex(3), None
    yield "a second model", *anew(lambda: against("softmax"))
    yield "model A and B", lambda: tab.matrix.axes_box.setCurrentIndex(1), None
    yield "right and refused", lambda: tab.matrix.axes_box.setCurrentIndex(2), None
    yield "most unsure", lambda: tab.worst.list_box.setCurrentIndex(1), None
    yield "only B right", tab.comparison.second_button.click, None
    yield "threshold", *anew(lambda: tab.reliability.slider.setValue(900))
    yield "robustness", tab.robustness.measure_button.click, lambda: tab.robustness.curve is not None
    yield "calibrate", *anew(tab.reliability.calibrate_button.click)
    yield "no second model", *anew(lambda: against(""))
    yield "training digits", *anew(lambda: choice.choose((key, "training"), ""))


def main() -> None:
    """Read the options and measure in a settings folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="digits to judge; the bundled ones over and over if left out")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DIGITLAB_CONFIG_DIR"] = folder
        path = options.data
        if not path:
            path = os.path.join(folder, "digits.npz")
            digits, _ = load_data(None)
            np.savez(path, images=digits.images, labels=digits.labels)
        bench = Bench(None)
        bench.window.lab.models.choose("cnn")
        bench.open("evaluate", "")
        tab = bench.window.findChild(EvaluateWorkspace)
        bench.until(lambda: tab.found is not None)
        entry = bench.window.lab.datasets.add_file(Path(path))
        bench.wait(0.5)  # until the tab offers them
        probe, longest, most = TurnProbe(tab), 0.0, 0.0
        for name, act, done in acts(bench, tab, entry.key):
            probe.start()
            act()
            bench.wait(0.05)
            bench.until(done or (lambda: True))
            bench.wait(0.6)
            probe.stop()
            longest, most = max(longest, probe.longest_gap), max(most, probe.longest_work)
            print(
                f"{name:24} {1000 * probe.longest_gap:5.1f} ms   {1000 * probe.longest_work:5.1f} ms of work",
                flush=True,
            )
        print(f"{'all of it':24} {1000 * longest:5.1f} ms   {1000 * most:5.1f} ms of work")
        bench.window.close_without_asking()


if __name__ == "__main__":
    main()

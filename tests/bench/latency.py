"""The window under load: how fast it answers the pen, and what it costs the training.

Opens the real window, lets a pen write at 125 Hz, first while nothing else happens, then while `cnn` trains on
60,000 digits with all threads; compares the training speed with and without the window; and draws a million losses.

    python tests/bench/latency.py [--seconds 10] [--runs 3] [--data train.npz] [--tab inspect [--page pixels]] [--busy]

With a tab or a busy core only the pen is measured, while that tab is open and another process waits in a loop.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

import numpy as np
from pen_replay import BarLatency, LoopProbe, PenReplay, describe
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QGraphicsView, QTabWidget, QWidget

from engine.data import Dataset, bundled_split, read_dataset, split_stratified
from engine.training.messages import TrainingMonitor
from engine.training.trainer import Trainer
from gui.app.application import SWITCH_INTERVAL_SECONDS, create_application, create_window
from gui.lab.session_state import SessionState
from gui.workspaces.inspect.workspace import InspectWorkspace
from gui.workspaces.train.charts.loss_chart import LossChart
from models import PRESETS

COUNT = 60_000
EPOCHS = 3
# Losses in the chart, and how many are new each time that it is drawn.
LOSSES, NEW_LOSSES, DRAWINGS = 1_000_000, 30, 25


def load_data(path: str | None) -> tuple[Dataset, Dataset]:
    """60,000 digits to train on: from a file, or the bundled ones over and over."""
    if path:
        return split_stratified(read_dataset(path), 1500)
    training, validation = bundled_split()
    return training.subset(np.arange(COUNT) % len(training)), validation


def settings(epochs: int):
    """The preset and its own settings, for so many epochs, without varied images."""
    preset = PRESETS["cnn"]
    return preset, replace(preset.defaults, epochs=epochs, augment=False)


def headless(path: str | None) -> float:
    """Images per second of some epochs without a window."""
    preset, config = settings(EPOCHS)
    training, validation = load_data(path)
    generator = np.random.default_rng(0)
    trainer = Trainer(preset.build(0), config)
    finished = trainer.fit(*preset.prepare(training, generator), preset.prepare(validation, generator))
    return finished.images_per_second


class Bench:
    """A window and what is measured in it."""

    def __init__(self, path: str | None) -> None:
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
        self.application = create_application(["digitlab"])
        self.window = create_window(self.application)
        self.until(lambda: self.window.is_complete)
        data = load_data(path)
        self.session = self.window.lab.session
        self.session.set_data_source(lambda: data)
        self.panel = self.window.prediction_panel
        self.bars = self.view("probabilityChart")
        self.wait(1.0)

    def view(self, name: str) -> QWidget:
        """The widget that paints: of a plot its viewport."""
        widget = self.window.findChild(QWidget, name)
        plot = widget if isinstance(widget, QGraphicsView) else widget.findChild(QGraphicsView)
        return plot.viewport() if plot is not None else widget

    def wait(self, seconds: float) -> None:
        """Let the window live."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop, loop.quit)
        loop.exec()

    def until(self, condition) -> None:
        """Let the window live until something is true; looked at now and then, since polling would cost the most."""
        while not condition():
            self.wait(0.02)

    def open(self, tab: str, page: str) -> None:
        """Show a tab, and of Inspect one of its pages."""
        tabs = self.window.findChild(QTabWidget, "workspaces")
        tabs.setCurrentIndex(next(k for k in range(tabs.count()) if tabs.widget(k).objectName() == f"{tab}Workspace"))
        self.wait(2.0)
        if page:
            workspace = self.window.findChild(InspectWorkspace)
            workspace.open_page(page)
            self.wait(1.0)

    def train(self, epochs: int) -> None:
        """Start a run and wait until batches are done."""
        self.session.start(*settings(epochs))
        steps = []
        connection = self.session.progressed.connect(lambda progress: steps.append(progress.step))
        self.until(lambda: steps)
        self.session.progressed.disconnect(connection)

    def end_training(self) -> float:
        """Stop; the seconds until the window knows."""
        begun = time.perf_counter()
        self.session.stop()
        self.until(lambda: self.session.state is SessionState.IDLE)
        return time.perf_counter() - begun

    def write(self, seconds: float) -> tuple[BarLatency, LoopProbe]:
        """Let the pen write."""
        pen = PenReplay(self.window.canvas)
        latency = BarLatency(pen, self.window.canvas, self.bars)
        self.panel.shown.connect(latency.answered)
        probe = LoopProbe(self.view("lossChart"))
        pen.start()
        probe.start()
        self.wait(seconds)
        probe.stop()
        pen.stop()
        self.wait(0.2)
        self.panel.shown.disconnect(latency.answered)
        self.window.canvas.clear()
        return latency, probe

    def training_rate(self) -> float:
        """Images per second of as many epochs in the open window."""
        results = []
        # Not `until`, whose looking would be charged to the window.
        loop = QEventLoop()
        connection = self.session.finished.connect(lambda finished, model: (results.append(finished), loop.quit()))
        self.session.start(*settings(EPOCHS))
        loop.exec()
        self.session.finished.disconnect(connection)
        return results[0].images_per_second

    def drawing_times(self) -> list[float]:
        """Seconds to draw and paint the whole loss chart, each time with some new losses, after a million of them."""
        chart, viewport = self.window.findChild(LossChart), self.view("lossChart")
        monitor, rng = TrainingMonitor(), np.random.default_rng(0)
        monitor.begin(LOSSES // 1000 + 1, 1000)
        chart.clear()
        times = []
        for count in [LOSSES, *DRAWINGS * [NEW_LOSSES]]:
            losses = rng.lognormal(-2, 1, count)
            monitor.record_batches(losses, losses, np.ones(count))
            chart.add(monitor.take())
            begun = time.perf_counter()
            chart.redraw()
            viewport.repaint()
            times.append(time.perf_counter() - begun)
        return times


def run_headless(path: str | None) -> float:
    """`headless` in a fresh process."""
    command = [sys.executable, __file__, "--headless", *(["--data", path] if path else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["images_per_second"]


def measure(options: argparse.Namespace) -> None:
    """Everything, line by line."""
    bench = Bench(options.data)
    if options.tab:
        bench.open(options.tab, options.page)
    latency, probe = bench.write(options.seconds)
    print(f"pen to bars, idle        {describe(latency.seconds)}")
    print(f"longest gap, idle        {1000 * probe.longest_gap:.0f} ms")

    bench.train(1000)
    latency, probe = bench.write(options.seconds)
    print(f"pen to bars, training    {describe(latency.seconds)}")
    print(f"longest gap, training    {1000 * probe.longest_gap:.0f} ms")
    if options.tab or options.busy:
        bench.window.close_without_asking()
        return
    probe = LoopProbe(bench.view("lossChart"))
    probe.start(gaps=False)
    bench.wait(options.seconds)
    probe.stop()
    print(
        f"charts while training    {probe.frames_per_second:.0f} frames/s, "
        f"GUI thread {100 * probe.core_share:.1f} % of a core"
    )
    print(f"stop                     {1000 * bench.end_training():.0f} ms")

    with_window, without = [], []
    for _ in range(options.runs):
        without.append(run_headless(options.data))
        with_window.append(bench.training_rate())
    cost = 1 - statistics.median(with_window) / statistics.median(without)
    print(
        f"training speed           {statistics.median(without):,.0f} images/s headless, "
        f"{statistics.median(with_window):,.0f} in the open window: costs {100 * cost:.1f} %"
    )

    drawn = bench.drawing_times()
    print(
        f"a million losses         drawn in {1000 * statistics.median(drawn):.1f} ms, "
        f"at most {1000 * max(drawn):.1f} ms, the first time included"
    )

    bench.train(1000)
    begun = time.perf_counter()
    bench.window.close_without_asking()
    print(f"close while training     {1000 * (time.perf_counter() - begun):.0f} ms")


def main() -> None:
    """Read the options and measure in a settings folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--data")
    parser.add_argument("--tab", default="", help="key of the tab to write beside, such as inspect")
    parser.add_argument("--page", default="", help="key of a page of Inspect, such as pixels")
    parser.add_argument("--busy", action="store_true", help="beside a process that takes a core")
    parser.add_argument("--headless", action="store_true", help="only print the images per second of a bare training")
    options = parser.parse_args()
    if options.headless:
        print(json.dumps({"images_per_second": headless(options.data)}))
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DIGITLAB_CONFIG_DIR"] = folder
        spinning = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if options.busy else None
        try:
            measure(options)
        finally:
            if spinning is not None:
                spinning.kill()


if __name__ == "__main__":
    main()

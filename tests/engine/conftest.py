import numpy as np
import pytest
from reader_cases import COUNT, MANY

from engine.data import load_bundled
from engine.parallel import work_split
from engine.parallel.batch_evaluator import BatchEvaluator
from engine.parallel.pace import Pace
from tests.engine.process_runs import wait_until


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """MNIST-like (30, 28, 28) uint8 and labels, from the bundled tiles."""
    bundled = load_bundled()
    frames = np.zeros((COUNT, 28, 28), np.uint8)
    frames[:, 3:23, 5:25] = np.rint(bundled.images[:COUNT] * 255)
    return frames, bundled.labels[:COUNT].astype(np.uint8)


@pytest.fixture(scope="module")
def many() -> tuple[np.ndarray, np.ndarray]:
    """MNIST-like (60, 28, 28) uint8 and labels."""
    bundled = load_bundled()
    frames = np.zeros((MANY, 28, 28), np.uint8)
    frames[:, 3:23, 5:25] = np.rint(bundled.images[:MANY] * 255)
    return frames, bundled.labels[:MANY].astype(np.uint8)


@pytest.fixture
def every_run_is_long(monkeypatch):
    """Even the smallest run asks for processes, if its batches have a shard for each; they never rest."""
    monkeypatch.setattr(work_split, "PROCESS_SECONDS", 0.0)
    monkeypatch.setattr(work_split, "PROCESS_WORK", 100_000)
    monkeypatch.setattr(Pace, "record", lambda *arguments: None)


@pytest.fixture
def from_the_first_step(every_run_is_long, monkeypatch):
    """Runs wait for their processes; the list holds one entry for each run that had some."""
    joined = []
    use = BatchEvaluator.use_processes

    def use_and_wait(self, *arguments):
        use(self, *arguments)
        if self.processes is not None:
            wait_until(lambda: self.processes.ready)
            joined.append(self.processes)

    monkeypatch.setattr(BatchEvaluator, "use_processes", use_and_wait)
    return joined

"""Worker processes end with the process that started them, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="worker processes need Linux")

_TRAINS_FOR_EVER = """
import sys
import numpy as np
from engine import Dense, Sequential, SparseCategoricalCrossentropy
from engine.parallel import work_split
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.parallel.processes import process_pool
from engine.training.trainer import Trainer

work_split.PROCESS_SECONDS, work_split.PROCESS_WORK = 0.0, 100_000
network = Sequential([Dense(128, activation="relu"), Dense(10)])
network.build((100,))
network.loss = SparseCategoricalCrossentropy(from_logits=True)


class Tell(Callback):
    def on_epoch_end(self, run, epoch):
        print(*process_pool.process_ids(), flush=True)


rng = np.random.default_rng(0)
inputs, targets = rng.random((400, 100), np.float32), rng.integers(0, 10, 400)
config = TrainingConfig(batch_size=100, epochs=int(sys.argv[1]), threads=2)
Trainer(network, config, callbacks=[Tell()]).fit(inputs, targets)
"""


def is_running(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    # Whoever has ended may still wait to be noticed by the first process of the system.
    status = Path(f"/proc/{number}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, None])
def test_processes_end_with_the_one_that_started_them(end):
    epochs = "3" if end is None else "100000"
    command = [sys.executable, "-W", "error", "-c", _TRAINS_FOR_EVER, epochs]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as trainer:
        (worker,) = map(int, trainer.stdout.readline().split())
        if end is not None:
            assert is_running(worker)
            trainer.send_signal(end)
        errors = trainer.communicate(timeout=30)[1]
    deadline = time.monotonic() + 30
    while is_running(worker):
        if time.monotonic() > deadline:
            raise TimeoutError("the worker process goes on")
        time.sleep(0.005)
    if end is None:
        assert (trainer.returncode, errors) == (0, "")


def descendants(number):
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def mapped_files(number):
    """The files that a process has mapped into its memory, shared memory among them."""
    lines = Path(f"/proc/{number}/maps").read_text().splitlines()
    return {parts[5] for line in lines if len(parts := line.split(maxsplit=5)) == 6}


@pytest.mark.parametrize("delay_ms", [0, 20, 100, 300])
def test_nothing_stays_behind_when_killed_before_the_workers_are_ready(delay_ms, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", _TRAINS_FOR_EVER, "100000"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as trainer:
        workers = []
        deadline = time.monotonic() + 60
        while not workers:
            if time.monotonic() > deadline:
                raise TimeoutError("it starts no worker process")
            workers = descendants(trainer.pid)
        # A worker needs some 250 ms to come.
        time.sleep(delay_ms / 1000)
        files = mapped_files(trainer.pid)
        trainer.kill()
    deadline = time.monotonic() + 30
    while any(is_running(worker) for worker in workers):
        if time.monotonic() > deadline:
            raise TimeoutError("a worker process goes on")
        time.sleep(0.005)
    assert not [file for file in files if file.startswith("/dev/shm/") and Path(file).exists()]
    assert not list(tmp_path.iterdir())


def test_memory_that_a_limit_refuses_means_threads():
    """As on a machine whose shared memory is tiny: the run has the same weights."""
    program = _TRAINS_FOR_EVER + "import zlib; print(zlib.crc32(network.store.values.tobytes()))\n"
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
    results = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", text, "3"], capture_output=True, text=True, timeout=60, check=True
        )
        for text in (program, limit + program)
    ]
    assert not results[0].stderr
    assert not results[1].stderr
    assert results[0].stdout.splitlines()[-1] == results[1].stdout.splitlines()[-1]

"""Worker processes end with the process that started them, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_TRAINS_FOR_EVER = """
import sys
import numpy as np
from engine import Dense, Sequential, SparseCategoricalCrossentropy
from engine.parallel import work_split
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.parallel.processes import process_pool
from engine.training.trainer import Trainer

work_split._PROCESS_SECONDS, work_split._PROCESS_WORK = 0.0, 100_000
network = Sequential([Dense(128, activation="relu"), Dense(10)])
network.build((100,))
network.loss = SparseCategoricalCrossentropy()


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
        (member,) = map(int, trainer.stdout.readline().split())
        if end is not None:
            assert is_running(member)
            trainer.send_signal(end)
        errors = trainer.communicate(timeout=30)[1]
    deadline = time.monotonic() + 30
    while is_running(member):
        if time.monotonic() > deadline:
            raise TimeoutError("the worker process goes on")
        time.sleep(0.005)
    if end is None:
        assert (trainer.returncode, errors) == (0, "")

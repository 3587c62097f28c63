"""A sweep on a real cluster of this machine: a scheduler and two workers, one of which is killed in the middle."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import main
from engine.data import load_bundled
from engine.storage.runs.run_store import RunStore

pytest.importorskip("distributed")

ROOT = Path(main.__file__).parent


@pytest.fixture
def start(tmp_path):
    """Starts a program of the cluster; all of them end with the test."""
    processes = []

    def start_program(*arguments, name):
        folder = tmp_path / name
        folder.mkdir()
        settings = {
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(folder),
            "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
        }
        with (tmp_path / f"{name}.log").open("w") as log:
            command = [sys.executable, "-m", "distributed.cli." + arguments[0], *map(str, arguments[1:])]
            processes.append(subprocess.Popen(command, cwd=folder, env=os.environ | settings, stdout=log, stderr=log))
        return processes[-1], folder

    yield start_program
    for process in processes:
        process.kill()
        process.wait()


def test_no_trial_is_lost_and_none_counted_twice_when_a_worker_is_killed(tmp_path, start):
    digits = load_bundled()
    np.savez(tmp_path / "digits.npz", images=digits.images[:300], labels=digits.labels[:300])
    cluster = tmp_path / "cluster.json"
    start("dask_scheduler", "--port", 0, "--no-dashboard", "--scheduler-file", cluster, name="scheduler")
    options = ["--scheduler-file", cluster, "--no-nanny", "--nthreads", 1, "--no-dashboard"]
    workers = [start("dask_worker", *options, name=name) for name in ("a", "b")]
    wait_for = (
        "import sys, distributed as d; c = d.Client(scheduler_file=sys.argv[1]); c.wait_for_workers(2, timeout=60); "
        "print(c.scheduler.address)"
    )
    address = subprocess.run(
        [sys.executable, "-c", wait_for, str(cluster)], capture_output=True, text=True, check=True
    ).stdout.strip()  # fmt: skip
    command = [sys.executable, "main.py", "sweep", "--preset", "mlp", "--data", str(tmp_path / "digits.npz"), "--json"]
    command += ["--vary", "learning_rate=0.001,0.003,0.01", "--vary", "epochs=40", "--repeat", "2"]
    with subprocess.Popen([*command, "--scheduler", address], cwd=ROOT, stdout=subprocess.PIPE, text=True) as sweep:
        lines = [json.loads(sweep.stdout.readline())]
        busy = None
        while busy is None:
            busy = next(
                (process for process, folder in workers if list(folder.glob("digitlab-trial-*/*/run.json"))), None
            )
        busy.kill()
        lines += map(json.loads, sweep.stdout)
    assert sweep.returncode == 0
    *trials, last = lines
    assert sorted(line["trial"] for line in trials) == list(range(6))
    assert last["event"] == "finished"
    assert last["reasons"] == {"completed": 6}
    kept, damaged = RunStore().list()
    assert sorted(folder.run_id for folder, _ in kept) == sorted(line["run"] for line in trials)
    assert not damaged
    assert all(entry.sweep == last["sweep"] and len(folder.epochs()) == 40 for folder, entry in kept)
    # The killed one was in the middle of a trial, which somebody else has trained from its beginning.
    [folder] = [folder for process, folder in workers if process is busy]
    [begun] = folder.glob("digitlab-trial-*/*/run.json")
    assert begun.parent.name in {line["run"] for line in trials}
    assert len(list((RunStore().root / begun.parent.name).glob("last.safetensors"))) == 1

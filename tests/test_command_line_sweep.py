"""The command `sweep`: its objects, its refusals, and what Ctrl-C leaves."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import main
from engine.data import load_bundled
from engine.storage.runs.run_store import RunStore

ROOT = Path(main.__file__).parent


@pytest.fixture
def data(tmp_path):
    digits = load_bundled()
    np.savez(tmp_path / "digits.npz", images=digits.images[:200], labels=digits.labels[:200])
    return str(tmp_path / "digits.npz")


def test_one_object_a_trial_and_a_last_one(capsys, data):
    options = ["--vary", "learning_rate=0.003,0.03", "--vary", "epochs=2", "--repeat", "2", "--workers", "1", "--json"]
    assert main.main(["sweep", "--preset", "softmax", "--data", data, *options]) == 0
    *trials, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert [line["trial"] for line in trials] == [0, 1, 2, 3]
    assert [(line["values"]["learning_rate"], line["seed"]) for line in trials] == [
        (0.003, 0), (0.003, 1), (0.03, 0), (0.03, 1),
    ]  # fmt: skip
    assert {entry.run_id for _, entry in RunStore().list()[0]} == {line["run"] for line in trials}
    best = max(trials, key=lambda line: (line["validation_accuracy"], -line["validation_loss"]))
    assert (last["event"], last["best"]["trial"], last["reasons"]) == ("finished", best["trial"], {"completed": 4})
    for combination, pair in zip(last["combinations"], (trials[:2], trials[2:]), strict=True):
        losses = [line["validation_loss"] for line in pair]
        assert combination["mean"]["validation_loss"] == pytest.approx(np.mean(losses))
        assert combination["deviation"]["validation_loss"] == pytest.approx(np.std(losses, ddof=1))
    # A run of a sweep is repeated like any other.
    assert main.main(["runs", "repeat", trials[3]["run"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["validation_loss"] == trials[3]["validation_loss"]


@pytest.mark.parametrize(
    "options",
    [
        ["--vary", "colour=red"],
        ["--vary", "epochs=few"],
        [],
        ["--vary", "epochs=1", "--workers", "0"],
        ["--vary", "epochs=1", "--repeat", "0"],
        ["--vary", "epochs=1", "--workers", "1", "--scheduler", "tcp://127.0.0.1:1"],
        ["--vary", "epochs=1", "--data", "nowhere.npz"],
    ],
)
def test_what_does_not_fit_is_one_sentence(capsys, options):
    assert main.main(["sweep", "--preset", "softmax", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups with SIGINT")
def test_ctrl_c_ends_the_workers_and_says_what_is_kept(data):
    command = [sys.executable, "main.py", "sweep", "--preset", "softmax", "--data", data, "--workers", "1", "--json"]
    command += ["--vary", "epochs=3,100000", "--vary", "restore_best=no"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        first = json.loads(process.stdout.readline())
        # The whole group gets it, as from a terminal.
        os.killpg(process.pid, signal.SIGINT)
        # Ends when nobody, a worker included, can write into the pipes any more.
        out, err = process.communicate()
    assert process.returncode == 130
    assert first["reason"] == "completed"
    trial, last = map(json.loads, out.splitlines())
    assert (trial["reason"], last["event"]) == ("stopped", "finished")
    [note] = err.splitlines()
    assert note.startswith("Interrupted: 1 of 2 trials had ended")
    assert len(RunStore().list()[0]) == last["kept"]

"""The command `runs`, and that `train` keeps what it does even if it is killed."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import main
from engine.data import load_bundled
from engine.storage.model_file import load_model
from engine.storage.runs.run_store import RunStore

ROOT = Path(main.__file__).parent


@pytest.fixture
def run(capsys):
    """Runs a command line; gives exit code, lines of stdout, lines of stderr."""

    def run_command(*arguments):
        code = main.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err.splitlines()

    return run_command


@pytest.fixture
def train_arguments(tmp_path):
    digits = load_bundled()
    np.savez(tmp_path / "digits.npz", images=digits.images[:200], labels=digits.labels[:200])
    data = tmp_path / "digits.npz"
    settings = ["--no-augment", "--batch-size", 50, "--threads", 1, "--seed", 3]
    return ["train", "--preset", "softmax", "--data", data, *settings]


def weights_of(run_id):
    return load_model(RunStore().root / run_id / "last.safetensors").network.store.values


def one_run(lines):
    [line] = lines
    return json.loads(line)


def test_runs_are_listed_shown_repeated_and_deleted(run, train_arguments):
    code, out, err = run("runs")
    assert (code, len(out), err) == (0, 1, [])
    out = run(*train_arguments, "--epochs", 2, "--json")[1]
    run_id = json.loads(out[-1])["run"]
    assert run_id in "\n".join(run("runs")[1])
    listed = one_run(run("runs", "list", "--json")[1])
    assert (listed["id"], listed["state"], listed["finished_epochs"]) == (run_id, "completed", 2)
    assert listed["data"]["images"] == 170
    shown = one_run(run("runs", "show", run_id, "--json")[1])
    assert [epoch["epoch"] for epoch in shown["epochs"]] == [1, 2]
    assert shown["last"]["validation_loss"] == shown["epochs"][1]["validation_loss"]
    code, out, err = run("runs", "show", run_id[:-2])
    assert (code, err) == (0, [])
    assert any(line.startswith("Epoch 2/2: loss ") for line in out)
    again = json.loads(run("runs", "repeat", run_id, "--json")[1][-1])["run"]
    assert again != run_id
    np.testing.assert_array_equal(weights_of(again), weights_of(run_id))
    assert one_run(run("runs", "delete", run_id, "--json")[1]) == {"deleted": run_id}
    assert one_run(run("runs", "--json")[1])["id"] == again


# A training whose fourth epoch begins when somebody writes to it: nobody does.
_HELD = """
import sys
import main
from engine.storage.runs.run_recorder import RunRecorder
def hold(self, run, event, keep=RunRecorder.on_epoch_end):
    keep(self, run, event)
    if event.epoch == 3:
        sys.stdin.read()
RunRecorder.on_epoch_end = hold
main.main(sys.argv[1:])
"""


def test_a_killed_training_is_resumed_to_the_bit(run, train_arguments, tmp_path):
    arguments = [*map(str, train_arguments), "--epochs", "20", "--json"]
    whole = json.loads(run(*arguments)[1][-1])["run"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", _HELD, *arguments], cwd=ROOT, text=True, **pipes) as process:
        told = [json.loads(process.stdout.readline())["epoch"] for _ in range(2)][-1]
        process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait(30)
    [cut] = [entry for line in run("runs", "--json")[1] if (entry := json.loads(line))["id"] != whole]
    assert cut["finished_epochs"] >= told
    assert cut["state"] == "cut off"
    saved = tmp_path / "resumed.safetensors"
    code, out, err = run("runs", "resume", cut["id"], "--save", saved, "--json")
    assert (code, err) == (0, [])
    assert json.loads(out[-1])["run"] == cut["id"]
    np.testing.assert_array_equal(weights_of(cut["id"]), weights_of(whole))
    np.testing.assert_array_equal(load_model(saved).network.store.values, weights_of(whole))
    resumed = one_run(run("runs", "show", cut["id"], "--json")[1])
    assert [epoch["epoch"] for epoch in resumed["epochs"]] == list(range(1, 21))


def test_bad_wishes_are_refused_in_a_sentence(run, train_arguments):
    run_id = json.loads(run(*train_arguments, "--epochs", 1, "--json")[1][-1])["run"]
    for arguments, words in (
        (("forget",), "no action 'forget'"),
        (("list", run_id), "takes no id"),
        (("show",), "needs the id"),
        (("show", "nothing"), "no run 'nothing'"),
        (("resume", run_id), "has come to its end"),
        (("repeat", run_id, "--epochs", 2), "repeated as it was"),
        (("delete", run_id, "--save", "x"), "belong to resume and repeat"),
    ):
        code, out, err = run("runs", *arguments)
        assert (code, out) == (2, [])
        assert words in err[0]
    assert len(run("runs", "resume", run_id, "--epochs", 2, "--json")[1]) == 3
    digits = Path(train_arguments[4])
    data = load_bundled()
    np.savez(digits, images=data.images[200:400], labels=data.labels[200:400])
    code, out, err = run("runs", "resume", run_id, "--epochs", 1)
    assert (code, out) == (2, [])
    assert "other digits" in err[-1]
    (RunStore().root / run_id / "checkpoint.npz").write_bytes(b"nothing")
    code, out, err = run("runs", "resume", run_id, "--epochs", 1)
    assert (code, out) == (2, [])
    assert "checkpoint.npz is not a checkpoint" in err[-1]


def test_a_run_is_repeated_with_the_turns_of_its_knobs(run, train_arguments):
    out = run(*train_arguments, "--epochs", 2, "--json")[1]
    first = RunStore().find(json.loads(out[-1])["run"])
    turns = ({"step": 1, "knob": "learning_rate", "value": 0.5}, {"step": 3, "knob": "batch_size", "value": 20})
    first.write_entry(replace(first.entry(), changes=turns))
    repeated = [first.run_id]
    for _ in range(2):
        out = run("runs", "repeat", repeated[-1], "--json")[1]
        repeated.append(json.loads(out[-1])["run"])
    plain, once, twice = (weights_of(run_id) for run_id in repeated)
    assert not np.array_equal(plain, once)
    np.testing.assert_array_equal(once, twice)
    assert RunStore().find(repeated[-1]).entry().changes == turns
    assert "After 1 batches: learning rate 0.5" in run("runs", "show", repeated[-1])[1]

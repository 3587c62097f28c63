"""The command line as a process that is killed, interrupted, or has nobody who listens: the model is there."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.data import load_bundled
from engine.errors import ModelFileError
from engine.storage.model_file import load_model
from main import main
from models import PRESETS
from models.cli.saving import SavePlace
from tests.engine.process_runs import wait_until

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, str(ROOT / "main.py")]
TRAIN = ["train", "--preset", "softmax", "--threads", "1"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals, pipes and devices of POSIX")


def start(*arguments, **settings):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*COMMAND, *map(str, arguments)], text=True, **{**pipes, **settings})


def shell(line, cwd):
    """A line of bash in which $DIGITLAB is the command."""
    environment = {**os.environ, "DIGITLAB": " ".join(COMMAND)}
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, cwd=cwd, env=environment, timeout=90, check=False
    )


def wait_for(process, text):
    """Read lines until one holds the text; everything read."""
    lines = []
    while not lines or text not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr.read()
    return lines


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A file of digits that are trained on in no time."""
    digits, path = load_bundled(), tmp_path_factory.mktemp("few") / "few.npz"
    np.savez(path, images=digits.images[:120], labels=digits.labels[:120])
    return path


def no_part_is_left(folder):
    return not list(folder.glob(".*.part"))


def test_kill_nine_costs_the_epoch_under_way_at_most(tmp_path):
    path = tmp_path / "m.safetensors"
    with start(*TRAIN, "--epochs", 10_000, "--save", path) as process:
        wait_for(process, "Epoch 3/")
        process.kill()
        rest = process.stdout.read()
    told = max([3, *(int(line.split("/")[0].removeprefix("Epoch ")) for line in rest.splitlines() if "/" in line[:12])])
    assert load_model(path).training["epochs"] >= told


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc belongs to Linux")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["INT", "TERM", "HUP"]
)
def test_signals_keep_the_weights_also_in_the_first_epoch(tmp_path, number, code):
    path = tmp_path / "m.safetensors"
    # Its first epoch takes many seconds.
    with start("train", "--preset", "cnn", "--batch-size", 1, "--threads", 1, "--save", path) as process:
        wait_for(process, "Training cnn")
        enough = cpu_ticks(process.pid) + os.sysconf("SC_CLK_TCK") // 2
        wait_until(lambda: cpu_ticks(process.pid) >= enough)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, "")
    assert out.splitlines()[-1] == f"Saved to {path}."
    training = load_model(path).training
    assert (training["reason"], training["epochs"]) == ("stopped", 0)
    assert no_part_is_left(tmp_path)


def cpu_ticks(pid):
    """How long a process has computed, in all its threads."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


def test_a_stop_before_the_first_step_saves_nothing_and_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("engine.training.control.TrainingControl.stop_requested", True)
    path = tmp_path / "m.safetensors"
    assert main([*TRAIN, "--save", str(path)]) == 0
    out = capsys.readouterr().out
    assert "before the first step" in out
    assert "kept" not in out
    assert "Saved" not in out
    assert not path.exists()


def test_an_early_interrupt_is_one_sentence(tmp_path):
    code = (
        "import os, signal, sys, builtins\n"
        "import main\n"
        "def interrupt(name, *rest, real=builtins.__import__):\n"
        "    if name == 'models.cli':\n"
        "        builtins.__import__ = real\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = interrupt\n"
        "sys.exit(main.main(['evaluate']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")


def test_a_reader_that_leaves_costs_no_model(tmp_path, few):
    training = f"$DIGITLAB train --preset softmax --epochs 4 --threads 1 --data {few} --save m"
    done = shell(f'{training} | head -1; echo "${{PIPESTATUS[0]}}"', tmp_path)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""
    assert load_model(tmp_path / "m").training["epochs"] == 4


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full belongs to Linux")
@pytest.mark.parametrize(
    ("where", "code"),
    [
        (">/dev/full", 1),
        ("--json >/dev/full", 1),
        (">&-", 1),
        ("2>/dev/full", 0),
        ("2>&-", 0),
        (">&- 2>&-", 1),
        ("</dev/null >/dev/full 2>/dev/full", 1),
    ],
)
def test_a_full_or_closed_output_costs_no_model(tmp_path, few, where, code):
    done = shell(f"$DIGITLAB train --preset softmax --epochs 2 --threads 1 --data {few} --save m {where}", tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == (1 if code and "2>" not in where else 0)
    assert load_model(tmp_path / "m").training["epochs"] == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full belongs to Linux")
@pytest.mark.parametrize(
    "line", ["--help", "--version", "train --help", "evaluate one.jsonl --json", "evaluate one.jsonl"]
)
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_an_output_that_is_lost_has_its_exit_code(tmp_path, line, where):
    (tmp_path / "one.jsonl").write_text('{"label": 1, "strokes": [[[0, 0], [0, 9]]]}\n')
    done = shell(f"$DIGITLAB {line} {where}", tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "could not be written" in done.stderr


def test_bad_input_keeps_its_code_when_nobody_can_be_told(tmp_path):
    assert shell("$DIGITLAB train --preset nonsense 2>&-", tmp_path).returncode == 2
    assert shell("$DIGITLAB train --preset nonsense >&- 2>/dev/full", tmp_path).returncode == 2


def test_only_ordinary_files_are_replaced_and_that_is_seen_before_training(tmp_path, capsys):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to(pipe)
    for target in (pipe, tmp_path / "link", "/dev/null", tmp_path, tmp_path / "nowhere" / "m"):
        assert main([*TRAIN, "--save", str(target)]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert len(told.err.splitlines()) == 1
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_links_are_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert main([*TRAIN, "--epochs", "1", "--save", str(tmp_path / "link")]) == 0
    assert (tmp_path / "link").is_symlink()
    assert load_model(tmp_path / "real").training["epochs"] == 1


@pytest.mark.parametrize(("name", "told"), [("x.model", True), ("x", False), ("x.SafeTensors", False)])
def test_a_name_with_another_end_is_written_and_told(tmp_path, capsys, name, told):
    assert main([*TRAIN, "--epochs", "1", "--save", str(tmp_path / name)]) == 0
    assert ("written as safetensors" in capsys.readouterr().err) is told
    assert load_model(tmp_path / name).training["epochs"] == 1


@pytest.mark.parametrize("name", ["x.h5", "x.keras", "x.onnx", "x.PT", "x.npz"])
def test_a_name_of_another_format_is_refused(tmp_path, capsys, name):
    assert main([*TRAIN, "--save", str(tmp_path / name)]) == 2
    assert ".safetensors" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_older_model_stays_until_the_new_one_is_done(tmp_path):
    path = tmp_path / "m.safetensors"
    assert main([*TRAIN, "--epochs", "1", "--save", str(path)]) == 0
    old = path.read_bytes()
    with start(*TRAIN, "--epochs", 10_000, "--save", path) as process:
        wait_for(process, "Epoch 2/")
        process.kill()
    assert path.read_bytes() == old
    beside = tmp_path / "m.unfinished.safetensors"
    assert load_model(beside).training["epochs"] >= 2
    assert main([*TRAIN, "--epochs", "3", "--save", str(path)]) == 0
    assert load_model(path).training["epochs"] == 3
    assert not beside.exists()
    assert no_part_is_left(tmp_path)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt's platforms on Linux")
@pytest.mark.parametrize("setting", ["QT_QPA_PLATFORM=nonsense", "QT_QPA_PLATFORM=xcb DISPLAY=:977"])
def test_a_screen_that_qt_cannot_use_is_one_sentence(tmp_path, setting):
    done = shell(f"env -u WAYLAND_DISPLAY {setting} $DIGITLAB", tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert setting.split("=")[1].split()[0] in done.stderr


def test_a_model_that_cannot_be_saved_at_the_end_is_said_to_be_in_the_kept_run(tmp_path):
    (tmp_path / "there").mkdir()
    place, model = SavePlace(str(tmp_path / "there" / "m")), PRESETS["softmax"].model(PRESETS["softmax"].build(0))
    (tmp_path / "there").rmdir()
    with pytest.raises(ModelFileError, match=r"cannot be saved to .* It is kept as the run 7-softmax\.$"):
        place.save(model, "7-softmax")

"""The command line as a process: Ctrl-C, a reader that goes away, no screen, and what it loads."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.storage.model_file import load_model

ROOT = Path(__file__).resolve().parent.parent


def start(*arguments, **settings):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, env=environment, **{**pipes, **settings})


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_control_c_keeps_the_weights_so_far(tmp_path):
    path = tmp_path / "model.safetensors"
    process = start("train", "--preset", "softmax", "--epochs", 100_000, "--threads", 1, "--save", path, cwd=tmp_path)
    while "Epoch 2/" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert out.splitlines()[-1] == f"Saved to {path}."
    assert load_model(path).training["reason"] == "stopped"


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_that_goes_away(tmp_path):
    process = start("train", "--preset", "softmax", "--epochs", 300, "--json", cwd=tmp_path)
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait(20)
    assert err == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="DISPLAY belongs to Linux")
def test_no_screen_is_one_sentence():
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    command = [sys.executable, str(ROOT / "main.py")]
    finished = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert len(finished.stderr.splitlines()) == 1
    assert "screen" in finished.stderr


def test_commands_load_neither_qt_nor_what_they_do_not_need():
    code = (
        "import sys, main\n"
        "assert 'numpy' not in sys.modules\n"
        "main.main(['train', '--help'])\n"
        "heavy = ('PySide6', 'pyqtgraph', 'rich', 'scipy', 'PIL', 'safetensors')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert finished.stdout.splitlines()[-1] == "[]"

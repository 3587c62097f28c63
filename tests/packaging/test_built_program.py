"""The packed program without a Python beside it: the window by its own controls, the commands, and its child processes.

`python packaging/build.py` builds it; DIGITLAB_BUILT names the folder. Not part of the usual run: `-m packaging`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(300)]

WALK = Path(__file__).with_name("walk.py")
MIME_TYPES = ("application/x-digitlab-model", "application/x-digitlab-drawings", "application/x-onnx")


@pytest.fixture(scope="module")
def folder():
    named = os.environ.get("DIGITLAB_BUILT", "")
    assert named, "DIGITLAB_BUILT has to name the folder that packaging/build.py made."
    return Path(named).resolve()


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory):
    """Runs the program with nothing of this Python's environment."""
    home = tmp_path_factory.mktemp("home")
    kept = ("DISPLAY", "XAUTHORITY", "QT_QPA_PLATFORM", "SYSTEMROOT", "TEMP", "FONTCONFIG_FILE")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"HOME": str(home), "PATH": "/usr/bin:/bin", "DIGITLAB_CONFIG_DIR": str(home / "config")}

    def start(*arguments, under=()):
        command = [*under, str(folder / ("digitlab.exe" if sys.platform == "win32" else "digitlab")), *arguments]
        done = subprocess.run(
            [str(part) for part in command], cwd=home, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return start


def test_it_answers_a_drawing(run):
    assert "“7”" in run("--self-check")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no Xvfb")
def test_a_person_draws_trains_saves_exports_and_imports(run, tmp_path):
    under = [] if "DISPLAY" in os.environ else ["xvfb-run", "-a"]
    result = json.loads(run("-c", WALK.read_text(encoding="utf-8"), tmp_path, under=under).splitlines()[-1])
    assert result["best"] == "7"
    assert result["tabs"] == 7
    told = "\n".join(result["told"])
    assert "ERROR" not in told
    assert "Saved mine.safetensors." in told
    assert "answers 1,000 digits alike" in told
    assert "Imported mine.npz" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "mine.npz", "mine.onnx", "mine.py", "mine.safetensors",
    ]  # fmt: skip


def test_the_commands_work_with_processes_of_their_own(run, tmp_path):
    saved = tmp_path / "m.safetensors"
    run("train", "--preset", "cnn", "--epochs", "3", "--examples", "600", "--save", saved, "--json")
    metrics = json.loads(run("evaluate", "--model", saved, "--json").splitlines()[-1])
    assert metrics["accuracy"] > 0.3
    lines = run("sweep", "--preset", "softmax", "--vary", "epochs=1", "--vary", "examples=200,300", "--json")
    assert json.loads(lines.splitlines()[-1])["event"] == "finished"
    assert len(lines.splitlines()) == 3
    assert "parameters" in run("import", "--help")


def test_a_worker_of_a_training_is_the_program_itself(run):
    program = "import sys, engine; sys.stdout.write(engine.Dense.__name__ + ' ' + ' '.join(sys.argv))"
    assert run("-c", program, "a", "b") == "Dense -c a b"


def test_licences_and_data_terms_are_inside(folder):
    licences = folder / "licences"
    for name in ("DigitLab.txt", "Python/LICENSE.txt", "data/digits.md", "data/models.md"):
        assert (licences / name).stat().st_size > 200, name
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (licences / "Qt and PySide6" / "LGPL-3.0.txt").read_text()
    for package in ("numpy", "scipy", "pyqtgraph", "pillow", "safetensors", "threadpoolctl", "platformdirs", "rich"):
        assert any(path.name != "terms.txt" for path in (licences / package).iterdir()), package


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="this is how Linux desktops know programs")
def test_desktops_learn_its_icon_and_its_file_types(folder, tmp_path):
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run([folder / "install.sh"], env=environment, check=True)
    share = tmp_path / ".local" / "share"
    entry = (share / "applications" / "digitlab.desktop").read_text(encoding="utf-8")
    assert f'Exec="{folder}/digitlab" %F' in entry
    types = ElementTree.parse(share / "mime" / "packages" / "digitlab-mime.xml").getroot()
    named = [element.get("type") for element in types]
    assert sorted(named) == sorted(MIME_TYPES)
    assert all(f"{name};" in entry for name in MIME_TYPES)
    icons = list((share / "icons" / "hicolor").glob("*/apps/digitlab.png"))
    assert {path.parts[-3] for path in icons} >= {f"{side}x{side}" for side in (16, 24, 32, 48, 64, 128, 256, 512)}
    subprocess.run([folder / "install.sh", "--remove"], env=environment, check=True)
    assert not list(share.rglob("digitlab*"))

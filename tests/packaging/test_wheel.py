"""Wheel and sdist: built from a copy, metadata checked, installed alone, answering outside the checkout.

Not part of the usual run: `-m packaging`. It needs the extra `packaging`.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]


def run(*command, folder):
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder that holds both files."""
    work = tmp_path_factory.mktemp("built")
    source = work / "source"
    shutil.copytree(
        ROOT, source, ignore=shutil.ignore_patterns(".git", "build", "dist", "__pycache__", "*.egg-info", ".*_cache")
    )
    run(sys.executable, "-m", "build", "--outdir", work / "out", source, folder=work)
    return work / "out"


def test_the_metadata_is_what_registries_ask_for(built):
    assert len(list(built.iterdir())) == 2
    assert run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir(), folder=built).count("PASSED") == 2


def test_both_hold_data_models_and_licence(built):
    wheel, sdist = next(built.glob("*.whl")), next(built.glob("*.tar.gz"))
    inside = zipfile.ZipFile(wheel).namelist()
    with tarfile.open(sdist) as archive:
        packed = [name.partition("/")[2] for name in archive.getnames()]
    for name in ("main.py", "engine/data/bundled/mnist-10000.npz", "models/weights/cnn-large.safetensors",
                 "gui/theme/icons/digitlab.svg", "engine/__init__.pyi"):  # fmt: skip
        assert name in inside
        assert name in packed
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    assert not any(name.startswith(("tests/", "packaging/", "build/")) for name in inside)


def test_a_bare_environment_answers_outside_the_checkout(built, tmp_path):
    venv.create(tmp_path / "bare", with_pip=True)
    scripts = tmp_path / "bare" / ("Scripts" if sys.platform == "win32" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", next(built.glob("*.whl")), folder=tmp_path)
    (tmp_path / "d.jsonl").write_text('{"strokes": [[[2, 2], [6, 2], [4, 9]]]}\n')
    told = json.loads(run(scripts / "digitlab", "classify", "d.jsonl", "--json", folder=tmp_path))
    assert told["label"] == 7
    assert "“7”" in run(scripts / "digitlab", "--self-check", folder=tmp_path)

"""Exports answer as the model does, and a file that would not is never kept. What needs NumPy alone is asked here."""

import numpy as np
import pytest
from export_networks import MODELS, one_number, random_model

from engine.errors import ConfigurationError, ExportError
from engine.storage.exporters import EXPORTERS, LARGEST_DIFFERENCE, export_model
from engine.storage.exporters.exporter import ExportedAnswer, Exporter
from models import PRESETS, load

NUMPY = EXPORTERS["numpy"]


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((12, 20, 20)).astype(np.float32)


@pytest.mark.parametrize("name", PRESETS)
def test_the_numpy_program_of_each_preset_answers_alike(name, images, tmp_path):
    report = export_model(load(name), NUMPY, tmp_path / "model.py", images)
    assert report.largest_difference <= LARGEST_DIFFERENCE
    assert report.count == len(images)
    assert [file.name for file in report.files] == ["model.py", "model.npz"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model.npz", "model.py"]


@pytest.mark.parametrize("name", MODELS)
def test_the_numpy_program_of_any_network_answers_alike(name, images, tmp_path):
    report = export_model(MODELS[name](), NUMPY, tmp_path / "model", images)
    assert report.largest_difference <= LARGEST_DIFFERENCE


@pytest.mark.parametrize("key", EXPORTERS)
def test_every_exporter_says_what_it_is(key):
    exporter = EXPORTERS[key]
    assert exporter.key == key
    assert exporter.title
    assert exporter.suffix.startswith(".")


def test_a_file_that_answers_differently_is_not_kept(images, tmp_path):
    class Wrong(Exporter):
        key, title, suffix = "wrong", "Wrong", ".txt"

        def write(self, plan, path):
            path.write_text("wrong")
            return [path]

        def ask(self, path, images):
            return ExportedAnswer(np.full((len(images), 1), 7.0), None, "Wrong 1")

    (tmp_path / "model.txt").write_text("before")
    with pytest.raises(ExportError, match="answers differently"):
        export_model(one_number(), Wrong(), tmp_path / "model.txt", images)
    assert (tmp_path / "model.txt").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_missing_package_is_named(images, tmp_path):
    class Needy(Exporter):
        key, title, suffix, needed = "needy", "Needy", ".txt", ("no_such_package",)

    with pytest.raises(ExportError, match=r"no_such_package, which is not installed.*digitlab\[export\]"):
        export_model(one_number(), Needy(), tmp_path / "model", images)


def test_without_the_other_library_the_program_is_written_and_that_is_told(images, tmp_path, monkeypatch):
    monkeypatch.setattr(type(EXPORTERS["pytorch"]), "asked", ("no_such_package",))
    report = export_model(random_model(3), EXPORTERS["pytorch"], tmp_path / "model", images)
    assert report.largest_difference is None
    assert report.told() == "Wrote model.py and model.npz; not compared, since no_such_package is not installed."


def test_another_suffix_and_a_missing_folder_are_refused(images, tmp_path):
    with pytest.raises(ExportError, match=r"model\.txt should end in \.py"):
        export_model(one_number(), NUMPY, tmp_path / "model.txt", images)
    with pytest.raises(ExportError, match="cannot be written"):
        export_model(one_number(), NUMPY, tmp_path / "no" / "model.py", images)


def test_a_cancelled_export_leaves_nothing(images, tmp_path):
    with pytest.raises(ExportError, match="cancelled"):
        export_model(one_number(), NUMPY, tmp_path / "model.py", images, cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_branches_are_refused(images, tmp_path):
    model = one_number()
    model.network.layers.reverse()
    with pytest.raises(ConfigurationError, match="branches"):
        export_model(model, NUMPY, tmp_path / "model.py", images)

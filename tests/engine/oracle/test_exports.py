"""What is exported, asked by the libraries that it is for."""

import runpy

import numpy as np
import pytest
from export_networks import MODELS, one_probability, random_draft

from engine.data import bundled_split
from engine.losses import SparseCategoricalCrossentropy
from engine.sequential import Sequential
from engine.storage.exporters import EXPORTERS, LARGEST_DIFFERENCE, export_model
from engine.storage.exporters.architecture import LANGUAGES
from engine.storage.exporters.exporter import ExportedAnswer
from models import PRESETS, load

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")

# Keras asks PyTorch for arrays in an older way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

formats = pytest.mark.parametrize("key", ["onnx", "keras", "pytorch"])


@pytest.fixture
def asked_here(monkeypatch):
    """Programs run in this process, at Keras' usual float type: a fresh one imports its library for seconds."""
    oracle.keras.config.set_floatx("float32")
    oracle.keras.config.set_dtype_policy("float32")

    def ask(path, images, module, title):
        program = runpy.run_path(str(path))
        refused = program["refused"](images) if "refused" in program else None
        return ExportedAnswer(program["predict"](images), refused, title)

    for program in ("keras", "pytorch"):
        monkeypatch.setattr(f"engine.storage.exporters.{program}_program.ask_program", ask)


@formats
@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_answers_alike(key, name, tmp_path, asked_here):
    report = export_model(load(name), EXPORTERS[key], tmp_path / "model", bundled_split()[1].images[:1000])
    assert report.largest_difference <= LARGEST_DIFFERENCE
    assert report.count == 1000


@formats
@pytest.mark.parametrize("name", MODELS)
def test_any_network_answers_alike(key, name, tmp_path, asked_here):
    images = np.random.default_rng(0).random((12, 20, 20)).astype(np.float32)
    report = export_model(MODELS[name](), EXPORTERS[key], tmp_path / "model", images)
    assert report.largest_difference <= LARGEST_DIFFERENCE


@formats
def test_a_file_is_asked_by_its_own_library_which_is_named(key, tmp_path):
    images = np.random.default_rng(0).random((3, 20, 20)).astype(np.float32)
    report = export_model(one_probability(), EXPORTERS[key], tmp_path / "model", images)
    assert report.program.split()[0] in ("ONNX", "Keras", "PyTorch")
    assert report.program.split()[-1][0].isdigit()


@pytest.mark.parametrize("seed", range(20))
def test_keras_code_of_a_random_network_builds_it(seed):
    draft = random_draft(seed)
    network = Sequential(draft.layers())
    network.build(draft.input_shape)
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    space = {}
    exec(compile(LANGUAGES["Keras"](network), "keras", "exec"), space)
    assert space["model"].count_params() == network.count_params()
    assert space["model"].output_shape[1:] == network.answer_shape

"""The trained models that come with DigitLab: there, small, and as good as promised."""

from pathlib import Path

import pytest

from engine.data import bundled_split
from engine.errors import ModelFileError
from engine.storage.model_file import save_model
from models import DEFAULT_MODEL, PRESETS, load
from models.presets.pretrained import shipped_models, shipped_path
from models.scoring import evaluate
from tests.tables import over

# The metrics that the presets have to reach on the bundled validation digits.
PROMISED_ACCURACY = {"logistic": 0.997, "softmax": 0.90, "mlp": 0.955, "cnn": 0.985, "multilabel": 0.95}


@pytest.fixture(scope="module")
def validation():
    return bundled_split()[1]


@over("name", PRESETS)
def test_every_preset_comes_trained(name):
    path = shipped_path(name)
    assert path.stat().st_size < 2_000_000
    model, preset = load(name), PRESETS[name]
    for field in ("name", "title", "labels", "task"):
        assert getattr(model, field) == getattr(preset, field)
    assert model.network.config() == preset.build().config()
    assert model.training["reason"] == "completed"
    # A setting that came later is not in an older file.
    assert set(model.training["settings"]) <= set(preset.defaults.to_dict())


def test_nothing_else_is_shipped():
    assert set(shipped_models()) == set(PRESETS)
    assert DEFAULT_MODEL in PRESETS


@pytest.mark.parametrize("name", PROMISED_ACCURACY)
def test_the_promised_accuracy(name, validation):
    assert evaluate(load(name), validation)["accuracy"] >= PROMISED_ACCURACY[name]


def test_the_promised_angle(validation):
    assert evaluate(load("angle"), validation)["rmse"] < 11


def test_the_model_cards_name_every_model():
    cards = shipped_path("x").with_name("README.md").read_text(encoding="utf-8")
    for name in PRESETS:
        assert f"train --preset {name}" in cards


def test_a_name_wins_over_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    preset = PRESETS["softmax"]
    save_model("cnn", preset.model(preset.build()))
    assert load("cnn").name == "cnn"
    assert load("./cnn").name == "softmax"
    assert load(Path("cnn").resolve()).name == "softmax"


def test_a_name_that_nobody_has(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelFileError, match="no model 'gpt': give a file, or one of angle, cnn"):
        load("gpt")
    with pytest.raises(ModelFileError, match="does not exist"):
        load(tmp_path / "gpt.safetensors")

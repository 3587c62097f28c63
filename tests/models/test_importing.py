"""Weights that were made elsewhere are held against digits: a guess that is plainly wrong is not kept."""

import numpy as np
import pytest

from engine.network.draft import NetworkDraft, new_row
from engine.storage.exporters import EXPORTERS
from engine.storage.exporters.steps import export_plan
from models import PRESETS, load
from models.presets.own import OwnPreset
from models.presets.own_files import own_folder, save_own
from models.recipes.importing import (
    ArchitectureNeededError,
    ImportWish,
    architecture_of,
    bring_in,
    fitting_presets,
    layers_of,
)


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """What PyTorch keeps of an export of ours: the same arrays, and no word about the model."""
    folder = tmp_path_factory.mktemp("state")
    exported = EXPORTERS["pytorch"].write(export_plan(load("cnn")), folder / "cnn.py")[-1]
    with np.load(exported) as arrays:
        np.savez(folder / "state.npz", **{name: arrays[name] for name in arrays if name != "digitlab"})
    return folder / "state.npz"


def test_the_order_of_flattening_is_the_one_that_is_right_on_digits(state):
    brought = bring_in(state, ImportWish(architecture_of("cnn")))
    assert brought.accuracy > 0.9
    assert "channels last, since the other way only" in brought.told
    said = bring_in(state, ImportWish(architecture_of("cnn"), flatten_order="channels-first"))
    assert said.accuracy < 0.5


def test_the_layers_of_a_model_take_weights_and_not_its_calibration(state):
    brought = bring_in(state, ImportWish(layers_of(load("cnn")), flatten_order="channels-last"))
    assert brought.model.calibration.threshold == 0
    assert brought.model.training == {}
    with pytest.raises(ArchitectureNeededError):
        bring_in(state, ImportWish())


def test_weights_come_into_a_network_of_ones_own_which_is_offered_first(tmp_path):
    draft = NetworkDraft((new_row("flatten"), new_row("dense").with_setting("units", 12)), 10)
    save_own(OwnPreset.of("edited", "Edited", PRESETS["mlp"], draft), "Tiny")
    try:
        rng = np.random.default_rng(0)
        shapes = ((12, 400), (12,), (10, 12), (10,))
        np.savez(tmp_path / "w.npz", *(rng.normal(0, 0.1, shape).astype(np.float32) for shape in shapes))
        assert fitting_presets(tmp_path / "w.npz")[0] == "tiny"
        assert bring_in(tmp_path / "w.npz", ImportWish(architecture_of("tiny"))).model.name == "tiny"
    finally:
        (own_folder() / "tiny.json").unlink()

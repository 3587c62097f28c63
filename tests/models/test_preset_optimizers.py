"""Each preset trains with each optimizer at the rate that is offered, or says why it cannot."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import ConfigurationError
from engine.optimizers import OPTIMIZERS
from engine.training.trainer import Trainer
from models import PRESETS
from models.recipes.training_data import training_data

# Enough for each preset to learn something: the large networks cost most, and angles turn each digit four times.
DIGITS = {"cnn": 80, "multilabel": 80, "cnn-large": 32, "angle": 32}
USUAL_DIGITS = 160


@pytest.fixture(scope="module")
def prepared():
    """The first digits for each preset, prepared once."""
    found = {}

    def of(preset):
        if preset.name not in found:
            digits, _ = training_data(preset)
            found[preset.name] = preset.prepare(
                digits.subset(np.arange(DIGITS.get(preset.name, USUAL_DIGITS))), np.random.default_rng(0)
            )
        return found[preset.name]

    return of


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", PRESETS)
def test_each_pair_trains_or_is_refused(prepared, name, optimizer):
    preset = PRESETS[name]
    config = replace(preset.settings(optimizer), augment=False, epochs=5, batch_size=16, threads=1)
    if preset.refusal(optimizer):
        with pytest.raises(ConfigurationError, match="dropout"):
            Trainer(preset.build(0), config)
        return
    inputs, targets = prepared(preset)
    network = preset.build(0)
    before = network.require_loss().value(network.logits(inputs), targets)
    finished = Trainer(network, config).fit(inputs, targets)
    after = network.require_loss().value(network.logits(inputs), targets)
    assert finished.reason in ("completed", "converged")
    assert after < 0.85 * before


def test_only_what_is_impossible_is_refused():
    refused = {(name, kind) for name, preset in PRESETS.items() for kind in OPTIMIZERS if preset.refusal(kind)}
    assert refused == {("cnn-large", "lbfgs")}


def test_the_preset_s_own_optimizer_has_its_own_settings():
    for preset in PRESETS.values():
        assert preset.settings(preset.defaults.optimizer) == preset.defaults
        assert not preset.settings("lbfgs").augment

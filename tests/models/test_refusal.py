"""Models that were trained here refuse what is no digit, if they can and are to."""

from dataclasses import replace

import numpy as np
import pytest

import main
from engine.data import bundled_split
from engine.data.bundled_digits import load_non_digits
from engine.errors import ConfigurationError
from engine.losses import OpenSetCrossentropy
from engine.storage.model_file import load_model
from engine.training.trainer import Trainer
from models import PRESETS
from models.recipes.refusal import NEGATIVE_SHARE, fit_refusal, negatives_for, with_negatives

CAN = [name for name, preset in PRESETS.items() if preset.can_reject]
CANNOT = [name for name, preset in PRESETS.items() if not preset.can_reject]
DIGITS = 6_000


def test_ten_digits_are_learned_with_refusal_and_nothing_else_is():
    assert CAN == ["mlp", "cnn", "cnn-large"]
    assert [name for name, preset in PRESETS.items() if preset.defaults.refuse] == CAN


@pytest.mark.parametrize("name", CANNOT)
def test_a_preset_that_cannot_learn_it_says_so(name):
    with pytest.raises(ConfigurationError, match=r"cannot learn to refuse"):
        PRESETS[name].build(refuse=True)


def test_half_as_many_drawings_as_digits_and_none_unless_asked():
    config = PRESETS["mlp"].defaults
    assert len(negatives_for(config, 8_500)) == NEGATIVE_SHARE * 8_500 == len(load_non_digits())
    assert len(negatives_for(replace(config, refuse=False), 8_500)) == 0


@pytest.fixture(scope="module")
def trained():
    """A neural network after a few epochs on some digits and the drawings that go with them."""
    preset, (training, validation) = PRESETS["mlp"], bundled_split()
    config = replace(preset.defaults, epochs=6, augment=False, threads=1)
    network = preset.build(0, refuse=True)
    examples = preset.prepare(training.subset(np.arange(DIGITS)), np.random.default_rng(0))
    Trainer(network, config).fit(*with_negatives(examples, negatives_for(config, DIGITS)))
    model = preset.model(network)
    fit_refusal(model, preset, [validation])
    return model


def test_it_refuses_drawings_it_never_met_and_hardly_a_digit(trained):
    unmet = load_non_digits()[int(NEGATIVE_SHARE * DIGITS) :]
    assert trained.rejects(unmet).mean() > 0.25
    assert trained.rejects(bundled_split()[1].images).mean() <= 0.008


def test_before_its_threshold_is_fitted_it_refuses_what_is_likelier_none(trained):
    fresh = PRESETS["mlp"].model(trained.network)
    unmet = load_non_digits()[int(NEGATIVE_SHARE * DIGITS) :]
    probability_of_none = 1 / (1 + np.exp(trained.logits(unmet)).sum(axis=1))
    np.testing.assert_array_equal(fresh.rejects(unmet), probability_of_none > 0.5)


def test_weights_that_overflow_leave_no_threshold(trained):
    preset = PRESETS["mlp"]
    broken = preset.model(preset.build(0, refuse=True))
    broken.network.store.values[...] = 1e30
    before = broken.calibration
    fit_refusal(broken, preset, [bundled_split()[1]])
    assert broken.calibration == before


def test_the_command_line_switches_it(tmp_path, small_digits, capsys):
    path = tmp_path / "m.safetensors"
    command = ["train", "--preset", "mlp", "--data", str(small_digits), "--epochs", "1", "--save", str(path)]
    assert main.main(command) == 0
    assert "on 255 images and 128 drawings that are none" in capsys.readouterr().out
    model = load_model(path)
    assert isinstance(model.network.loss, OpenSetCrossentropy)
    assert model.calibration.threshold is not None
    assert main.main([*command, "--no-refuse"]) == 0
    assert load_model(path).calibration.threshold is None
    assert "none" not in capsys.readouterr().out
    assert main.main(["train", "--preset", "softmax", "--refuse"]) == 2
    assert capsys.readouterr().err == "Softmax regression cannot learn to refuse what is no digit.\n"

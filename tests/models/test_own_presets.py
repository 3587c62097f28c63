"""The user's own presets: kept as JSON, trained with every loss, bad files never fatal."""

import json
from dataclasses import replace

import numpy as np
import pytest

from engine.data import bundled_split
from engine.errors import ConfigurationError, DataError
from engine.network.draft import NetworkDraft, new_row
from engine.training.trainer import Trainer
from models import PRESETS
from models.cli.parsing import UsageError
from models.cli.presets import find_preset
from models.presets.own import LOSSES_OF, OwnPreset
from models.presets.own_files import all_presets, own_folder, own_presets, save_own
from models.recipes.kept_runs import new_entry, preset_of, run_data
from tests.tables import over

DRAFT = NetworkDraft((new_row("flatten"), new_row("dense").with_setting("units", 12)), 10)
OWN = OwnPreset.of("edited", "Edited", PRESETS["mlp"], DRAFT)


@pytest.fixture(scope="module")
def digits():
    training, validation = bundled_split()
    return training.subset(np.arange(200)), validation.subset(np.arange(50))


def test_a_saved_network_is_a_preset_by_its_name():
    kept = save_own(OWN, "  My  first net! ")
    assert (kept.name, kept.title) == ("my-first-net", "My first net!")
    assert all_presets()["my-first-net"].to_dict() == kept.to_dict()
    assert find_preset("my-first-net").parameter_count == 401 * 12 + 130
    assert list(all_presets())[: len(PRESETS)] == list(PRESETS)
    (own_folder() / "my-first-net.json").unlink()
    assert not own_presets()[0]


@pytest.mark.parametrize("title", ["", "!!!", "CNN", "x" * 80])
def test_a_title_that_cannot_be_used_is_refused(title):
    with pytest.raises(ConfigurationError):
        save_own(OWN, title)


def test_a_network_of_another_title_is_not_replaced_by_one_that_is_shortened_alike():
    first = save_own(OWN, "A network for the digits of the whole class 7b")
    assert first.name == "a-network-for-the-digits-of-the-whole-cl"
    with pytest.raises(ConfigurationError, match="7b"):
        save_own(OWN, "A network for the digits of the whole class 7c")
    assert save_own(OWN, "a network for the digits of the whole class 7B").name == first.name
    assert save_own(OWN, "A network for the digits of the schools, 2026").name.endswith("-schools")
    for name in own_presets()[0]:
        (own_folder() / f"{name}.json").unlink()


@over(
    "text",
    ["", "[]", "{", "\0", '{"format": "digitlab network 1"}', "[" * 100_000,
     json.dumps({**OWN.to_dict(), "name": "bad", "question": "none"}),
     json.dumps({**OWN.to_dict(), "name": "bad", "loss": "mean_absolute_percentage_error"}),
     json.dumps({**OWN.to_dict(), "name": "bad", "training": {"epochs": "x"}}),
     json.dumps({**OWN.to_dict(), "name": "bad", "rows": [{"kind": "dense", "units": -1}]}),
     json.dumps({**OWN.to_dict(), "name": "other"})],
)  # fmt: skip
def test_a_bad_file_is_one_sentence_and_the_others_stay(text):
    save_own(OWN, "Good")
    (own_folder() / "bad.json").write_text(text)
    found, problems = own_presets()
    assert list(found) == ["good"]
    (sentence,) = problems
    assert "bad.json" in sentence
    assert sentence.count("\n") == 0
    with pytest.raises(UsageError, match=r"bad\.json"):
        find_preset("bad")


@pytest.mark.parametrize(
    ("question", "loss"), [(name, loss) for name in ("mlp", "logistic", "multilabel") for loss in
                           LOSSES_OF[PRESETS[name].task]]
)  # fmt: skip
def test_every_loss_trains_and_its_answers_are_probabilities(question, loss, digits):
    asked = PRESETS[question]
    draft = replace(DRAFT, outputs=len(asked.labels) - (asked.task == "binary"))
    preset = OwnPreset.of("edited", "Edited", asked, draft, loss)
    config = replace(preset.defaults, optimizer="adam", learning_rate=0.003, epochs=10, augment=False, batch_size=50)
    network = preset.build(0)
    inputs, targets = preset.prepare(digits[0], np.random.default_rng(0))
    wanted = network.require_loss().prepare_targets(targets, network.answer_shape)
    before = network.loss.value(network.logits(inputs), wanted)
    finished = Trainer(network, replace(config, refuse=False, threads=1)).fit(inputs, targets)
    assert network.loss.value(network.logits(inputs), wanted) < before
    assert "accuracy" in finished.history[-1].metrics
    answers = preset.model(network).answer(digits[1].images)
    assert answers.min() >= 0
    assert answers.max() <= 1


def test_a_network_without_hidden_units_cannot_learn_to_refuse():
    linear = OwnPreset.of("edited", "Edited", PRESETS["mlp"], NetworkDraft((), 10))
    assert PRESETS["mlp"].defaults.refuse
    assert not linear.can_reject
    assert not linear.defaults.refuse
    assert OWN.can_reject
    assert "no hidden layers" in linear.description


def test_a_loss_of_another_task_is_refused():
    with pytest.raises(ConfigurationError, match="not trained with"):
        OwnPreset.of("edited", "Edited", PRESETS["mlp"], DRAFT, "binary_crossentropy")


def test_logistic_keeps_its_two_digits():
    own = OwnPreset.of("edited", "Edited", PRESETS["logistic"], replace(DRAFT, outputs=1)).with_digits(3, 8)
    assert own.labels == ("3", "8")
    assert "3 or 8" in own.description
    assert own.targets(np.array([3, 8])).tolist() == [0, 1]


def test_a_kept_run_builds_its_network_again_whatever_became_of_the_preset(digits):
    entry = new_entry(OWN, OWN.defaults, run_data(OWN, *digits))
    again = type(entry).from_json(json.loads(json.dumps(entry.to_json())))
    assert preset_of(again).to_dict() == OWN.to_dict()
    with pytest.raises(DataError, match="cannot be built again"):
        preset_of(replace(again, network={"format": "other"}))
    with pytest.raises(DataError, match="does not have"):
        preset_of(replace(again, network={}))

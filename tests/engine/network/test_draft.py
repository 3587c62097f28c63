"""Networks built row by row: edits, costs, wrong rows beside right ones, and times."""

import numpy as np
import pytest

from engine.errors import ConfigurationError
from engine.network.draft import LayerRow, NetworkDraft, new_row
from engine.network.draft_analysis import MOST_PARAMETERS, analyze
from engine.network.layer_times import LayerTimes, measure_layer_times
from engine.network.row_kinds import ROW_KINDS
from engine.sequential import Sequential
from models import PRESETS
from tests.tables import over

DENSE = new_row("dense")


def built(draft):
    network = Sequential(draft.layers())
    network.build(draft.input_shape)
    return network


@over("name", PRESETS)
def test_a_preset_becomes_rows_and_these_the_same_network(name):
    preset = PRESETS[name]
    draft = NetworkDraft.of_layers(preset.layers())
    found = analyze(draft)
    assert not found.errors
    assert found.parameters == preset.parameter_count
    assert NetworkDraft.from_dict(draft.to_dict(), draft.outputs) == draft
    assert built(draft).count_params() == preset.parameter_count


def test_zero_hidden_layers_are_softmax_regression():
    draft = NetworkDraft((), 10)
    assert analyze(draft).parameters == 4_010
    assert analyze(draft).multiply_adds == 4_000
    assert [layer.kind for layer in draft.layers()] == ["flatten", "dense"]


def test_multiply_adds_are_kernel_numbers_times_places():
    rows = (new_row("conv2d"), new_row("max_pool2d"), new_row("depthwise_conv2d"), new_row("flatten"), DENSE)
    products = [row.multiply_adds for row in analyze(NetworkDraft(rows, 10)).rows]
    assert products == [20 * 20 * 9 * 16, 0, 10 * 10 * 9 * 16, 0, 1_600 * 64, 640]


@over("kind", ROW_KINDS)
def test_every_kind_makes_a_layer_or_says_what_it_needs(kind):
    row = analyze(NetworkDraft((new_row(kind),), 10)).rows[0]
    assert row.output_shape
    assert not row.error or row.error.endswith(".")


def test_a_wrong_row_says_why_and_the_rest_stays_computed():
    rows = (new_row("conv2d"), new_row("max_pool2d").with_setting("pool_size", 50), new_row("flatten"), DENSE)
    found = analyze(NetworkDraft(rows, 10))
    (place, sentence), *others = found.errors
    assert place == 1
    assert "at least 50" in sentence
    assert not others
    assert found.rows[3].output_shape == (64,)
    assert found.parameters == 160 + 64 * 6_401 + 650


@over(
    ("kind", "name", "value"),
    [
        ("dense", "units", 0),
        ("dense", "units", 10**9),
        ("dense", "units", "many"),
        ("dense", "activation", "no such"),
        ("dense", "kernel_initializer", 7),
        ("conv2d", "kernel_size", [3, "x"]),
        ("conv2d", "padding", None),
        ("up_sampling2d", "size", 10**5),
        ("reshape", "target_shape", [3, 3]),
        ("permute", "dims", [1, 1, 2]),
        ("dropout", "rate", 2.0),
        ("rescaling", "scale", "x"),
    ],
)
def test_no_setting_is_fatal(kind, name, value):
    found = analyze(NetworkDraft((new_row(kind).with_setting(name, value), new_row("flatten"), DENSE), 10))
    assert found.errors[0][0] == 0
    assert found.rows[2].output_shape == (64,)
    assert found.parameters < MOST_PARAMETERS


def test_edits_give_other_drafts_and_leave_the_first_alone():
    first = NetworkDraft((new_row("flatten"), DENSE), 10)
    second = first.inserted(1, new_row("dropout")).moved(1, 2)
    assert [row.kind for row in second.rows] == ["flatten", "dense", "dropout"]
    assert [row.kind for row in second.without(0).replaced(0, LayerRow("flatten")).rows] == ["flatten", "dropout"]
    assert [row.kind for row in first.rows] == ["flatten", "dense"]
    assert first.with_output("kernel_initializer", "ones").output["kernel_initializer"] == "ones"


@over(
    "value",
    [
        {}, {"rows": 3, "output": {}}, {"rows": [{"kind": "lambda"}], "output": {}}, {"rows": [7], "output": {}},
        {"rows": [{"kind": "dense", "evil": 1}], "output": {}}, {"rows": [], "output": {"units": 3}},
        {"rows": [{"kind": "flatten"}] * 101, "output": {}},
    ],
)  # fmt: skip
def test_other_json_is_no_draft(value):
    with pytest.raises(ConfigurationError):
        NetworkDraft.from_dict(value, 10)


def test_layers_that_rows_cannot_say_are_refused():
    with pytest.raises(ConfigurationError, match="last layer is dense"):
        NetworkDraft.of_layers([])


def test_times_are_measured_of_each_stage_and_shares_add_up():
    draft = NetworkDraft.of_layers(PRESETS["cnn"].layers())
    heard = []
    times = measure_layer_times(built(draft), heard.append)
    assert len(times.seconds) == 7
    assert times.seconds[1] is None  # the pooling runs as part of the convolution
    shares = [times.share(place, place + 1) for place in range(7)]
    assert sum(share or 0.0 for share in shares) == pytest.approx(1.0)
    assert shares[2] > shares[4]
    assert heard == sorted(heard)
    assert LayerTimes((1.0, None, 3.0)).share(0, 2) == 0.25


def test_a_measurement_can_be_ended():
    def end(_share):
        raise InterruptedError

    network = built(NetworkDraft((DENSE,), 10))
    with pytest.raises(InterruptedError):
        measure_layer_times(network, end)
    assert np.isfinite(network.store.values).all()

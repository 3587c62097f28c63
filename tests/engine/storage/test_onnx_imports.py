"""ONNX files of plain stacks become our layers; everything else is refused by the first operator that does not fit."""

import tracemalloc

import numpy as np
import onnx_bytes
import pytest
from onnx_bytes import chain, field, model, node

from engine import Sequential
from engine.errors import DataError, ModelFileError
from engine.layers import Conv2D, Dense, Flatten, MaxPool2D
from engine.losses import SparseCategoricalCrossentropy
from engine.storage.importers import import_model
from engine.storage.model import Model

FOREIGN = (ModelFileError, DataError)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((4, 20, 20)).astype(np.float32)


@pytest.fixture(scope="module")
def network():
    made = Sequential(
        [Conv2D(3, 5, padding="same", activation="relu"), MaxPool2D(2), Flatten(), Dense(12, "tanh"), Dense(10)], seed=4
    )
    made.build((20, 20, 1))
    made.loss = SparseCategoricalCrossentropy(from_logits=True)
    return made


@pytest.fixture(scope="module")
def as_pytorch(network):
    """The network as PyTorch writes it: channels first, matrices turned, flattened with the channels first."""
    kernel, bias, first, first_bias, second, second_bias = network.get_weights()
    weights = {
        "k": np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)),
        "b": bias,
        "w1": np.ascontiguousarray(first.reshape(10, 10, 3, 12).transpose(3, 2, 0, 1).reshape(12, 300)),
        "b1": first_bias,
        "w2": second.T.copy(),
        "b2": second_bias,
    }
    nodes = chain(
        ("Conv", ["k", "b"], {"pads": [2, 2, 2, 2], "strides": [1, 1], "kernel_shape": [5, 5]}),
        ("Relu", [], {}),
        ("MaxPool", [], {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("Flatten", [], {"axis": 1}),
        ("Gemm", ["w1", "b1"], {"transB": 1}),
        ("Tanh", [], {}),
        ("Gemm", ["w2", "b2"], {"transB": 1}),
        ("Softmax", [], {"axis": 1}),
    )
    return nodes, weights


def read(path, data):
    path.write_bytes(data)
    return import_model(path)


def refuse(path, data, words):
    with pytest.raises(FOREIGN, match=words) as caught:
        read(path, data)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_network_with_channels_first_becomes_the_same_layers(network, as_pytorch, images, tmp_path):
    imported = read(tmp_path / "net.onnx", model(*as_pytorch))
    made = imported.model
    assert [layer.kind for layer in made.network.layers] == [layer.kind for layer in network.layers]
    assert made.network.layers[0].activation is network.layers[0].activation
    own = Model(network, "own", "Own", tuple("0123456789"), "multiclass")
    np.testing.assert_allclose(made.answer(images), own.answer(images), rtol=0, atol=1e-6)
    assert (made.labels, made.task, made.title) == (tuple("0123456789"), "multiclass", "net")


def test_without_a_softmax_the_outputs_are_logits_and_that_is_told(as_pytorch, images, tmp_path):
    nodes, weights = as_pytorch
    whole = read(tmp_path / "whole.onnx", model(nodes, weights)).model
    cut = read(tmp_path / "cut.onnx", model(nodes[:-1], weights, output="v6"))
    np.testing.assert_allclose(cut.model.answer(images), whole.answer(images), atol=1e-6)
    assert "taken for logits" in cut.told


def test_arithmetic_with_constants_is_a_scale_or_the_bias(images, tmp_path):
    rng = np.random.default_rng(1)
    w = rng.normal(size=(400, 10)).astype(np.float32)
    b, half = rng.normal(size=10).astype(np.float32), np.array(0.5, np.float32)
    nodes = chain(("Sub", ["half"], {}), ("Div", ["half"], {}), ("MatMul", ["w"], {}), ("Add", ["b"], {}))
    made = read(tmp_path / "net.onnx", model(nodes, {"w": w, "b": b, "half": half}, (1, 400))).model
    assert [layer.kind for layer in made.network.layers] == ["rescaling", "dense"]
    expected = (images.reshape(-1, 400) - 0.5) / 0.5 @ w + b
    np.testing.assert_allclose(made.logits(images), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([("LSTM", [], {})], "uses the operator LSTM"),
        ([("Relu", [], {}), ("Gather", [], {})], "uses the operator Gather"),
        ([("Conv", ["k"], {"group": 2})], "Conv that has 2 groups"),
        ([("Conv", ["k"], {"pads": [900, 0, 0, 0]})], "Conv that has a border"),
        ([("Conv", ["missing"], {})], "Conv takes 2 values|made by nobody"),
        ([("Gemm", ["k"], {})], "more than a matrix"),
        ([("MatMul", ["w"], {})], r"matrix of shape \(7, 10\)"),
        ([("Transpose", [], {"perm": [1, 0, 2, 3]})], "turns the batch"),
        ([("Reshape", ["far"], {})], "cuts"),
        ([("Tile", ["far"], {})], "repeats"),
        ([("MaxPool", [], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2]})], "border"),
        ([("Softmax", [], {"axis": 0})], "along the batch"),
        ([("Flatten", [], {"axis": 1})], "has no weights"),
    ],
)
def test_the_first_operator_that_does_not_fit_is_named(steps, words, tmp_path):
    weights = {
        "k": np.ones((2, 1, 3, 3), np.float32),
        "w": np.ones((7, 10), np.float32),
        "far": np.array([1, 10**12, 3], np.int64),
    }
    refuse(tmp_path / "net.onnx", model(chain(*steps, ("Relu", [], {})), weights), words)


def test_what_is_no_plain_stack_of_one_image_is_refused(as_pytorch, tmp_path):
    path = tmp_path / "net.onnx"
    nodes, weights = as_pytorch
    both = [node("Sigmoid", ["x"], ["a"]), node("Add", ["x", "a"], ["y"])]
    refuse(path, model(both, {}), "Add takes 2 values")
    refuse(path, model(nodes, weights, (None, 1, 28, 28)), r"not take 20×20 images but inputs of shape \(1, 28, 28\)")
    refuse(path, model([node("Relu", ["y"], ["a"]), node("Relu", ["a"], ["y"])], {}), "circle")
    refuse(path, model([node("Relu", ["x"], ["y"])] * 2, {}), "made twice")
    refuse(path, model([node("Relu", ["x"], ["y"])] * 3000, {}), "operators")
    outside = field(1, field(5, field(1, 3) + field(2, 1) + field(8, "w") + field(13, b"") + field(14, 1)))
    refuse(path, field(7, outside[2:]), "in another file, which is not opened")
    huge = field(5, field(1, 1 << 40) + field(1, 1 << 30) + field(2, 1) + field(8, "w"))
    refuse(path, field(7, huge), "announces the shape")
    bad = model(nodes, weights | {"b2": np.full(10, np.nan, np.float32)})
    refuse(path, bad, "no finite numbers")
    refuse(path, b"\x08\x08" + b"\x3a" + onnx_bytes.varint(1 << 60), "no end")
    refuse(path, b"", "empty")
    refuse(path, b"\x0b" * 50, "no end")
    nested = b""
    for _ in range(300):
        nested = field(6, field(1, field(5, nested)))
    refuse(path, model([node("If", ["x"], ["y"]) + field(5, field(1, "then") + nested)], {}), "operator If")


def test_spoiled_files_are_refused_in_one_sentence_or_are_networks(as_pytorch, tmp_path):
    good = model(*as_pytorch)
    heads = len(good) - sum(array.nbytes for array in as_pytorch[1].values())
    rng = np.random.default_rng(2)
    path = tmp_path / "net.onnx"
    sentences = []
    for trial in range(50):
        data = bytearray(good)
        for _ in range(rng.integers(1, 4)):
            data[rng.integers(heads if trial % 2 else len(data))] = rng.integers(256)
        del data[len(data) - rng.integers(0, 200 if trial % 3 == 0 else 1) :]
        path.write_bytes(data)
        try:
            import_model(path)
        except FOREIGN as error:
            sentences.append(str(error))
    assert len(sentences) > 15
    assert not any("\n" in sentence for sentence in sentences)


def test_bombs_cost_little(as_pytorch, tmp_path):
    nodes, weights = as_pytorch
    path = tmp_path / "net.onnx"
    row = np.ones((400, 1), np.float32)
    bombs = [
        model(chain(("Resize", ["", "s"], {})), {"s": np.array([1, 1, 20, 20], np.float32)}),
        model(chain(*[("Resize", ["", "s"], {})] * 5), {"s": np.array([1, 1, 20, 20], np.float32)}),
        model(chain(("Flatten", [], {}), ("Unsqueeze", ["one"], {}), ("Tile", ["n"], {})),
              {"one": np.array([1]), "n": np.array([1, 10**9, 1])}),
        model(chain(("Pad", ["p"], {})), {"p": np.array([0, 0, 10**9, 0, 0, 0, 0, 0])}),
        model(chain(("Flatten", [], {}), ("Gemm", ["r"], {})), {"r": np.broadcast_to(row, (400, 10_500)).copy()}),
        model(nodes, weights) + b"\x0a" + onnx_bytes.varint(1 << 62),
    ]  # fmt: skip
    refuse(path, field(7, field(5, field(1, 5) + field(2, 1) + field(7, b"\x01" * 201_000))), "more parts than")
    tracemalloc.start()
    try:
        for bomb in bombs:
            path.write_bytes(bomb)
            with pytest.raises(FOREIGN):
                import_model(path)
        assert tracemalloc.get_traced_memory()[1] < 200e6
    finally:
        tracemalloc.stop()

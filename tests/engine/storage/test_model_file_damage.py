"""Damaged, forged and foreign model files are refused in one sentence, quickly, and nothing in them is run."""

import gzip
import io
import json
import os
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_files import close_up, convolutional_model, open_up, small_model, with_header

from engine.errors import ModelFileError
from engine.storage.model_file import from_bytes, load_model, to_bytes
from tests.tables import over

GOOD = to_bytes(small_model())
LARGER = to_bytes(convolutional_model())


def refuse(data, match=None):
    with pytest.raises(ModelFileError, match=match) as caught:
        from_bytes(data)
    assert "\n" not in str(caught.value)


def test_the_unspoiled_files_are_fine():
    from_bytes(GOOD)
    from_bytes(LARGER)
    from_bytes(close_up(*open_up(GOOD)))


def test_cut_short_anywhere():
    for length in [*range(0, 64), *range(64, len(GOOD), 37), len(GOOD) - 1]:
        refuse(GOOD[:length])
    refuse(GOOD + b"\0", "too many")


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.integers(0, 8 * len(GOOD) - 1))
def test_one_flipped_bit(position):
    data = bytearray(GOOD)
    data[position // 8] ^= 1 << position % 8
    refuse(bytes(data))


def test_every_flipped_bit_of_the_header():
    length = 8 + int.from_bytes(GOOD[:8], "little")
    for position in range(8 * length):
        data = bytearray(GOOD)
        data[position // 8] ^= 1 << position % 8
        with pytest.raises(ModelFileError):
            from_bytes(bytes(data))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_random_bytes(data):
    refuse(data)


class Bomb:
    """A pickle that would leave a trace."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def foreign_files(marker):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("data.pkl", pickle.dumps(Bomb(marker)))
    arrays = io.BytesIO()
    np.savez(arrays, object=np.array([1, "two"], object))
    return {
        "empty": b"",
        "one byte": b"\0",
        "text": b"This is a letter to my aunt.\n" * 10,
        "json": b'{"labels": []}',
        "zeros": bytes(1000),
        "pickle": pickle.dumps(Bomb(marker)),
        "torch archive": archive.getvalue(),
        "npz": arrays.getvalue(),
        "gzip": gzip.compress(GOOD),
    }


def test_foreign_files(tmp_path):
    marker = str(tmp_path / "marker")
    for name, data in foreign_files(marker).items():
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(data)
        with pytest.raises(ModelFileError, match="cannot be used") as caught:
            load_model(path)
        assert str(path) in str(caught.value)
    assert not os.path.exists(marker)


def test_things_that_are_no_files(tmp_path):
    with pytest.raises(ModelFileError, match="does not exist"):
        load_model(tmp_path / "missing")
    with pytest.raises(ModelFileError, match="is a folder"):
        load_model(tmp_path)
    with pytest.raises(ModelFileError, match="cannot be opened"):
        load_model("nul\0byte")
    with pytest.raises(ModelFileError, match="cannot be opened"):
        load_model("x" * 5000)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
@pytest.mark.timeout(10)
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelFileError, match="not an ordinary file"):
        load_model(tmp_path / "pipe")


@over(
    "entry",
    [
        {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 2**82]},
        {"dtype": "F32", "shape": [2**31], "data_offsets": [0, 2**33]},
        {"dtype": "F32", "shape": [400, 1], "data_offsets": [0, 1600, 2]},
        {"dtype": "F32", "shape": [-400, -1], "data_offsets": [0, 1600]},
        {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]},
        {"dtype": "F16", "shape": [800, 1], "data_offsets": [0, 1600]},
        {"dtype": ["F32"], "shape": [400, 1], "data_offsets": [0, 1600]},
        {"dtype": "F32", "shape": [1] * 9, "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [400, 1]},
        "kernel",
    ],
)
def test_forged_headers_allocate_nothing(entry):
    def forge(header):
        return json.dumps({**json.loads(header), "1.kernel": entry})

    data = with_header(GOOD, forge)
    tracemalloc.start()
    try:
        refuse(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


def test_a_header_length_beyond_all_bounds():
    refuse((2**63).to_bytes(8, "little") + GOOD[8:], "cut short")
    refuse((8 * 2**30).to_bytes(8, "little") + GOOD[8:], "cut short")


def test_duplicate_keys():
    refuse(with_header(GOOD, lambda header: header.replace('"1.bias"', '"1.kernel"')), "twice")
    document, arrays = open_up(GOOD)
    text = json.dumps({**document, "checksum": "0" * 64})
    refuse(close_up({}, arrays, text=text[:-1] + ', "task": "binary"}'), "twice")


def test_deep_nesting_and_huge_numbers():
    document, arrays = open_up(GOOD)
    text = json.dumps({**document, "checksum": "0" * 64})
    for training in ("[" * 100_000, "1" * 10_000, "NaN", "-Infinity", '"\\ud800"'):
        refuse(close_up({}, arrays, text=text.replace('{"epochs": 3, "loss": 0.25}', training)))


@over(
    ("changes", "sentence"),
    [
        ({"format": "else"}, "no DigitLab model file"),
        ({"format_version": 2}, "made by a newer version of DigitLab"),
        ({"format_version": 0}, "damaged"),
        ({"format_version": "1"}, "damaged"),
        ({"format_version": True}, "damaged"),
        ({"surprise": 1}, "missing or unknown"),
        ({"title": ""}, "title"),
        ({"title": "x" * 1000}, "title"),
        ({"name": 3}, "name"),
        ({"labels": ["3"]}, "do not fit"),
        ({"labels": ["3", "8", "9"]}, "do not fit"),
        ({"labels": ["3", "3"]}, "twice"),
        ({"labels": []}, "labels"),
        ({"labels": "38"}, "labels"),
        ({"labels": [3, 8]}, "labels"),
        ({"task": "telepathy"}, "does not know"),
        ({"task": "multiclass"}, "do not fit"),
        ({"task": "regression"}, "do not fit"),
        ({"input_shape": [28, 28]}, "20×20"),
        ({"input_shape": [20.0, 20]}, "input shape"),
        ({"input_shape": [2**70]}, "20×20"),
        ({"layers": []}, "layers"),
        ({"layers": [{"kind": "dense"}] * 1000}, "layers"),
        ({"layers": [{"units": 1}]}, "layers"),
        ({"layers": [{"kind": "flatten"}]}, "do not belong"),
        ({"layers": [{"kind": "flatten"}, {"kind": "os.system", "units": 1}]}, r"layer 2 \('os.system'\)"),
        ({"layers": [{"kind": "flatten"}, {"kind": "dense", "units": 1, "activation": "eval"}]}, "layer 2"),
        ({"layers": [{"kind": "flatten"}, {"kind": "dense", "units": 1, "depth": 3}]}, "layer 2"),
        ({"layers": [{"kind": "flatten"}, {"kind": "dense", "units": 0}]}, "layer 2"),
        ({"layers": [{"kind": "flatten"}, {"kind": "dense", "units": 1_000_000_000}]}, "layer 2"),
        ({"layers": [{"kind": "flatten"}, {"kind": "dense", "units": [1]}]}, "layer 2"),
        ({"layers": [{"kind": "flatten"}, {"kind": "dense", "units": 2}]}, "layer 2"),
        ({"layers": [{"kind": "dense", "units": 1}]}, "layer 1"),
        ({"layers": [{"kind": "flatten"}, {"kind": "conv2d", "filters": 1, "kernel_size": 3}]}, "layer 2"),
        ({"layers": [{"kind": "reshape", "target_shape": [10**9]}, {"kind": "dense", "units": 1}]}, "layer 1"),
        ({"layers": [{"kind": "reshape", "target_shape": ["x"]}, {"kind": "dense", "units": 1}]}, "layer 1"),
        ({"layers": [{"kind": "max_pool2d", "pool_size": 10**9}]}, "out of range"),
        ({"loss": {"kind": "nothing"}}, "loss"),
        ({"loss": {"kind": "binary_crossentropy", "secret": 1}}, "loss"),
        ({"loss": "binary_crossentropy"}, "loss"),
        ({"preprocessing": {"name": "mnist-tile-20", "version": 99}}, "newer version"),
        ({"preprocessing": {"name": "other", "version": 1}}, "cannot do"),
        ({"preprocessing": {"name": "mnist-tile-20"}}, "preprocessing"),
        ({"training": []}, "training"),
        ({"checksum": "abc"}, "checksum"),
    ],
)
def test_documents_that_say_something_impossible(changes, sentence):
    document, arrays = open_up(GOOD)
    spoiled = close_up({**document, **changes}, arrays, checksum="checksum" not in changes)
    refuse(spoiled, sentence)


def test_a_missing_entry():
    document, arrays = open_up(GOOD)
    for key in document:
        refuse(close_up({k: v for k, v in document.items() if k != key}, arrays, checksum=key != "checksum"))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite(value):
    document, arrays = open_up(LARGER)
    kernel = arrays["3.kernel"].copy()
    kernel[5, 3] = value
    refuse(close_up(document, {**arrays, "3.kernel": kernel}), "not finite in layer 4")


def test_numbers_that_overflow():
    document, arrays = open_up(LARGER)
    huge = {name: np.full_like(array, 3e38) for name, array in arrays.items()}
    refuse(close_up(document, huge), "not finite")


@pytest.mark.parametrize(("filters", "window"), [(6000, 1), (1, 63)])
def test_a_small_file_cannot_ask_for_gigabytes(filters, window):
    document, _ = open_up(GOOD)
    conv = {"kind": "conv2d", "kernel_size": 1, "use_bias": False, "padding": "same"}
    layers = [
        {"kind": "reshape", "target_shape": [20, 20, 1]},
        {**conv, "filters": 50},
        {**conv, "filters": filters, "kernel_size": window},
    ]
    shapes = {"1.kernel": (1, 1, 1, 50), "2.kernel": (window, window, 50, filters)}
    arrays = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    refuse(close_up({**document, "layers": layers}, arrays), "too much memory")


def test_arrays_of_other_shapes_names_and_types():
    document, arrays = open_up(GOOD)
    kernel = arrays["1.kernel"]
    refuse(close_up(document, {**arrays, "1.kernel": kernel.T}), "layer 2")
    refuse(close_up(document, {**arrays, "1.kernel": kernel[:399]}), "layer 2")
    refuse(close_up(document, {"1.kernel": kernel}), "layer 2")
    refuse(close_up(document, {**arrays, "2.kernel": kernel}), "do not belong")
    refuse(close_up(document, {**arrays, "1.kernel": kernel.astype(np.float64)}), "several types")
    refuse(close_up(document, {**arrays, "1.kernel": kernel.astype(np.int32)}), "describes '1.kernel' wrongly")
    refuse(close_up(document, arrays, checksum=False, text=json.dumps({**document, "title": "Else"})), "checksum")

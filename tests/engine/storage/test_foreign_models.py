"""Files that hold no model that is read, or promise more than they hold: one sentence each, at little cost."""

import io
import json
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

from engine.errors import DataError, ModelFileError
from engine.storage.importers import import_model, is_model_of_elsewhere


def refuse(path, words):
    with pytest.raises((ModelFileError, DataError), match=words) as caught:
        import_model(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def savez(path, *arrays, **named):
    np.savez(path, *arrays, **named)
    return path


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("w.pt", b"PK\x03\x04" + b"\0" * 22 + b"\x0e\0\0\0" + b"lenet/data.pkl", "pickle of PyTorch.*safetensors"),
        ("w.pth", pickle.dumps({"a": 1}), "pickle of PyTorch"),
        ("w.pkl", pickle.dumps({"a": 1}), "Python pickle.*numpy.savez"),
        ("w.npz", pickle.dumps({"a": 1}), "pickle"),
        ("m.keras", b"PK\x03\x04" + b"\0" * 22 + b"\x0d\0\0\0" + b"metadata.json", "file of Keras.*get_weights"),
        ("m.onnx", b"\x89HDF\r\n\x1a\n" + bytes(50), "file of Keras"),
        ("m.tflite", b"TFL3", "TensorFlow"),
        ("m.mlmodel", b"nothing that is known", "ONNX, .npz and safetensors files are"),
        ("m.npz", b"PK\x03\x04 and no more", "damaged or cut off"),
        ("m.safetensors", b"\xff" * 40, "cut off or no safetensors"),
        ("m.safetensors", b"", "is empty"),
    ],
)
def test_files_that_are_not_read_say_what_is(name, data, words, tmp_path):
    (tmp_path / name).write_bytes(data)
    refuse(tmp_path / name, words)


def test_a_missing_file_is_named(tmp_path):
    refuse(tmp_path / "none.onnx", "no such file")
    refuse(tmp_path, "folder")


def header(entries):
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text


def test_headers_that_promise_too_much_cost_nothing(tmp_path):
    path = tmp_path / "w.safetensors"
    place = {"dtype": "F32", "shape": [1 << 30], "data_offsets": [0, 1 << 32]}
    npy = io.BytesIO()
    np.lib.format.write_array_header_1_0(npy, {"descr": "<f4", "fortran_order": False, "shape": (1 << 40,)})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("w.npy", npy.getvalue() + bytes(9_000_000))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as file:
        for number in range(2_100):
            file.writestr(f"{number}.npy", b"")
    tracemalloc.start()
    try:
        for data, words in (
            (header({"w": place}), "describes “w” wrongly"),
            (header({"w": {"dtype": "F8", "shape": [1], "data_offsets": [0, 1]}}) + b"\0", "kind that is not read"),
            (header({"w": 7}), "describes “w” wrongly"),
            (header([]), "no list of arrays|cut off"),
            (header({f"{n}": 7 for n in range(2_100)}), "more than 2,000 arrays"),
            ((1 << 50).to_bytes(8, "little") + b"{}", "cut off or no"),
            (b"\x02" + bytes(7) + b"[" * 2, "cannot be read"),
        ):
            path.write_bytes(data)
            refuse(path, words)
        for data, words in ((archive.getvalue(), "more than"), (many.getvalue(), "more than 2,000 arrays")):
            (tmp_path / "w.npz").write_bytes(data)
            refuse(tmp_path / "w.npz", words)
        assert tracemalloc.get_traced_memory()[1] < 200e6
    finally:
        tracemalloc.stop()


def test_data_sets_are_no_models(tmp_path):
    images = np.random.default_rng(0).random((5, 20, 20)).astype(np.float32)
    labels = np.arange(5)
    for path in (
        savez(tmp_path / "a.npz", images=images, labels=labels),
        savez(tmp_path / "b.npz", images, labels),
        savez(tmp_path / "c.npz", images),
        savez(tmp_path / "d.npz", x_train=images, y_train=labels, x_test=images, y_test=labels),
    ):
        assert not is_model_of_elsewhere(path)
    assert is_model_of_elsewhere(
        savez(tmp_path / "e.npz", np.ones((400, 25)), np.ones(25), np.ones((25, 10)), np.ones(10))
    )
    rng = np.random.default_rng(0)
    assert is_model_of_elsewhere(savez(tmp_path / "f.npz", rng.normal(size=(25, 400)), rng.normal(size=25)))

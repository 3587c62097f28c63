"""Model files for tests, and ways to spoil them."""

import hashlib
import json

import numpy as np
from safetensors.numpy import load, save

from engine.layers import Conv2D, Dense, Flatten, MaxPool2D
from engine.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from engine.sequential import Sequential
from engine.storage.model import Model


def small_model(seed=0, dtype=np.float32):
    """One dense layer that tells 3 from 8."""
    network = Sequential([Flatten(), Dense(1)], seed=seed, dtype=dtype)
    network.build((20, 20))
    network.loss = BinaryCrossentropy(from_logits=True)
    return Model(network, "logistic", "Three or eight", ("3", "8"), "binary", training={"epochs": 3, "loss": 0.25})


def convolutional_model(seed=0):
    network = Sequential([Conv2D(2, 3, activation="relu"), MaxPool2D(3), Flatten(), Dense(10)], seed=seed)
    network.build((20, 20, 1))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    return Model(network, "cnn", "Small", tuple("0123456789"), "multiclass")


def open_up(data):
    """Document and arrays of a model file's bytes."""
    length = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["digitlab"]), dict(load(data))


def close_up(document, arrays, *, checksum=True, text=None):
    """The bytes of a model file with these contents; the checksum is right unless told otherwise."""
    if text is None:
        if checksum:
            document = {**document, "checksum": "0" * 64}
        text = json.dumps(document)
    if checksum:
        digest = hashlib.sha256(text.encode())
        for name in sorted(arrays):
            digest.update(f"\0{name}\0{arrays[name].dtype.str}\0".encode())
            digest.update(np.ascontiguousarray(arrays[name]).tobytes())
        text = text.replace("0" * 64, digest.hexdigest())
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, {"digitlab": text})


def with_header(data, change):
    """The file with its header's JSON text changed by a function."""
    length = int.from_bytes(data[:8], "little")
    header = change(data[8 : 8 + length].decode()).encode()
    return len(header).to_bytes(8, "little") + header + data[8 + length :]

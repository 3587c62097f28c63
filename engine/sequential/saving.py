"""Networks of any shape on disk: safetensors files with the layers as JSON beside the numbers. Nothing is executed.

{"format": "digitlab-network", "name": …, "input_shape": […], "dtype": …, "layers": [{"kind": …}, …],
 "loss": {…} or null}
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.core.file_io import write_atomically
from engine.errors import EngineError, ModelFileError
from engine.layers import layer_from_config
from engine.losses import LOSSES
from engine.network.network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORMAT = "digitlab-network"
_FOREIGN = (".keras", ".h5", ".hdf5")


def _checked(filepath: str | os.PathLike[str]) -> Path:
    path = Path(filepath)
    if path.suffix.lower() in _FOREIGN:
        raise ModelFileError(
            f"{path.name} would be a file of Keras, which is neither written nor read here: call it "
            f"{path.name.split('.')[0]}.safetensors."
        )
    return path


def save_network(network: Network, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write layers, weights and loss; raises `ModelFileError` where that is not possible.

    Raises:
        EngineError: the network is not built.
        ConfigurationError: it has branches, which the format cannot say.
    """
    network.chain()
    if not network.built:
        raise EngineError("Only a network that is built can be saved: call build(input_shape) or fit first.")
    loss = None if network.loss is None else {"kind": network.loss.kind, **network.loss.config()}
    document = {
        "format": _FORMAT,
        "name": network.name,
        "input_shape": list(network.input_shape),
        "dtype": network.dtype.name,
        "layers": network.config(),
        "loss": loss,
    }
    _write(network, _checked(filepath), overwrite, document)


def save_weights(network: Network, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write the weights alone."""
    network.require_built()
    _write(network, _checked(filepath), overwrite, {"format": _FORMAT})


def _names(network: Network) -> list[str]:
    return [f"{index}.{spec.name}" for index, layer in enumerate(network.layers) for spec in layer.specs]


def _write(network: Network, path: Path, overwrite: bool, document: dict[str, Any]) -> None:
    from safetensors.numpy import save

    if path.exists() and not overwrite:
        raise ModelFileError(f"{path.name} is there already, and overwrite is False.")
    arrays = {
        name: np.array(values, order="C") for name, values in zip(_names(network), network.get_weights(), strict=True)
    }
    try:
        write_atomically(path, save(arrays, {"digitlab": json.dumps(document)}))
    except OSError as error:
        raise ModelFileError(f"{path.name} could not be written: {error.strerror}.") from error


def _read(path: Path) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        data = path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        document = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["digitlab"])
        if document["format"] != _FORMAT:
            raise ValueError("another format")
        return document, load(data)
    except OSError as error:
        raise ModelFileError(f"{path.name} could not be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelFileError(f"{path.name} is no network that was saved here, or it is damaged.") from error


def load_weights(network: Network, filepath: str | os.PathLike[str]) -> None:
    """Read the weights of a file into a built network; `ModelFileError` or `ShapeError` leaves it as it was."""
    path = _checked(filepath)
    network.require_built()
    _, arrays = _read(path)
    names = _names(network)
    if set(names) != set(arrays):
        raise ModelFileError(f"{path.name} holds the weights of other layers.")
    network.set_weights([arrays[name] for name in names])


def load_into(make: type[Network], filepath: str | os.PathLike[str]) -> Network:
    """The network of a file that `save_network` wrote.

    Raises:
        ModelFileError: the file cannot be read, or holds something else.
    """
    path = _checked(filepath)
    document, arrays = _read(path)
    if "layers" not in document:
        raise ModelFileError(f"{path.name} holds weights alone: make the network and call load_weights.")
    try:
        layers = [layer_from_config(config) for config in document["layers"]]
        network = make(layers, name=document["name"], dtype=document["dtype"])
        network.build(document["input_shape"])
        loss = document["loss"]
        if loss is not None:
            kind = loss.pop("kind")
            network.loss = LOSSES[kind].from_config(loss)
        network.set_weights([arrays[name] for name in _names(network)])
    except (EngineError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path.name} describes a network that cannot be built here.") from error
    return network

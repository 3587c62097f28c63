"""Networks of any shape on disk: safetensors files with the layers as JSON beside the numbers. Nothing is executed.

{"format": "digitlab-network", "name": …, "input_shape": […], "dtype": …, "layers": [{"kind": …}, …],
 "loss": {…} or null}
"""

import json
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.core.file_io import reason_of, write_atomically
from engine.errors import ConfigurationError, EngineError, ModelFileError
from engine.layer_support.own_classes import named_class, own_classes, own_description, remade
from engine.layers import is_known, layer_from_config
from engine.losses import FURTHER_LOSSES, LOSSES
from engine.network.network import Network
from engine.optimizers import FURTHER_OPTIMIZERS, OPTIMIZERS
from engine.optimizers.learning_rates import rate_from_config

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORMAT = "digitlab-network"
_FOREIGN = (".keras", ".h5", ".hdf5")


def checked_path(filepath: str | os.PathLike[str]) -> Path:
    """The path; `ModelFileError` for one that ends as Keras' files do."""
    path = Path(filepath)
    if path.suffix.lower() in _FOREIGN:
        raise ModelFileError(
            f"{path.name} would be a file of Keras, which is neither written nor read here: call it "
            f"{own_path(path).name}."
        )
    return path


def own_path(filepath: str | os.PathLike[str]) -> Path:
    """The path with the ending of our files in place of Keras'."""
    path = Path(filepath)
    return path.with_name(f"{path.stem.removesuffix('.weights')}.safetensors")


def save_network(network: Network, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write layers, weights and loss; raises `ModelFileError` where that is not possible.

    Raises:
        EngineError: the network is not built.
        ConfigurationError: it has layers or a loss of one's own, and a file holds no code.
    """
    if not network.built:
        raise EngineError("Only a network that is built can be saved: call build(input_shape) or fit first.")
    known = network.loss is None or network.loss.kind in LOSSES or network.loss.kind in FURTHER_LOSSES
    loss = None if network.loss is None or not known else {"kind": network.loss.kind, **network.loss.config()}
    document = {
        "format": _FORMAT,
        "name": network.name,
        "input_shape": list(network.example_shape),
        "dtype": network.dtype.name,
        **described(network),
        "loss": loss,
        **_compiled(network),
    }
    _write(network, checked_path(filepath), overwrite, document)


def _compiled(network: Any) -> dict[str, Any]:  # noqa: ANN401 — a `Sequential`
    """The optimizer, without its memory, and the metrics that have names: what training on needs."""
    optimizer = getattr(network, "optimizer", None)
    if optimizer is None or optimizer.kind not in OPTIMIZERS | FURTHER_OPTIMIZERS:
        return {}
    try:
        settings = json.loads(json.dumps(optimizer.config()))
    except TypeError:
        # A schedule of one's own is code.
        return {}
    names = [metric.spelled for metric in network.compiled_metrics or () if metric.spelled is not None]
    return {"optimizer": {"kind": optimizer.kind, **settings}, "metrics": names}


def _compile_again(network: Any, document: Mapping[str, Any]) -> None:  # noqa: ANN401 — a `Sequential`
    if "optimizer" not in document or network.loss is None or not hasattr(network, "compile"):
        return
    settings = dict(document["optimizer"])
    if isinstance(settings.get("learning_rate"), Mapping):
        settings["learning_rate"] = rate_from_config(settings["learning_rate"])
    optimizer = (OPTIMIZERS | FURTHER_OPTIMIZERS)[settings.pop("kind")](**settings)
    with warnings.catch_warnings():
        # What does not fit was told when it was compiled first.
        warnings.simplefilter("ignore", UserWarning)
        network.compile(optimizer, network.loss, metrics=document["metrics"])


def described(network: Network) -> dict[str, Any]:
    """The layers, and how they belong together where they are no chain.

    Raises:
        ConfigurationError: a part is a class or a function of one's own whose `get_config` does not make it again.
    """
    if getattr(network, "by_call", False):
        own = own_description(network) if len(getattr(network, "starts", ())) == 1 else None
        if own is None:
            raise _refuse("The network")
        return {"own": own}
    configs = network.config()
    for number, layer in enumerate(network.layers[: len(configs)]):
        if is_known(layer):
            continue
        own = own_description(layer) if layer.by_call else None
        if own is None:
            raise _refuse(f"Layer {layer.name!r}")
        configs[number] = own
    graph: dict[str, Any] | None = getattr(network, "graph", None)
    return {"layers": configs, **({"graph": graph} if graph is not None else {})}


def _refuse(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"{what} is code of your own, which a file does not hold: write get_config, so that a file can say how to make "
        "it again, or use save_weights."
    )


def save_weights(network: Network, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write the weights alone."""
    network.require_built()
    _write(network, checked_path(filepath), overwrite, {"format": _FORMAT})


def _names(network: Network) -> list[str]:
    names: list[str] = []
    for index, layer in enumerate(network.layers):
        for place, spec in enumerate(layer.specs):
            name = f"{index}.{spec.name}"
            # A layer of one's own may have several weights of one name.
            names.append(f"{name}.{place}" if name in names else name)
    return names


def _write(network: Network, path: Path, overwrite: bool, document: dict[str, Any]) -> None:
    from safetensors.numpy import save

    if path.exists() and not overwrite:
        raise ModelFileError(f"{path.name} is there already, and overwrite is False.")
    arrays = {
        name: np.array(values, order="C") for name, values in zip(_names(network), network.get_weights(), strict=True)
    }
    try:
        # Notebooks name folders that nobody has made, as Keras lets them.
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, save(arrays, {"digitlab": json.dumps(document)}))
    except OSError as error:
        raise ModelFileError(f"{path.name} could not be written: {reason_of(error)}.") from error


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
        raise ModelFileError(f"{path.name} could not be read: {reason_of(error)}.") from error
    except (ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelFileError(f"{path.name} is no network that was saved here, or it is damaged.") from error


def load_weights(network: Network, filepath: str | os.PathLike[str]) -> None:
    """Read the weights of a file into a built network; `ModelFileError` or `ShapeError` leaves it as it was."""
    path = checked_path(filepath)
    network.require_built()
    _, arrays = _read(path)
    names = _names(network)
    if set(names) != set(arrays):
        raise ModelFileError(f"{path.name} holds the weights of other layers.")
    network.set_weights([arrays[name] for name in names])


def load_into(
    make: type[Network],
    filepath: str | os.PathLike[str],
    make_graph: Callable[[Mapping[str, Any]], Network],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
) -> Network:
    """The network of a file that `save_network` wrote; `make_graph` makes one with branches of its description.

    Raises:
        ModelFileError: the file cannot be read, or holds something else.
    """
    path = checked_path(filepath)
    document, arrays = _read(path)
    if "layers" not in document and "own" not in document:
        raise ModelFileError(f"{path.name} holds weights alone: make the network and call load_weights.")
    try:
        with own_classes(custom_objects):
            network = _made(make, document, make_graph)
        loss = document["loss"]
        if loss is not None:
            kind = loss.pop("kind")
            network.loss = (LOSSES | FURTHER_LOSSES)[kind].from_config(loss)
        network.set_weights([arrays[name] for name in _names(network)])
        if compile:
            _compile_again(network, document)
    except ConfigurationError as error:
        raise ModelFileError(f"{path.name} cannot be built here. {error}") from error
    except (EngineError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path.name} describes a network that cannot be built here.") from error
    return network


def _made(
    make: type[Network], document: Mapping[str, Any], make_graph: Callable[[Mapping[str, Any]], Network]
) -> Network:
    """The network of a description, with weights drawn anew."""
    if "own" in document:
        own: Network = remade(named_class(document["own"]["class"]), document["own"]["config"])
        own.build(document["input_shape"])
        return own
    layers = document["layers"]
    if "graph" in document or (layers and layers[0]["kind"] == "input_layer"):
        return make_graph(document)
    network = make([layer_from_config(config) for config in layers], name=document["name"], dtype=document["dtype"])
    network.build(document["input_shape"])
    return network

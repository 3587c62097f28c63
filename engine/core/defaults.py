"""The two settings that Keras keeps for a whole program: the float type and the seed of new networks."""

from dataclasses import dataclass

import numpy as np

from engine.core.number_check import is_whole_number
from engine.errors import ConfigurationError

FLOAT_TYPES = ("float32", "float64")


@dataclass(slots=True)
class _Defaults:
    floatx: str = "float32"
    seed: int = 0
    draws: int = 0
    networks: int = 0


_DEFAULTS = _Defaults()


def floatx() -> str:
    """The float type of networks and layers that are made without one: "float32" unless it was set."""
    return _DEFAULTS.floatx


def set_floatx(value: str) -> None:
    """Set the float type of all networks and layers made from now on; `ConfigurationError` for other types."""
    if value not in FLOAT_TYPES:
        raise ConfigurationError(f"The engine computes in float32 or float64, not in {value!r}.", "floatx")
    _DEFAULTS.floatx = value


def default_seed() -> int:
    """The seed of the program."""
    return _DEFAULTS.seed


def network_seed() -> int:
    """The seed of the next network: the first has the program's, and each further one another."""
    _DEFAULTS.networks += 1
    return (_DEFAULTS.seed + 7919 * (_DEFAULTS.networks - 1)) % 2**32


def next_draw() -> int:
    """How many draws outside networks there were since the seed was set."""
    _DEFAULTS.draws += 1
    return _DEFAULTS.draws - 1


def set_random_seed(seed: int) -> None:
    """Set the seed of all networks made from now on, and NumPy's own; `ConfigurationError` unless it is 0 … 2³² − 1."""
    if not is_whole_number(seed, 0) or seed >= 2**32:
        raise ConfigurationError(f"A seed is a whole number from 0 to 4,294,967,295, not {seed!r}.", "seed")
    _DEFAULTS.seed, _DEFAULTS.draws, _DEFAULTS.networks = int(seed), 0, 0
    np.random.seed(int(seed))  # noqa: NPY002 — as Keras does: notebooks draw their data from it

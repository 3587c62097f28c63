"""Initializers as Keras spells them: objects with settings and a seed of their own, or names.

They draw arrays of any shape.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from engine.core.defaults import floatx
from engine.core.initializers import INITIALIZERS
from engine.core.parameters import FloatArray, Shape
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError


class InitializerObject:
    """An initializer with its settings; `initializer(shape)` draws.

    Attributes:
        kind: key in `engine.core.initializers.INITIALIZERS`.
        seed: the same seed gives the same numbers in every call; None leaves the draw to the network's seed.
        settings: keyword arguments of the function behind it.
    """

    kind: ClassVar[str]

    def __init__(self, seed: int | None = None, **settings: Any) -> None:  # noqa: ANN401 — of the function behind it
        self.seed = seed
        self.settings = settings

    def draw(self, shape: Shape, rng: np.random.Generator) -> FloatArray:
        """The first values of a parameter of this shape, float64."""
        own = rng if self.seed is None else np.random.default_rng(self.seed)
        return INITIALIZERS[self.kind](shape, own, **self.settings)

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> Tensor:
        """The values as an array of `dtype`, by default Keras' float type."""
        values = self.draw(tuple(shape), np.random.default_rng())
        return as_tensor(values.astype(floatx() if dtype is None else dtype))

    def config(self) -> dict[str, Any]:
        """Kind, settings and seed as plain JSON values."""
        seed = {} if self.seed is None else {"seed": self.seed}
        return {"kind": self.kind, **self.settings, **seed}


class Zeros(InitializerObject):
    """All 0."""

    kind = "zeros"

    def __init__(self) -> None:
        super().__init__()


class Ones(InitializerObject):
    """All 1."""

    kind = "ones"

    def __init__(self) -> None:
        super().__init__()


class Constant(InitializerObject):
    """The same number everywhere."""

    kind = "constant"

    def __init__(self, value: float = 0.0) -> None:
        super().__init__(value=value)


class Identity(InitializerObject):
    """Ones on the diagonal of a matrix."""

    kind = "identity"

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__(gain=gain)


class RandomNormal(InitializerObject):
    """Draws from a normal distribution."""

    kind = "random_normal"

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed, mean=mean, standard_deviation=stddev)


class TruncatedNormal(InitializerObject):
    """Draws from a normal distribution, none further than two deviations from the mean."""

    kind = "truncated_normal"

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed, mean=mean, standard_deviation=stddev)


class RandomUniform(InitializerObject):
    """Draws from an interval, all numbers equally likely."""

    kind = "random_uniform"

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed, lowest=minval, highest=maxval)


class VarianceScaling(InitializerObject):
    """Draws whose variance goes with the number of inputs or outputs."""

    kind = "variance_scaling"

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        super().__init__(seed, scale=scale, mode=mode, distribution=distribution)


class Orthogonal(InitializerObject):
    """A matrix of orthonormal rows or columns."""

    kind = "orthogonal"

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed, gain=gain)


class _Seeded(InitializerObject):
    """One whose only setting is its seed."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(seed)


class GlorotUniform(_Seeded):
    """See `engine.core.initializers.glorot_uniform`."""

    kind = "glorot_uniform"


class GlorotNormal(_Seeded):
    """See `engine.core.initializers.glorot_normal`."""

    kind = "glorot_normal"


class HeUniform(_Seeded):
    """See `engine.core.initializers.he_uniform`."""

    kind = "he_uniform"


class HeNormal(_Seeded):
    """See `engine.core.initializers.he_normal`."""

    kind = "he_normal"


class LecunUniform(_Seeded):
    """See `engine.core.initializers.lecun_uniform`."""

    kind = "lecun_uniform"


class LecunNormal(_Seeded):
    """See `engine.core.initializers.lecun_normal`."""

    kind = "lecun_normal"


class OwnInitializer(InitializerObject):
    """A function of a shape, perhaps with `dtype`, as an initializer; or a class of one's own."""

    kind = "own"

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def draw(self, shape: Shape, rng: np.random.Generator) -> FloatArray:
        """What the function gives."""
        try:
            values = self.function(shape, dtype=floatx())
        except TypeError:
            values = self.function(shape)
        return np.asarray(values)

    def config(self) -> dict[str, Any]:
        """Nothing that a file could hold: weights are read from it anyway."""
        return {"kind": "zeros"}


class Initializer(InitializerObject):
    """Base of initializers of one's own: a class writes `__call__(shape, dtype)`."""

    kind = "own"

    def draw(self, shape: Shape, rng: np.random.Generator) -> FloatArray:
        """What the call gives."""
        return np.asarray(self(shape))

    def config(self) -> dict[str, Any]:
        """Nothing that a file could hold."""
        return {"kind": "zeros"}


INITIALIZER_CLASSES: dict[str, type[InitializerObject]] = {
    made.kind: made
    for made in (
        Zeros, Ones, Constant, Identity, RandomNormal, TruncatedNormal, RandomUniform, VarianceScaling, Orthogonal,
        GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal,
    )
}  # fmt: skip

_SHORT = {"uniform": "random_uniform", "normal": "random_normal", "one": "ones", "zero": "zeros"}

# What a layer takes: a name, a class, an object, or an object's configuration.
InitializerLike = str | InitializerObject | type[InitializerObject] | Mapping[str, Any] | Callable[..., Any]


def get_initializer(given: InitializerLike) -> InitializerObject:
    """The initializer that is meant; anything unknown raises `ConfigurationError`."""
    if isinstance(given, InitializerObject):
        return given
    if isinstance(given, type) and issubclass(given, InitializerObject):
        return given()
    if callable(given):
        return OwnInitializer(given)
    settings = dict(given) if isinstance(given, Mapping) else {"kind": given}
    kind = settings.pop("kind", None)
    # Keras knows each by two spellings: "he_normal" and "HeNormal".
    spelled = {name.replace("_", ""): name for name in INITIALIZER_CLASSES} | _SHORT
    name = spelled.get(kind.replace("_", "").lower()) if isinstance(kind, str) else None
    if name is None:
        raise ConfigurationError(f"Unknown initializer {kind!r}; known are {', '.join(INITIALIZER_CLASSES)}.")
    made = INITIALIZER_CLASSES[name]
    if not settings:
        return made()
    initializer = made.__new__(made)
    InitializerObject.__init__(initializer, **settings)
    return initializer


def initializer_config(initializer: InitializerObject) -> str | dict[str, Any]:
    """What `get_initializer` needs to make it again: its name, with its settings where they differ from the usual."""
    if initializer.kind not in INITIALIZER_CLASSES:
        return "zeros"
    usual = INITIALIZER_CLASSES[initializer.kind]()
    return initializer.kind if initializer.config() == usual.config() else initializer.config()

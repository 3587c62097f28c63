"""Group normalization, and normalization by the root mean square.

Inputs and outputs are (batch, …, channels); settings that make no sense raise `ConfigurationError`.
"""

from typing import Any, Unpack

import numpy as np

from engine.core.initializer_choice import InitializerLike, get_initializer, initializer_config
from engine.core.number_check import is_whole_number
from engine.core.regularizers import RegularizerLike
from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class GroupNormalization(Layer):
    """Each example normalized within groups of channels: γ·(x − mean) / √(variance + ε) + β.

    Y. Wu and K. He, "Group normalization", 2018.

    Args:
        groups: of channels; −1 for as many as there are channels.
        axis: only the last one.
        epsilon: keeps the deviation away from 0.
        center, scale: whether there are β and γ.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer: of these.
    """

    kind = "group_normalization"

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike = None,
        gamma_regularizer: RegularizerLike = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if groups != -1 and not is_whole_number(groups, 1):
            raise ConfigurationError(f"Groups are a whole number of at least 1, or -1, not {groups!r}.", "groups")
        if axis != -1:
            raise ConfigurationError(f"Groups are of channels, which are the last axis, not {axis!r}.", "axis")
        self.groups, self.axis, self.epsilon = int(groups), axis, float(epsilon)
        self.center, self.scale = bool(center), bool(scale)
        self.beta_initializer, self.gamma_initializer = (
            get_initializer(beta_initializer),
            get_initializer(gamma_initializer),
        )
        self.beta_regularizer, self.gamma_regularizer = beta_regularizer, gamma_regularizer

    def build(self, input_shape: Any) -> None:  # type: ignore[override] # noqa: ANN401
        """Draw γ and β."""
        channels = int(input_shape[-1])
        if channels % (channels if self.groups == -1 else self.groups):
            raise ConfigurationError(f"{channels} channels cannot be cut into {self.groups} groups.", "groups")
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                channels, self.gamma_initializer, regularizer=self.gamma_regularizer, name="gamma"
            )
        if self.center:
            self.beta = self.add_weight(channels, self.beta_initializer, regularizer=self.beta_regularizer, name="beta")

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The normalized channels."""
        shape = np.shape(inputs)
        groups = shape[-1] if self.groups == -1 else self.groups
        parted = np.reshape(inputs, (shape[0], -1, groups, shape[-1] // groups))
        mean = np.mean(parted, axis=(1, 3), keepdims=True)
        distance = parted - mean
        variance = np.mean(np.square(distance), axis=(1, 3), keepdims=True)
        outputs = np.reshape(distance / np.sqrt(variance + self.epsilon), shape)
        if self.gamma is not None:
            outputs = outputs * self.gamma
        return outputs if self.beta is None else outputs + self.beta

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "groups": self.groups,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializer_config(self.beta_initializer),
            "gamma_initializer": initializer_config(self.gamma_initializer),
            **super().config(),
        }


class RMSNormalization(Layer):
    """Vectors divided by their root mean square: γ·x / √(mean of x² + ε).

    B. Zhang and R. Sennrich, "Root mean square layer normalization", 2019.

    Args:
        axis: only the last one.
        epsilon: keeps the root away from 0.
    """

    kind = "rms_normalization"

    def __init__(self, axis: int = -1, epsilon: float = 1e-6, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if axis != -1:
            raise ConfigurationError(f"What is normalized is the last axis, not {axis!r}.", "axis")
        self.axis, self.epsilon = axis, float(epsilon)

    def build(self, input_shape: Any) -> None:  # type: ignore[override] # noqa: ANN401
        """γ begins with ones."""
        self.scale = self.add_weight(int(input_shape[-1]), "ones", name="scale")

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The normalized vectors."""
        mean = np.mean(np.square(inputs), axis=-1, keepdims=True)
        return inputs / np.sqrt(mean + self.epsilon) * self.scale

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"epsilon": self.epsilon, **super().config()}

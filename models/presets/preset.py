"""What a preset is: a model that the user can choose, train and ask, ready made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.evaluation.calibration import UNCALIBRATED, Calibration
from engine.layers import Layer
from engine.losses import Loss, OpenSetCrossentropy
from engine.optimizers import OPTIMIZERS
from engine.sequential import Sequential
from engine.storage.model import Model
from engine.training.config import TrainingConfig

if TYPE_CHECKING:
    from engine.data import Dataset

Augmentation = Callable[[FloatArray, np.random.Generator], FloatArray]

# Where an optimizer needs another learning rate than Adam; measured on all presets with a crossentropy.
RATES = {"gradient_descent": 0.3, "momentum": 0.05, "nesterov": 0.05, "rmsprop": 0.003, "adagrad": 0.03}


@dataclass(frozen=True, eq=False)
class ModelPreset:
    """A network, the question that it answers, and settings that train it well.

    A subclass says which layers, which loss and which targets; to add a preset, write its file and add its line to
    `models.PRESETS`.

    Attributes:
        name: key in `models.PRESETS`, in model files and on the command line.
        title: what the window calls it.
        description: one plain sentence for a person.
        labels: one text an answer, in the order of the outputs; for "regression" the unit.
        task: one of `engine.storage.model.TASKS`.
        parameter_count: how many parameters the network has.
        defaults: settings that reach the preset's accuracy on the bundled digits.
        rates: learning rates for optimizers that need another one than `RATES` says.
        can_augment: False where varying an image would change the right answer.
        can_reject: whether a training can also teach the network what is no digit; that takes hidden units.
    """

    name: str
    title: str
    description: str
    labels: tuple[str, ...]
    task: str
    parameter_count: int
    defaults: TrainingConfig
    rates: Mapping[str, float] = field(default_factory=dict)
    can_augment: bool = True
    can_reject: bool = False

    # Shape of one input of the network: dense networks take the image and flatten it themselves.
    input_shape: ClassVar[Shape] = (20, 20)

    @property
    def classes(self) -> int:
        """How many classes its targets number; 0 where an example has no single class."""
        return {"multiclass": len(self.labels), "binary": 2}.get(self.task, 0)

    def layers(self) -> list[Layer]:
        """New layers of the network, in order."""
        raise NotImplementedError

    def settings(self, optimizer: str) -> TrainingConfig:
        """`defaults`, changed as far as another optimizer needs: a learning rate that trains, the same digits."""
        if optimizer == self.defaults.optimizer or optimizer not in OPTIMIZERS:
            return replace(self.defaults, optimizer=optimizer)
        rate = self.rates.get(optimizer, RATES.get(optimizer, self.defaults.learning_rate))
        augment = self.defaults.augment and not OPTIMIZERS[optimizer]().full_batch
        return replace(self.defaults, optimizer=optimizer, learning_rate=rate, augment=augment)

    def refusal(self, optimizer: str) -> str:
        """Why this optimizer cannot train the network, in one sentence, or ""."""
        if optimizer not in OPTIMIZERS or not OPTIMIZERS[optimizer]().full_batch:
            return ""
        random = any(layer.random_effect and getattr(layer, "rate", 1) for layer in self.layers())
        return "Not for this model: its dropout makes every step another function." if random else ""

    def loss(self) -> Loss:
        """The loss to train with; it also turns the network's outputs into probabilities."""
        raise NotImplementedError

    def targets(self, labels: NDArray[np.int64]) -> NDArray[Any]:
        """What the network should answer for digits with these labels, (n,) → (n,) or (n, outputs)."""
        raise NotImplementedError

    def select(self, dataset: "Dataset") -> "Dataset":
        """The part of a data set that the preset can learn from: all of it, unless it knows some digits only."""
        return dataset

    def prepare(
        self, dataset: "Dataset", rng: np.random.Generator, report: Callable[[float], None] | None = None
    ) -> tuple[FloatArray, NDArray[Any]]:
        """What to feed the trainer: inputs (n, *input_shape) float32 and the targets for them.

        Args:
            dataset: digits.
            rng: for what is drawn at random.
            report: hears now and then which part is done, 0 to 1, where that takes its time; may raise.

        Raises:
            DataError: the data set holds nothing that the preset can learn from.
        """
        chosen = self.select(dataset)
        return chosen.images.reshape(-1, *self.input_shape), self.targets(chosen.labels)

    def build(self, seed: int = 0, *, refuse: bool = False) -> Sequential:
        """A fresh network, built, with its loss; equal seeds give equal weights.

        Args:
            seed: of the first weights.
            refuse: whether the loss also knows what is none of the labels; only where `can_reject`.

        Raises:
            ConfigurationError: the network cannot learn to refuse.
        """
        if refuse and not self.can_reject:
            raise ConfigurationError(f"{self.title} cannot learn to refuse what is no digit.", "refuse")
        network = Sequential(self.layers(), name=self.name, seed=seed)
        network.build(self.input_shape)
        network.loss = OpenSetCrossentropy() if refuse else self.loss()
        return network

    def model(self, network: Sequential, training: dict[str, Any] | None = None) -> Model:
        """A network of this preset as a model that answers and can be saved.

        One that was trained to refuse does so where "none" is likelier than any digit, until a threshold is fitted.
        """
        refuses = isinstance(network.loss, OpenSetCrossentropy)
        return Model(
            network, self.name, self.title, self.labels, self.task, training=training or {},
            calibration=Calibration(threshold=0.0) if refuses else UNCALIBRATED,
        )  # fmt: skip

    def augmentation(self, config: TrainingConfig) -> Augmentation | None:
        """What varies the training images, or None when the settings do not ask for it.

        Raises:
            ConfigurationError: the settings ask for it, but the preset's answers would become wrong.
        """
        if not config.augment:
            return None
        if not self.can_augment:
            raise ConfigurationError(
                f"{self.title} cannot be trained on varied images: they would change the answer.", "augment"
            )
        # Not needed before training: the window opens without it.
        from engine.data.augmentation.images import ImageAugmentation

        return ImageAugmentation()

    def possible_augmentation(self, config: TrainingConfig) -> Augmentation | None:
        """`augmentation`, also where the settings do not ask for it: it may be turned up in the middle of a training.

        Raises:
            ConfigurationError: as `augmentation`.
        """
        return self.augmentation(replace(config, augment=config.augment or self.can_augment))

    def with_digits(self, first: int, second: int) -> "ModelPreset":
        """The preset for two other digits; only presets that tell two digits apart have this.

        Raises:
            ConfigurationError: this preset knows all digits, or the two digits are no different digits from 0 to 9.
        """
        raise ConfigurationError(
            f"{self.title} knows all ten digits: two of them can only be chosen for logistic.", "digits"
        )

"""Whether a layer works as in training, where its call with a placeholder said so: `layer(x, training=…)`."""


class HasCallMode:
    """What a layer does in training and otherwise differs, unless its place in a network fixed that.

    Attributes:
        fixed_training: True or False for a layer that always works so, None for one that follows the network.
    """

    fixed_training: bool | None = None

    def call_mode(self) -> dict[str, bool]:
        """What a description of a network says of it beside the layer's settings."""
        return {} if self.fixed_training is None else {"fixed_training": self.fixed_training}

    def works_as_training(self, training: bool) -> bool:
        """Whether the layer works as in training, when its network does or does not."""
        return training if self.fixed_training is None else self.fixed_training

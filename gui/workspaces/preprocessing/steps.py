"""The switches of the path from ink to 20×20: what each step does, and why it is taken."""

from dataclasses import dataclass
from typing import Final

from engine.ink import PreprocessingSteps


@dataclass(frozen=True, slots=True)
class Step:
    """A step that can be left out.

    Attributes:
        key: its field in `PreprocessingSteps`.
        title: what it does, in a few words.
        reason: one plain sentence on why.
    """

    key: str
    title: str
    reason: str


STEPS: Final = (
    Step(
        "clean", "Clean the line", "Stray dots, hooks and a shaky hand are no part of the digit: they are taken away."
    ),
    Step("fit", "Fit to 20×20", "The ink is brought to full size in the middle, so small or off-centre is as good."),
    Step("one_pen", "One pen width", "The line is repainted as thick as in the training digits, whatever pen drew it."),
)


def path_of(on: dict[str, bool]) -> PreprocessingSteps:
    """The path that takes these steps; those that are not named are taken."""
    return PreprocessingSteps(**{step.key: on.get(step.key, True) for step in STEPS})


def path_without(key: str) -> PreprocessingSteps:
    """The path that takes all steps but one."""
    return path_of({key: False})

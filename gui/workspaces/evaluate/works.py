"""What the tab's background tasks do."""

from collections.abc import Sequence

from gui.services.background_task import Task
from gui.workspaces.evaluate.evaluation import Evaluation, Wish, evaluate_wish
from models.scoring.robustness_curve import RobustnessCurve, robustness_curve


class EvaluationWork:
    """Answers all digits."""

    def __init__(self, wish: Wish, known: Sequence[Evaluation]) -> None:
        self._wish, self._known = wish, known

    def __call__(self, task: Task) -> Evaluation:
        """In the thread of the task."""
        return evaluate_wish(self._wish, self._known, task.progress)


class RobustnessWork:
    """Changes digits step by step and judges them."""

    def __init__(self, found: Evaluation, change: str) -> None:
        self._found = found
        self._change = change

    def __call__(self, task: Task) -> RobustnessCurve:
        """In the thread of the task."""
        models = [model for model in (self._found.model, self._found.second) if model is not None]
        return robustness_curve(models, self._found.digits, self._change, task.progress)

"""The charts of the Train workspace, in the order in which they are shown."""

from gui.workspaces.train.charts.accuracy_chart import AccuracyChart
from gui.workspaces.train.charts.followed_drawing import PinnedProbabilities
from gui.workspaces.train.charts.loss_chart import LossChart
from gui.workspaces.train.charts.training_chart import TrainingChart

# To add a chart of the training: its file, and its line here.
CHARTS: dict[str, type[TrainingChart]] = {
    "loss": LossChart,
    "accuracy": AccuracyChart,
    "pinned": PinnedProbabilities,
}

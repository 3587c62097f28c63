"""The charts of the Train workspace, in the order in which they are shown; each takes a board and a theme manager."""

from gui.charts.chart import Chart
from gui.workspaces.train.charts.accuracy_chart import AccuracyChart
from gui.workspaces.train.charts.followed_drawing import PinnedProbabilities
from gui.workspaces.train.charts.loss_chart import LossChart

# To add a chart of the training: its file, and its line here.
CHARTS: dict[str, type[Chart]] = {
    "loss": LossChart,
    "accuracy": AccuracyChart,
    "pinned": PinnedProbabilities,
}

"""The charts of the Train workspace, in the order in which they are shown."""

from gui.workspaces.train.charts.accuracy_chart import AccuracyChart
from gui.workspaces.train.charts.activation_histogram_chart import ActivationHistogramChart
from gui.workspaces.train.charts.dead_units_chart import DeadUnitsChart
from gui.workspaces.train.charts.followed_drawing import FollowedProbabilities
from gui.workspaces.train.charts.gradient_norm_chart import GradientNormChart
from gui.workspaces.train.charts.learning_rate_chart import LearningRateChart
from gui.workspaces.train.charts.loss_chart import LossChart
from gui.workspaces.train.charts.training_chart import TrainingChart
from gui.workspaces.train.charts.update_ratio_chart import UpdateRatioChart
from gui.workspaces.train.charts.weight_histogram_chart import WeightHistogramChart

# To add a chart of the training: its file, and its line here.
CHARTS: dict[str, type[TrainingChart]] = {
    "loss": LossChart,
    "accuracy": AccuracyChart,
    "pinned": FollowedProbabilities,
    "learning_rate": LearningRateChart,
    "gradient_norm": GradientNormChart,
    "update_ratio": UpdateRatioChart,
    "dead_units": DeadUnitsChart,
    "weights": WeightHistogramChart,
    "activations": ActivationHistogramChart,
}

"""The sentence that a diverged run ends with names the setting that is to blame."""

from engine.training.config import TrainingConfig
from engine.training.divergence import explain_divergence
from tests.tables import over


def explain(**settings):
    config = TrainingConfig(**settings)
    return explain_divergence(config, config.learning_rate, 1, 2)


@over(
    ("settings", "advice"),
    [
        ({"optimizer": "gradient_descent", "learning_rate": 1.0, "l2": 50.0}, "Lower L2 (now 50)."),
        ({"optimizer": "gradient_descent", "learning_rate": 0.01, "l1": 1e30}, "Lower L1 (now 1e+30)."),
        ({"optimizer": "gradient_descent", "learning_rate": 1e30, "l2": 1e-4}, "to 0.1,"),
        ({"optimizer": "adam", "learning_rate": 1e30, "l2": 1e-4}, "to 0.001,"),
        ({"optimizer": "gradient_descent", "learning_rate": 0.5, "l2": 1e-4}, "to 0.05,"),
        ({"optimizer": "momentum", "learning_rate": 0.0999985}, "to 0.01,"),
        ({"optimizer": "lbfgs", "l2": 0.0}, "Raise L2 (now 0), for instance to 0.0001, or choose another optimizer."),
        ({"optimizer": "lbfgs", "l2": 0.001}, "Raise L2 (now 0.001), for instance to 0.01, "),
        ({"optimizer": "lbfgs", "l2": 50.0}, "Lower L2 (now 50)."),
        ({"optimizer": "adam", "learning_rate": 0.003, "clip_norm": 1.0}, "(now 0.003), for instance to 0.0003."),
    ],
)
def test_advice(settings, advice):
    assert advice in explain(**settings)

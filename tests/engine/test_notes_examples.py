"""What the scripts in docs/examples claim, and that each of them runs."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py") if path.name != "synthetic.py")


@pytest.fixture
def example(monkeypatch):
    """The names of a script, as it would see them itself."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield lambda name: runpy.run_path(str(EXAMPLES / name))
    sys.modules.pop("synthetic", None)


@pytest.mark.parametrize("name", SCRIPTS)
def test_runs_as_a_script(name, example, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [name])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    assert capsys.readouterr().out.strip()


def test_every_script_is_listed():
    table = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in table for name in SCRIPTS)


def test_zero_against_one_without_a_mistake(example, tmp_path):
    script = example("zero_against_one.py")
    x, y = script["digits"]()
    network, history = script["train"](x, y)
    assert ((network.probabilities(x)[:, 0] >= 0.5) == y).all()
    assert history.history["accuracy"][-1] == 1
    theta = script["theta_of"](network)
    assert theta.shape == (401, 1)
    picture = script["picture"](theta)
    picture.save(tmp_path / "theta.png")
    with Image.open(tmp_path / "theta.png") as image:
        assert image.size == (320, 320)
        pixels = np.asarray(image).astype(int)
    # The middle is empty in a 0 and inked in a 1: it speaks for the 1, in red.
    assert (pixels[150:170, 150:170, 0] > pixels[150:170, 150:170, 2]).mean() > 0.5


def test_logistic_regression_equals_the_textbook_loop(example):
    script, synthetic = example("logistic_regression.py"), example("synthetic.py")
    x, _, y, _ = synthetic["split"](*synthetic["make_classification"]())
    assert x.shape == (700, 20)
    w, b = script["textbook"](x, y)
    engine_w, engine_b = script["engine"](x, y)
    np.testing.assert_allclose(engine_w, w, atol=1e-6)
    assert engine_b == pytest.approx(b, abs=1e-6)
    assert script["accuracy"](x, y, w, b) > 0.85


def test_synthetic_data_is_scikit_learns(example):
    datasets = pytest.importorskip("sklearn.datasets")
    model_selection = pytest.importorskip("sklearn.model_selection")
    synthetic = example("synthetic.py")
    x, y = datasets.make_classification(n_samples=1000, n_features=20, random_state=42)
    ours_x, ours_y = synthetic["make_classification"]()
    np.testing.assert_allclose(ours_x, x, atol=1e-12)
    np.testing.assert_array_equal(ours_y, y)
    theirs = model_selection.train_test_split(x, y, test_size=0.3, random_state=42)
    for ours, expected in zip(synthetic["split"](x, y), theirs, strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_sigmoid_and_softmax(example):
    assert max(example("sigmoid_and_softmax.py")["differences"]().values()) < 1e-12


def test_the_formula_on_paper_fails_and_ours_does_not(example):
    script = example("stable_losses.py")
    for z, target, expected in ((1000.0, 0.0, 1000), (-1000.0, 1.0, 1000), (1000.0, 1.0, 0), (-1000.0, 0.0, 0)):
        z = np.float64(z)
        assert not np.isfinite(script["on_paper"](z, target))
        value, slope = script["ours"](z, target)
        assert value == expected
        assert abs(slope) == (expected > 0)
        assert np.isfinite(script["ours"](z, target, from_logits=False)).all()


def test_adam_by_hand(example):
    script = example("adam_by_hand.py")
    by_hand = [row[-1] for row in script["by_hand"]()]
    np.testing.assert_allclose(script["by_engine"](), by_hand, rtol=0, atol=1e-15)


def test_convolution_is_a_few_loops(example):
    loops, layer = example("convolution_by_hand.py")["compare"]()
    np.testing.assert_allclose(layer, loops, atol=1e-12)


def test_linear_regression_finds_the_normal_equations(example):
    script = example("linear_regression.py")
    x, y = script["points"]()
    np.testing.assert_allclose(script["gradient_descent"](x, y), script["normal_equations"](x, y), atol=1e-9)


def test_multi_label_loss_is_the_sum(example):
    script = example("multi_label_loss.py")
    together, each = script["compare"]()
    assert together == pytest.approx(sum(each), rel=1e-12)
    assert script["truth"](2) == [1, 1, 0, 0]

"""The command line at work: what it prints and saves. Refusals and signals have files of their own."""

import json
import re

import numpy as np
import pytest
from PIL import Image

import main
from engine.data import load_bundled
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import write_drawings
from engine.storage.model_file import load_model, save_model
from models import PRESETS
from models.presets.pretrained import shipped_models


@pytest.fixture
def run(capsys):
    """Runs a command line; gives exit code, lines of stdout, lines of stderr."""

    def run_command(*arguments):
        code = main.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err.splitlines()

    return run_command


@pytest.fixture
def small_data(tmp_path):
    """300 bundled digits as an .npz file."""
    digits = load_bundled()
    path = tmp_path / "digits.npz"
    np.savez(path, images=digits.images[:300], labels=digits.labels[:300])
    return path


@pytest.fixture
def seven():
    return Drawing.from_points([[(20, 20), (60, 20), (100, 22), (80, 70), (60, 130), (50, 160)]], label=7)


def saved_model(tmp_path, name):
    """A model file of an untrained preset."""
    path = tmp_path / f"{name}.safetensors"
    preset = PRESETS[name]
    save_model(path, preset.model(preset.build(0)))
    return path


def test_version_and_help(run):
    code, out, _ = run("--version")
    assert code == 0
    assert re.fullmatch(r"digitlab \d+\.\d+\.\d+", out[0])
    for command in ([], ["train"], ["evaluate"], ["classify"], ["bench"], ["gradcheck"]):
        code, out, err = run(*command, "--help")
        assert (code, err) == (0, [])
        assert out[0].startswith("usage:")
    for command, names in ((["train"], PRESETS), (["gradcheck"], PRESETS), (["evaluate"], shipped_models())):
        text = "\n".join(run(*command, "--help")[1])
        assert all(name in text for name in names)


def test_train_prints_an_epoch_a_line_and_saves(run, small_data, tmp_path):
    path = tmp_path / "model.safetensors"
    code, out, err = run("train", "--preset", "softmax", "--data", small_data, "--epochs", 2, "--save", path)
    assert (code, err) == (0, [])
    assert out[0] == "Training softmax (4,010 parameters) on 255 images, 45 more for validation."
    assert out[1].startswith("Epoch 1/2: loss ")
    assert "validation loss" in out[2]
    assert out[-1] == f"Saved to {path}."
    model = load_model(path)
    assert model.name == "softmax"
    assert model.training["epochs"] == 2
    assert model.training["settings"]["epochs"] == 2
    assert len(model.training["history"]) == 2


def test_train_for_machines(run, small_data):
    code, out, err = run("train", "--preset", "mlp", "--data", small_data, "--epochs", 3, "--json", "--no-augment")
    assert (code, err) == (0, [])
    epochs = [json.loads(line) for line in out]
    assert [epoch["event"] for epoch in epochs] == ["epoch", "epoch", "epoch", "finished"]
    assert [epoch["epoch"] for epoch in epochs[:3]] == [1, 2, 3]
    assert epochs[0]["loss"] > epochs[2]["loss"]
    assert {"accuracy", "validation_loss", "validation_accuracy", "images_per_second"} <= set(epochs[0])
    assert epochs[3]["images_per_second"] > 0
    assert epochs[3]["reason"] == "completed"


def test_equal_seeds_give_equal_models(run, small_data, tmp_path):
    for name in ("a", "b", "c"):
        seed = 4 if name == "c" else 3
        options = ("--epochs", 1, "--seed", seed, "--threads", 1, "--no-augment", "--save", tmp_path / name)
        assert run("train", "--preset", "mlp", "--data", small_data, *options)[0] == 0
    a, b, c = (load_model(tmp_path / name).network.store.values for name in "abc")
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_every_setting_reaches_the_trainer(run, small_data, tmp_path):
    path = tmp_path / "model"
    given = {
        "epochs": 2, "batch_size": 50, "optimizer": "momentum", "learning_rate": 0.02, "momentum": 0.5,
        "schedule": "cosine", "l1": 1e-5, "l2": 1e-4, "clip_norm": 1.0, "patience": 3, "tolerance": 1e-9,
        "seed": 9, "threads": 1,
    }  # fmt: skip
    options = [word for key, value in given.items() for word in (f"--{key.replace('_', '-')}", value)]
    code, _, _ = run(
        "train", "--preset", "logistic", "--digits", 3, 8, "--data", small_data, *options, "--restore-best",
        "--save", path,
    )  # fmt: skip
    assert code == 0
    model = load_model(path)
    assert model.labels == ("3", "8")
    settings = model.training["settings"]
    assert {key: settings[key] for key in given} == given
    assert settings["restore_best"] is True


def test_train_with_lbfgs(run, small_data):
    code, out, _ = run("train", "--preset", "mlp", "--optimizer", "lbfgs", "--epochs", 3, "--data", small_data)
    assert code == 0
    assert out[1].startswith("Epoch 1/3")


def test_divergence_names_the_setting(run, small_data, tmp_path):
    path = tmp_path / "model"
    code, _, err = run(
        "train", "--preset", "cnn", "--data", small_data, "--optimizer", "gradient_descent", "--learning-rate", 1e9,
        "--no-augment", "--epochs", 3, "--save", path,
    )  # fmt: skip
    assert code == 2
    assert len(err) == 1
    assert "learning rate" in err[0].lower()
    assert not path.exists()


def test_evaluate_classes(run, small_data, tmp_path):
    model = saved_model(tmp_path, "mlp")
    code, out, err = run("evaluate", small_data, "--model", model, "--json")
    assert (code, err) == (0, [])
    metrics = json.loads("\n".join(out))
    confusion = np.array(metrics["confusion"])
    assert metrics["count"] == 300
    assert confusion.shape == (10, 10)
    assert confusion.sum() == 300
    assert metrics["accuracy"] == pytest.approx(np.trace(confusion) / 300)
    np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(load_bundled().labels[:300], minlength=10))
    code, out, _ = run("evaluate", small_data, "--model", model)
    assert code == 0
    assert out[0].startswith("Neural network on 300 digits")


def test_evaluate_leaves_out_what_the_model_does_not_know(run, small_data, tmp_path):
    known = int(np.isin(load_bundled().labels[:300], (0, 1)).sum())
    model = saved_model(tmp_path, "logistic")
    metrics = json.loads(run("evaluate", small_data, "--model", model, "--json")[1][0])
    assert (metrics["count"], metrics["left_out"]) == (known, 300 - known)
    assert np.shape(metrics["confusion"]) == (2, 2)
    assert f"({300 - known} others left out)" in run("evaluate", small_data, "--model", model)[1][0]


def test_evaluate_tells_which_of_two_models_is_right_where(run, small_data):
    command = ("evaluate", small_data, "--model", "cnn", "--against", "softmax")
    code, out, _ = run(*command, "--json")
    metrics = json.loads(out[0])
    assert code == 0
    assert len(out) == 1
    only_first, only_second = metrics["only_first_right"], metrics["only_second_right"]
    assert metrics["compared"] == metrics["count"] == 300
    assert only_first > only_second
    assert metrics["both_right"] + only_first == round(300 * metrics["accuracy"])
    assert metrics["difference"] == pytest.approx((only_first - only_second) / 300)
    assert metrics["low"] < metrics["difference"] < metrics["high"]
    assert 0 <= metrics["refused"] <= 1 - metrics["right_and_answered"]
    assert metrics["low_95"] < metrics["accuracy"] < metrics["high_95"]
    lines = run(*command)[1]
    assert f"right: {only_first};" in lines[-1]
    assert f"macro F1 {np.mean(metrics['f1']):.4f}" in lines[2]
    code, out, err = run("evaluate", small_data, "--model", "cnn", "--against", "angle")
    assert (code, out) == (2, [])
    assert "different questions" in err[0]


def test_evaluate_refuses_a_second_model_that_is_none(run, small_data):
    code, out, err = run("evaluate", small_data, "--against", "nobody", "--json")
    assert (code, out) == (2, [])
    assert "nobody" in err[0]


def test_evaluate_counts_one_digit_as_one(run, tmp_path):
    digits = load_bundled()
    np.savez(tmp_path / "one.npz", images=digits.images[:1], labels=digits.labels[:1])
    out = run("evaluate", tmp_path / "one.npz", "--model", saved_model(tmp_path, "mlp"))[1]
    assert " on 1 digit of " in out[0]


def test_evaluate_other_tasks(run, small_data, tmp_path):
    metrics = json.loads(run("evaluate", small_data, "--model", saved_model(tmp_path, "multilabel"), "--json")[1][0])
    assert np.shape(metrics["confusion"]) == (4, 2, 2)
    assert np.sum(metrics["confusion"]) == 4 * 300
    metrics = json.loads(run("evaluate", small_data, "--model", saved_model(tmp_path, "angle"), "--json")[1][0])
    assert metrics["count"] == 300
    assert metrics["confusion"] == []
    assert metrics["rmse"] > metrics["mae"] > 0


def test_classify_drawings_and_images(run, seven, tmp_path):
    drawings = tmp_path / "three.jsonl"
    write_drawings(drawings, [seven, Drawing(), seven])
    image = tmp_path / "photo.png"
    pixels = np.kron(load_bundled().images[0], np.ones((5, 5)))
    Image.fromarray((255 * (1 - np.pad(pixels, 30))).astype(np.uint8)).save(image)
    model = saved_model(tmp_path, "mlp")
    code, out, err = run("classify", drawings, image, "--model", model, "--json")
    assert (code, err) == (0, [])
    answers = [json.loads(line) for line in out]
    assert [answer["drawing"] for answer in answers] == [1, 2, 3, 1]
    for answer in (answers[0], answers[2], answers[3]):
        assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)
        assert answer["label"] == int(np.argmax(answer["probabilities"]))
    assert answers[0]["probabilities"] == answers[2]["probabilities"]
    assert answers[1]["label"] is None
    assert answers[1]["probabilities"] is None
    code, out, _ = run("classify", drawings, image, "--model", model)
    assert code == 0
    assert out[0].startswith(f"{drawings} 1: {answers[0]['label']} (")
    assert out[1] == f"{drawings} 2: nothing drawn"
    assert out[3].startswith(f"{image}: ")


def test_classify_with_other_tasks(run, seven, tmp_path):
    path = tmp_path / "seven.jsonl"
    write_drawings(path, [seven])
    answers = {
        name: json.loads(run("classify", path, "--model", saved_model(tmp_path, name), "--json")[1][0])
        for name in ("logistic", "multilabel", "angle")
    }
    assert answers["logistic"]["labels"] == [0, 1]
    assert answers["logistic"]["label"] in (0, 1)
    assert len(answers["multilabel"]["probabilities"]) == 4
    assert set(answers["multilabel"]["label"]) <= set(PRESETS["multilabel"].labels)
    assert answers["angle"]["label"] is None
    assert answers["angle"]["unit"] == "degrees"
    assert isinstance(answers["angle"]["value"], float)
    for name in answers:
        assert run("classify", path, "--model", tmp_path / f"{name}.safetensors")[0] == 0


def test_gradcheck(run):
    code, out, _ = run("gradcheck", "--preset", "mlp", "--json")
    assert code == 0
    verdict = json.loads(out[0])
    assert verdict["passed"] is True
    assert all(verdict["layers"].values())
    assert len(verdict["blocks"]) == 4
    code, out, _ = run("gradcheck", "--preset", "logistic")
    assert code == 0
    assert "right" in out[-1]


def test_gradcheck_notices_wrong_gradients(run, monkeypatch):
    from engine.losses import SparseCategoricalCrossentropy

    honest = SparseCategoricalCrossentropy.value_and_gradient

    def wrong(self, *arguments, **settings):
        value, gradient = honest(self, *arguments, **settings)
        return value, 1.01 * gradient

    monkeypatch.setattr(SparseCategoricalCrossentropy, "value_and_gradient", wrong)
    code, out, _ = run("gradcheck", "--preset", "softmax")
    assert code == 1
    assert "WRONG" in out[-1]


def test_bench_measures_every_preset(run, monkeypatch):
    from models.cli import bench

    monkeypatch.setattr(bench, "ROUNDS", 1)
    monkeypatch.setattr(bench, "ROUND_SECONDS", 0.0)
    monkeypatch.setattr(bench, "SINGLE_CALLS", 2)
    monkeypatch.setattr(bench, "IMAGES", 64)
    code, out, err = run("bench", "--json")
    assert (code, err) == (0, [])
    metrics = json.loads(out[0])
    assert set(metrics["presets"]) == set(PRESETS)
    for row in metrics["presets"].values():
        assert set(row) == {"train_images_per_second", "predict_one_ms", "predict_images_per_second"}
        assert all(value > 0 for value in row.values())
    assert metrics["preprocess_ms"] > 0
    code, out, _ = run("bench")
    assert code == 0
    assert len(out) == len(PRESETS) + 2

"""Taking the calibration of folds over."""

import json

import pytest

from engine.errors import ConfigurationError, ModelFileError
from engine.evaluation.calibration import Calibration
from engine.storage.model_file import save_model
from main import main
from models import PRESETS, load
from models.recipes.cross_fold_calibration import cross_fold_calibration

MLP = PRESETS["mlp"]


@pytest.fixture
def fold(tmp_path):
    """A function that saves a model as the training of a fold would."""

    def save(name, calibration, preset=MLP):
        model = preset.model(preset.build(0))
        model.calibration = calibration
        save_model(tmp_path / name, model)
        return str(tmp_path / name)

    return save


def test_the_mean_of_several_folds_is_taken(fold):
    paths = [fold("a.safetensors", Calibration(0.5, 1.0)), fold("b.safetensors", Calibration(2.0, 4.0))]
    assert cross_fold_calibration(paths, MLP) == Calibration(1.0, 2.5)
    assert cross_fold_calibration(paths[1:], MLP).threshold == 4.0
    assert cross_fold_calibration(paths[1:], MLP).temperature == pytest.approx(2.0)


def test_files_that_say_nothing_about_the_model_are_refused(fold, tmp_path):
    plain = fold("plain.safetensors", Calibration(2.0))
    with pytest.raises(ModelFileError, match=r"plain.safetensors: this model refuses nothing.*--fold"):
        cross_fold_calibration([plain], MLP)
    good = fold("good.safetensors", Calibration(2.0, 1.0))
    with pytest.raises(ModelFileError, match="calibration fold of mlp, whose calibration does not fit cnn-large"):
        cross_fold_calibration([good], PRESETS["cnn-large"])
    with pytest.raises(ModelFileError, match="nowhere"):
        cross_fold_calibration([good, str(tmp_path / "nowhere.safetensors")], MLP)
    with pytest.raises(ConfigurationError, match="not trained to refuse"):
        cross_fold_calibration([good], PRESETS["softmax"])
    with pytest.raises(ConfigurationError, match="at least one"):
        cross_fold_calibration([], MLP)


def test_train_refuses_bad_folds_before_it_trains(fold, tmp_path, capsys):
    plain = fold("plain.safetensors", Calibration(2.0))
    for arguments, words in (
        (["--recipe", "full", "--calibration-of", plain], "refuses nothing"),
        (["--recipe", "full", "--calibration-of", str(tmp_path / "none.safetensors")], "none.safetensors"),
        (["--calibration-of", plain], "--recipe full"),
    ):
        assert main(["train", "--preset", "mlp", *arguments]) == 2
        captured = capsys.readouterr()
        assert words in captured.err
        assert captured.out == ""


def test_train_saves_the_mean_of_the_folds(fold, small_recipe, pen_file, tmp_path, capsys):
    paths = [fold("a.safetensors", Calibration(1.0, 1.5)), fold("b.safetensors", Calibration(1.0, 2.5))]
    target = str(tmp_path / "model.safetensors")
    arguments = [
        "--recipe",
        "full",
        "--no-augment",
        "--data",
        pen_file,
        "--epochs",
        "1",
        "--threads",
        "1",
        "--save",
        target,
        "--json",
    ]
    assert (
        main(["train", "--preset", "mlp", *arguments, "--calibration-of", paths[0], "--calibration-of", paths[1]]) == 0
    )
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["saved"] == target
    model = load(target)
    assert model.calibration == Calibration(1.0, 2.0)
    assert model.training["calibrated_on"] == "calibration folds: 2"


def test_a_fold_is_calibrated_on_writers_and_images_alike(small_recipe, pen_file, tmp_path, capsys):
    target = str(tmp_path / "model.safetensors")
    held = ["--fold", "1", "--hold-out-images", "500"]
    arguments = [
        "--recipe",
        "full",
        "--no-augment",
        "--data",
        pen_file,
        "--data",
        "bundled",
        "--epochs",
        "1",
        "--threads",
        "1",
        *held,
    ]
    assert main(["train", "--preset", "mlp", *arguments, "--save", target, "--json"]) == 0
    capsys.readouterr()
    model = load(target)
    assert model.training["calibrated_on"] == "writers of fold 1 and the last 500 images"
    data = small_recipe(pen_file)
    writers, images = (model.rejects(group.images).mean() for group in data.held_out)
    assert max(writers, images) <= 0.008
    assert images > 0.004 or writers == 0.0

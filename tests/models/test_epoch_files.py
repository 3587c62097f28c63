"""Tables of epochs and files of models that a training writes, and what stands for Keras' other callbacks by form."""

import csv
import dataclasses

import numpy as np
import pytest

from engine.optimizers.schedules import make_schedule
from engine.sequential.watching import ReduceLROnPlateau
from engine.storage.model_file import load_model
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer
from models import PRESETS
from models.recipes.epoch_copies import UnfinishedModel
from models.recipes.epoch_files import EpochFiles
from models.recipes.training_summary import training_summary
from tests.tables import over

PRESET = PRESETS["softmax"]
SETTINGS = TrainingConfig(epochs=3, batch_size=20, threads=1, learning_rate=0.01)


def trained(config, checkpoint=None, said=None):
    draw = np.random.default_rng(0)
    x, y = draw.random((60, 20, 20)).astype(np.float32), draw.integers(0, 10, 60)
    network = PRESET.build()
    describe = UnfinishedModel(PRESET, network, "digits", 60)
    files = EpochFiles(config, "classes", describe, (said if said is not None else []).append)
    trainer = Trainer(network, config, callbacks=[files])
    if checkpoint is not None:
        trainer.resume(checkpoint)
    return trainer, trainer.fit(x, y, (x[:20], y[:20]))


def rows(path, separator=","):
    return list(csv.DictReader(path.read_text().splitlines(), delimiter=separator))


def test_a_table_has_a_row_an_epoch_and_a_resumed_run_the_earlier_ones_too(tmp_path):
    path = tmp_path / "the epochs.csv"
    config = dataclasses.replace(SETTINGS, csv_settings=f'filename="{path}" separator=;', metrics="precision auc")
    first, finished = trained(config)
    table = rows(path, ";")
    assert [row["epoch"] for row in table] == ["0", "1", "2"]
    for row, event in zip(table, finished.history, strict=True):
        assert float(row["val_loss"]) == event.validation_loss
        assert float(row["auc"]) == event.metrics["auc"]
        assert float(row["val_precision"]) == event.validation_metrics["precision"]
    trained(dataclasses.replace(config, epochs=5), first.checkpoint())
    longer = rows(path, ";")
    assert longer[:3] == table
    assert len(longer) == 5


def test_files_of_the_best_epochs_open_as_models(tmp_path):
    name = tmp_path / "{epoch}.safetensors"
    said = f'filepath="{name}" save_best_only=yes monitor=loss'
    config = dataclasses.replace(SETTINGS, checkpoint_settings=said)
    trainer, finished = trained(config)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{number}.safetensors" for number in (1, 2, 3)]
    newest = load_model(tmp_path / "3.safetensors")
    assert newest.labels == PRESET.labels
    np.testing.assert_array_equal(newest.network.store.values, trainer.run.network.store.values)
    # A resumed run knows what has to be beaten.
    worse = dataclasses.replace(config, epochs=4, checkpoint_settings=said.replace("=loss", "=loss mode=max"))
    trained(worse, trainer.checkpoint())
    assert not (tmp_path / "4.safetensors").exists()
    summary = training_summary(config, finished, data="", images=60)
    assert str(tmp_path) not in str(summary)


def test_weights_alone_and_a_file_that_cannot_be_written(tmp_path):
    path = tmp_path / "weights.safetensors"
    trainer, _ = trained(dataclasses.replace(SETTINGS, checkpoint_settings=f'filepath="{path}" save_weights_only=yes'))
    again = PRESET.build(7)
    again.load_weights(path)
    np.testing.assert_array_equal(again.store.values, trainer.run.network.store.values)
    said = []
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    _, finished = trained(dataclasses.replace(SETTINGS, csv_settings=f'filename="{folder}"'), said=said)
    assert finished.reason == "completed"
    assert len(said) == 1


def test_the_best_epoch_is_that_of_the_watched_figure():
    plain, finished = trained(dataclasses.replace(SETTINGS, epochs=6, restore_best=True))
    told = dataclasses.replace(plain.run.config, patience=9, stopping_settings="monitor=accuracy mode=min")
    watching, other = trained(told)
    accuracies = [event.metrics["accuracy"] for event in other.history]
    assert other.best_epoch == 1 + int(np.argmin(accuracies)) != finished.best_epoch
    assert [event.best for event in other.history][other.best_epoch - 1]
    early, _ = trained(dataclasses.replace(SETTINGS, epochs=other.best_epoch))
    np.testing.assert_array_equal(watching.run.network.store.values, early.run.network.store.values)


@over("settings", ["", "mode=max", "min_delta=0.3", "cooldown=2", "min_lr=0.03", "patience=1 cooldown=1"])
def test_a_plateau_cuts_as_keras_callback_does(settings):
    """Against the callback under Keras' name, which is compared with Keras itself elsewhere."""
    told = dict(part.split("=") for part in settings.split())
    numbers = {name: value if name == "mode" else float(value) for name, value in told.items()}
    keras = {"patience": 2, "factor": 0.5, "min_delta": 0.0} | numbers
    keras["patience"] = int(keras["patience"])
    theirs = ReduceLROnPlateau(**keras)
    theirs.model = type("Model", (), {"optimizer": type("Rate", (), {"learning_rate": 0.1})()})()
    theirs.on_train_begin()
    text = " ".join(["factor=0.5 threshold=0", "patience=2" * ("patience" not in told), settings])
    ours = make_schedule("reduce_on_plateau", text)
    ours.begin(0.1, 100, 10)
    for epoch, loss in enumerate([3, 2, 2.2, 1.9, 2, 2, 2, 1, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]):
        theirs.on_epoch_end(epoch, {"val_loss": loss})
        ours.epoch_ended({"val_loss": loss}.__getitem__)
        assert ours.rate(0) == pytest.approx(theirs.model.optimizer.learning_rate), epoch


def test_rates_by_a_table_of_epochs():
    schedule = make_schedule("epoch_table", "rates=2:0.1;4:0.01")
    schedule.begin(0.5, 50, 10)
    assert [schedule.rate(step) for step in (9, 10, 29, 30, 49)] == [0.5, 0.1, 0.1, 0.01, 0.01]
    # A turn of the knob multiplies all of them.
    schedule.base_rate = 1.0
    assert schedule.rate(30) == pytest.approx(0.02)
    for text in ("rates=fast", "rates=0:1", "rates=3:1,2:1", "rates=1:0", "rates=1"):
        with pytest.raises(Exception, match="table such as"):
            make_schedule("epoch_table", text)


def test_a_cosine_with_warm_up_is_keras_own():
    schedule = make_schedule("cosine_warm_up", "warmup_steps=10 alpha=0.2")
    schedule.begin(0.5, 100, 10)
    assert [schedule.rate(step) for step in (0, 5, 10, 100)] == pytest.approx([0, 0.25, 0.5, 0.1])

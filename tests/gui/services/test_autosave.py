"""What the user made and did not save: nothing of it is lost, and two windows leave each other's alone."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from autosave_helpers import names, restored_models, trained

from engine.ink.drawing import Drawing
from engine.storage.model_file import load_model, save_model, to_bytes
from gui.services.autosave import worth
from models import PRESETS

ROOT = Path(__file__).resolve().parents[3]
ONE = Drawing.from_points([[(5.0, 0.0), (5.0, 9.0)]])
TWO = Drawing.from_points([[(0.0, 0.0), (9.0, 0.0)], [(0.0, 5.0), (9.0, 5.0)]])


def settle(qtbot):
    """Wait until all is written and told."""
    qtbot.waitUntil(lambda: not any(thread.name == "task-unsaved-work" for thread in threading.enumerate()))
    qtbot.wait(1)


def test_a_drawing_and_models_come_back(windows, qtbot):
    first = windows()
    first.keep_drawing(ONE)
    first.keep_drawing(TWO)
    for number in range(30):
        first.keep_model(f"m{number}", trained(seed=number))
    first.forget_model("m3")
    first.finish()
    second = windows()
    assert len(second.restore_drawing().strokes) == 2
    # More than ten: none is dropped for its age.
    assert names(second) == {f"m{number}" for number in range(30)} - {"m3"}
    assert second.sentences == []
    second.keep_drawing(Drawing(()))
    second.finish()
    assert windows().restore_drawing() is None


def test_too_many_models_cost_the_worst_and_that_is_said(windows, qtbot):
    size = len(to_bytes(trained()))
    autosave = windows(maximum_bytes=int(3.5 * size))
    for name, accuracy in (("good", 0.99), ("bad", 0.12), ("fair", 0.91), ("newest", 0.1)):
        autosave.keep_model(name, trained(accuracy))
    settle(qtbot)
    assert names(autosave) == {"good", "fair", "newest"}
    assert len(autosave.sentences) == 1
    assert "(accuracy 12.0 %)" in autosave.sentences[0]
    assert "save it" in autosave.sentences[0]
    autosave.finish()
    # What came back counts too.
    again = windows(maximum_bytes=int(3.5 * size))
    assert names(again) == {"good", "fair", "newest"}
    again.keep_model("better", trained(0.95))
    settle(qtbot)
    assert names(again) == {"good", "fair", "better"}


def test_the_worth_of_a_model_is_its_figure_on_validation_digits():
    assert worth(trained(0.75)) == 0.75
    angle = PRESETS["logistic"].model(PRESETS["logistic"].build(1), {"validation": {"rmse": 9.0, "r2": 0.8}})
    assert worth(angle) == 0.8
    for metrics in ({}, {"accuracy": float("nan")}, {"accuracy": None}, None):
        assert worth(PRESETS["logistic"].model(PRESETS["logistic"].build(1), {"validation": metrics})) == 0.0


def test_two_windows_leave_each_other_s_copies_alone(windows, qtbot):
    first, second = windows(), windows()
    first.keep_model("of-first", trained())
    first.keep_drawing(ONE)
    second.keep_model("of-second", trained())
    second.keep_drawing(TWO)
    settle(qtbot)
    assert names(first) == {"of-first"}
    assert names(second) == {"of-second"}
    second.forget_model("of-first")
    second.forget_model("of-second")
    settle(qtbot)
    assert names(first) == {"of-first"}
    assert names(second) == set()
    assert len(first.restore_drawing().strokes) == 1
    assert len(second.restore_drawing().strokes) == 2


def test_the_next_start_adopts_what_ended_windows_left(windows, qtbot, tmp_path):
    first, second, third = windows(), windows(), windows()
    first.keep_drawing(ONE)
    third.keep_model("of-third", trained())
    settle(qtbot)
    second.keep_model("of-second", trained())
    second.keep_drawing(TWO)
    settle(qtbot)
    os.utime(first.drawing_path, (1, 1))
    first.finish()
    second.finish()
    # The third is still there, so its copies are not touched.
    heir = windows()
    assert len(heir.restore_drawing().strokes) == 2
    assert names(heir) == {"of-second"}
    assert names(third) == {"of-third"}
    # The older drawing has no canvas to go to, but it is not lost.
    kept = next((tmp_path / "state").glob("other-drawing*.jsonl"))
    assert kept.read_text().count("\n") == 1
    assert [str(kept) in sentence for sentence in heir.sentences] == [True]


KILLED_WINDOW = """
import os, sys
from pathlib import Path
from gui.services.autosave import Autosave
from models import PRESETS
autosave = Autosave(Path(sys.argv[1]))
autosave.restore_drawing()
preset = PRESETS["logistic"]
autosave.keep_model_now("of-killed", preset.model(preset.build(1)))
print(autosave.models_folder, flush=True)
if sys.argv[2] == "dies":
    os.kill(os.getpid(), 9)
sys.stdin.read()
"""


def process(folder, how):
    return subprocess.Popen(
        [sys.executable, "-c", KILLED_WINDOW, str(folder), how],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_copies_of_a_killed_process_are_adopted_and_those_of_a_living_one_are_not(windows, tmp_path):
    with process(tmp_path / "state", "lives") as alive, process(tmp_path / "state", "waits") as other:
        folders = {alive.stdout.readline(), other.stdout.readline()}
        assert len(folders) == 2
        other.kill()
        other.wait(30)
        with process(tmp_path / "state", "dies") as killed:
            assert killed.wait(30) == -9
        heir = windows()
        heir.restore_drawing()
        # Of the two that were killed; one copy had the same name as the other.
        assert names(heir) == {"of-killed"}
        assert len(list((tmp_path / "state").rglob("*.safetensors"))) == 2
        alive.communicate("", timeout=30)


def test_a_damaged_drawing_is_set_aside_and_told(windows, tmp_path):
    folder = tmp_path / "state"
    for number, content in enumerate((b"{ damaged", b"", b"\xff\xfe\0")):
        folder.mkdir(exist_ok=True)
        (folder / "drawing.jsonl").write_bytes(content)
        autosave = windows()
        assert autosave.restore_drawing() is None
        assert ".bad" in autosave.sentences[0]
        autosave.keep_drawing(Drawing(()))
        autosave.finish()
        assert len(list(folder.glob("drawing.jsonl*.bad*"))) == number + 1
    assert {path.read_bytes() for path in folder.glob("*.bad*")} == {b"{ damaged", b"", b"\xff\xfe\0"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_to_nothing_and_a_damaged_file_among_the_models(windows, tmp_path):
    folder = tmp_path / "state" / "unsaved-models"
    folder.mkdir(parents=True)
    (folder / "dangling.safetensors").symlink_to(tmp_path / "nowhere")
    (folder / "damaged.safetensors").write_bytes(b"damaged")
    save_model(folder / "good.safetensors", trained())
    autosave = windows()
    assert names(autosave) == {"good"}
    assert len(autosave.sentences) == 2
    assert (folder / "damaged.safetensors.bad").read_bytes() == b"damaged"
    autosave.finish()
    again = windows()
    assert names(again) == {"good"}
    assert again.sentences == []


def test_a_state_folder_that_cannot_be_written_is_said_once(windows, qtbot, tmp_path):
    (tmp_path / "state").write_text("in the way")
    autosave = windows()
    assert autosave.restore_drawing() is None
    for _ in range(3):
        autosave.keep_drawing(ONE)
        autosave.keep_model("m", trained())
    settle(qtbot)
    assert len(autosave.sentences) == 1
    assert "cannot be kept" in autosave.sentences[0]
    # When it works again and then fails again, that is news.
    (tmp_path / "state").unlink()
    autosave.keep_drawing(ONE)
    settle(qtbot)
    assert len(autosave.restore_drawing().strokes) == 1


def test_a_full_disk_keeps_the_old_copy_and_is_said(windows, qtbot, monkeypatch):
    autosave = windows()
    autosave.keep_model("m", trained(0.25))
    settle(qtbot)

    def full(*_arguments):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "replace", full)
    autosave.keep_model("m", trained(0.75))
    settle(qtbot)
    monkeypatch.undo()
    assert "no space left on device" in autosave.sentences[0]
    assert worth(load_model(autosave.models_folder / "m.safetensors")) == 0.25


def test_the_model_in_training_is_kept_from_its_own_thread(windows, qtbot):
    autosave = windows()
    model = trained()
    thread = threading.Thread(target=autosave.keep_model_now, args=("m", model))
    thread.start()
    thread.join()
    (name, kept, _moment) = restored_models(autosave)[0]
    assert name == "m"
    np.testing.assert_array_equal(kept.answer(np.eye(20)), model.answer(np.eye(20)))

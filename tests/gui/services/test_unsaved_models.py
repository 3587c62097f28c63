"""What was trained and not saved comes back without holding the window up."""

import threading

from autosave_helpers import names, trained
from PySide6.QtCore import QEventLoop, Qt


def test_unsaved_models_are_read_beside_the_window(windows):
    first = windows()
    first.keep_model("earlier", trained())
    first.finish()
    autosave = windows()
    autosave.restore_drawing()
    thread_names, loop = [], QEventLoop()

    def failed(_error):
        thread_names.append(threading.current_thread().name)

    (autosave.models_folder / "broken.safetensors").write_bytes(b"half a fi")
    autosave.error.connect(failed, Qt.ConnectionType.DirectConnection)
    found = []

    def done(models):
        found.append([name for name, _model, _moment in models])
        thread_names.append(threading.current_thread().name)
        loop.quit()

    autosave.restore_models(done)
    # Nothing was waited for, and what is kept now is not of an earlier session.
    assert found == []
    autosave.keep_model_now("of-this-session", trained())
    loop.exec()
    assert found == [["earlier"]]
    assert thread_names[0].startswith("task-")
    assert thread_names[1] == threading.main_thread().name


def test_a_window_that_closes_while_models_are_read_keeps_them(windows):
    first = windows()
    first.keep_model("m", trained())
    first.finish()
    second = windows()
    second.restore_drawing()
    found = []
    second.restore_models(found.append)
    second.finish()
    assert found == []
    third = windows()
    third.restore_drawing()
    assert names(third) == {"m"}

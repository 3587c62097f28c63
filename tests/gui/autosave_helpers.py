"""What several tests of unsaved work need."""

from PySide6.QtCore import QEventLoop

from models import PRESETS


def trained(accuracy=0.5, seed=1):
    preset = PRESETS["logistic"]
    return preset.model(preset.build(seed), {"validation": {"accuracy": accuracy}})


def restored_models(autosave):
    """What `restore_models` finds, oldest first."""
    loop, found = QEventLoop(), []

    def done(models):
        found.extend(models)
        loop.quit()

    autosave.restore_models(done)
    loop.exec()
    return found


def names(autosave):
    return {name for name, _model, _moment in restored_models(autosave)}

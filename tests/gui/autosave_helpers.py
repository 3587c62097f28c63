"""What several tests of unsaved work need."""

from PySide6.QtCore import QEventLoop


def restored_models(autosave):
    """What `restore_models` finds, oldest first."""
    loop, found = QEventLoop(), []

    def done(models):
        found.extend(models)
        loop.quit()

    autosave.restore_models(done)
    loop.exec()
    return found

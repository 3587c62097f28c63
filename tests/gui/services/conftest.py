import pytest

from gui.services.autosave import Autosave


@pytest.fixture
def windows(qapp, tmp_path):
    """A function that starts a window's autosave in one state folder, with what it said."""
    made = []

    def start(**settings):
        autosave = Autosave(tmp_path / "state", **settings)
        autosave.sentences = []
        autosave.message.connect(autosave.sentences.append)
        autosave.error.connect(lambda error: autosave.sentences.append(str(error)))
        made.append(autosave)
        return autosave

    yield start
    for autosave in made:
        autosave.finish()

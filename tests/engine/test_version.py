from importlib.metadata import PackageNotFoundError

import engine.version
from engine.version import digitlab_version


def test_checkout_that_is_not_installed_knows_its_version(tmp_path, monkeypatch):
    def not_installed(_name):
        raise PackageNotFoundError

    monkeypatch.setattr(engine.version, "version", not_installed)
    assert digitlab_version().count(".") == 2
    file = tmp_path / "pyproject.toml"
    for text in ("[project", "", "[project]\nname = 'x'\n"):
        file.write_text(text)
        assert digitlab_version(file) == "unknown"
    assert digitlab_version(tmp_path / "missing") == "unknown"

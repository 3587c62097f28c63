import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gui.services.settings import Settings, SettingsFile

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=4,
)
# Each value is checked for itself, so that few of them stand for many.
DOCUMENTS = st.dictionaries(
    st.sampled_from([*Settings.__dataclass_fields__, "foreign", "version"]), JSON_VALUES, max_size=4
)


def write(path, content: bytes):
    path.write_bytes(content)
    return SettingsFile(path)


def test_round_trip(tmp_path):
    file = SettingsFile(tmp_path / "deep" / "settings.json")
    wanted = Settings(
        theme="dark",
        pen_width=31,
        recogniser="mlp",
        recent_models=["/a/ü.safetensors", "/b.safetensors"],
        workspaces={"train": {"preset": "cnn", "config": {"epochs": 3}}},
        last_folder="/tmp",
        geometry="AAAA",
        tab="train",
    )
    file.save(wanted)
    assert SettingsFile(file.path).load() == wanted


def test_no_file_gives_the_defaults_silently(tmp_path):
    file = SettingsFile(tmp_path / "settings.json")
    assert file.load() == Settings()
    assert file.problem == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0\0",
        b"{",
        b"[1, 2]",
        b"null",
        "{}".encode("utf-16"),
        b"\xff\xfe\xfd",
        b"[" * 100_000,
        b'{"theme": "dark"' + b" " * 1_100_000 + b"}",
    ],
    ids=["empty", "nul", "cut", "list", "null", "utf-16", "binary", "deep", "huge"],
)
def test_a_damaged_file_is_set_aside_and_told_once(tmp_path, content):
    file = write(tmp_path / "settings.json", content)
    assert file.load() == Settings()
    assert "settings.json.bad" in file.problem
    assert (tmp_path / "settings.json.bad").read_bytes() == content
    again = SettingsFile(file.path)
    assert again.load() == Settings()
    assert again.problem == ""


def test_a_folder_in_its_place_does_not_stop_the_start(tmp_path):
    (tmp_path / "settings.json").mkdir()
    file = SettingsFile(tmp_path / "settings.json")
    assert file.load() == Settings()
    assert file.problem


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("pen_width", -1, 6),
        ("pen_width", 1e12, 40),
        ("pen_width", "wide", 20),
        ("pen_width", True, 20),
        ("pen_width", 10**400, 40),
        ("pen_width", -(10**400), 6),
        ("theme", "pink", "system"),
        ("theme", 3, "system"),
        ("recogniser", None, "cnn-large"),
        ("recent_models", ["a", 1, "", "b\0", "c"], ["a", "c"]),
        ("recent_models", "a", []),
        ("workspaces", [], {"train": {"preset": "cnn"}}),
        ("workspaces", {"train": {"preset": "mlp"}, "data": 3}, {"train": {"preset": "mlp"}}),
    ],
)
def test_each_value_is_checked_for_itself(tmp_path, key, value, wanted):
    document = {"last_folder": "/kept", key: value}
    file = write(tmp_path / "settings.json", json.dumps(document).encode())
    loaded = file.load()
    assert getattr(loaded, key) == wanted
    assert loaded.last_folder == "/kept"


def test_half_a_letter_survives_as_in_file_names_that_are_no_utf_8(tmp_path):
    file = write(tmp_path / "settings.json", b'{"last_folder": "/m\\udcfcller", "hologram": "\\ud800"}')
    loaded = file.load()
    assert loaded.last_folder == "/m\udcfcller"
    loaded.theme = "dark"
    file.save(loaded)
    again = SettingsFile(file.path)
    assert again.load() == loaded
    assert again.problem == ""
    assert json.loads(file.path.read_text())["hologram"] == "\ud800"


def test_not_a_number_falls_back(tmp_path):
    assert write(tmp_path / "s.json", b'{"pen_width": NaN}').load().pen_width == 20


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS)
def test_any_document_gives_settings_that_can_be_saved(tmp_path, document):
    file = write(tmp_path / "settings.json", json.dumps(document).encode())
    loaded = file.load()
    assert file.problem == ""
    file.save(loaded)
    assert repr(SettingsFile(file.path).load()) == repr(loaded)


def test_keys_of_a_newer_version_survive(tmp_path):
    file = write(tmp_path / "settings.json", b'{"version": 9, "hologram": [1]}')
    file.save(file.load())
    assert json.loads(file.path.read_text())["hologram"] == [1]


def test_a_failed_save_keeps_the_old_file(tmp_path, monkeypatch):
    file = SettingsFile(tmp_path / "settings.json")
    file.save(Settings(theme="dark"))

    def refuse(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        file.save(Settings(theme="light"))
    monkeypatch.undo()
    assert file.load().theme == "dark"
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_recent_models_are_unique_newest_first_and_few():
    memory = Settings()
    for number in range(12):
        memory.remember_model(f"/m{number}")
    memory.remember_model("/m9")
    assert memory.recent_models[:3] == ["/m9", "/m11", "/m10"]
    assert len(memory.recent_models) == 8


def test_the_training_values_of_an_older_file_are_the_train_tab_s(tmp_path):
    file = write(tmp_path / "settings.json", json.dumps({"training": {"preset": "mlp"}}).encode())
    settings = file.load()
    assert settings.workspaces == {"train": {"preset": "mlp"}}
    file.save(settings)
    assert "training" not in json.loads(file.path.read_text("utf-8"))

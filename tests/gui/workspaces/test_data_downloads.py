"""Downloads in the Data tab, from a server of the test's own."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from data_helpers import click
from fake_training import few_digits

from gui.lab.dataset_library import BUNDLED_KEY


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        data = self.server.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        half = len(data) // 2
        self.wfile.write(data[:half])
        self.wfile.flush()
        if self.path == "/slow.npz":
            self.server.released.wait(10)
        self.wfile.write(data[half:])

    def log_message(self, *values):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    digits, file = few_digits()[0], io.BytesIO()
    np.savez(file, images=digits.images, labels=digits.labels)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files = {"/digits.npz": file.getvalue(), "/slow.npz": file.getvalue()}
    server.released = threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetch(data, qtbot):
    """A function that asks the sheet for an address."""

    def ask(address, checksum=""):
        sheet = data.choice.download_sheet
        data.choice.download_button.setChecked(True)
        sheet.set_address(address)
        sheet.sum_edit.setText(checksum)
        click(qtbot, sheet.fetch_button)
        return sheet

    return ask


def test_a_file_is_fetched_and_becomes_the_data_set(fetch, server, qtbot, lab):
    sheet = fetch(f"{server.url}/digits.npz")
    qtbot.waitUntil(lambda: lab.datasets.current.title == "digits.npz", timeout=10_000)
    assert len(lab.datasets.current.load()) == 400
    assert sheet.message_label.text() == "Fetched digits.npz."
    assert sheet.fetch_button.isVisible()


@pytest.mark.parametrize(
    ("path", "checksum", "words"),
    [("gone.npz", "", "404"), ("digits.npz", "0" * 64, "checksum"), (None, "", "no address")],
)
def test_what_goes_wrong_is_told_in_the_sheet(fetch, server, qtbot, lab, path, checksum, words):
    sheet = fetch(f"{server.url}/{path}" if path else "mnist please", checksum)
    qtbot.waitUntil(lambda: words in sheet.message_label.text(), timeout=10_000)
    assert sheet.message_label.property("invalid")
    assert lab.datasets.current.key == BUNDLED_KEY


def test_a_download_is_cancelled_at_once(fetch, server, qtbot, lab, isolated_folders):
    sheet = fetch(f"{server.url}/slow.npz")
    qtbot.waitUntil(sheet.cancel_button.isVisible)
    click(qtbot, sheet.cancel_button)
    assert sheet.fetch_button.isVisible()
    assert not sheet.progress_bar.isVisible()
    server.released.set()
    assert not (isolated_folders / "data" / "downloads" / "slow.npz").exists()
    assert lab.datasets.current.key == BUNDLED_KEY

"""Downloads from a local server that behaves as servers do: well, slowly, wrongly, not at all."""

import hashlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from engine.data.download import RemoteFile, download
from engine.data.known_sources import SOURCES, Source, source_of
from engine.errors import DataError

DATA = bytes(range(256)) * 1200
SIZE = len(DATA)


class Handler(BaseHTTPRequestHandler):
    """Answers by the path."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        getattr(self, f"answer_{self.path.split('/')[1]}")()

    def begin(self, status=200, length=SIZE, kind="application/octet-stream", **more):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def answer_good(self):
        self.begin(ETag='"one"')
        self.wfile.write(DATA)

    def answer_without(self):
        self.begin(length=None)
        self.wfile.write(DATA)

    def answer_missing(self):
        self.send_error(404)

    def answer_page(self):
        self.begin(kind="text/html", length=30)
        self.wfile.write(b"<!doctype html><p>Sign in here")

    def answer_disguised(self):
        self.begin(length=30)
        self.wfile.write(b"<!doctype html><p>Sign in here")

    def answer_short(self):
        """Half of the file at the first time, then what is asked for."""
        asked = self.headers.get("Range")
        if asked is None:
            self.begin(ETag='"one"')
            self.wfile.write(DATA[:100_000])
        elif self.headers.get("If-Range") == self.server.tag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            self.begin(206, len(DATA) - start, ETag=self.server.tag)
            self.wfile.write(DATA[start:])
        else:
            self.begin(ETag=self.server.tag)
            self.wfile.write(DATA)

    def answer_slow(self):
        self.begin(ETag='"one"')
        self.wfile.write(DATA[:70_000])
        self.wfile.flush()
        self.server.released.wait(10)

    def answer_moved(self):
        self.begin(302, 0, Location="/good/x.bin")

    def answer_out(self):
        self.begin(302, 0, Location="file:///etc/passwd")

    def log_message(self, *values):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.released, server.tag = [], threading.Event(), '"one"'
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


def remote(server, path, checked=True):
    return RemoteFile(f"{server.url}/{path}", hashlib.sha256(DATA).hexdigest() if checked else "")


def refuse(file, folder, words, **more):
    with pytest.raises(DataError, match=words) as caught:
        download(file, folder, **more)
    assert str(caught.value).startswith(file.url)
    assert not (folder / file.name).exists()


def test_a_file_comes_whole_with_its_progress(server, tmp_path):
    shares = []
    path = download(remote(server, "good/x.bin"), tmp_path / "new", shares.append)
    assert path.read_bytes() == DATA
    assert [one.name for one in path.parent.iterdir()] == ["x.bin"]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    download(remote(server, "good/x.bin"), path.parent)
    assert len(server.asked) == 1, "what is there already is not fetched again"


@pytest.mark.parametrize("kind", ["without", "moved"])
def test_servers_may_tell_no_length_or_another_place(server, tmp_path, kind):
    assert download(remote(server, f"{kind}/x.bin"), tmp_path).read_bytes() == DATA


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("missing/x.bin", "404 .Not Found.; check the address"),
        ("page/x.npz", "web page came instead of data"),
        ("disguised/x.npz", "web page came instead of data"),
        ("out/x.bin", "302|cannot be reached"),
    ],
)
def test_what_is_no_data_is_refused_in_a_sentence(server, tmp_path, path, words):
    refuse(remote(server, path), tmp_path, words)


def test_a_wrong_checksum_throws_everything_away(server, tmp_path):
    refuse(replace(remote(server, "good/x.bin"), sha256="0" * 64), tmp_path, "checksum is another")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_cut_off_goes_on_where_it_ended(server, tmp_path):
    refuse(remote(server, "short/x.bin"), tmp_path, "only 100,000 of 307,200 bytes came; try again to go on")
    assert download(remote(server, "short/x.bin"), tmp_path).read_bytes() == DATA
    assert server.asked[-1] == ("/short/x.bin", "bytes=100000-")
    assert [one.name for one in tmp_path.iterdir()] == ["x.bin"]


def test_a_file_that_has_changed_meanwhile_is_begun_anew(server, tmp_path):
    refuse(remote(server, "short/x.bin"), tmp_path, "only 100,000")
    server.tag = '"two"'
    assert download(remote(server, "short/x.bin"), tmp_path).read_bytes() == DATA


def test_a_silent_server_is_given_up_and_what_came_is_kept(server, tmp_path):
    refuse(remote(server, "slow/x.bin"), tmp_path, "no answer for too long.*try again", timeout=0.05)
    assert (tmp_path / "x.bin.part").stat().st_size <= 70_000


def test_a_download_can_be_cancelled(server, tmp_path):
    class Enough(Exception):
        pass

    def enough(share):
        if share > 0.5:
            raise Enough

    with pytest.raises(Enough):
        download(remote(server, "good/x.bin"), tmp_path, enough)
    assert not (tmp_path / "x.bin").exists()


def test_no_network_and_no_address_are_told(server, tmp_path):
    nobody = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    nobody.server_close()
    refuse(RemoteFile(f"http://127.0.0.1:{nobody.server_port}/x.bin"), tmp_path, "cannot be reached.*check the network")
    for url in ("file:///etc/passwd", "ftp://example.org/x", "mnist", ""):
        refuse(RemoteFile(url), tmp_path, "no address of a file on the web")


def test_a_place_that_cannot_be_written_is_told(server, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        download(remote(server, "good/x.bin"), tmp_path / "taken")


def test_several_files_make_one_data_set(server, tmp_path):
    source = Source("two", "pair", (remote(server, "good/a.bin"), remote(server, "good/b.bin")))
    shares = []
    folder = source.fetch(tmp_path, shares.append)
    assert folder == tmp_path / "pair"
    assert sorted(one.name for one in folder.iterdir()) == ["a.bin", "b.bin"]
    assert shares == sorted(shares)
    assert source_of(f" {server.url}/good/c.bin ").fetch(tmp_path) == tmp_path / "c.bin"


def test_the_list_has_checksums_and_safe_names():
    for source in SOURCES:
        for file in source.files:
            assert file.url.startswith("https://")
            assert len(bytes.fromhex(file.sha256)) == 32
    assert RemoteFile("https://x.org/a/..%2F..%2Fb c.npz?x=1").name == "b_c.npz"
    assert RemoteFile("https://x.org/").name == "download"

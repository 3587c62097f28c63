"""Files from the network: with progress, going on where an earlier try ended, and nothing half-written."""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from engine.core.file_io import MAX_FILE_BYTES, reason_of
from engine.data.readers.foreign import sentence_of
from engine.errors import DataError

if TYPE_CHECKING:
    from http.client import HTTPResponse

TIMEOUT_SECONDS: Final = 20.0
_CHUNK: Final = 1 << 16
_HEAD: Final = 512
_PART, _NOTE = ".part", ".part.json"

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that can be fetched.

    Attributes:
        url: http or https.
        sha256: its checksum in hexadecimal digits; "" where it is not known.
    """

    url: str
    sha256: str = ""

    @property
    def name(self) -> str:
        """What to call it on the disk."""
        last = unquote(urlsplit(self.url).path).rpartition("/")[2]
        return re.sub(r"[^\w.\-]", "_", last).lstrip(".")[:100] or "download"


def download(
    file: RemoteFile, folder: Path, report: Report = lambda _share: None, timeout: float = TIMEOUT_SECONDS
) -> Path:
    """Fetch a file into a folder; the file has its name only once it is complete and its checksum is right.

    What came before an end, a cut line or a stop is kept beside it, and the next try goes on from there.

    Args:
        file: what to fetch; a complete one of the same checksum that is there already is not fetched again.
        folder: made where it is missing.
        report: hears the share that is done and may raise to end the work; 0 while the server tells no length.
        timeout: seconds without any byte after which the server is given up.

    Returns:
        The path of the file.

    Raises:
        DataError: one sentence that names the address and the way out.
    """
    if urlsplit(file.url).scheme not in ("http", "https") or not urlsplit(file.url).hostname:
        raise DataError(
            f"{file.url}: this is no address of a file on the web; it has to begin with https:// or http://."
        )
    target = folder / file.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if file.sha256 and target.is_file() and _digest(target) == file.sha256:
            return target
        _fetch(file, target, report, timeout)
    except OSError as error:
        raise DataError(f"{target}: the download cannot be written ({reason_of(error)}).") from None
    return target


def _fetch(file: RemoteFile, target: Path, report: Report, timeout: float) -> None:
    import http.client
    import urllib.error

    part, note = target.with_name(target.name + _PART), target.with_name(target.name + _NOTE)
    start, validator = _begun(file, part, note)
    try:
        with _open(file.url, start, validator, timeout) as response:
            going_on = response.status == HTTPStatus.PARTIAL_CONTENT and start > 0
            start = start if going_on else 0
            total = _total(response, start)
            _refuse_large(file, total or 0)
            tag = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
            note.write_text(json.dumps({"url": file.url, "validator": tag}), "utf-8")
            count = _receive(file, response, part, start, total, report)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
            _forget(part, note)
            return _fetch(file, target, report, timeout)
        raise DataError(f"{file.url}: the server answers {error.code} ({error.reason}); check the address.") from None
    except urllib.error.URLError as error:
        raise DataError(
            f"{file.url}: the server cannot be reached ({_reason(error.reason)}); check the network, or get the file "
            "with a browser and import it."
        ) from None
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise DataError(f"{file.url}: the connection broke off ({_reason(error)}); {_again(part)}") from None
    if total is not None and count < total:
        raise DataError(f"{file.url}: only {count:,} of {total:,} bytes came; {_again(part)}")
    if file.sha256 and _digest(part) != file.sha256:
        _forget(part, note)
        raise DataError(
            f"{file.url}: what came is not the file that is meant (its checksum is another), so it was thrown away; "
            "try again, or another address."
        )
    os.replace(part, target)
    note.unlink(missing_ok=True)
    return None


def _open(url: str, start: int, validator: str, timeout: float) -> "HTTPResponse":
    import urllib.request

    request = urllib.request.Request(url, headers={"User-Agent": "DigitLab", "Accept-Encoding": "identity"})
    if start:
        request.add_header("Range", f"bytes={start}-")
        request.add_header("If-Range", validator)
    # Only these: the usual opener also reads files of this computer.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    response: HTTPResponse = opener.open(request, timeout=timeout)
    return response


def _receive(
    file: RemoteFile, response: "HTTPResponse", part: Path, start: int, total: int | None, report: Report
) -> int:
    """Write what comes behind what is there; returns how many bytes there are then."""
    count, is_first = start, start == 0
    with part.open("ab" if start else "wb") as out:
        report(count / total if total else 0.0)
        while piece := response.read(_CHUNK):
            if is_first:
                is_first = False
                _refuse_page(file, response, piece)
            out.write(piece)
            count += len(piece)
            _refuse_large(file, count)
            report(min(1.0, count / total) if total else 0.0)
    return count


def _refuse_page(file: RemoteFile, response: "HTTPResponse", piece: bytes) -> None:
    sentence = sentence_of(piece[:_HEAD])
    if response.headers.get_content_type() == "text/html" or (sentence is not None and "web page" in sentence):
        raise DataError(f"{file.url}: a web page came instead of data; give the address of the file itself.")


def _refuse_large(file: RemoteFile, count: int) -> None:
    if count > MAX_FILE_BYTES:
        raise DataError(f"{file.url}: the file is larger than {MAX_FILE_BYTES // 10**6} MB, too large to be read.")


def _begun(file: RemoteFile, part: Path, note: Path) -> tuple[int, str]:
    """How many bytes of the same file are there from an earlier try, and what proves that it is the same."""
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(note.read_text("utf-8"))
        validator = known.get("validator") if isinstance(known, dict) and known.get("url") == file.url else None
        if isinstance(validator, str) and validator and not validator.startswith("W/"):
            return part.stat().st_size, validator
    return 0, ""


def _total(response: "HTTPResponse", start: int) -> int | None:
    length = response.headers.get("Content-Length")
    return start + int(length) if length is not None and length.isdecimal() else None


def _again(part: Path) -> str:
    size = part.stat().st_size if part.is_file() else 0
    return f"try again to go on from there ({size:,} bytes are kept)." if size else "try again."


def _forget(part: Path, note: Path) -> None:
    part.unlink(missing_ok=True)
    note.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "no answer for too long"
    return reason_of(error) if isinstance(error, OSError) else str(error) or type(error).__name__

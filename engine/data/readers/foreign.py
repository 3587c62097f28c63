"""Files that are often taken for data but cannot be: each kind has its own sentence with the way out."""

from collections.abc import Callable

_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")
_PICKLE = (
    "this is a Python pickle, which can run any code when it is opened, so it is never read; load it where it was "
    "made and save the arrays with numpy.savez."
)

_PICTURES = "write each as a PNG file into a folder for its digit, named 0 to 9, or its pixels as numbers."


def _is_html(head: bytes) -> bool:
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return begin.startswith(_HTML) or (begin.startswith(b"<?xml") and b"<html" in begin)


def _is_pickle(head: bytes) -> bool:
    # Protocols 2 to 5 name themselves; 0 and 1 begin with a mark, or with a global name.
    return (head[:1] == b"\x80" and head[1:2] in (b"\2", b"\3", b"\4", b"\5")) or head.startswith(
        (b"(lp", b"(dp", b"(cnumpy", b"cnumpy", b"c__", b"(i", b"}q", b"]q", b"(}q", b"(]q")
    )


def _is_pictures_as_text(head: bytes) -> bool:
    """A table or JSON with base64 of PNG or JPEG, or with their bytes as Python writes them."""
    marks = (b"iVBORw0KGgo", b"/9j/4", b"b'\\x89PNG", b"b'\\xff\\xd8")
    return head[:1].isascii() and any(mark in head for mark in marks)


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(starts)


_KINDS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (_is_html, "this is a web page, not data: the download went wrong; get the file itself, not the page about it."),
    (_is_pickle, _PICKLE),
    (
        _begins(b"MATLAB 7.3", b"\x89HDF\r\n\x1a\n"),
        "this is a MATLAB 7.3 or HDF5 file, which is not read; save it again in MATLAB with “save -v7”, "
        "or with numpy.savez.",
    ),
    (
        _begins(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*"),
        "this is not a data file but one image; classify it, or cut a sheet of many digits into images of one each and "
        "put them into a folder for each digit, named 0 to 9.",
    ),
    (
        # The length of a header of JSON; that of a larger table is no model's.
        lambda head: head[8:9] == b"{" and head[4:8] == b"\0\0\0\0",
        "this is a model, not data; open it as the model that answers (--model on the command line).",
    ),
    (_begins(b"%PDF"), "this is a PDF document, not data."),
    (
        _begins(b"PAR1", b"ARROW1"),
        "this is a Parquet or Arrow file, which is not read; save it as CSV or with numpy.savez.",
    ),
    (_begins(b"SQLite format 3"), "this is an SQLite database, which is not read; export its table as CSV."),
    (_begins(b"\xd0\xcf\x11\xe0"), "this is an old Excel or Word file, which is not read; save the sheet as CSV."),
    (
        _begins(b"RDX", b"RDA", b"X\n\0\0\0", b"A\n2\n", b"A\n3\n"),
        "this is a file of R, which is not read; write the table with write.csv.",
    ),
    (
        lambda head: head[4:8] == b"\0\0\0\0" and head[12:13] == b"\n" and b"\n" in head[13:20],
        "this is a TFRecord file of TensorFlow, which is not read; save the arrays with numpy.savez.",
    ),
    (_is_pictures_as_text, "the pictures stand in it as text, which is not read; " + _PICTURES),
    (
        _begins(b"BZh", b"\x1f\x9d", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd"),
        "the file is packed in a way that is not read; unpack it and open what is inside.",
    ),
    (_begins(b"version https://git-lfs"), "this is only a pointer to a file kept by Git LFS; run “git lfs pull”."),
)


def sentence_of(head: bytes) -> str | None:
    """What to say about a file that begins like this; None where nothing is known about it."""
    return next((sentence for matches, sentence in _KINDS if matches(head)), None)

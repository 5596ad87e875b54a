"""Any encoding, any size, and every damage told with its line."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from complaints.imports.reading import MAX_FIELD, Row, Unreadable, detected_encoding, rows

TEXT = "编号,说明\n1,宽带很慢😀\n2,无法接通\n"
PLAIN = TEXT.replace("😀", "")
EXPECTED = [Row(2, {"编号": "1", "说明": "宽带很慢"}), Row(3, {"编号": "2", "说明": "无法接通"})]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("gbk", "gb18030"), ("utf-32", "utf-32")],
)
def test_encoding_is_detected(tmp_path: Path, encoding: str, found: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(PLAIN.encode(encoding))

    assert detected_encoding(path) == found
    assert list(rows(path)) == EXPECTED


def test_emoji_are_read(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(TEXT, encoding="gb18030")

    assert [row.cells["说明"] for row in rows(path)] == ["宽带很慢😀", "无法接通"]


@pytest.mark.parametrize("encoding", ["latin-1", "big5"])
def test_unknown_encoding_is_asked_for(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes({"latin-1": "a,b\ncafé,\n", "big5": "編號,說明\n1,寬頻很慢\n"}[encoding].encode(encoding))

    with pytest.raises(Unreadable, match="name the encoding with --encoding"):
        list(rows(path))
    assert len(list(rows(path, encoding=encoding))) == 1


def test_wrong_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(PLAIN.encode("gbk"))

    with pytest.raises(Unreadable, match=r"not utf-8; name another with --encoding"):
        list(rows(path, encoding="utf-8"))
    with pytest.raises(Unreadable, match="there is no such encoding"):
        list(rows(path, encoding="klingon"))


def test_utf16_without_mark_is_told(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(PLAIN.encode("utf-16-le"))

    with pytest.raises(Unreadable, match="utf-16-le"):
        list(rows(path))
    assert list(rows(path, encoding="utf-16-le")) == EXPECTED


def test_rows_of_another_shape_are_faults_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'a,b\r\n1,"x\ny"\r\n\r\n2\r\n3,4,5\r\n6,\x01\r\n7, 8 \r\n')

    assert list(rows(path)) == [
        Row(2, {"a": "1", "b": "x\ny"}),
        Row(5, {}, "not as many cells as the header: 1 instead of 2"),
        Row(6, {}, "not as many cells as the header: 3 instead of 2"),
        Row(7, {}, "control characters: in b"),
        Row(8, {"a": "7", "b": "8"}),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "there is no header"),
        (b"a,a\n1,2\n", "line 1: the header names the column 'a' 2 times"),
        (b"a,\n1,2\n", "line 1: a column of the header has no name"),
        (b"a,\x07b\n1,2\n", "line 1: control characters in the header"),
        (b'a,b\n1,2\n3,"open\n5,6\n', "line 3: .*quotation mark never closed"),
        (b'a,b\n1,"x"y\n', "line 2: .*quotation mark"),
        (b"a,b\n1," + b"x" * (MAX_FIELD + 1) + b"\n", "line 2: field larger than field limit"),
    ],
)
def test_unsure_files_are_not_read(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=message):
        list(rows(path))


def test_damaged_archive_is_told(tmp_path: Path) -> None:
    path, cut = tmp_path / "file.csv.gz", tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(PLAIN.encode()))
    cut.write_bytes(path.read_bytes()[:-12])

    assert list(rows(path)) == EXPECTED
    with pytest.raises(Unreadable, match="cannot be unpacked"):
        list(rows(cut))
    with pytest.raises(Unreadable, match="No such file"):
        list(rows(tmp_path / "missing.csv"))


def test_large_file_is_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as target:
        target.write("no,text\n")
        target.writelines(f"{number},{'很' * 100}\n" for number in range(60_000))
    size = path.stat().st_size

    tracemalloc.start()
    count = sum(1 for _row in rows(path))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 60_000
    assert size > 18_000_000
    assert peak < size / 3

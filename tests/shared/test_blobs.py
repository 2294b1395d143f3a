"""The blob store keeps what every store of it promises, in a folder and in a bucket: the same cases for both."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.blobs import BlobDamaged, Blobs, FolderBlobs, S3Blobs, digest_of, open_blobs
from shared.errors import ConfigurationError, NotFound, Unavailable

CONTENT = "Báo cáo năm".encode() * 1000
START_SECONDS = 30.0


@pytest.fixture(scope="session")
def s3_host() -> Iterator[str]:
    """A private S3-compatible server with the bucket "evidence"; of the package moto, which implements the interface."""
    server = shutil.which("moto_server", path=str(Path(sys.executable).parent)) or shutil.which("moto_server")
    if server is None:
        pytest.skip("moto_server is not installed; `pip install 'moto[server]'` brings one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([server, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                bucket = urllib.request.Request(f"http://127.0.0.1:{port}/evidence", method="PUT")
                urllib.request.urlopen(bucket, timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the S3 server ended"
                assert time.monotonic() < deadline, "the S3 server did not start"
                time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "blobs")
    return f"s3+http://key:secret%2F@{request.getfixturevalue('s3_host')}/evidence"


@pytest.fixture
def blobs(url: str) -> Blobs:
    return open_blobs(url)


def test_what_was_put_is_got_by_its_digest(blobs: Blobs) -> None:
    assert blobs.put(CONTENT) == digest_of(CONTENT)
    assert blobs.get(digest_of(CONTENT)) == CONTENT


def test_the_same_bytes_twice_are_one_file(blobs: Blobs) -> None:
    assert blobs.put(CONTENT) == blobs.put(CONTENT)
    assert blobs.get(digest_of(CONTENT)) == CONTENT


def test_another_process_finds_it(url: str) -> None:
    sha256 = open_blobs(url).put(CONTENT + b"!")
    assert open_blobs(url).get(sha256) == CONTENT + b"!"


@pytest.mark.parametrize("sha256", ["0" * 64, "../../etc/passwd", "", "A" * 64, f"{'0' * 64}\n"])
def test_what_is_not_there_is_not_found(blobs: Blobs, sha256: str) -> None:
    with pytest.raises(NotFound):
        blobs.get(sha256)


def test_a_file_that_was_changed_is_damaged(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    sha256 = blobs.put(CONTENT)
    (tmp_path / sha256[:2] / sha256).write_bytes(CONTENT[:-1])
    with pytest.raises(BlobDamaged, match="backup"):
        blobs.get(sha256)


def test_nothing_but_whole_files_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FolderBlobs(tmp_path)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(Unavailable, match="No space left"):
            blobs.put(CONTENT)
    with pytest.raises(NotFound):
        blobs.get(digest_of(CONTENT))
    assert blobs.get(blobs.put(CONTENT)) == CONTENT
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest_of(CONTENT)]


def test_a_folder_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file")
    blobs = FolderBlobs(tmp_path / "blobs")
    with pytest.raises(Unavailable):
        blobs.put(CONTENT)
    with pytest.raises(Unavailable):
        blobs.get("0" * 64)


def test_a_store_that_is_away_is_unavailable() -> None:
    away = S3Blobs("127.0.0.1:1", "key", "secret", "evidence", tls=False)
    for ask in (lambda: away.put(CONTENT), lambda: away.get("0" * 64)):
        with pytest.raises(Unavailable, match="does not answer"):
            ask()


def test_a_bucket_that_nobody_made_is_unavailable(s3_host: str) -> None:
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        S3Blobs(s3_host, "key", "secret", "nowhere", tls=False).put(CONTENT)


@pytest.mark.parametrize(
    "url", ["s3://host/bucket", "s3://key@host/bucket", "s3://key:secret@host", "s3://key:secret@host/B", "s3://key:secret@host/a/b"]
)
def test_a_bucket_is_named_whole(url: str) -> None:
    with pytest.raises(ConfigurationError, match="s3://key:secret@host:port/bucket") as refused:
        open_blobs(url)
    assert "secret@host/" not in str(refused.value).replace("s3://key:secret@host:port/bucket", "")


def test_what_lies_in_the_store_is_listed_in_the_order_of_the_digests(blobs: Blobs) -> None:
    told = {blobs.put(f"Tệp {number}".encode()): number for number in range(5)}
    found = [one for one in blobs.stored() if one.sha256 in told]
    assert [one.sha256 for one in found] == sorted(told)
    assert {one.size for one in found} == {len("Tệp 0".encode())}
    assert all(abs(datetime.now(UTC) - one.kept_at) < timedelta(minutes=5) for one in found)
    second = sorted(told)[1]
    assert [one.sha256 for one in blobs.stored(second) if one.sha256 in told] == sorted(told)[2:]


def test_a_file_is_removed_unless_it_was_put_there_since(blobs: Blobs) -> None:
    sha256 = blobs.put(b"removed")
    then, later = (datetime.now(UTC) + timedelta(minutes=minutes) for minutes in (-5, 5))
    assert not blobs.remove(sha256, then)
    assert blobs.get(sha256) == b"removed"
    assert blobs.remove(sha256, later)
    with pytest.raises(NotFound):
        blobs.get(sha256)
    assert not blobs.remove(sha256, later)
    assert blobs.get(blobs.put(b"removed")) == b"removed"


def test_a_file_that_is_put_there_again_is_as_new(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    sha256 = blobs.put(CONTENT)
    os.utime(tmp_path / sha256[:2] / sha256, (0, 0))
    blobs.put(CONTENT)
    assert not blobs.remove(sha256, datetime.now(UTC) - timedelta(hours=1))


@pytest.mark.parametrize("moment", ["before it goes aside", "when it is aside"])
def test_a_file_that_is_put_there_while_it_is_removed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    blobs = FolderBlobs(tmp_path)
    sha256 = blobs.put(CONTENT)
    os.utime(tmp_path / sha256[:2] / sha256, (0, 0))
    replace = Path.replace

    def meanwhile(path: Path, target: Path) -> Path:
        if target.name != f".{sha256}":
            return replace(path, target)
        monkeypatch.undo()
        if moment == "before it goes aside":
            blobs.put(CONTENT)
            return replace(path, target)
        done = replace(path, target)
        blobs.put(CONTENT)
        return done

    monkeypatch.setattr(Path, "replace", meanwhile)
    blobs.remove(sha256, datetime.now(UTC) - timedelta(hours=1))
    assert blobs.get(sha256) == CONTENT
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha256]

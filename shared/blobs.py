"""The blob store: files by the SHA-256 of their bytes, in a folder or in a bucket of an S3-compatible store.

What is too large for an event lies here, and the event says its digest. A file is written before its event, so that no event speaks of one
that is not there; a file whose event never came harms nobody, until an operator removes it. No bytes are overwritten.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from shared.bounds import BLOB_SECONDS_MAX
from shared.errors import CommendationError, ConfigurationError, NotFound, Unavailable

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
S3_LISTED = 1000
"""Objects of a bucket that one answer lists at the most; of the next thousand is asked when these are worked off."""


class BlobDamaged(CommendationError):
    """What the store holds under a digest are not the bytes that had it: the disk or somebody changed them."""

    code = "blob_damaged"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the store; kept_at: when it was put there last."""

    sha256: str
    size: int
    kept_at: datetime


class Blobs(Protocol):
    """A blob store. `sha256` is always 64 of 0-9 and a-f."""

    def put(self, content: bytes) -> str:
        """Keep the bytes and give their digest; the same bytes twice are kept once, as if put there now. Raises Unavailable."""

    def get(self, sha256: str) -> bytes:
        """The bytes of this digest, compared with it. Raises NotFound, BlobDamaged, Unavailable."""

    def stored(self, after: str = "") -> Iterator[Stored]:
        """What lies in the store, in the order of the digests, from the one after this. Raises Unavailable."""

    def remove(self, sha256: str, before: datetime) -> bool:
        """Remove a file that has not been put there since; says whether it is gone by this. Raises Unavailable."""


def open_blobs(url: str) -> Blobs:
    """The store of `COMMENDATION_BLOBS_URL`: a folder, or s3://key:secret@host[:port]/bucket (s3+http:// without TLS).

    Raises ConfigurationError.
    """
    if not url.startswith(("s3://", "s3+http://")):
        return FolderBlobs(Path(url))
    parts = urlsplit(url)
    bucket = parts.path.strip("/")
    if not (parts.hostname and parts.username and parts.password) or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
        raise ConfigurationError("COMMENDATION_BLOBS_URL is not as needed; give a folder, or s3://key:secret@host:port/bucket")
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return S3Blobs(host, unquote(parts.username), unquote(parts.password), bucket, tls=parts.scheme == "s3")


class FolderBlobs:
    """Files <folder>/<ab>/<sha256>, `ab` the first two letters of the digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        sha256 = digest_of(content)
        path = self._path(sha256)
        try:
            if _renewed(path):
                return sha256
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as beside:
                half = Path(beside) / sha256
                with half.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                half.replace(path)  # whole or not at all, also for who writes the same file at the same time
        except OSError as error:
            raise Unavailable(f"The file could not be kept: {error.strerror}. Tell the administrator.") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            return checked(sha256, self._path(sha256).read_bytes())
        except FileNotFoundError as error:
            raise _missing(sha256) from error
        except OSError as error:
            raise Unavailable(f"The file could not be read: {error.strerror}. Tell the administrator.") from error

    def stored(self, after: str = "") -> Iterator[Stored]:
        try:
            for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
                for path in sorted(folder.iterdir()) if folder.name >= after[:2] else ():
                    if path.name > after and _DIGEST.fullmatch(path.name) and (found := _looked_at(path)) is not None:
                        yield found
        except OSError as error:
            raise Unavailable(f"The files cannot be listed: {error.strerror}. Tell the administrator.") from error

    def remove(self, sha256: str, before: datetime) -> bool:
        path = self._path(sha256)
        aside = path.with_name(f".{sha256}")
        try:
            found = _looked_at(path)
            if found is None or found.kept_at >= before:
                return False
            path.replace(aside)
            # who put it there once more either renewed it before it went aside, or found none and has written it anew
            if aside.stat().st_mtime >= before.timestamp():
                aside.replace(path)
                return False
            aside.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise Unavailable(f"The file could not be removed: {error.strerror}. Tell the administrator.") from error
        return True

    def _path(self, sha256: str) -> Path:
        check_digest(sha256)
        return self._folder / sha256[:2] / sha256


class S3Blobs:
    """Objects <ab>/<sha256> of a bucket, which the operator makes."""

    def __init__(self, host: str, key: str, secret: str, bucket: str, *, tls: bool) -> None:
        # loaded here: a network that keeps its files in a folder does without
        import minio
        import urllib3

        patience = urllib3.Timeout(connect=BLOB_SECONDS_MAX / 3, read=BLOB_SECONDS_MAX / 2)
        # nothing is tried again: whoever waits for the answer tries again, and waits no longer than a request may take
        pool = urllib3.PoolManager(timeout=patience, retries=False)
        self._client = minio.Minio(host, access_key=key, secret_key=secret, secure=tls, region="us-east-1", http_client=pool)
        self._bucket = bucket

    def put(self, content: bytes) -> str:
        import io

        sha256 = digest_of(content)
        self._ask(sha256, self._client.put_object, _name(sha256), io.BytesIO(content), len(content))
        return sha256

    def get(self, sha256: str) -> bytes:
        answer = self._ask(sha256, self._client.get_object, _name(check_digest(sha256)))
        try:
            return checked(sha256, answer.read())
        finally:
            answer.close()
            answer.release_conn()

    def stored(self, after: str = "") -> Iterator[Stored]:
        begin = _name(after) if after else None

        def listed(bucket: str) -> list[Any]:
            # an answer holds a thousand at the most
            found = self._client.list_objects(bucket, recursive=True, start_after=begin)
            return list(itertools.islice(found, S3_LISTED))

        while objects := self._ask("", listed):
            for one in objects:
                if _DIGEST.fullmatch(sha256 := one.object_name.rpartition("/")[2]):
                    yield Stored(sha256, one.size, one.last_modified)
            begin = objects[-1].object_name

    def remove(self, sha256: str, before: datetime) -> bool:
        """Between the last look and the removal lies one request: a file that is sent again in just that moment is lost."""
        name = _name(check_digest(sha256))
        try:
            if self._ask(sha256, self._client.stat_object, name).last_modified >= before:
                return False
        except NotFound:
            return False
        self._ask(sha256, self._client.remove_object, name)
        return True

    def _ask(self, sha256: str, method: Any, *args: Any) -> Any:
        import minio
        import urllib3

        try:
            return method(self._bucket, *args)
        except minio.error.S3Error as error:
            if error.code == "NoSuchKey":
                raise _missing(sha256) from error
            raise Unavailable(f"The file store refuses: {error.code}. Tell the administrator.") from error
        except (minio.error.MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable("The file store does not answer; try again in a minute.") from error


def _renewed(path: Path) -> bool:
    """Whether the file is there, and was marked as put there now: who removes old files leaves it."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _looked_at(path: Path) -> Stored | None:
    """The file as it stands in the folder, None where it has just gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return Stored(path.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check_digest(sha256: str) -> str:
    """Raises NotFound for what no file can have as its digest, also where it would be a path."""
    if not _DIGEST.fullmatch(sha256):
        raise NotFound("There is no file of this digest: it is 64 of 0-9 and a-f.")
    return sha256


def checked(sha256: str, content: bytes) -> bytes:
    if digest_of(content) != sha256:
        raise BlobDamaged(f"The file {sha256} is damaged: its bytes have another digest. Bring it back from a backup.", sha256=sha256)
    return content


def _missing(sha256: str) -> NotFound:
    return NotFound(f"There is no file {sha256} in the store.", sha256=sha256)


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"

"""The Merkle tree of a transparency log: heads, proofs of inclusion and of consistency, after RFC 9162, section 2.1.

SHA-256; a leaf is hashed behind a byte 0, two nodes behind a byte 1, so that neither passes for the other. The leaf of index i is the
event at position i + 1. A tree only grows to the right: every subtree that is complete stays as it is, and all that is proved is made of
such subtrees, which the functions here ask for one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Subtrees = Callable[[int, int], bytes]
"""subtrees(level, index): the hash over the leaves from index * 2**level on, 2**level of them, all in the tree."""

HEAD_OF_NONE = hashlib.sha256().digest()
"""The head of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def head_over(hashes: Sequence[bytes]) -> bytes:
    """The head over nodes of one level, all complete: over leaves that of the whole tree."""
    if not hashes:
        return HEAD_OF_NONE
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
    return level[0]


def head_of(subtrees: Subtrees, size: int) -> bytes:
    """The head (gốc) of the tree over the first `size` leaves."""
    return _over(subtrees, 0, size) if size else HEAD_OF_NONE


def inclusion(subtrees: Subtrees, index: int, size: int) -> list[bytes]:
    """The proof that the leaf is in the tree of that size: PATH of section 2.1.3.1, from the leaf upwards."""
    return _path(subtrees, index, 0, size)


def consistency(subtrees: Subtrees, first: int, second: int) -> list[bytes]:
    """The proof that the tree of size `first`, at least 1, is the beginning of that of size `second`: PROOF of section 2.1.4.1."""
    return _subproof(subtrees, first, 0, second, whole=True)


def head_by(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The head of the tree of that size by a proof of inclusion. Raises ValueError where the proof has too few or too many hashes."""
    if size == 1:
        if path:
            raise ValueError(f"{len(path)} hashes too many")
        return leaf
    if not path:
        raise ValueError("too few hashes")
    *below, beside = path
    left = _left_of(size)
    if index < left:
        return node_hash(head_by(leaf, index, left, below), beside)
    return node_hash(beside, head_by(leaf, index - left, size - left, below))


def _left_of(size: int) -> int:
    """How many leaves are left of the root's middle: the largest power of two below the size, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def _over(subtrees: Subtrees, start: int, end: int) -> bytes:
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtrees(level, start >> level)
    middle = start + _left_of(size)
    return node_hash(_over(subtrees, start, middle), _over(subtrees, middle, end))


def _path(subtrees: Subtrees, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _left_of(end - start)
    if index < middle:
        return [*_path(subtrees, index, start, middle), _over(subtrees, middle, end)]
    return [*_path(subtrees, index, middle, end), _over(subtrees, start, middle)]


def _subproof(subtrees: Subtrees, first: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """whole: the first tree begins here and is known to whoever checks, as long as it is a subtree by itself."""
    if first == end:
        return [] if whole else [_over(subtrees, start, end)]
    middle = start + _left_of(end - start)
    if first <= middle:
        return [*_subproof(subtrees, first, start, middle, whole=whole), _over(subtrees, middle, end)]
    return [*_subproof(subtrees, first, middle, end, whole=False), _over(subtrees, start, middle)]


class Growing:
    """The head of a tree that grows leaf by leaf, without its leaves: the hashes of the complete subtrees that it consists of."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        grown, at = leaf, self.size
        while at % 2:
            grown, at = node_hash(self._complete.pop(), grown), at // 2
        self._complete.append(grown)
        self.size += 1

    def head(self) -> bytes:
        if not self._complete:
            return HEAD_OF_NONE
        *rest, head = self._complete
        for left in reversed(rest):
            head = node_hash(left, head)
        return head

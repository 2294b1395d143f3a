"""The tree of RFC 9162 against the test vectors of Certificate Transparency, and each proof against a checker of its own.

The vectors are those of google/certificate-transparency (merkle_tree_test.cc), which github.com/transparency-dev/merkle took over, with
heads over longer trees of its own (compact/range_test.go).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit import offline
from services.audit.domain import merkle

LEAVES = [
    bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
HEADS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LONG_HEADS = {
    10: "VjWMPSYNtCuCNlF/RLnQy6HcwSk6CIipfxm+hettA+4=",
    15: "j4SulYmocFuxdeyp12xXCIgK6PekBcxzAIj4zbQzNEI=",
    16: "c+4Uc6BCMOZf/v3NZK1kqTUJe+bBoFtOhP+P3SayKRE=",
    100: "dUh9hYH88p0CMoHkdr1wC2szbhcLAXOejWpINIooKUY=",
}
INCLUSIONS = {
    (0, 1): [],
    (0, 2): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"],
    (1, 2): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
CONSISTENCIES = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
SIZES = st.integers(1, 64)


class Leaves:
    """A tree that has all its leaves in memory, and makes each subtree when it is asked for."""

    def __init__(self, data: Sequence[bytes]) -> None:
        self.hashes = [merkle.leaf_hash(one) for one in data]

    def __call__(self, level: int, index: int) -> bytes:
        within = self.hashes[index << level : (index + 1) << level]
        assert len(within) == 1 << level, "asked for a subtree that is not complete"
        return merkle.head_over(within)


def _of_size(size: int) -> Leaves:
    return Leaves([str(number).encode() for number in range(size)])


def _hexes(path: Sequence[bytes]) -> list[str]:
    return [one.hex() for one in path]


@pytest.mark.parametrize("size", range(9))
def test_heads_are_those_of_the_vectors(size: int) -> None:
    tree, growing = Leaves(LEAVES[:size]), merkle.Growing()
    for leaf in tree.hashes:
        growing.add(leaf)
    assert {merkle.head_of(tree, size).hex(), merkle.head_over(tree.hashes).hex(), growing.head().hex()} == {HEADS[size]}


@pytest.mark.parametrize("size", LONG_HEADS)
def test_heads_of_longer_trees_are_those_of_the_vectors(size: int) -> None:
    tree = Leaves([number.to_bytes(2, "little") for number in range(size)])
    assert base64.b64encode(merkle.head_of(tree, size)).decode() == LONG_HEADS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_proofs_of_inclusion_are_those_of_the_vectors(index: int, size: int) -> None:
    assert _hexes(merkle.inclusion(Leaves(LEAVES), index, size)) == INCLUSIONS[index, size]
    path = [bytes.fromhex(one) for one in INCLUSIONS[index, size]]
    assert offline.included(merkle.leaf_hash(LEAVES[index]), index, size, path, bytes.fromhex(HEADS[size]))


@pytest.mark.parametrize(("first", "second"), CONSISTENCIES)
def test_proofs_of_consistency_are_those_of_the_vectors(first: int, second: int) -> None:
    assert _hexes(merkle.consistency(Leaves(LEAVES), first, second)) == CONSISTENCIES[first, second]
    path = [bytes.fromhex(one) for one in CONSISTENCIES[first, second]]
    assert offline.consistent(first, second, HEADS[first], HEADS[second], path)


def test_a_leaf_does_not_pass_for_a_node() -> None:
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.node_hash(left, right) != merkle.leaf_hash(left + right)
    assert merkle.node_hash(left, right) == hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(1, 65))
def test_every_leaf_of_every_tree_is_proved_to_both_checkers_and_at_no_other_place(size: int) -> None:
    tree = _of_size(size)
    head = merkle.head_of(tree, size)
    for index, leaf in enumerate(tree.hashes):
        path = merkle.inclusion(tree, index, size)
        assert merkle.head_by(leaf, index, size, path) == head
        assert offline.included(leaf, index, size, path, head)
        for elsewhere in {(index + 1) % size, index ^ 1, size - 1 - index} - {index}:
            assert not offline.included(leaf, elsewhere, size, path, head)
        assert not offline.included(leaf, index, size * 2, path, head), "a proof of a smaller tree"


@pytest.mark.parametrize("second", range(1, 65))
def test_every_tree_is_proved_to_begin_as_every_shorter_one_did(second: int) -> None:
    tree = _of_size(second)
    heads = [merkle.head_of(tree, size).hex() for size in range(second + 1)]
    for first in range(1, second + 1):
        path = merkle.consistency(tree, first, second)
        assert offline.consistent(first, second, heads[first], heads[second], path)
        assert not offline.consistent(first, second, HEADS[8], heads[second], path)
        assert not offline.consistent(first, second, heads[first], HEADS[8], path)
        assert not offline.consistent(first, second, heads[first], heads[second], [*path, path[-1] if path else merkle.HEAD_OF_NONE])
        assert not offline.consistent(first, second * 2, heads[first], heads[second], path), "a proof of a smaller tree"


@given(SIZES, st.data())
def test_any_bit_of_a_proof_of_inclusion_counts(size: int, draw: st.DataObject) -> None:
    tree, index = _of_size(size), draw.draw(st.integers(0, size - 1))
    head = merkle.head_of(tree, size)
    proof = [tree.hashes[index], *merkle.inclusion(tree, index, size), head]
    at, bit = draw.draw(st.integers(0, len(proof) - 1)), draw.draw(st.integers(0, 255))
    proof[at] = _flipped(proof[at], bit)
    leaf, *path, root = proof
    assert not offline.included(leaf, index, size, path, root)
    assert merkle.head_by(leaf, index, size, path) != root


@given(SIZES, st.data())
def test_a_proof_of_inclusion_of_another_length_proves_nothing(size: int, draw: st.DataObject) -> None:
    tree, index = _of_size(size), draw.draw(st.integers(0, size - 1))
    leaf, head, path = tree.hashes[index], merkle.head_of(tree, size), merkle.inclusion(tree, index, size)
    for other in ([*path, head], path[1:] if path else [head], path[:-1] if path else [leaf]):
        assert not offline.included(leaf, index, size, other, head)
    with pytest.raises(ValueError, match=r"too (few|many)"):
        merkle.head_by(leaf, index, size, [*path, head])
    if path:
        with pytest.raises(ValueError, match="too few"):
            merkle.head_by(leaf, index, size, path[:-1])


@given(st.integers(2, 64), st.data())
def test_any_bit_of_a_proof_of_consistency_counts(second: int, draw: st.DataObject) -> None:
    tree, first = _of_size(second), draw.draw(st.integers(1, second - 1))
    proof = [merkle.head_of(tree, first), *merkle.consistency(tree, first, second), merkle.head_of(tree, second)]
    at, bit = draw.draw(st.integers(0, len(proof) - 1)), draw.draw(st.integers(0, 255))
    proof[at] = _flipped(proof[at], bit)
    before, *path, after = proof
    assert not offline.consistent(first, second, before.hex(), after.hex(), path)


@given(st.integers(2, 64), st.data())
def test_no_proof_makes_a_changed_log_consistent(second: int, draw: st.DataObject) -> None:
    """A leaf within the first tree is changed: the path made from the changed tree does not lead from the head noted before."""
    first = draw.draw(st.integers(1, second - 1))
    before = merkle.head_of(_of_size(second), first).hex()
    changed = _of_size(second)
    changed.hashes[draw.draw(st.integers(0, first - 1))] = merkle.leaf_hash(b"another")
    path, after = merkle.consistency(changed, first, second), merkle.head_of(changed, second).hex()
    assert not offline.consistent(first, second, before, after, path)


def test_no_tree_goes_on_in_a_shorter_one() -> None:
    assert not offline.consistent(3, 2, HEADS[3], HEADS[2], [])
    assert not offline.consistent(3, 5, HEADS[3], HEADS[5], [])
    assert not offline.consistent(3, 3, HEADS[3], HEADS[4], [])


def _flipped(one: bytes, bit: int) -> bytes:
    changed = bytearray(one)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)

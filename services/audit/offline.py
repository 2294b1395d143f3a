"""Proofs of the audit checked by whoever holds them, without the network that gave them.

A second way, which shares no code with the one that makes proofs: it needs this module and Python, no more. Trees, and how proofs are
checked, are those of RFC 9162, sections 2.1.1, 2.1.3.2 and 2.1.4.2; an event is hashed as canonical JSON (RFC 8785).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

PLACE_FORM = "commendation.place.1"
CONSISTENCY_FORM = "commendation.consistency.1"


class NotCheckable(ValueError):
    """A file that is no proof of a known form, or a proof without the event that it is about."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, and whether it holds."""

    holds: bool
    words: str


def check_place(proof: Any, exported: Iterable[str] | None = None) -> list[Check]:
    """That an event stands at its place in the tree whose root the proof names.

    exported: events as `commendation export` writes them, one JSON a line. The event is taken from there, or from the proof itself where
    that holds its canonical bytes as text (`body`). Where the export holds the log from its first event on, the root is made anew.
    Raises NotCheckable.
    """
    found = _read(proof, PLACE_FORM)
    site, service, size, index = (found[name] for name in ("site", "service", "size", "index"))
    leaves, bodies = _exported(exported or (), site, service, found["event"])
    if "body" in found:
        bodies.append(found["body"].encode())
    if not bodies:
        raise NotCheckable(
            f"Neither the proof nor the export holds event {found['event']}: without it nothing is known of what stands at its place."
        )
    checks = [
        Check(all(_leaf(body).hex() == found["leaf"] for body in bodies), f"event {found['event']} has the leaf hash {found['leaf']}"),
        Check(all(_says(body, found) for body in bodies), f"the event says that it is {service} {index + 1} at {site}"),
        Check(
            included(bytes.fromhex(found["leaf"]), index, size, _hashes(found["path"]), bytes.fromhex(found["root"])),
            f"{len(found['path'])} hashes lead from it to the root {found['root']} of the first {size} events of {service}",
        ),
    ]
    if found.get("checkpoint") is not None:
        checkpoint = _checkpoint(found["checkpoint"])
        line = (site, service, size, found["root"])
        checks.append(Check(line in _heads(checkpoint), f"size and root are those of checkpoint {checkpoint.get('checkpoint')}"))
        checks.append(_digest(checkpoint))
    if all(position in leaves for position in range(1, size + 1)):
        anew = _root([leaves[position] for position in range(1, size + 1)]).hex()
        checks.append(Check(anew == found["root"], f"the first {size} events of {service} in the export give the root {anew}"))
    return checks


def check_consistency(old: Any, proof: Any) -> list[Check]:
    """That every log of a checkpoint noted down before goes on in a later one, and nothing before was changed, taken out or put in.

    old: the checkpoint, or a proof that holds it: of a place in it, or of the logs up to it. Raises NotCheckable.
    """
    found = _read(proof, CONSISTENCY_FORM)
    noted, before, after = _noted(old), _checkpoint(found["before"]), _checkpoint(found["after"])
    paths = {(path["site"], path["service"]): _hashes(path["path"]) for path in found["paths"]}
    later = {(site, service): (size, root) for site, service, size, root in _heads(after)}
    checks = [Check(_heads(noted) == _heads(before), "the proof begins at the checkpoint noted down"), _digest(before), _digest(after)]
    for site, service, size, root in _heads(before):
        beyond, head = later.get((site, service), (0, ""))
        holds = consistent(size, beyond, root, head, paths.get((site, service), []))
        checks.append(Check(holds, f"{service} at {site}: the first {size} of {beyond} events are the same as then"))
    return checks


def canonical(value: Any) -> str:
    """A JSON value of text, whole numbers and the rest without fractions as RFC 8785 writes it. Raises NotCheckable."""
    if isinstance(value, Mapping):
        # names are put in the order of their UTF-16 units, not of their characters
        pairs = sorted(value.items(), key=lambda pair: str(pair[0]).encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(one)}" for name, one in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        raise NotCheckable(f"{value} is no number that an event holds; they are text.")
    return json.dumps(value, ensure_ascii=False)


def _read(proof: Any, form: str) -> Json:
    """A proof whose parts have the shapes that its form says."""
    if not isinstance(proof, dict) or proof.get("form") != form:
        raise NotCheckable(f"This is no proof of the form {form}.")
    try:
        if form == PLACE_FORM:
            _texts(proof, "event", "site", "service")
            _of(str, proof.get("body", "")).encode()
            index, size = _of(int, proof["index"]), _of(int, proof["size"])
            if not 0 <= index < size or index + 1 != proof["position"]:
                raise ValueError(f"index {index}, position {proof['position']} and size {size} do not go together")
            _hashes([proof["leaf"], proof["root"], *_of(list, proof["path"])])
        else:
            for path in _of(list, proof["paths"]):
                _texts(path, "site", "service")
                _hashes(_of(list, path["path"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NotCheckable(f"The proof lacks something, or has it in another shape: {error}.") from error
    return proof


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


def _texts(held: Json, *names: str) -> None:
    for name in names:
        _of(str, held[name])


def _hashes(found: Iterable[Any]) -> list[bytes]:
    told = []
    for one in found:
        told.append(bytes.fromhex(_of(str, one)))
        if told[-1].hex() != one or len(told[-1]) != hashlib.sha256().digest_size:
            raise ValueError(f"{one!r} is no SHA-256 in hexadecimal")
    return told


def _noted(old: Any) -> Json:
    """The checkpoint in what somebody kept."""
    held = old
    if isinstance(old, dict) and old.get("form") in (PLACE_FORM, CONSISTENCY_FORM):
        held = old.get("checkpoint" if old["form"] == PLACE_FORM else "after")
    return _checkpoint(held)


def _checkpoint(held: Any) -> Json:
    try:
        for head in _of(dict, held)["heads"]:
            if _of(int, head["size"]) < 1:
                raise ValueError("a log without events has no head")
            _texts(head, "site", "service")
            _hashes([head["root"]])
        _hashes([held["digest"]])
    except (KeyError, TypeError, ValueError) as error:
        raise NotCheckable(f"This is no checkpoint: {error}.") from error
    return dict(held)


def _heads(checkpoint: Json) -> list[tuple[str, str, int, str]]:
    return sorted((head["site"], head["service"], head["size"], head["root"]) for head in checkpoint["heads"])


def _digest(checkpoint: Json) -> Check:
    note = "".join(f"{site} {service} {size} {root}\n" for site, service, size, root in _heads(checkpoint))
    words = f"the heads of {checkpoint.get('checkpoint') or 'the trees as they stood'} have the digest {checkpoint['digest']}"
    return Check(hashlib.sha256(note.encode()).hexdigest() == checkpoint["digest"], words)


def _exported(lines: Iterable[str], site: str, service: str, event: str) -> tuple[dict[int, bytes], list[bytes]]:
    """Of a log in an export the leaf hashes by position, and the canonical bytes of the events of this id."""
    leaves: dict[int, bytes] = {}
    bodies: list[bytes] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            if told["source"] != f"/sites/{site}/services/{service}":
                continue
            body = canonical(told).encode()
            leaves[int(told["position"])] = _leaf(body)
        except (KeyError, TypeError, ValueError) as error:
            raise NotCheckable(f"Line {number} of the export is no event: {error}.") from error
        if told.get("id") == event:
            bodies.append(body)
    return leaves, bodies


def _says(body: bytes, proof: Json) -> bool:
    """Whether the event itself says the id and the place that are proved."""
    try:
        told = json.loads(body)
        said = told["id"], told["source"], told["position"]
    except (KeyError, TypeError, ValueError):
        return False
    return said == (proof["event"], f"/sites/{proof['site']}/services/{proof['service']}", str(proof["index"] + 1))


# RFC 9162, section 2.1


def _leaf(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _root(leaves: Sequence[bytes]) -> bytes:
    """MTH of section 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return _node(_root(leaves[:left]), _root(leaves[left:]))


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Section 2.1.3.2, with its own names."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn % 2 or fn == sn:
            r = _node(p, r)
            while not fn % 2 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = _node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistent(first: int, second: int, first_hash: str, second_hash: str, path: Sequence[bytes]) -> bool:
    """Section 2.1.4.2, with its own names."""
    if first == second:
        return not path and first_hash == second_hash
    if first > second or not path:
        return False
    before, after = bytes.fromhex(first_hash), bytes.fromhex(second_hash)
    fr, *rest = [before, *path] if first & (first - 1) == 0 else path
    sr, fn, sn = fr, first - 1, second - 1
    while fn % 2:
        fn, sn = fn >> 1, sn >> 1
    for c in rest:
        if sn == 0:
            return False
        if fn % 2 or fn == sn:
            fr, sr = _node(c, fr), _node(c, sr)
            while not fn % 2 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == before and sr == after

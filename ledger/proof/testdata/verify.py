#!/usr/bin/env python3
"""A second verifier of receipts' proofs, written from the comment of package proof and sharing no line with it.

usage: verify.py VKEY FILE...

VKEY is the fund's verifier key from its poster or public page; a FILE holds a proof as a receipt carries it
(c2sp.org/tlog-proof with the entry's canonical bytes in its extra line). For each it prints one line: "proven: entry
7 of 8 in sovang.example/log/HD, leaf ..." or "refused: why". Exit status 1 when any was refused. Needs Python 3.8 and
nothing else; Ed25519 is RFC 8032 section 5.1 in plain integers, slow and good enough to check with.
"""
import base64
import binascii
import hashlib
import re
import struct
import sys


class Refused(Exception):
    pass


def need(ok, why):
    if not ok:
        raise Refused(why)


# Ed25519, RFC 8032: a point is (x, y, z, t) with x/z, y/z on the curve and t = xy/z.
P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    x, y, z, w = f - e, f + e, h + g, h - g
    return x * w % P, z * y % P, w * z % P, x * y % P


def times(n, point):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, point)
        point = add(point, point)
        n >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(data):
    """The curve point of 32 bytes, or None."""
    y = int.from_bytes(data, "little")
    odd, y = y >> 255, y & (2 ** 255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return same(times(s, BASE), add(r, times(k, a)))


def unbase64(text, why):
    """Bytes of base64 in its one form."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(why)
    need(base64.b64encode(data).decode() == text, why)
    return data


def hash_of(line):
    data = unbase64(line, "malformed: a hash")
    need(len(data) == 32, "malformed: a hash")
    return data


def number(text):
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text) is not None and int(text) < 2 ** 63, "malformed: a number")
    return int(text)


def verifier(vkey):
    """Name, key id and public key of "name+hash+base64"."""
    name, key_id, data = vkey.split("+", 2)
    data = base64.b64decode(data, validate=True)
    need(len(data) == 33 and data[0] == 1, "the key is not of Ed25519")
    need(hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] == key_id, "the key and its id differ")
    return name, bytes.fromhex(key_id), data[1:]


def checkpoint(note, vkey):
    """Origin, size and root of a signed note, once a signature of this key is found good."""
    name, key_id, key = verifier(vkey)
    need(not any(c < " " and c != "\n" for c in note), "malformed: a control character")
    cut = note.rfind("\n\n")
    need(cut >= 0 and note.endswith("\n") and len(note) > cut + 2, "malformed: no signature")
    text, lines = note[:cut + 1], note[cut + 2:-1].split("\n")
    body = text[:-1].split("\n")
    need(len(body) >= 3 and all(body), "malformed: a checkpoint has three lines")
    origin, size, root = body[0], number(body[1]), hash_of(body[2])
    need(origin == name, "another log than the key")
    good = False
    for line in lines:
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014" and parts[1] and "+" not in parts[1], "malformed: a signature line")
        data = unbase64(parts[2], "malformed: a signature")
        need(len(data) >= 5, "malformed: a signature")
        if parts[1] == name and data[:4] == key_id:
            need(len(data) == 68 and signed(key, text.encode(), data[4:]), "the signature does not fit")
            good = True
    need(good, "not signed with this key")
    return origin, size, root


def climb(leaf, index, size, path):
    """The root to which a path leads (RFC 9162 section 2.1.3.2, the same tree as RFC 6962)."""
    at, last, h = index, size - 1, leaf
    need(index < size, "the index is beyond the size")
    for sibling in path:
        need(last > 0, "the path is too long")
        if at & 1 or at == last:
            h = hashlib.sha256(b"\x01" + sibling + h).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            h = hashlib.sha256(b"\x01" + h + sibling).digest()
        at, last = at >> 1, last >> 1
    need(last == 0, "the path is too short")
    return h


def fields(canonical):
    """Tag and value of each field; canonical.py reads what they say."""
    need(canonical[:1] == b"\x01", "malformed: the entry's version")
    at = 1
    while at < len(canonical):
        need(at + 6 <= len(canonical), "malformed: the entry")
        tag, length = struct.unpack(">HI", canonical[at:at + 6])
        need(at + 6 + length <= len(canonical), "malformed: the entry")
        yield tag, canonical[at + 6:at + 6 + length]
        at += 6 + length


def verify(data, vkey):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed: not UTF-8")
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    need(blank and len(lines) >= 3 and lines[0] == "c2sp.org/tlog-proof@v1", "malformed: not a proof")
    need(lines[1].startswith("extra ") and lines[2].startswith("index "), "malformed: no entry or no index")
    canonical, index = unbase64(lines[1][6:], "malformed: the entry"), number(lines[2][6:])
    path = [hash_of(line) for line in lines[3:]]
    origin, size, root = checkpoint(note, vkey)
    leaf = hashlib.sha256(b"\x00" + canonical).digest()
    need(climb(leaf, index, size, path) == root, "the path does not lead to the root")
    said = dict(fields(canonical))
    need(said.get(2) == struct.pack(">Q", index), "the entry says another number")
    need(said.get(1) == origin.rsplit("/", 1)[-1].encode(), "the entry says another fund")
    return "entry %d of %d in %s, leaf %s" % (index, size, origin, leaf.hex())


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    bad = False
    for path in sys.argv[2:]:
        with open(path, "rb") as f:
            data = f.read()
        try:
            print("proven: " + verify(data, sys.argv[1]))
        except Refused as why:
            bad = True
            print("refused: %s" % why)
    sys.exit(1 if bad else 0)


main()

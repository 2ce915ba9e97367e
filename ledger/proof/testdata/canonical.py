#!/usr/bin/env python3
"""A second reader of canonical v1, written from the comment of package proof and sharing no line with it.

usage: canonical.py FILE...

A FILE holds the canonical bytes of one entry, as they are or, when its name ends in .hex, as hexadecimal text.
For each it prints the leaf hash and the fields, or one line "refused: why". Exit status 1 when any was refused.
Needs Python 3.8 and nothing else.
"""
import datetime
import hashlib
import re
import struct
import sys
import unicodedata

FIELDS = {1: "fund", 2: "number", 3: "kind", 4: "effective_on", 5: "recorded_at", 6: "actor", 7: "key", 8: "request",
          9: "reverses", 10: "posting", 11: "document", 12: "fact", 13: "commitment"}
REPEATED = range(10, 14)
EPOCH = datetime.datetime(1970, 1, 1)


class Refused(Exception):
    pass


def need(ok, why):
    if not ok:
        raise Refused(why)


def unpack(form, value):
    need(len(value) == struct.calcsize(form), "width of a value")
    return struct.unpack(form, value)


def text(value, least, most):
    need(least <= len(value) <= most, "length of a text")
    try:
        s = value.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("text is not UTF-8")
    need(unicodedata.is_normalized("NFC", s), "text is not NFC")
    need(not any(unicodedata.category(c) == "Cc" for c in s), "control character in a text")
    marks = 0
    for c in s:
        marks = marks + 1 if unicodedata.category(c).startswith("M") else 0
        need(marks <= 16, "combining marks in a row")
    return s


def word(value, pattern):
    need(re.fullmatch(pattern, value) is not None, "characters of an identifier")
    return value.decode("ascii")


def name(value):
    return word(value, rb"[!-~]{1,100}")


def split(value, at):
    """The length at one byte, then that many bytes, then the rest."""
    need(len(value) > at and at + 1 + value[at] <= len(value), "length inside a field")
    end = at + 1 + value[at]
    return value[at + 1:end], value[end:]


def integer(value, first, end, form=">Q"):
    n = unpack(form, value)[0]
    need(first <= n < end, "range of an integer")
    return n


def day(value):
    s = word(value, rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    try:
        datetime.date(int(s[:4]), int(s[5:7]), int(s[8:]))
    except ValueError:
        raise Refused("no such day")
    return s


def posting(value):
    debit, credit, purpose, amount, sign = unpack(">iiiqB", value)
    need(debit > 0 and credit > 0 and debit != credit, "accounts of a posting")
    need(purpose >= 0 and amount > 0 and sign <= 1, "numbers of a posting")
    return "%d %d %d %s%d" % (debit, credit, purpose, "-" if sign else "", amount)


def document(value):
    year, number = unpack(">Hq", value[:10])
    need(1 <= year <= 9999 and number >= 1, "numbers of a document")
    series, code = split(value, 10)
    return "%s %d %d %s" % (text(series, 1, 40), year, number, text(code, 0, 40))


def read(tag, value):
    """The value in print, and the name by which a repeated field is ordered."""
    if tag == 1:
        return word(value, rb"[A-Za-z0-9._-]{1,40}"), None
    if tag == 3:
        return word(value, rb"[a-z0-9._-]{1,40}"), None
    if tag in (2, 9):
        return integer(value, 0, 1 << 63), None
    if tag == 4:
        return day(value), None
    if tag == 5:
        end = (datetime.datetime(9999, 12, 31) - EPOCH).days + 1
        micros = integer(value, 0, end * 86400 * 1000000)
        return (EPOCH + datetime.timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), None
    if tag == 6:
        return unpack(">q", value)[0], None
    if tag in (7, 8):
        need(len(value) == (16 if tag == 7 else 32), "width of a value")
        return value.hex(), None
    if tag == 10:
        return posting(value), None
    if tag == 11:
        return document(value), None
    if tag == 12:
        key, rest = split(value, 0)
        return "%s=%s" % (name(key), text(rest, 0, 1 << 16)), key
    need(len(value) > 32, "width of a value")
    return "%s=%s" % (name(value[32:]), value[:32].hex()), value[32:]


def entry(data):
    need(len(data) < 1 << 16, "over 65,535 bytes")
    need(data[:1] == b"\x01", "unknown version")
    at, last, last_key, seen, lines = 1, 0, None, {}, []
    while at < len(data):
        need(at + 6 <= len(data), "cut field")
        tag, length = struct.unpack(">HI", data[at:at + 6])
        at += 6
        need(tag in FIELDS, "unknown tag")
        need(tag > last or tag == last and tag in REPEATED, "order of tags")
        need(at + length <= len(data), "cut field")
        shown, key = read(tag, data[at:at + length])
        need(tag != last or key is None or key > last_key, "order of names")
        at, last, last_key = at + length, tag, key
        seen.setdefault(tag, shown)
        lines.append("%s %s" % (FIELDS[tag], shown))
    need(all(tag in seen for tag in range(1, 9)), "missing field")
    need(9 not in seen or seen[9] < seen[2], "reverses a later entry")
    return lines


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    bad = False
    for path in sys.argv[1:]:
        with open(path, "rb") as f:
            data = f.read()
        if path.endswith(".hex"):
            data = bytes.fromhex(data.decode("ascii"))
        try:
            lines = entry(data)
            print("leaf " + hashlib.sha256(b"\x00" + data).hexdigest())
            print("\n".join(lines))
        except Refused as why:
            bad = True
            print("refused: %s" % why)
    sys.exit(1 if bad else 0)


main()

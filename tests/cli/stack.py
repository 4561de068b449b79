#!/usr/bin/env python3
"""stack.py DESCRIPTION FILE…: the first pages of TIFFs as the pages of one, on
standard output; the first page has the description, and none where it is empty."""
import struct
import sys

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 12: 8}
STRIPS, COUNTS, DESCRIPTION = 273, 279, 270


def read_page(path):
    """Tags as (tag, type, count, bytes), and the strips."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:4] == b"II*\0", path
    (at,) = struct.unpack_from("<I", data, 4)
    (n,) = struct.unpack_from("<H", data, at)
    tags, numbers = [], {}
    for i in range(n):
        tag, kind, count = struct.unpack_from("<HHI", data, at + 2 + 12 * i)
        size = SIZES[kind] * count
        place = at + 10 + 12 * i
        if size > 4:
            (place,) = struct.unpack_from("<I", data, place)
        value = data[place : place + size]
        if tag in (STRIPS, COUNTS):
            numbers[tag] = struct.unpack("<%d%s" % (count, "H" if kind == 3 else "I"), value)
        elif tag != DESCRIPTION:
            tags.append((tag, kind, count, value))
    return tags, [data[a : a + b] for a, b in zip(numbers[STRIPS], numbers[COUNTS])]


def main():
    text = sys.argv[1].encode()
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for number, path in enumerate(sys.argv[2:]):
        tags, strips = read_page(path)
        places = []
        for strip in strips:
            places.append(len(out))
            out += strip
        tags.append((STRIPS, 4, len(strips), struct.pack("<%dI" % len(strips), *places)))
        tags.append((COUNTS, 4, len(strips), struct.pack("<%dI" % len(strips), *map(len, strips))))
        if number == 0 and text:
            tags.append((DESCRIPTION, 2, len(text) + 1, text + b"\0"))
        entries = b""
        for tag, kind, count, value in sorted(tags):
            if len(value) > 4:
                out += b"\0" * (len(out) % 2)
                value, at = struct.pack("<I", len(out)), value
                out += at
            entries += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
        out += b"\0" * (len(out) % 2)
        struct.pack_into("<I", out, link, len(out))
        out += struct.pack("<H", len(tags)) + entries
        link = len(out)
        out += b"\0\0\0\0"
    sys.stdout.buffer.write(out)


main()

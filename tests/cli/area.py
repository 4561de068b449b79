#!/usr/bin/env python3
"""area.py SIDE KIND: bytes on standard output, of a picture of discs of which
those of the left half are drawn by every KIND:

image, other     8-bit pixels; `other` shows something else in the right half
labels, fewer    16-bit labels; of `fewer` the right half is one wrong cell
none             16-bit labels, all background
right, all       8-bit masks
"""
import math
import struct
import sys

side, kind = int(sys.argv[1]), sys.argv[2]
pitch = side // 8


def disc(x, y):
    """Number of the disc that a pixel lies in, 0 for none; none is near the middle."""
    column, row = x // pitch, y // pitch
    middle_x, middle_y = (column + 0.5) * pitch, (row + 0.5) * pitch
    inside = math.hypot(x + 0.5 - middle_x, y + 0.5 - middle_y) < 0.38 * pitch
    return 1 + row * 8 + column if inside and column not in (3, 4) else 0


def value(x, y):
    right = x >= side // 2
    if kind in ("image", "other"):
        light = 180 if disc(x, y) else 30
        if kind == "other" and right:
            light = 60 + 120 * ((x // 3 + y // 5) % 2)
        return light + (x * 7 + y * 13) % 11
    if kind in ("right", "all"):
        return 255 if right or kind == "all" else 0
    if kind == "none":
        return 0
    if kind == "fewer" and right:
        return 99 if x >= side * 5 // 8 else 0
    return disc(x, y)


values = [value(x, y) for y in range(side) for x in range(side)]
code = "%dB" if kind in ("image", "other", "right", "all") else "<%dH"
sys.stdout.buffer.write(struct.pack(code % len(values), *values))

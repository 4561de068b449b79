#!/usr/bin/env python3
"""scene.py SIDE SEED [GAIN [NOISE [RIGHT [DOWN]]]] [clip|hot|nan]

Pixels of a little scene on standard output, 16-bit, with nan 32-bit floats:
gain · (blobs that lie `right` and `down` of where they would) + noise. The
scene depends on the side only, the noise on the seed.
"""
import math
import random
import struct
import sys

MODES = ("clip", "hot", "nan")


def main():
    words = [w for w in sys.argv[1:] if w not in MODES]
    modes = [w for w in sys.argv[1:] if w in MODES]
    side, seed = int(words[0]), int(words[1])
    gain, sigma, right, down = ([float(w) for w in words[2:]] + [1, 0, 0, 0][len(words) - 2:])
    place, noise = random.Random(side), random.Random(seed)
    blobs = [(place.uniform(0, side), place.uniform(0, side), place.uniform(50, 250)) for _ in range(side // 4)]
    values = []
    for y in range(side):
        for x in range(side):
            light = 100 + sum(
                height * math.exp(-((x - right - bx) ** 2 + (y - down - by) ** 2) / 18)
                for bx, by, height in blobs
                if abs(x - right - bx) < 13 and abs(y - down - by) < 13
            )
            values.append(gain * light + noise.gauss(0, 1) * sigma)
    if "clip" in modes:
        ceiling = sorted(values)[len(values) * 9 // 10]
        values = [65535 if v > ceiling else v for v in values]
    if "hot" in modes:
        values = [65535 if noise.random() < 0.001 else v for v in values]
    if "nan" in modes:
        values = [math.nan if noise.random() < 0.01 else v for v in values]
        sys.stdout.buffer.write(struct.pack("<%df" % len(values), *values))
    else:
        values = [min(65535, max(0, round(v))) for v in values]
        sys.stdout.buffer.write(struct.pack("<%dH" % len(values), *values))


main()

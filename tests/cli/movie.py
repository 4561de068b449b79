#!/usr/bin/env python3
"""movie.py FRAMES SIDE: a noisy ImageJ movie on standard output, 16-bit."""
import random
import struct
import sys

frames, side = int(sys.argv[1]), int(sys.argv[2])
text = (
    "ImageJ=1.53t\nimages=%d\nframes=%d\nunit=micron\nfinterval=0.5\nloop=false\n\0" % (frames, frames)
).encode()
dice = random.Random(1)
scene = [1000 + 800 * ((x // 8 + y // 8) % 2) for y in range(side) for x in range(side)]
noise = [round(dice.gauss(0, 120)) for _ in range(3 * side * side)]
plane, table = 2 * side * side, 2 + 12 * 12 + 4
first = 8 + plane * frames
out = bytearray(b"II*\0" + struct.pack("<I", first))
for frame in range(frames):
    at = frame * 37 % (2 * side * side)
    out += struct.pack("<%dH" % len(scene), *[a + b for a, b in zip(scene, noise[at:])])
after = first + table * frames
for frame in range(frames):
    entries = [
        (256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1),
        (270, 2, len(text), after), (273, 4, 1, 8 + plane * frame), (277, 3, 1, 1), (278, 4, 1, side),
        (279, 4, 1, plane), (282, 5, 1, after + len(text)), (283, 5, 1, after + len(text)),
    ]
    out += struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    out += struct.pack("<I", first + table * (frame + 1) if frame + 1 < frames else 0)
sys.stdout.buffer.write(out + text + struct.pack("<II", 5, 1))

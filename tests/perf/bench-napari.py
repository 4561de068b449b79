"""Shows an image and its labels in napari, to be painted on from outside as
Micrographia is, and tells how long its part of a frame takes:

    bench-napari.py IMAGE LABELS BRUSH_PX TRACE

Writes the percentiles into TRACE when its window is closed: handlers (what the
mouse's moves set off) alone, and with the canvas's drawing."""
import json
import sys
import time

import napari
import numpy as np
import tifffile
import vispy.app

vispy.app.use_app("pyqt5")
from vispy.app.backends import _qt  # noqa: E402: the toolkit is chosen first

image, labels, brush, trace = sys.argv[1:5]
began = time.monotonic()
frames, pending = [], 0.0


def timed(name, finish):
    """Sums what a method of the canvas takes."""
    method = getattr(_qt.CanvasBackend, name)

    def wrapper(self, *arguments):
        global pending
        start = time.perf_counter()
        try:
            return method(self, *arguments)
        finally:
            finish(time.perf_counter() - start)

    setattr(_qt.CanvasBackend, name, wrapper)


def handled(seconds):
    global pending
    pending += seconds


def drawn(seconds):
    global pending
    # a frame without input before it is not counted
    if pending > 0:
        frames.append((pending, pending + seconds))
    pending = 0.0


for event in ("mousePressEvent", "mouseMoveEvent", "mouseReleaseEvent", "wheelEvent"):
    timed(event, handled)
timed("paintGL", drawn)

viewer = napari.Viewer(title="napari large", show=True)
viewer.add_image(tifffile.imread(image), contrast_limits=(0, 4000))
layer = viewer.add_labels(tifffile.imread(labels))
layer.selected_label = 3
layer.mode = "paint"
layer.brush_size = int(brush)
viewer.camera.zoom = 1
print("open", time.monotonic() - began, layer.data.dtype, layer.data.shape, file=sys.stderr, flush=True)
napari.run()
result = {"frames": len(frames)}
for index, name in enumerate(("handlers", "handlers_and_drawing")):
    times = np.array([frame[index] for frame in frames]) * 1e6
    result[name] = {f"{key}_us": int(np.percentile(times, p)) for key, p in (("median", 50), ("p90", 90), ("p99", 99), ("max", 100))} if frames else None
with open(trace, "w") as file:
    json.dump(result, file)

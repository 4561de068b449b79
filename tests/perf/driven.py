"""A window under an Xvfb of its own, driven by xdotool; what the benchmarks of
the window share. Needs Xvfb, xdotool and dbus-run-session."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time


class Screen:
    def __init__(self, size="1600x1000"):
        self.work = tempfile.mkdtemp(prefix="mg-perf-")
        read_end, write_end = os.pipe()
        self.xvfb = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", size + "x24", "-nolisten", "tcp"],
                                     pass_fds=[write_end], stderr=subprocess.DEVNULL)
        display = ":" + os.read(read_end, 16).decode().strip()
        work = self.work
        self.env = dict(os.environ, DISPLAY=display, GDK_BACKEND="x11", GSK_RENDERER="cairo", GSETTINGS_BACKEND="memory",
                        GTK_A11Y="none", ADW_DISABLE_PORTAL="1", MG_TRACE="frames", LC_ALL="C.UTF-8",
                        XDG_CONFIG_HOME=work + "/config", XDG_CACHE_HOME=work + "/cache", XDG_DATA_HOME=work + "/data")

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.xvfb.terminate()
        self.xvfb.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    def xdo(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env=self.env, check=True, stdout=subprocess.DEVNULL)

    def run(self, *words):
        subprocess.run(list(words), env=self.env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self, name, program, *files):
        """The process, where its trace will be, and when it began."""
        trace = f"{self.work}/{name}.json"
        began = time.monotonic()
        process = subprocess.Popen(["dbus-run-session", "--", program, *files], env=dict(self.env, MG_TRACE_FILE=trace),
                                   stderr=subprocess.DEVNULL)
        return process, trace, began

    def window(self, title):
        """The window of that title, as soon as it is there."""
        for _ in range(600):
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], env=self.env,
                                   capture_output=True, text=True).stdout.split()
            if found:
                return found[-1]
            time.sleep(0.2)
        raise SystemExit(f"no window {title}")

    def resize(self, title, width, height):
        self.xdo("windowsize", self.window(title), width, height)
        time.sleep(1)

    def finish(self, process, trace):
        """Quits the program and reads its trace."""
        self.xdo("key", "ctrl+q")
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            process.wait()
        with open(trace) as file:
            return json.load(file)

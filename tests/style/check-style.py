#!/usr/bin/env python3
"""Checks the rules of the code that a compiler does not: who includes whom,
sizes of files and functions, forbidden calls, doors of external libraries,
headers that compile alone are checked by Meson. Usage: check-style.py RULE TOP"""
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(sys.argv[2])
FILE_LINES, FUNCTION_LINES, TABLE_LINES = 600, 60, 100
DOORS = {
    r"<tiff(io)?\.h>": ["engine/io/"],
    r"<png\.h>": ["engine/io/"],
    r"<(jpeglib|jerror)\.h>": ["engine/io/"],
    r"<libxml/": ["engine/io/"],
    r"<archive": ["engine/io/"],
    r"<cblas\.h>|<openblas": ["engine/compute/cpu/"],
    r"<vulkan/": ["engine/compute/vulkan/"],
    r"<cairo": ["engine/figure/", "ui/"],
    r"<gtk/|<gdk/|<gsk/|<adwaita": ["ui/", "app/", "tests/display/"],
}
FORBIDDEN = r"(?<![\w>.])(exit|abort|_exit|printf|puts|g_error|g_print|system|strcpy|strcat|sprintf|gets)\s*\("


def sources(*folders):
    for folder in folders:
        for path in sorted((TOP / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".comp", ".glsl") and path.is_file():
                yield path


def code_of(path):
    """The text with comments and string contents blanked, lines kept."""
    text = path.read_text()
    blank = lambda m: re.sub(r"[^\n]", " ", m.group(0))
    text = re.sub(r"/\*.*?\*/|//[^\n]*", blank, text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\\n])*"', lambda m: '"' + " " * (len(m.group(0)) - 2) + '"', text)


def layers():
    allowed = {}
    for line in (TOP / "tests/style/layers.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, rest = line.split(":")
            allowed[name] = set(rest.split()) | {name}
    for path in sources("engine"):
        rel = path.relative_to(TOP / "engine")
        folder = rel.parts[0]
        if len(rel.parts) == 1:
            continue
        if folder not in allowed:
            yield f"{path}: folder {folder} is not in tests/style/layers.txt"
            continue
        for n, line in enumerate(path.read_text().splitlines(), 1):
            m = re.match(r'#include "(\w+)/', line)
            if m and m.group(1) not in allowed[folder] and (TOP / "engine" / m.group(1)).is_dir():
                yield f"{path}:{n}: {folder}/ may not include {m.group(1)}/"
    for path in sources("engine", "ui", "app", "tests"):
        for n, line in enumerate(path.read_text().splitlines(), 1):
            for header, doors in DOORS.items():
                rel = str(path.relative_to(TOP))
                if re.match(r"#include " + f"(?:{header})", line) and not rel.startswith("tests/") \
                        and not any(rel.startswith(d) for d in doors):
                    yield f"{path}:{n}: this library enters through {', '.join(doors)} only"


def sizes():
    for path in sources("engine", "ui", "app", "shaders", "tests"):
        lines = path.read_text().splitlines()
        if len(lines) > FILE_LINES:
            yield f"{path}: {len(lines)} lines, more than {FILE_LINES}"
        if path.suffix != ".c":
            continue
        limit = TABLE_LINES if "compute" in path.parts else FUNCTION_LINES
        start = None
        for n, line in enumerate(lines, 1):
            if line == "{":
                start = n
            elif line == "}" and start is not None:
                if n - start - 1 > limit:
                    yield f"{path}:{start}: a function of {n - start - 1} lines, more than {limit}"
                start = None


def forbidden():
    for path in sources("engine"):
        for n, line in enumerate(code_of(path).splitlines(), 1):
            m = re.search(FORBIDDEN, line)
            if m:
                yield f"{path}:{n}: {m.group(1)} does not belong in the engine"
    for path in sources("engine", "ui", "app", "shaders", "tests"):
        for n, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                yield f"{path}:{n}: unfinished by its own words"


def formatting():
    files = [str(p) for p in sources("engine", "ui", "app", "tests") if p.suffix in (".c", ".h")]
    done = subprocess.run(["clang-format", "--dry-run", *files], capture_output=True, text=True, cwd=TOP)
    for path in sorted({l.split(":")[0] for l in done.stderr.splitlines() if "-Wclang-format-violations" in l}):
        yield f"{path}: not as clang-format writes it"
    if done.returncode:
        yield done.stderr


def self_contained():
    flags = subprocess.run(["pkg-config", "--cflags", "gio-2.0", "json-glib-1.0", "libadwaita-1"],
                           capture_output=True, text=True, check=True).stdout.split()
    for path in sources("engine", "ui"):
        if path.suffix != ".h" or path.name == "push.h":
            continue
        done = subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Werror", "-x", "c",
                               "-I", str(TOP / "engine"), "-I", str(TOP / "ui"), "-I", str(TOP / "shaders"), *flags,
                               "-include", str(path), "/dev/null"], capture_output=True, text=True)
        if done.returncode:
            yield f"{path}: does not compile alone\n{done.stderr}"


def toplevel():
    fixed = {"meson.build", "README.md", "LICENSE", "app", "engine", "shaders", "ui", "resources", "tests", "flatpak"}
    tracked = subprocess.run(["git", "-C", str(TOP), "ls-files"], capture_output=True, text=True, check=True).stdout
    for name in sorted({line.split("/")[0] for line in tracked.splitlines()}):
        if name not in fixed and not name.startswith("."):
            yield f"{name}: not in the fixed top level"


RULES = {"layers": layers, "sizes": sizes, "forbidden": forbidden, "format": formatting,
         "headers": self_contained, "toplevel": toplevel}
found = list(RULES[sys.argv[1]]())
print("\n".join(found).replace(str(TOP) + "/", ""))
sys.exit(1 if found else 0)

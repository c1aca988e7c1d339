"""Open an HTML report in a real browser, without a window, and look at what it shows.

    python3 Tests/Interop/check_page.py report.html [--expect TEXT]... [--screenshot report.png]

Asks Chromium for a picture of the page, light and dark, and for its document as it stands after loading. Fails where
- the console has a message, as it does when the page runs or loads what its policy forbids;
- a picture is blank: fewer than 2 in 100 pixels differ from the background, or fewer than 16 colours;
- the dark picture is not darker than the light one;
- the page is wider than its window;
- the document lacks a text of --expect (as a reader sees it, entities resolved);
- the document has an element that would load something, or one that a name in a file brought in.
Exits with 0 if all is well, 1 if not, and 77 with a reason if there is no Chromium.
"""

import argparse
import html.parser
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

SKIPPED = 77
WIDTH, HEIGHT = 1200, 2400
NARROW = 480


def browser():
    for name in ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]:
        path = shutil.which(name)
        if path:
            return path
    print("skipped: there is no chromium")
    sys.exit(SKIPPED)


def run(program, page, folder, *arguments, width=WIDTH):
    """What the browser writes about a page: its output, and the lines of the console."""
    outcome = subprocess.run(
        [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--no-first-run", "--disable-extensions", "--disable-dev-shm-usage",
         "--enable-logging=stderr", "--v=0", f"--user-data-dir={folder}/profile",
         f"--window-size={width},{HEIGHT}", *arguments, "file://" + os.path.abspath(page)],
        capture_output=True, timeout=120, cwd=folder)
    errors = outcome.stderr.decode(errors="replace")
    return outcome.stdout.decode(errors="replace"), re.findall(r".*CONSOLE.*", errors), errors


def pixels(path):
    """The rows of an 8-bit PNG, each a bytes of its pixels (RFC 2083)."""
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG"
    position, packed, header = 8, b"", None
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position:position + 8])
        body = data[position + 8:position + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        position += length + 12
    width, height, depth, colour = header[:4]
    assert depth == 8 and colour in (2, 6), f"depth {depth}, colour type {colour}"
    size = 3 if colour == 2 else 4
    raw, rows, above = zlib.decompress(packed), [], bytes(width * size)
    for row in range(height):
        start = row * (width * size + 1)
        rule, line = raw[start], bytearray(raw[start + 1:start + 1 + width * size])
        for i in range(len(line)):
            left = line[i - size] if i >= size else 0
            up, corner = above[i], above[i - size] if i >= size else 0
            if rule == 1:
                line[i] = line[i] + left & 255
            elif rule == 2:
                line[i] = line[i] + up & 255
            elif rule == 3:
                line[i] = line[i] + (left + up >> 1) & 255
            elif rule == 4:
                guess = left + up - corner
                best = min((abs(guess - left), 0, left), (abs(guess - up), 1, up),
                           (abs(guess - corner), 2, corner))[2]
                line[i] = line[i] + best & 255
        rows.append(bytes(line))
        above = rows[-1]
    return rows, size


def look(path):
    """The share of pixels that are not background, the count of colours, the background's brightness."""
    rows, size = pixels(path)
    counts = {}
    for row in rows:
        for i in range(0, len(row), size):
            colour = row[i:i + 3]
            counts[colour] = counts.get(colour, 0) + 1
    background = max(counts, key=counts.get)
    total = sum(counts.values())
    return 1 - counts[background] / total, len(counts), sum(background) / 3


class Document(html.parser.HTMLParser):
    """The texts of a document, and its elements that load."""

    def __init__(self):
        super().__init__()
        self.text, self.loads, self.names, self.inside = [], [], set(), []

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        if tag in ("style", "script"):
            self.inside.append(tag)
        for name, value in attributes:
            if name.startswith("on") or tag == "script":
                self.loads.append(f"<{tag} {name}>")
            if name in ("src", "href", "srcset", "data") and not (value or "").startswith(("data:", "#")):
                self.loads.append(f"<{tag} {name}={value!r}>")
        if tag == "script":
            self.loads.append("<script>")

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.text.append(data)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("page")
    arguments.add_argument("--expect", action="append", default=[])
    arguments.add_argument("--screenshot")
    arguments = arguments.parse_args()
    program = browser()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        brightness = {}
        for name, extra in [("light", []), ("dark", ["--blink-settings=preferredColorScheme=0"])]:
            picture = os.path.join(folder, name + ".png")
            _, console, errors = run(
                program, arguments.page, folder, *extra, f"--screenshot={picture}")
            faults += [f"console: {line}" for line in console]
            if not os.path.exists(picture):
                print(f"no picture was made: {errors[-800:]}")
                sys.exit(1)
            share, colours, brightness[name] = look(picture)
            print(f"{name}: {share:.1%} of the pixels, {colours} colours, background {brightness[name]:.0f}")
            if share < 0.02 or colours < 16:
                faults.append(f"the {name} picture is blank: {share:.2%} of the pixels, {colours} colours")
            if arguments.screenshot and name == "light":
                shutil.copy(picture, arguments.screenshot)
        if brightness["dark"] >= brightness["light"]:
            faults.append(f"the dark page is as bright as the light one: {brightness}")
        # A narrow window, as of a telephone: the page itself must not scroll sideways.
        wrapped = os.path.join(folder, "narrow.html")
        source = open(arguments.page, encoding="utf-8").read()
        probe = ("<script>document.documentElement.setAttribute('data-width',"
                 "document.documentElement.scrollWidth)</script></body>")
        open(wrapped, "w", encoding="utf-8").write(
            re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", source)
            .replace("</body>", probe))
        dom, _, _ = run(program, wrapped, folder, "--dump-dom", width=NARROW)
        # Chromium has a least width of its own for a window.
        width = int((re.search(r'data-width="(\d+)"', dom) or [0, 0])[1])
        print(f"narrow: {width} pixels wide")
        if not 0 < width <= max(NARROW, 500):
            faults.append(f"in a window of {NARROW} pixels the page takes {width}")
        dom, console, _ = run(program, arguments.page, folder, "--dump-dom")
        faults += [f"console: {line}" for line in console]
        document = Document()
        document.feed(dom)
        text = " ".join(" ".join(document.text).split())
        for wanted in arguments.expect:
            if " ".join(wanted.split()) not in text:
                faults.append(f"the document lacks {wanted!r}")
        faults += [f"the document loads or runs: {load}" for load in document.loads]
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


main()

"""A web server with every fault that transfers meet, and a hub for data sets.

/f/NAME?bytes=N[&fault=...] is an object of N bytes; what is wrong with it stands in the query. Each NAME
counts its own requests. /log?name=NAME tells what they were. The hub's addresses are those of its API.
"""

import hashlib
import json
import random
import re
import threading
import time
import urllib.parse

from fixture import Handler, byte_range, content, serve

lock = threading.Lock()
counts = {}
expired = {}
log = {}

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "README.md": (b"# a data set\n", False),
    "data/train-00000.parquet": (content(3000, 1), True),
    "data/train-00001.parquet": (content(2000, 2), True),
    "data/test.parquet": (content(1000, 3), True),
    "data/more/deep.parquet": (content(500, 4), False),
    "data/with space.parquet": (content(100, 5), True),
}


class Server(Handler):
    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        path = urllib.parse.unquote(url.path)
        if path == "/log":
            with lock:
                body = json.dumps(log.get(self.query["name"], [])).encode()
            return self.answer(200, body)
        name = path.split("/")[-1]
        if path.startswith("/expire/"):
            expired[name] = expired.get(name, 0) + 1
            return self.answer(200)
        with lock:
            counts[name] = number = counts.get(name, 0) + 1
            log.setdefault(name, []).append(
                {
                    "method": self.command,
                    "host": self.headers.get("Host", ""),
                    "peer": self.client_address[1],
                    "headers": {k.lower(): v for k, v in self.headers.items()},
                }
            )
        if path.startswith("/f/"):
            self.file(name, number)
        elif path.startswith("/api/datasets/"):
            self.api(path)
        elif path.startswith("/datasets/"):
            self.resolve(path)
        elif path.startswith("/cdn/"):
            self.store(path)
        else:
            self.answer(404, b"no such thing")

    # An object with faults.

    def number(self, name, default=0):
        return int(self.query.get(name, default))

    def file(self, name, number):
        query = self.query
        if "loop" in query:
            return self.answer(302, b"", [("Location", self.path + "x")])
        if "to" in query:
            return self.answer(302, b"elsewhere", [("Location", query["to"])])
        if number <= self.number("fail"):
            headers = [("Retry-After", query["retry"])] if "retry" in query else []
            return self.answer(self.number("status", 503), b"busy, come back", headers)
        if "nohead" in query and self.command == "HEAD":
            return self.answer(self.number("nohead", 405))
        if "html" in query:
            page = b"<!DOCTYPE html><html><head><title>Please log in</title></head></html>"
            return self.answer(200, page, [("Content-Type", "text/html; charset=utf-8")])
        if "login" in query and "Authorization" not in self.headers:
            return self.answer(401, b"who are you?")
        seed = self.number("seed", 1)
        if "change" in query and number > self.number("change"):
            seed += 1
        body = content(self.number("bytes"), seed)
        tag = query.get("etag", '"v%d"' % seed)
        headers = [("Content-Type", query.get("type", "application/octet-stream"))]
        if "garble" in query:
            return self.garbled(body, tag)
        if tag != "none":
            headers.append(("ETag", tag))
        if "modified" in query:
            headers.append(("Last-Modified", query["modified"]))
        if "encoding" in query:
            headers.append(("Content-Encoding", query["encoding"]))
        status = 200
        wanted = byte_range(self.headers.get("Range"), len(body))
        condition = self.headers.get("If-Range")
        if condition is not None and condition not in (tag, query.get("modified")):
            wanted = None
        if self.number("ranges", 1) == 0:
            wanted = None
        if wanted == ():
            return self.answer(416, b"", [("Content-Range", "bytes */%d" % len(body))])
        if wanted is not None:
            first, end = wanted
            if "short" in query:
                end = min(end, first + self.number("short"))
            shift = self.number("shift")
            headers.append(
                ("Content-Range", "bytes %d-%d/%d" % (first + shift, end - 1 + shift, len(body)))
            )
            body = body[first:end]
            status = 206
        self.send(status, headers, body, number)

    def send(self, status, headers, body, number):
        query = self.query
        chunked = "chunked" in query
        if query.get("fold") == "1":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n  " + b"x" * 500 + b"\r\n")
        else:
            self.send_response(status)
        for header in headers:
            self.send_header(*header)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif "nolength" in query:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            extra = self.number("headmore") if self.command == "HEAD" else self.number("more")
            self.send_header("Content-Length", str(len(body) + extra))
        self.end_headers()
        if self.command == "HEAD":
            return
        faulty = number <= self.number("times", 1 << 30)
        limit = len(body)
        if faulty:
            limit = min(limit, self.number("drop", limit), self.number("stall", limit))
        for start in range(0, limit, 16384):
            piece = body[start : min(limit, start + 16384)]
            if chunked:
                piece = b"%x\r\n%s\r\n" % (len(piece), piece)
            self.wfile.write(piece)
        if limit < len(body) or "more" in query:
            if faulty and "stall" in query:
                time.sleep(20)
            self.close_connection = True
        elif chunked:
            self.wfile.write(b"0\r\n\r\n")

    def garbled(self, body, tag):
        """A right answer whose head has been through a bad copier.

        Where the head ends the body begins: one that ends too soon, with the right length, is another
        right answer, which no reader can tell apart. Such heads are not sent.
        """
        chance = random.Random(self.number("garble"))
        head = "HTTP/1.1 200 OK\r\nETag: %s\r\nContent-Length: %d\r\nContent-Type: text/html\r\n\r\n"
        head = bytearray((head % (tag, len(body))).encode())
        whole = bytes(head)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(head))
            kind = chance.randrange(4)
            if kind == 0:
                head[place] = chance.randrange(256)
            elif kind == 1:
                del head[place : place + chance.randint(1, 20)]
            elif kind == 2:
                head[place:place] = head[chance.randrange(len(head)) :][: chance.randint(1, 30)]
            else:
                head[place:place] = bytes(chance.choice(b"0123456789\r\n:; ") for _ in range(3))
        # A line that begins with either byte of a line's end is the empty line, to libcurl.
        end = re.search(b"\n[\r\n]", head)
        if b"3000" in head and end and end.start() != len(head) - 3:
            head = whole
        self.wfile.write(bytes(head) + body)
        self.close_connection = True

    # A hub.

    def refused(self, owner):
        if owner != "gated" or self.headers.get("Authorization") == "Bearer good-token":
            return False
        self.answer(
            401 if "Authorization" not in self.headers else 403,
            b'{"error":"Access to this dataset is restricted."}',
            [("X-Error-Code", "GatedRepo")],
        )
        return True

    def api(self, path):
        parts = path.split("/")[3:]
        owner, kind, revision = parts[0], parts[2], parts[3]
        if self.refused(owner):
            return
        if owner == "absent":
            return self.answer(404, b'{"error":"Repository not found"}')
        if revision not in ("main", "v1", COMMIT):
            return self.answer(404, b'{"error":"Invalid rev id"}')
        if kind == "revision":
            return self.answer(200, json.dumps({"sha": COMMIT}).encode())
        folder = "/".join(parts[4:])
        names = [n for n in sorted(FILES) if n.startswith(folder + "/" if folder else "")]
        items = [{"type": "directory", "path": "data", "size": 0, "oid": "d"}]
        for name in names:
            body, large = FILES[name]
            item = {"type": "file", "path": name, "size": len(body), "oid": "a" * 40}
            if large:
                item["lfs"] = {
                    "oid": hashlib.sha256(body).hexdigest(),
                    "size": len(body),
                    "pointerSize": 130,
                }
            items.append(item)
        start = int(self.query.get("cursor", 0))
        headers = []
        if start + 2 < len(items):
            host = self.headers["Host"]
            headers.append(
                (
                    "Link",
                    '<http://%s%s?recursive=true&cursor=%d>; rel="next"'
                    % (host, urllib.parse.quote(path), start + 2),
                )
            )
        self.answer(200, json.dumps(items[start : start + 2]).encode(), headers)

    def resolve(self, path):
        parts = path.split("/")[2:]
        owner, revision, name = parts[0], parts[3], "/".join(parts[4:])
        if self.refused(owner):
            return
        if name not in FILES or revision not in ("main", "v1", COMMIT):
            return self.answer(404, b"", [("X-Error-Message", "Entry not found")])
        body, large = FILES[name]
        headers = [("X-Repo-Commit", COMMIT)]
        if large:
            digest = hashlib.sha256(body).hexdigest()
            if owner == "forged":
                digest = "f" * 64
            headers += [
                ("X-Linked-Size", str(len(body))),
                ("X-Linked-ETag", '"%s"' % digest),
                (
                    "Location",
                    "http://localhost:%d/cdn/%s?signature=secret%d"
                    % (
                        self.server.server_address[1],
                        urllib.parse.quote(name),
                        expired.get(name.split("/")[-1], 0),
                    ),
                ),
            ]
            return self.answer(302, b"", headers)
        self.object(body, headers + [("ETag", '"%s"' % ("a" * 40))])

    def store(self, path):
        name = path.split("/")[-1]
        if self.query.get("signature") != "secret%d" % expired.get(name, 0):
            return self.answer(403, b"this signature is of yesterday")
        if "Authorization" in self.headers or self.command == "HEAD":
            return self.answer(403, b"only the signature counts here")
        self.object(FILES[path[len("/cdn/") :]][0], [("ETag", '"of-the-store"')])

    def object(self, body, headers):
        wanted = byte_range(self.headers.get("Range"), len(body))
        if wanted == ():
            return self.answer(416, b"", [("Content-Range", "bytes */%d" % len(body))])
        if wanted is None:
            return self.answer(200, body, headers)
        first, end = wanted
        headers = headers + [("Content-Range", "bytes %d-%d/%d" % (first, end - 1, len(body)))]
        self.answer(206, body[first:end], headers)


serve(Server)

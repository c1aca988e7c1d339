"""A hub of data sets on loopback: FOLDER/OWNER/NAME/REVISION/PATH, where REVISION is main or convert.

  python3 -B hub_server.py FOLDER

It speaks the API that lists a revision's files, in pages of three, and resolves files with byte ranges. A
data set with a file `.token` is given to that token alone, one with `.hidden` is answered as the hub
answers those that are not there to nobody in particular: with 401. As long as FOLDER/.cut is there, the
first request for a file brings as many bytes as it says and none after it brings any. Each request is a
line of FOLDER/.log. Prints its port; ends when its standard input does.
"""
import hashlib, json, os, re, sys, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

root = sys.argv[1]
REVISIONS = {"main": "1" * 40, "refs/convert/parquet": "2" * 40}
FOLDERS = {"1" * 40: "main", "2" * 40: "convert"}
lock = threading.Lock()
cut = set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=(), count=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if count is None else body[:count])

    def error(self, status, text):
        self.answer(status, json.dumps({"error": text}).encode())

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        with lock, open(os.path.join(root, ".log"), "a") as log:
            print(self.command, self.path, self.headers.get("Range", "-"), file=log)
        url = urllib.parse.urlsplit(self.path)
        parts = url.path.split("/")[1:]
        api = parts[0] == "api"
        parts = [urllib.parse.unquote(part) for part in parts[1 if api else 0 :]]
        _, owner, name, kind, revision = parts[:5]
        home = os.path.join(root, owner, name)
        if os.path.exists(os.path.join(home, ".hidden")):
            return self.error(401, "Repository not found")
        if not os.path.isdir(home):
            return self.error(404, "Repository not found")
        revision = REVISIONS.get(revision, revision)
        token = os.path.join(home, ".token")
        if os.path.exists(token) and not api:
            given = self.headers.get("Authorization")
            with open(token) as file:
                if given != "Bearer " + file.read():
                    return self.error(
                        403 if given else 401,
                        "Access to dataset %s/%s is restricted." % (owner, name))
        folder = os.path.join(home, FOLDERS.get(revision, "none"))
        if not os.path.isdir(folder):
            return self.error(404, "Invalid rev id")
        if kind == "revision":
            return self.answer(200, json.dumps({"sha": revision}).encode())
        if kind == "tree":
            return self.tree(folder, urllib.parse.parse_qs(url.query))
        self.file(os.path.join(folder, *parts[5:]), revision)

    def tree(self, folder, query):
        items = []
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    body = file.read()
                item = {"type": "file", "path": os.path.relpath(path, folder), "size": len(body)}
                item["oid"] = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
                if name.endswith(".parquet"):
                    item["lfs"] = {"oid": hashlib.sha256(body).hexdigest(), "size": len(body)}
                items.append(item)
        items.sort(key=lambda item: item["path"])
        start = int(query.get("cursor", ["0"])[0])
        headers = []
        if start + 3 < len(items):
            link = "<http://%s%s?recursive=true&cursor=%d>; rel=\"next\""
            path = urllib.parse.urlsplit(self.path).path
            headers.append(("Link", link % (self.headers["Host"], path, start + 3)))
        self.answer(200, json.dumps(items[start : start + 3]).encode(), headers)

    def file(self, path, revision):
        if not os.path.isfile(path):
            return self.error(404, "Entry not found")
        with open(path, "rb") as file:
            body = file.read()
        if path.endswith(".parquet"):
            tag = hashlib.sha256(body).hexdigest()
        else:
            tag = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
        headers = [("ETag", '"%s"' % tag), ("X-Repo-Commit", revision), ("Accept-Ranges", "bytes")]
        fault = os.path.join(root, ".cut")
        count = None
        if os.path.exists(fault):
            with lock:
                if path in cut:
                    return self.error(503, "busy")
                cut.add(path)
            with open(fault) as file:
                count = int(file.read())
            self.close_connection = True
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not wanted:
            return self.answer(200, body, headers, count)
        first = int(wanted[1])
        last = min(int(wanted[2] or len(body) - 1), len(body) - 1)
        headers.append(("Content-Range", "bytes %d-%d/%d" % (first, last, len(body))))
        self.answer(206, body[first : last + 1], headers, count)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Readers that leave are part of the tests."""


def end():
    sys.stdin.read()
    os._exit(0)


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=end, daemon=True).start()
server.serve_forever()

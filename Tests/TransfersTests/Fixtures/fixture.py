"""What the test servers share: bytes that can be computed anywhere, and an end that cannot be missed."""

import functools
import http.server
import os
import ssl
import sys
import threading


@functools.lru_cache(maxsize=64)
def content(count, seed):
    """Byte i of the object of a seed. The tests compute the same."""
    return bytes(
        (i * 7 + (i >> 8) * 13 + (i >> 16) * 31 + seed * 101) & 0xFF for i in range(count)
    )


def byte_range(header, count):
    """The (first, last + 1) that a Range header asks for, None without one, () if there is nothing."""
    if not header or not header.startswith("bytes=") or "," in header:
        return None
    first, _, last = header[6:].partition("-")
    if first == "":
        first, last = max(0, count - int(last)), count - 1
    else:
        first, last = int(first), int(last) if last else count - 1
    if first >= count or last < first:
        return ()
    return first, min(last, count - 1) + 1


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Readers that leave are part of the tests."""


def serve(handler):
    """Serves on this machine alone, says on which port, and ends with its parent.

    Arguments: port=N (a free one without), certificate=PATH and key=PATH for TLS.
    """
    arguments = dict(argument.split("=", 1) for argument in sys.argv[1:])
    server = Server(("127.0.0.1", int(arguments.get("port", 0))), handler)
    if "certificate" in arguments:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments["certificate"], arguments["key"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    # Whatever becomes of the tests, nothing stays behind.
    watchdog = threading.Timer(1800, os._exit, [1])
    watchdog.daemon = True
    watchdog.start()

    def leave():
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=leave, daemon=True).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()

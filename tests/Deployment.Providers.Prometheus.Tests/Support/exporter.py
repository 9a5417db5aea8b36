"""A process with counters that Prometheus scrapes. They count what is appended to a file while it runs.

exporter.py PORT FILE [stamped]   0 for any port; "stamped" exposes the time of each scrape itself, as some exporters do

A line of the file is counted all at once. It has, between tabs, "SERIES NUMBER", which is added; one that begins with "=" is set.
"""
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

stamped = "stamped" in sys.argv[3:]
values = {}
lock = threading.Lock()
file = open(sys.argv[2], encoding="utf-8")
file.seek(0, 2)
rest = ""


def count():
    global rest
    *lines, rest = (rest + file.read()).split("\n")
    for change in "\t".join(lines).split("\t"):
        if change:
            series, number = change.lstrip("=").rsplit(" ", 1)
            values[series] = float(number) + (0 if change.startswith("=") else values.get(series, 0))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        stamp = f" {int(time.time() * 1000)}" if stamped else ""
        with lock:
            count()
            body = "".join(f"{series} {value}{stamp}\n" for series, value in values.items()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()

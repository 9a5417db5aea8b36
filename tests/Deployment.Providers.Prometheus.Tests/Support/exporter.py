"""A process with counters: it exposes them to Prometheus, and changes them when it is told to.

exporter.py PORT [stamped]   0 for any port; "stamped" exposes the time of each scrape itself, as some exporters do

POST /   lines "SERIES NUMBER", which are added all at once; a line that begins with "=" sets
GET /metrics
"""
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

values = {}
lock = threading.Lock()
stamped = "stamped" in sys.argv[2:]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        stamp = f" {int(time.time() * 1000)}" if stamped else ""
        with lock:
            self.answer("".join(f"{series} {value}{stamp}\n" for series, value in values.items()))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with lock:
            for line in body.splitlines():
                series, number = line.lstrip("=").rsplit(" ", 1)
                values[series] = float(number) + (0 if line.startswith("=") else values.get(series, 0))
        self.answer("")

    def answer(self, text):
        body = text.encode()
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

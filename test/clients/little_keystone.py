"""A Keystone that knows one thing: which token a user name stands for, and where images are.

OpenStack's clients find a service through its catalogue alone.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class LittleKeystone:
    def __init__(self, image_url, projects):
        """projects: by token, the project that it is for. User names are tokens."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler(image_url, projects))
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_address[1]}/v3"
        Thread(target=server.serve_forever, daemon=True).start()


def handler(image_url, projects):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            """The version document."""
            link = f"http://{self.headers['Host']}/v3/"
            version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": link}]}
            self.answer(200, {"version": version})

        def do_POST(self):
            """A token for whoever names it."""
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            token = body["auth"]["identity"]["password"]["user"]["name"]
            endpoint = {"id": "e", "interface": "public", "region": "here", "region_id": "here", "url": image_url}
            domain = {"id": "default", "name": "Default"}
            issued = {
                "methods": ["password"],
                "user": {"id": token, "name": token, "domain": domain},
                "project": {"id": projects[token], "name": projects[token], "domain": domain},
                "roles": [{"id": "member", "name": "member"}],
                "issued_at": "2000-01-01T00:00:00.000000Z",
                "expires_at": "2099-01-01T00:00:00.000000Z",
                "catalog": [{"id": "s", "type": "image", "name": "glance", "endpoints": [endpoint]}],
            }
            self.answer(201, {"token": issued}, {"X-Subject-Token": token})

        def answer(self, status, body, headers=None):
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            """Nothing is logged."""

    return Handler

"""Mirrors are asked, and any answer is one."""

from __future__ import annotations

import http.server
import socket
import threading

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import mirrors


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    """Leave out a proxy that this machine may have."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server():
    """Return a function that starts a web server with a status, and gives its address."""
    running = []

    def start(status):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self):
                asked.append((self.path, self.headers.get("Authorization")))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        asked = []
        web = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        running.append(web)
        return f"127.0.0.1:{web.server_port}", asked

    yield start
    for web in running:
        web.shutdown()
        web.server_close()


@pytest.mark.parametrize("status", [200, 401, 404, 503])
def test_any_status_is_an_answer(server, status):
    address, asked = server(status)
    assert mirrors.read([f"http://{address}/apt"], 5) == [
        {"url": f"http://{address}/apt", "error": ""}
    ]
    assert asked == [("/apt", None)]


def test_credentials_are_neither_sent_nor_told(server):
    address, asked = server(200)
    found = mirrors.read([f"http://me:secret@{address}/apt"], 5)
    assert found == [{"url": f"http://{address}/apt", "error": ""}]
    assert asked == [("/apt", None)]


def test_each_mirror_has_its_error(server):
    address, _ = server(200)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        found = mirrors.read([nobody, f"http://{address}", "no URL", "http://me:secret@[::1"], 5)
    errors = [mirror["error"] for mirror in found]
    assert "refused" in errors[0]
    assert not errors[1]
    assert all(errors[2:])
    assert "secret" not in str(found)


def test_a_mirror_that_says_nothing_is_not_waited_for_longer():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (found,) = mirrors.read([f"http://127.0.0.1:{silent.getsockname()[1]}/"], 0.2)
    assert found["error"] == "timed out"


def test_none():
    assert mirrors.read([], 5) == []


@pytest.mark.parametrize(
    "url",
    ["http://u:s3/cret@10.0.0.1:1", "http://u:s3@cret@10.0.0.1:1", "http://u:s3//cret@10.0.0.1:1"],
)
def test_no_part_of_a_password_is_left(url):
    assert mirrors.bare(url) == "http://10.0.0.1:1"

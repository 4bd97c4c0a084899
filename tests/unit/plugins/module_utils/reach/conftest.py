"""Servers on the loopback that answer, or do not, as pods and what stands before them."""

from __future__ import annotations

import socket
import struct
import threading

import pytest

ADDRESS = "127.0.0.1"


def reset(connection):
    """Close with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Servers:
    """Starts servers, and stops them at the end."""

    def __init__(self):
        self.sockets = []
        self.stopped = threading.Event()
        self.seen = []

    def _socket(self, kind):
        sock = socket.socket(socket.AF_INET, kind)
        sock.bind((ADDRESS, 0))
        self.sockets.append(sock)
        return sock, sock.getsockname()[1]

    def _serve(self, loop):
        def run():
            try:
                loop()
            except OSError:
                # The socket was closed at the end of the test, or the other side has gone.
                assert self.stopped.is_set()

        threading.Thread(target=run, daemon=True).start()

    def tcp(self, answer):
        """Call *answer* with each connection; return the port."""
        sock, port = self._socket(socket.SOCK_STREAM)
        sock.listen(64)

        def one(connection):
            with connection:
                try:
                    answer(connection)
                except OSError:
                    # The other side has gone.
                    return

        def loop():
            while True:
                connection, peer = sock.accept()
                self.seen.append(peer)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        self._serve(loop)
        return port

    def says(self, *parts, pause=0.0):
        """A server of TCP that sends *parts*, whatever is asked."""

        def answer(connection):
            for part in parts:
                connection.sendall(part)
                self.stopped.wait(pause)

        return self.tcp(answer)

    def udp(self, answer):
        """Send what *answer* returns for each datagram, None: nothing; return the port."""
        sock, port = self._socket(socket.SOCK_DGRAM)

        def loop():
            while True:
                data, peer = sock.recvfrom(4096)
                self.seen.append(peer)
                text = answer(data)
                if text is not None:
                    sock.sendto(text, peer)

        self._serve(loop)
        return port

    def closed(self, kind=socket.SOCK_STREAM):
        """Return a port on which nothing listens."""
        with socket.socket(socket.AF_INET, kind) as sock:
            sock.bind((ADDRESS, 0))
            return sock.getsockname()[1]

    def full(self):
        """Return a port that takes no more connections, as if a firewall dropped them."""
        sock, port = self._socket(socket.SOCK_STREAM)
        sock.listen(0)
        for _ in range(2):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((ADDRESS, port))
            self.sockets.append(client)
        return port

    def stop(self):
        self.stopped.set()
        for sock in self.sockets:
            sock.close()


@pytest.fixture
def servers():
    found = Servers()
    yield found
    found.stop()

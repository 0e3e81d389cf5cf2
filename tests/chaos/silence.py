"""A server that accepts and never answers: the worst kind of broker."""

import contextlib
import socket
import threading

from painplan.processes import LOOPBACK


class Silence:
    """Listens on a port of the loopback interface while it is entered. Reads nothing, says nothing, hangs up never."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.callers: list[socket.socket] = []
        self._door = socket.socket()
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._thread = threading.Thread(target=self._accept, name="silence")

    def __enter__(self) -> "Silence":
        self._door.bind((LOOPBACK, self.port))
        self._door.listen(128)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone would leave the accepting thread where it is.
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()
        for caller in self.callers:
            caller.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _address = self._door.accept()
                self.callers.append(caller)

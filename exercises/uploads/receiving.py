"""Bounds what a request may bring in files, while it arrives: nobody fills the disk, signed in or not."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from exercises.uploads.limits import REQUEST_FILE_BYTES


class BoundedUploadHandler(FileUploadHandler):
    """First in FILE_UPLOAD_HANDLERS. Past the limit nothing more is stored, and `request.files_too_large` is True.

    What follows is read and thrown away, so that the person gets a page and not a broken connection; a request that
    announces very much more is cut off.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.arrived = 0
        self.announced = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any, **more: Any) -> None:
        self.announced = content_length

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.arrived += len(raw_data)
        if self.arrived > REQUEST_FILE_BYTES:
            if self.request is not None:
                self.request.files_too_large = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=self.announced > 8 * REQUEST_FILE_BYTES)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

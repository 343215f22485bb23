"""Chromium as the journeys use it: which one, how it is started, and its camera of paper."""

import os
import shutil
from pathlib import Path

import qrcode
from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def path():
    """Where Chromium is: $CHROMIUM, or the machine's. Fails with what to do, because a skip would hide it."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise AssertionError("The journeys need Chromium: install it (apt install chromium) or set CHROMIUM.")
    return found


def flags(film):
    """film: the y4m file that the camera plays."""
    return ["--no-sandbox", *QUIET, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}"]


class Camera:
    """What stands before the camera: paper with a code, or nothing. A page sees it when it opens the camera."""

    SIZE = (640, 480)

    def __init__(self, film):
        self.film = Path(film)
        self.shows(None)

    def shows(self, text):
        """Hold a QR code of `text` before the camera; None takes it away."""
        picture = Image.new("L", self.SIZE, 70)
        if text:
            code = (
                qrcode.make(text, border=4)
                .get_image()
                .convert("L")
                .resize((360, 360), Image.Resampling.NEAREST)
            )
            picture.paste(code, (140, 60))
        width, height = self.SIZE
        grey = bytes([128]) * (width * height // 4)
        frame = b"FRAME\n" + picture.tobytes() + grey + grey
        head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode()
        self.film.write_bytes(head + frame * 10)

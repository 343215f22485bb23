"""Pages in a real Chromium: the server, the camera, and what a page may not complain of."""

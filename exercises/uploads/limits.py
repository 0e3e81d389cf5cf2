"""How much a curator may upload, and how much reading it may cost. Sizes are bytes, pixels and seconds."""

MB = 1_000_000

PICTURE_BYTES = 10 * MB
VIDEO_BYTES = 60 * MB
# What a request may carry in files altogether: a video, and a little for the form around it.
REQUEST_FILE_BYTES = VIDEO_BYTES + MB
ITEMS_A_VERSION = 8

PIXELS = 40_000_000
LONG_SIDE = 1600
SHORT_SIDE = 100
THUMBNAIL_SIDE = 480
VIDEO_SIDE = 3840

# A picture of 40 megapixels with transparency needs about 500 MB while it is made smaller.
SANDBOX_MEMORY_BYTES = 900 * MB
SANDBOX_CPU_SECONDS = 20
SANDBOX_SECONDS = 40
SANDBOX_OUT_BYTES = VIDEO_BYTES + MB
SANDBOXES_AT_ONCE = 2
SANDBOX_WAIT_SECONDS = 20

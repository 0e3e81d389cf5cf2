"""What is wrong with an upload, in words that say what to do. Keys are the codes of `faults.py`."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "animated": _("This picture moves. Upload one that stands still, or a video as MP4 or WebM."),
    "busy": _("Several files are being read at this moment. Wait a minute and upload yours again."),
    "codec": _(
        "Not every telephone can play this video. Export it as MP4 with H.264 pictures and AAC sound, without "
        "copy protection, and upload that."
    ),
    "damaged": _("This file cannot be read: it is damaged or not complete. Save or export it again and upload that."),
    "document": _(
        "This is a document or an archive, not a picture or a video. Save the picture itself as JPEG or PNG."
    ),
    "empty": _("This file is empty. Choose the picture or video again; perhaps it was still being copied."),
    "extra": _(
        "This file holds something that is no part of the video. Export it again as MP4 or WebM and upload that."
    ),
    "fragments": _("This video was saved in pieces, as for streaming. Export it as an ordinary MP4 and upload that."),
    "gif": _("GIF pictures are not taken. Save a picture as PNG or JPEG; a moving one as MP4 or WebM."),
    "heic": _("HEIC and AVIF pictures are not taken. Share or export the picture as JPEG and upload that."),
    "incomplete": _("A part of this video is missing. Copy or export it again, to the end, and upload that."),
    "matroska": _("Matroska (MKV) videos are not taken. Export the video as MP4 or WebM and upload that."),
    "missing": _("The file is not there any more. Remove this item and upload the file again."),
    "mov": _("QuickTime (MOV) videos are not taken. Export the video as MP4 and upload that."),
    "no_picture_track": _("There are no moving pictures in this file. Upload a video as MP4 or WebM."),
    "other": _("This is not a kind of file that is taken. Pictures can be JPEG, PNG or WebP, videos MP4 or WebM."),
    "picture_bytes": _(
        "This picture is larger than 10 MB. Make it smaller, 1600 pixels wide is enough, and try again."
    ),
    "pixels": _("This picture has more than 40 million pixels. Make it smaller, 1600 pixels wide is enough."),
    "slow": _("This file took too long to read. Save it again, smaller or simpler, and upload that."),
    "small": _("This picture is too small or too narrow. It needs at least 100 pixels on its shorter side."),
    "svg": _("SVG drawings are not taken, because they can hold programs. Save the drawing as PNG and upload that."),
    "video_bytes": _("This video is larger than 60 MB. Make it shorter, or export it smaller, and try again."),
    "video_side": _("This video is larger than 3840 pixels. Export it in Full HD (1920 x 1080) and upload that."),
}


def sentence(code: str) -> str:
    """The sentence for a code, in the reader's language."""
    return str(SENTENCES.get(code, SENTENCES["damaged"]))

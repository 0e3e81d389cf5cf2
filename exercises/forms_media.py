"""What a curator says about a picture or video."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exercises.actions.media import Words
from exercises.models import Media
from exercises.uploads import captions

LICENCES = [
    ("Own work", _("Made by this clinic, all rights kept")),
    ("CC0 1.0", _("CC0 1.0 (no rights kept)")),
    ("CC BY 4.0", _("CC BY 4.0 (name the maker)")),
    ("CC BY-SA 4.0", _("CC BY-SA 4.0 (name the maker, share alike)")),
    ("CC BY-NC 4.0", _("CC BY-NC 4.0 (name the maker, not for sale)")),
    ("Written permission", _("Used with written permission of the maker")),
]
ACCEPT = "image/jpeg,image/png,image/webp,video/mp4,video/webm"


class MediaWordsForm(forms.Form):
    """The words of one item: `words()` is what they mean."""

    alt_text = forms.CharField(
        label=_("What can be seen"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or two sentences for people who do not see it: the position, and what moves."),
        error_messages={"required": _("Say what can be seen, for people who do not see it.")},
    )
    attribution = forms.CharField(
        label=_("Made by"),
        max_length=200,
        help_text=_("Who took the picture or made the video; shown with it."),
        error_messages={"required": _("Say who made it. Without a name it cannot be shown.")},
    )
    licence = forms.ChoiceField(
        label=_("Licence"),
        help_text=_("Why it may be shown here. People in it must have agreed too."),
        error_messages={"required": _("Choose why it may be shown here.")},
    )
    captions = forms.CharField(
        label=_("What is said"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "For videos: everything that is said, for people who do not hear it. Plain text, or captions with times "
            "(WebVTT or SRT)."
        ),
    )

    def __init__(self, data: Any = None, files: Any = None, *, media: Media | None = None) -> None:
        initial = None
        if media is not None:
            fields = ("alt_text", "attribution", "licence", "captions")
            initial = {name: getattr(media, name) for name in fields}
        super().__init__(data, files, auto_id="media_%s", initial=initial)
        licence = self.fields["licence"]
        assert isinstance(licence, forms.ChoiceField)
        known = [name for name, _words in LICENCES]
        other = [(media.licence, media.licence)] if media and media.licence not in known else []
        licence.choices = [("", _("Choose one")), *LICENCES, *other]

    def clean_captions(self) -> str:
        try:
            kept = captions.normal(self.cleaned_data["captions"])
        except captions.CaptionFault as fault:
            raise forms.ValidationError(
                _("The time in line %(line)s cannot be read. Write it like 00:00:01.000 --> 00:00:04.000, in order."),
                params={"line": fault.line},
            ) from None
        if len(kept) > 20_000:
            raise forms.ValidationError(_("These captions are too long. Shorten them to 20,000 characters."))
        return kept

    def words(self) -> Words:
        given = self.cleaned_data
        return Words(
            alt_text=given["alt_text"],
            attribution=given["attribution"],
            licence=given["licence"],
            captions=given["captions"],
        )


class MediaForm(MediaWordsForm):
    """A new picture or video with its words."""

    file = forms.FileField(
        label=_("Picture or video"),
        max_length=1000,
        allow_empty_file=True,  # the sentence about empty files comes from the reading itself
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_(
            "A picture as JPEG, PNG or WebP up to 10 MB, or a video as MP4 or WebM up to 60 MB. Places, names and "
            "dates that a camera writes into the file are removed."
        ),
        error_messages={"required": _("Choose a picture or a video.")},
    )
    field_order = ["file", "alt_text", "attribution", "licence", "captions"]

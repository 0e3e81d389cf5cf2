"""Captions: plain text stays, timed text becomes WebVTT with nothing in it but words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.uploads.captions import CaptionFault, is_timed, normal, spoken

SRT = (
    "1\n00:00:00,500 --> 00:00:02,000\nSit down.\nSlowly.\n\n"
    "2\n00:01:02,000 --> 00:01:04,250\nStand <i>up</i> & rest.\n"
)
VTT = (
    "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nSit down.\nSlowly.\n\n"
    "00:01:02.000 --> 00:01:04.250\nStand up &amp; rest.\n"
)


def test_plain_text_stays_plain():
    assert normal("  Sit down.\r\nThen stand <up>.\x00 ") == "Sit down.\nThen stand <up>."
    assert not is_timed(normal("Sit down."))
    assert spoken("Sit down.") == "Sit down."


def test_srt_becomes_webvtt():
    assert normal(SRT) == VTT and is_timed(VTT)
    assert spoken(VTT) == "Sit down.\nSlowly.\nStand up & rest."


def test_styles_notes_settings_and_tags_go():
    text = (
        "WEBVTT Title\n\nSTYLE\n::cue { background: url(http://evil.example) }\n\nNOTE secret\n\n"
        "intro\n00:01.000 --> 00:02.000 line:0 position:20%\n<v Cora><c.red>Up</c> <00:01.500>now <script>x</script>"
    )
    assert normal(text) == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nUp now x\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("WEBVTT", 1),
        ("WEBVTT\n\nhello", 1),
        ("1\n00:00:01,000 --> later\nHello", 2),
        ("1\n00:00:01 --> 00:00:02\nHello", 2),
        ("1\n00:00:03,000 --> 00:00:02,000\nHello", 2),
        ("00:01.000 --> 00:02.000\na\n\n00:00.000 --> 00:01.000\nb", 4),
        ("00:61.000 --> 00:99.000\na", 1),
    ],
)
def test_times_that_make_no_sense_name_their_line(text, line):
    with pytest.raises(CaptionFault) as fault:
        normal(text)
    assert fault.value.line == line


@given(st.text(alphabet=st.sampled_from("0:. ,->\n<>&;ab1WEBVT"), max_size=200))
def test_what_is_kept_is_kept_again_as_it_is(text):
    try:
        once = normal(text)
    except CaptionFault:
        return
    assert normal(once).strip() == once.strip()
    spoken(once)

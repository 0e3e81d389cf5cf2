"""The sentence on top of Progress: how pain stands against the person's own usual level."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.pain import EPISODE_GAP_DAYS, Replay
from plans.usual import LEARNING_DAYS
from plans.wording import day_in_words

QUIET_DAYS = 14


@dataclass(frozen=True)
class Trend:
    """`headline` answers the question, `text` says what it means. `learned` of `needed` while still learning."""

    headline: str
    text: str
    above: bool = False
    learned: int | None = None
    needed: int = LEARNING_DAYS


def trend(replay: "Replay[date]", today: date, clinician: str) -> Trend:
    """The state of one body site as of `today` (local date). `clinician` is a name inside a sentence."""
    if not replay.days:
        return Trend(
            _("Nothing logged yet"),
            _("Once you have logged your pain on a few days, this page shows how it goes."),
            learned=0,
        )
    if not replay.ready or replay.usual is None:
        return Trend(
            _("Learning your usual level (%(known)d of %(needed)d)")
            % {"known": replay.learned, "needed": LEARNING_DAYS},
            _("After %(needed)d days with a number we can say what is usual for you, and tell you when it changes.")
            % {"needed": LEARNING_DAYS},
            learned=replay.learned,
        )
    last = replay.days[-1].day
    if today - last > timedelta(days=QUIET_DAYS):
        return Trend(
            _("Your last number was on %(day)s") % {"day": day_in_words(last)},
            _("Any day is a good day to begin again. One number is enough."),
        )
    episode = replay.current
    recent = episode is not None and today - episode.last_alert_on <= timedelta(days=EPISODE_GAP_DAYS)
    if episode is not None and recent and replay.alerting:
        return Trend(
            _("Your pain has been above your usual since %(day)s") % {"day": day_in_words(episode.since_on)},
            _("This can happen, and more pain does not usually mean harm. %(clinician)s can see it.")
            % {"clinician": clinician[:1].upper() + clinician[1:]},
            above=True,
        )
    if episode is not None and recent and episode.settled_on is None:
        return Trend(
            _("Your pain is coming closer to your usual again"),
            _("It had been above your usual since %(day)s.") % {"day": day_in_words(episode.since_on)},
        )
    text = _("Single bad days happen. They do not change your usual level.")
    if replay.nearly_full_scale:
        text = _("Your usual level is near the top of the scale, so a rise can hardly show. Tell your clinic about it.")
    return Trend(_("Your pain has been about your usual"), text)


def sessions_in_words(done: int, asked: int, weeks: int) -> str:
    """ "You did 12 of 14 sessions in the last 4 weeks." Nobody is blamed for the rest."""
    if asked == 0 and done == 0:
        return _("No session was planned yet.")
    span = ngettext("this week", "in the last %(n)d weeks", weeks) % {"n": weeks}
    if done > asked:
        did = ngettext("You did %(n)d session", "You did %(n)d sessions", done) % {"n": done}
        return _("%(did)s %(span)s, more than the %(asked)d planned.") % {"did": did, "span": span, "asked": asked}
    said = ngettext(
        "You did %(done)d of %(asked)d session %(span)s.", "You did %(done)d of %(asked)d sessions %(span)s.", asked
    ) % {"done": done, "asked": asked, "span": span}
    if done * 2 < asked:
        said += " " + _("Weeks like this happen.")
    return said

"""What the families of exercises are called. The slugs stand in exercises/content.py."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FAMILY_NAMES = {
    "graded-walking": _("Walking, step by step"),
    "water": _("In water"),
    "yoga": _("Gentle and chair yoga"),
    "tai-chi-qigong": _("Tai chi and qigong"),
    "cycling": _("Cycling and arm pedals"),
    "neck": _("Neck"),
    "shoulder": _("Shoulder"),
    "back": pgettext_lazy("part of the body", "Back"),
    "jaw": _("Jaw"),
    "hip": _("Hip"),
    "knee": _("Knee"),
    "ankle": _("Ankle and foot"),
    "hand-wrist": _("Hand and wrist"),
    "nerve": _("Nerve glides"),
    "strength": _("Strength"),
    "balance": _("Balance"),
    "motor-control": _("Motor control"),
    "breathing": _("Breathing"),
    "relaxation": _("Relaxation"),
    "everyday-function": _("Everyday tasks"),
    "bed": _("In bed"),
    "chair": _("On a chair"),
}

"""People who sign in. The e-mail address is the login."""

from datetime import time
from functools import partial
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row
from accounts.models.history import keeps_history


class UserManager(BaseUserManager["User"]):
    """Makes users; finds them whatever the case of the address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=(username or "").strip())


@keeps_history(inserts=True, without=["password", "last_login"], quiet=["text_size", "theme"])
class User(Row, AbstractBaseUser, PermissionsMixin):
    """A person with a login. What they may do follows from Membership and Patient, never from this row."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As on this device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class TextSize(models.TextChoices):
        USUAL = "usual", _("Usual")
        LARGE = "large", _("Large")
        LARGEST = "largest", _("Very large")

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    full_name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=10, default="en-gb")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/London")
    theme = models.CharField(_("colours"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    text_size = models.CharField(_("size of the text"), max_length=7, choices=TextSize.choices, default=TextSize.USUAL)
    curates_shared_library = models.BooleanField(_("looks after the shared library"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    digest_at = models.TimeField(_("daily summary at"), null=True, blank=True, default=partial(time, 8))
    quiet_from = models.TimeField(_("no mail from"), default=partial(time, 20))
    quiet_until = models.TimeField(_("until"), default=partial(time, 7))
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager()

    class Meta:
        ordering = ["full_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
            models.CheckConstraint(condition=Q(theme__in=["auto", "light", "dark"]), name="user_theme_known"),
            models.CheckConstraint(
                condition=Q(text_size__in=["usual", "large", "largest"]), name="user_text_size_known"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()  # signing in looks for it in small letters
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]

    @property
    def initials(self) -> str:
        """The first letters of the first and the last name."""
        parts = self.full_name.split()
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()

"""What people are told about their own sign-in."""

PASSWORD_CHANGED = "password changed"  # noqa: S105 (the name of a mail)
SECOND_STEP_CHANGED = "second step changed"
NEW_DEVICE = "new device"
LOST_PASSWORD = "lost password"  # noqa: S105 (the name of a mail)

TOLD = {
    "account/email/password_changed": PASSWORD_CHANGED,
    "account/email/password_set": PASSWORD_CHANGED,
    "account/email/password_reset": PASSWORD_CHANGED,
    "mfa/email/totp_activated": SECOND_STEP_CHANGED,
    "mfa/email/totp_deactivated": SECOND_STEP_CHANGED,
    "mfa/email/webauthn_added": SECOND_STEP_CHANGED,
    "mfa/email/webauthn_removed": SECOND_STEP_CHANGED,
    "mfa/email/recovery_codes_generated": SECOND_STEP_CHANGED,
}
"""By django-allauth's name of the occasion."""

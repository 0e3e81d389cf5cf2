"""Backup and restore: one file with the database, the media and a manifest of what has to be in it."""

FORMAT = 1


class BackupError(Exception):
    """It cannot be done; the message is one sentence that says what to do."""

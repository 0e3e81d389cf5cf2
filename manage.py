#!/usr/bin/env python
"""Django's command line for Painplan.

Without SECRET_KEY in the environment this is a checkout, not an installation: then the settings that the
running demo left in var/demo.env are used, and without a demo the development defaults.
"""

import os
import sys
from pathlib import Path


def use_the_checkout() -> None:
    """Fill the environment from var/demo.env (lines NAME=value), or fall back to development settings."""
    here = Path(__file__).resolve().parent
    settings_file = Path(os.environ.get("PAINPLAN_VAR", here / "var")) / "demo.env"
    if settings_file.is_file():
        for line in settings_file.read_text(encoding="utf-8").splitlines():
            name, mark, value = line.partition("=")
            if mark and not name.startswith("#"):
                os.environ.setdefault(name.strip(), value.strip())
    else:
        os.environ.setdefault("PAINPLAN_DEV", "1")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "painplan.settings")
    if "SECRET_KEY" not in os.environ and "PAINPLAN_DEV" not in os.environ:
        use_the_checkout()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

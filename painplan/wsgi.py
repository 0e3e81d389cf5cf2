"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "painplan.settings")
application = get_wsgi_application()

from painplan.catalogues import simplify  # noqa: E402  # needs the applications
from painplan.threads import keep_by_thread  # noqa: E402

simplify()
keep_by_thread()

"""Styles, scripts and pictures under names that change with their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTED = r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)";)"""


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also what our scripts import is asked for by such a name: no browser mixes the scripts of two releases."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", ((IMPORTED, 'from "%(url)s";'),)))

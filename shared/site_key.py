"""The key of the site: under it services wrap the keys that they keep in their databases. It is in no database itself.

Each service reads it where its configuration says; installed apart, each may be given one of its own.
"""

from __future__ import annotations

from shared.config import Config
from shared.errors import ConfigurationError
from shared.sealing import site_key_of

SITE_KEY_FILE = "site.key"
"""In the site's folder, where no COMMENDATION_SITE_KEY is given: readable to its owner alone."""


def site_key(config: Config) -> bytes:
    """The key that the configuration gives, or the file in the site's folder. Raises ConfigurationError."""
    path = config.var / SITE_KEY_FILE
    letters = config.site_key
    if not letters:
        try:
            letters = path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"The key of this site cannot be read from {path.absolute()}: {error}. Without it nothing that is sealed opens; restore it "
                "from its backup."
            ) from error
    try:
        return site_key_of(letters)
    except ValueError as error:
        raise ConfigurationError(f"COMMENDATION_SITE_KEY, or {path.absolute()}, holds no key of a site: {error}.") from error

"""The sample season: real organisations and leaders, illustrative scores, loaded as its people would enter it."""

from services.console.sample.season import accounts_text, load_season

__all__ = ["accounts_text", "load_season"]

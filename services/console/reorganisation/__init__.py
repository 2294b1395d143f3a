"""The reorganisation of 1 July 2025 (two tiers in place of three): the official tables read, understood and recorded."""

from services.console.reorganisation.command import reorganisation

__all__ = ["reorganisation"]

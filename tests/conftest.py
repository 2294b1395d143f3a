"""Fixtures that any test may ask for."""

from tests.support.databases import database as database
from tests.support.databases import shared_url as shared_url

"""Organisations at the boundary."""

from __future__ import annotations

from services.registry import domain
from shared.schema import key, name, schema_of

RegisterOrganisation = schema_of(domain.RegisterOrganisation, organisation=key(), name=name(), level=name())

EVENTS = (schema_of(domain.OrganisationRegistered),)

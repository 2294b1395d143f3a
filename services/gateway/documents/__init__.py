"""Documents that leave the network on paper: made in the page format of Decree 30/2020/NĐ-CP, finished by people in a word processor."""

from services.gateway.documents.conference import Conference, pack

__all__ = ["Conference", "pack"]

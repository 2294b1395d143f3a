"""A page as it travels and as it is cut to what is new."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from shared.feed.page import Page
from tests.shared.given import an_event, events

PAGE = Page.of([an_event(3), an_event(4), an_event(5)])


def test_a_page_says_whose_it_is_and_where_it_lies() -> None:
    assert (PAGE.site, PAGE.service, PAGE.first, PAGE.last, len(PAGE.events)) == ("vn", "diary", 3, 5, 3)


@given(st.lists(events, min_size=1, max_size=4))
def test_a_page_is_read_back_as_it_was_written(found: list[object]) -> None:
    page = Page.of(found)  # type: ignore[arg-type]
    assert Page.from_data(json.loads(json.dumps(page.to_data()))) == page


@given(st.integers(0, 2**62))
def test_an_announcement_is_an_empty_page_after_the_head(head: int) -> None:
    page = Page.announcement("vn", "diary", head)
    assert (page.first, page.last, page.events) == (head + 1, head, ())
    assert Page.from_data(json.loads(json.dumps(page.to_data()))) == page


@given(st.integers(0, 9))
def test_what_is_new_is_what_lies_after_the_cursor(position: int) -> None:
    rest = PAGE.after(position)
    assert [event.position for event in rest.events] == [at for at in (3, 4, 5) if at > position]
    assert (rest.first, rest.last) == (max(3, position + 1), 5)

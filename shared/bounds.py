"""Every limit in one place, with its reason."""

from __future__ import annotations

EVENT_BYTES_MAX = 60_000
"""Canonical bytes of one event: a leaf of the transparency log holds 65,535, and its frame takes the rest."""

PAGE_EVENTS_MAX = 500
"""Events a page: past this the cost of a commit is spread thin enough, and a page is redelivered whole."""

PAGE_BYTES_MAX = 4_000_000
"""Bytes a page: far under RabbitMQ's message limit of 16 MiB, and small enough to hold several in memory."""

APPEND_EVENTS_MAX = 2_000
"""Events of one append: the largest import of sheets, two events each, fits."""

DECIDE_RETRIES_MAX = 5
"""Tries of load, decide, append when another writer was faster; beyond it the stream is contended and the caller should know."""

FOLD_ATTEMPTS_MAX = 5
"""Tries of folding an event before it is parked: a passing database fault is over by then, a defect never is."""

FOLD_PAUSE_SECONDS = 0.2
"""First pause between tries of a page, doubled each time (0.2 to 3.2 s)."""

DELIVERY_LIMIT = 1_000
"""`x-delivery-limit` of a feed queue: redeliveries are harmless (the cursor drops them), so only a runaway is cut off."""

QUEUE_PAGES_MAX = 10_000
"""`x-max-length` of a feed queue, oldest dropped: a page is a hint, what is dropped is read from the producer's feed."""

ANNOUNCE_SECONDS = 2.0
"""How often a relay says where its feed ends, so that whoever missed pages asks for them."""

RELAY_POLL_SECONDS = 0.5
"""How often a relay looks for events that another process of its service appended."""

RELAY_LEASE_RETRY_SECONDS = 2.0
"""How often a stand-by relay tries to become the active one."""

RPC_SECONDS_MAX = 20.0
"""Wait for the answer of another service; the request itself expires on the broker after the same time."""

BROKER_ANSWER_SECONDS = 5.0
"""Wait for the broker's answer to a confirm, a declaration or a goodbye: it takes milliseconds, and no answer means a dead connection."""

BROKER_HEARTBEAT_SECONDS = 10
"""Heartbeat of a connection that waits for messages: two that fail to come, and it is made anew."""

BROKER_WAIT_SECONDS = 60.0
"""Wait for broker and database at start before giving up with an error."""

SQLITE_BUSY_MS = 10_000
"""Wait for another process's SQLite write lock (the console beside a running network)."""

PG_STATEMENT_MS = 30_000
"""`statement_timeout`: no statement of ours takes a second; a longer one is stuck."""

PG_LOCK_MS = 10_000
"""`lock_timeout`: commits queue on the counter row for milliseconds."""

TEXT_MAX = 2_000
"""Letters of a reason or comment."""

NAME_MAX = 300
"""Letters of a name or title."""

SESSION_HOURS = 12
"""A session ends after a working day, wherever it was left open."""

SIGN_IN_FAILURES_MAX = 10
"""Wrong passwords for one login before it rests for SIGN_IN_REST_MINUTES; guessing gets nowhere, a clumsy secretary does."""

SIGN_IN_REST_MINUTES = 5
"""Rest of a login after too many wrong passwords."""

REQUEST_BYTES_MAX = 8_000_000
"""Body of one HTTP request: an import of some thousand sheets."""

IMPORT_SHEETS_MAX = 900
"""Sheets of one import, which is recorded as a whole."""

LOG_BYTES_MAX = 20_000_000
"""Bytes of the embedded network's log file before it is set aside: some days of a busy season, and still opened by an editor."""

LOG_FILES_MAX = 5
"""Log files set aside, the oldest removed: what happened lives in the events, a log helps for as long as one remembers the fault."""

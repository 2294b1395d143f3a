"""Every limit in one place, with its reason."""

from __future__ import annotations

EVENT_BYTES_MAX = 60_000
"""Canonical bytes of one event: a leaf of the transparency log holds 65,535, and its frame takes the rest."""

PAGE_EVENTS_MAX = 500
"""Events a page: past this the cost of a commit is spread thin enough, and a page is redelivered whole."""

PAGE_BYTES_MAX = 4_000_000
"""Bytes a page: far under RabbitMQ's message limit of 16 MiB, and small enough to hold several in memory."""

APPEND_EVENTS_MAX = 20_000
"""Events of one append: the largest workbook that is recorded as a whole fits, and the largest import of sheets."""

DECIDE_RETRIES_MAX = 5
"""Tries of load, decide, append when another writer was faster; beyond it the stream is contended and the caller should know."""

SNAPSHOT_EVENTS = 100
"""Events that an aggregate is loaded from before a snapshot is taken: to read so many takes about as long as a commit."""

PREFETCH = 4
"""Pages under way to one subscriber: enough that the next is here when one is committed."""

REPLAY_PAGES_MAX = 10
"""Pages that a rebuild folds in one transaction: with more it is hardly faster, and a process that is killed has so much to do again."""

FOLD_ATTEMPTS_MAX = 5
"""Tries of folding an event before it is parked: a passing database fault is over by then, a defect never is."""

FOLD_PAUSE_SECONDS = 0.2
"""First pause between tries of a page, doubled each time (0.2 to 3.2 s)."""

RETIRED_SECONDS = 60.0
"""How long the rows of a generation stay after the switch, for whoever is reading them: a request is answered in a third of it."""

BUILD_LOCK_SECONDS = 1.0
"""Wait for the lock of a rebuild before saying that another process builds: who asks whether one does holds it for a moment, and the
server takes one to see that its holder has died."""

DELIVERY_LIMIT = 1_000
"""`x-delivery-limit` of a feed queue: redeliveries are harmless (the cursor drops them), so only a runaway is cut off."""

QUEUE_PAGES_MAX = 10_000
"""`x-max-length` of a feed queue, oldest dropped: a page is a hint, what is dropped is read from the producer's feed."""

ANNOUNCE_SECONDS = 2.0
"""How often a relay says where its feed ends, so that whoever missed pages asks for them."""

RELAY_GATHER_SECONDS = 0.008
"""Pause after a page that was not full: the first never waits, the next takes what comes meanwhile. With less, 500 events a second make
more pages than two processors carry, and everything waits; with more, only this wait grows (`make bench BENCH_ARGS="--only visible"`)."""

RELAY_POLL_SECONDS = 0.5
"""How often a relay that nothing wakes looks for events and renews its lease; appends wake it, also those of other processes."""

RELAY_LEASE_SECONDS = 4.0
"""A lease not renewed for so long may be taken though its holder's session lives: that one has stalled."""

RELAY_LEASE_RETRY_SECONDS = 1.0
"""How often a stand-by relay tries to become the active one."""

HEALTH_DATABASE_SECONDS = 2.0
"""Wait for the database when a service is asked for its health: whoever asks waits for little longer, and is to be told."""

RPC_SECONDS_MAX = 20.0
"""Wait for the answer of another service; the request itself expires on the broker after the same time."""

BROKER_ANSWER_SECONDS = 5.0
"""Wait for the broker's answer to a confirm, a declaration or a goodbye: it takes milliseconds, and no answer means a dead connection."""

BROKER_HEARTBEAT_SECONDS = 10
"""Heartbeat of a connection that waits for messages: two that fail to come, and it is made anew."""

BROKER_RETRY_SECONDS = 1.0
"""Pause before a connection to the broker or the database is tried again: both take a second to start, and a log line each is no flood."""

START_SECONDS_MAX = 60.0
"""Wait for broker and database at start before giving up with an error."""

DRAIN_SECONDS_MAX = 8.0
"""Wait at a stop for what is under way: pages and requests at the same time, then the relay's page; both fit in STOP_SECONDS_MAX."""

DRAIN_POLL_SECONDS = 0.25
"""How often a consumer looks whether it is to stop: hardly felt at a stop, and four times a second costs nothing."""

STOP_SECONDS_MAX = 20.0
"""A stop that takes longer than draining and the goodbyes is stuck; what was not committed is done again at the next start."""

SQLITE_BUSY_MS = 10_000
"""Wait for another process's SQLite write lock (the console beside a running network)."""

PG_STATEMENT_MS = 30_000
"""`statement_timeout`: no statement of ours takes a second; a longer one is stuck."""

PG_LOCK_MS = 10_000
"""`lock_timeout`: commits queue on the counter row for milliseconds."""

PG_ANSWER_SECONDS = 35.0
"""Wait for the server's answer to one statement: it would have ended the statement by PG_STATEMENT_MS, so the connection is dead."""

PG_IDLE_MS = 60_000
"""`idle_in_transaction_session_timeout`: longer than anything is computed between two statements. Whose transaction rests for so long has
gone without a word that arrived, and whoever needs the rows that it locked would wait for it for ever."""

PG_CONNECT_SECONDS = 5
"""Wait for a new connection to PostgreSQL."""

PG_CONNECTIONS_KEPT = 10
"""Connections of one pool that stay open when nobody uses them."""

PG_CONNECTIONS_MAX = 20
"""Connections that one pool lends out: statements take milliseconds, so that more would only wait for one another in the server."""

PG_POOL_SECONDS = 10.0
"""Wait for a connection of the pool: all of them busy for so long are stuck."""

PG_IDLE_TRUSTED_SECONDS = 30.0
"""Idle time after which a connection is asked before use: firewalls forget one after minutes, and tell nobody."""

PG_KEEPALIVE_SECONDS = 10
"""Idle time after which the kernel asks whether the other side is there, and between its questions; ours and the server's do. Without
an answer to PG_KEEPALIVE_COUNT of them a connection is at its end, and so are the locks that its session holds."""

PG_KEEPALIVE_COUNT = 3
"""Questions of the kernel's before it gives a connection up: one may get lost."""

PG_UNACKED_MS = 20_000
"""`tcp_user_timeout`, on both sides: what was sent and the other's kernel does not acknowledge for so long went to a dead host."""

TEXT_MAX = 2_000
"""Letters of a reason or comment."""

NAME_MAX = 300
"""Letters of a name or title."""

YEARS = range(1900, 2201)
"""Years of the days and instants that are taken: no fact of ours is older, and past the last of them a calendar still has days to count on
by. Another year is a slip of the keys."""

SESSION_HOURS = 12
"""A session ends after a working day, wherever it was left open."""

SESSION_FRESH_SECONDS = 1.0
"""A session that was looked up is known so long without asking the database again; one that is closed by the same gateway, not at all."""

SESSIONS_KEPT_MAX = 10_000
"""Sessions that a gateway knows without asking: as many visitors within a second are beyond what one process answers."""

SIGN_IN_FAILURES_MAX = 10
"""Wrong passwords for one login before it rests for SIGN_IN_REST_MINUTES; guessing gets nowhere, a clumsy secretary does."""

SIGN_IN_REST_MINUTES = 5
"""Rest of a login after too many wrong passwords."""

REQUEST_BYTES_MAX = 8_000_000
"""Body of one HTTP request: an import of some thousand sheets."""

FORM_FIELDS_MAX = 20_000
"""Fields of one form: the editor of a rubric has some twenty for an item, a sheet two."""

ORGANISATIONS_PAGE = 50
"""Organisations on a page of the list: what one looks through before one searches."""

IMPORT_SHEETS_MAX = 900
"""Sheets of one import, which is recorded as a whole."""

EVIDENCE_BYTES_MAX = 20_000_000
"""Bytes of one file of evidence: a report scanned page by page; it passes through memory whole."""

EVIDENCE_UNPACKED_BYTES_MAX = 200_000_000
"""Bytes of a docx or xlsx unpacked: ten times what the file itself may have; a small file that unpacks to more is a trap."""

EVIDENCE_PARTS_MAX = 10_000
"""Files within a docx or xlsx: a report with a thousand photographs has some thousand; of each the list alone takes room."""

EVIDENCE_TYPES_BYTES_MAX = 2_000_000
"""Bytes of the list that says what each of these is: two hundred for each."""

EVIDENCE_PACKAGES_DEEP_MAX = 3
"""Documents within documents within a docx or xlsx: a table of Excel in a report is one; who packs on and on means a trap."""

EVIDENCE_PIXELS_MAX = 60_000_000
"""Pixels of a photograph that has to be turned, for which it is unpacked: a page scanned at 600 dpi has 35 million, of four bytes each."""

EVIDENCE_FILES_MAX = 10
"""Files of one item: who checks a sheet of thirty items opens all of them."""

STORED_FILES_MAX = 500
"""Files of the blob store in one answer, or removed by one request: each is a look into a folder or a request to the bucket."""

ORPHAN_DAYS_MIN = 1
"""Days for which a file that no event names stays in any case: its event comes within seconds of it, or after a night's repair."""

BLOB_SECONDS_MAX = 15.0
"""Wait for the S3 store: whoever uploads or opens a file waits for RPC_SECONDS_MAX."""

RETURN_REASON_LETTERS_MIN = 20
"""Letters of the reason for which a sheet is given back: "sửa lại" helps nobody."""

WORKBOOK_SHEETS_MAX = 60
"""Score sheets of one workbook: a cluster has up to some thirty members, and in more tabs nobody finds their way."""

WORKBOOK_BYTES_MAX = 60_000_000
"""Bytes that a workbook which is brought back may unpack to: a small file can say that it is gigabytes."""

WORKBOOK_PARTS_MAX = 1_000
"""Files within it: a tab has some three."""

WORKBOOK_TABS_MAX = 100
"""Tabs of it: those of WORKBOOK_SHEETS_MAX, ours, and what somebody has added; each is read through."""

WORKBOOK_CELLS_MAX = 1_000_000
"""Elements of its tables, two or three for a cell: twenty thousand rows of twenty columns, which are read in some five seconds."""

WORKBOOK_ELEMENTS_MAX = 80_000
"""Elements beside its tables, and areas that these are for: drop-downs, merged cells, formats by condition, names, styles. Of each an
object is made, of so many within seconds. Sixty sheets of two hundred items have fifty thousand; copying may heap up millions."""

WORKBOOK_FORMULA_LETTERS_MAX = 2_000_000
"""Letters of formulas that cells share, counted for each cell, for which they are written anew: within seconds."""

WORKBOOK_DEEP_MAX = 50
"""Elements within elements of it: programs go to a dozen, and what goes on without end is meant as a trap."""

COMPACT_LETTERS_MAX = 10_000
"""Letters of a compact: some pages, and with three bytes a letter it still fits into an event."""

PHASES_MAX = 30
"""Phases of a campaign's year: three times what any known plan has."""

BOARD_ROWS_WHOLE_MAX = 500
"""Units of a campaign whose board is answered whole, with every score of every row, when no part of it is asked for."""

BOARD_ROWS_PAGE_MAX = 500
"""Rows of one page of a board: without their items some hundred kilobytes."""

BOARD_ROWS_PAGE = 50
"""Rows on a page of a board: what one looks through before one searches."""

BOARD_PAGES_MAX = 200
"""Pages of a board that are asked for one after the other: a hundred thousand units; who promises more rows than that never ends."""

BOARD_UNITS_AT_ONCE = 500
"""Units whose sheets are in memory while their lines are computed: some tens of megabytes of a large campaign's."""

BOARD_LINES_KEPT_MAX = 40_000
"""Lines of boards that a process keeps, and as many units of which it keeps what was worked out for questions: four campaigns of ten
thousand units each."""

ANSWER_FRESH_SECONDS = 0.2
"""Age of a shared answer that is given without asking again: a view is behind its feed by tens of milliseconds anyway, and nobody sees
such a difference. Whoever was answered a command by the same gateway sees no answer from before it."""

ANSWERS_KEPT_MAX = 200
"""Pages of boards that rankings keeps until an event comes, and a gateway until it is told otherwise: some ten thousand bytes each."""

ANSWER_BYTES_KEPT_MAX = 1_000_000
"""Bytes of one of these: a part of a board has less, a whole board with every score many times more."""

CHECKPOINT_HOURS = 24
"""How long an event waits for a checkpoint that nobody asks for: until then it can be changed unseen."""

CHECKPOINT_HOURS_MAX = 8_760
"""The longest that events may be let wait: a year, within which some result is final and has a checkpoint anyway."""

CHECKPOINT_LOOK_SECONDS = 60.0
"""How often the audit looks whether a checkpoint is due: some rows read, and of hours a minute is nothing."""

RECOMPUTE_SECONDS_MAX = 200.0
"""Making the boards of one campaign anew, from the logs and by the second opinion. No other request takes so long, and this one is put once
a year: the logs of ten thousand units are read whole."""

STRETCH_SECONDS = 0.005
"""Work of a long question before others of the process are let in: an answer that looks at its database takes some twenty turns."""

SEAL_SECONDS_MAX = 220.0
"""Wait for the boards of a campaign under seal: longer than RECOMPUTE_SECONDS_MAX, so that rankings itself says what took too long."""

HEALTH_SECONDS_MAX = 5.0
"""Wait for a service's health before it counts as away: it looks at its database for HEALTH_DATABASE_SECONDS."""

FREEZE_SECONDS_MAX = 280.0
"""Wait of a page for a result to be frozen or made final: longer than all that is asked before (RPC_SECONDS_MAX for what is open,
HEALTH_SECONDS_MAX for each of six services, SEAL_SECONDS_MAX), so that nobody is told of a failure and finds the result final later."""

RECORD_UNITS_MAX = 100
"""Units whose score records are told in one answer: of thirty items in four passes some megabytes."""

EXPORT_ROWS_MAX = 100_000
"""Rows of an export of score records: a spreadsheet of more opens slowly, and the file is made while somebody waits."""

LOG_BYTES_MAX = 20_000_000
"""Bytes of the embedded network's log file before it is set aside: some days of a busy season, and still opened by an editor."""

LOG_FILES_MAX = 5
"""Log files set aside, the oldest removed: what happened lives in the events, a log helps for as long as one remembers the fault."""

MAIL_SECONDS_MAX = 30.0
"""Wait for each answer of a mail server: servers that doubt a sender let it wait for some seconds on purpose."""

MAIL_CLAIM_SECONDS = 300.0
"""How long a sender keeps a mail from others: all answers of a slow server fit in, and a dead sender's mail goes out soon enough."""

MAIL_ATTEMPTS_MAX = 8
"""Tries of a mail before it is given up and shown as failed: over two hours, a server's restart or a full disk is past by then."""

MAIL_PAUSE_SECONDS = 60.0
"""Pause before a mail is tried again, doubled each time."""

MAIL_POLL_SECONDS = 15.0
"""How often the outbox looks for what is due: an append wakes it, so that only what is tried again or was left behind waits for this."""

BALLOT_ELECTORS_MAX = 300
"""Voters of one ballot: the congress of a ministry; all their ids fit into one event."""

BALLOT_CHOICES_MAX = 40
"""Choices on one paper: two pages of a list."""

BALLOT_COUNT_MAX = 10_000
"""Hands of one show: a stadium, and a slip of the finger is found."""

PEOPLE_OPENED_MAX = 2_000
"""People whose names are opened to find one by name: a province's department with all that is under it."""

UNITS_BELOW_MAX = 2_000
"""Units at and below the one in which a person is looked for: of more, one chooses a smaller one."""

INSIGHT_CELLS_MAX = 20_000
"""Units x items of a board that is computed once more with every score, all in memory, while the whole process waits. The communes of a
province under a long rubric still fit."""

COMPARED_CELLS_MAX = 5_000
"""Units x items that one answer lays beside each other score by score, of two boards or of a unit's own account and its result: of two
hundred items still twenty-five units."""

INSIGHT_LINES_CELLS_MAX = 1_000_000
"""Units x items of a campaign whose sheets are gone through for a question, some units at a time: ten thousand units of a hundred items.
Of ten times as many one would wait for longer than RPC_SECONDS_MAX."""

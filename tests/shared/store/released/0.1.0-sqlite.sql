BEGIN TRANSACTION;
CREATE TABLE commands (
	command VARCHAR(100) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	answers TEXT NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	PRIMARY KEY (command)
);
INSERT INTO "commands" VALUES('first','d','[{"stream": "a", "version": 2, "position": 2, "events": ["01a203bc-d425-726d-a603-259aa4128115", "01a203bc-d425-726d-a603-259b0481d7f9"], "repeated": false}]','2026-11-22 08:00:00.000000');
INSERT INTO "commands" VALUES('second','e','[{"stream": "a", "version": 3, "position": 3, "events": ["01a203bc-d426-759e-8bc4-7a2aa72b6997"], "repeated": false}, {"stream": "b", "version": 2, "position": 5, "events": ["01a203bc-d426-759e-8bc4-7a2b556ba76a", "01a203bc-d426-759e-8bc4-7a2c503e552f"], "repeated": false}]','2026-11-22 08:00:00.000000');
CREATE TABLE events (
	position BIGINT NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	stream VARCHAR(450) NOT NULL, 
	version INTEGER NOT NULL, 
	type VARCHAR(100) NOT NULL, 
	schema INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	effective_on DATE NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	correlation VARCHAR(100) NOT NULL, 
	causation VARCHAR(100) NOT NULL, 
	PRIMARY KEY (position), 
	CONSTRAINT events_stream_version UNIQUE (stream, version), 
	UNIQUE (id)
);
INSERT INTO "events" VALUES(1,'01a203bc-d425-726d-a603-259aa4128115','a',1,'diary.Noted',1,'{"text":"một"}','2026-11-22 08:00:00.000000','2026-11-22','office','course','command');
INSERT INTO "events" VALUES(2,'01a203bc-d425-726d-a603-259b0481d7f9','a',2,'diary.Noted',1,'{"text":"two"}','2026-11-22 08:00:00.000000','2026-11-22','office','course','command');
INSERT INTO "events" VALUES(3,'01a203bc-d426-759e-8bc4-7a2aa72b6997','a',3,'diary.Noted',1,'{"text":"three"}','2026-11-22 08:00:00.000000','2026-11-22','office','course','command');
INSERT INTO "events" VALUES(4,'01a203bc-d426-759e-8bc4-7a2b556ba76a','b',1,'diary.Noted',1,'{"text":"torn"}','2026-11-22 08:00:00.000000','2026-11-22','office','course','command');
INSERT INTO "events" VALUES(5,'01a203bc-d426-759e-8bc4-7a2c503e552f','b',2,'diary.Noted',1,'{"text":"four"}','2026-11-22 08:00:00.000000','2026-11-22','office','course','command');
INSERT INTO "events" VALUES(6,'01a203bc-d427-770f-8ebd-8d7c4e7023eb','c',1,'diary.Noted',1,'{"text":"gone"}','2026-11-22 08:00:00.000000','2026-11-22','office','course','command');
INSERT INTO "events" VALUES(7,'01a203bc-d427-770f-8ebd-8d7d885e859c','c',2,'diary.Noted',1,'{"text":"five"}','2026-11-22 08:00:00.000000','2026-11-22','office','course','command');
CREATE TABLE log (
	id INTEGER NOT NULL CHECK (id = 1), 
	site VARCHAR(31) NOT NULL, 
	service VARCHAR(31) NOT NULL, 
	head BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "log" VALUES(1,'vn','diary',7);
CREATE TABLE pages__1 (
	page VARCHAR(50) NOT NULL, 
	notes TEXT NOT NULL, 
	count INTEGER NOT NULL, 
	PRIMARY KEY (page)
);
INSERT INTO "pages__1" VALUES('diary/a','một two three ',3);
INSERT INTO "pages__1" VALUES('diary/c','five ',1);
CREATE TABLE relay (
	id INTEGER NOT NULL CHECK (id = 1), 
	position BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "relay" VALUES(1,7);
CREATE TABLE view_cursors (
	model VARCHAR(50) NOT NULL, 
	generation INTEGER NOT NULL, 
	site VARCHAR(31) NOT NULL, 
	service VARCHAR(31) NOT NULL, 
	position BIGINT NOT NULL, 
	PRIMARY KEY (model, generation, site, service)
);
INSERT INTO "view_cursors" VALUES('diary',1,'vn','diary',7);
CREATE TABLE view_discards (
	model VARCHAR(50) NOT NULL, 
	site VARCHAR(31) NOT NULL, 
	service VARCHAR(31) NOT NULL, 
	position BIGINT NOT NULL, 
	stream VARCHAR(450) NOT NULL, 
	event VARCHAR(36) NOT NULL, 
	reason TEXT NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	discarded_at DATETIME NOT NULL, 
	PRIMARY KEY (model, site, service, position)
);
INSERT INTO "view_discards" VALUES('diary','vn','diary',6,'c','01a203bc-d427-770f-8ebd-8d7c4e7023eb','Ghi nhầm','office','2026-11-22 08:00:00.000000');
CREATE TABLE view_generations (
	model VARCHAR(50) NOT NULL, 
	generation INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	PRIMARY KEY (model, generation)
);
INSERT INTO "view_generations" VALUES('diary',1,1,'live');
CREATE TABLE view_parked (
	model VARCHAR(50) NOT NULL, 
	generation INTEGER NOT NULL, 
	site VARCHAR(31) NOT NULL, 
	service VARCHAR(31) NOT NULL, 
	position BIGINT NOT NULL, 
	stream VARCHAR(450) NOT NULL, 
	event TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	error TEXT NOT NULL, 
	trace TEXT NOT NULL, 
	parked_at DATETIME NOT NULL, 
	PRIMARY KEY (model, generation, site, service, position)
);
INSERT INTO "view_parked" VALUES('diary',1,'vn','diary',4,'b','{"specversion": "1.0", "id": "01a203bc-d426-759e-8bc4-7a2b556ba76a", "source": "/sites/vn/services/diary", "type": "diary.Noted", "subject": "b", "time": "2026-11-22T08:00:00.000000Z", "datacontenttype": "application/json", "schemaversion": "1", "position": "4", "streamversion": "1", "effectiveon": "2026-11-22", "actor": "office", "correlation": "course", "causation": "command", "data": {"text": "torn"}}',5,'Spoilt(''torn'')','Traceback (most recent call last):
  File "shared/projection.py", line 415, in _fold
    self._fold_together(generation, page, page.events)
  File "shared/projection.py", line 461, in _fold_together
    fold(rows, event)
  File "tests/shared/diary.py", line 38, in _noted
    raise Spoilt(event.data["text"])
tests.shared.diary.Spoilt: torn

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "shared/projection.py", line 430, in _fold_or_park
    self._fold_together(generation, page, page.events)
  File "shared/projection.py", line 461, in _fold_together
    fold(rows, event)
  File "tests/shared/diary.py", line 38, in _noted
    raise Spoilt(event.data["text"])
tests.shared.diary.Spoilt: torn
','2026-11-22 08:00:00.000000');
INSERT INTO "view_parked" VALUES('diary',1,'vn','diary',5,'b','{"specversion": "1.0", "id": "01a203bc-d426-759e-8bc4-7a2c503e552f", "source": "/sites/vn/services/diary", "type": "diary.Noted", "subject": "b", "time": "2026-11-22T08:00:00.000000Z", "datacontenttype": "application/json", "schemaversion": "1", "position": "5", "streamversion": "2", "effectiveon": "2026-11-22", "actor": "office", "correlation": "course", "causation": "command", "data": {"text": "four"}}',0,'waits behind a parked event of its stream','','2026-11-22 08:00:00.000000');
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed: append a correction'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed: append a correction'); END;
COMMIT;

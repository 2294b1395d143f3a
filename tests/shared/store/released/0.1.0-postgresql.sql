CREATE FUNCTION public.events_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'events are never changed: append a correction'; END $$;

CREATE TABLE public.commands (
    command character varying(100) NOT NULL,
    digest character varying(64) NOT NULL,
    answers text NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);

CREATE TABLE public.events (
    "position" bigint NOT NULL,
    id character varying(36) NOT NULL,
    stream character varying(450) NOT NULL,
    version integer NOT NULL,
    type character varying(100) NOT NULL,
    schema integer NOT NULL,
    data text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    effective_on date NOT NULL,
    actor character varying(100) NOT NULL,
    correlation character varying(100) NOT NULL,
    causation character varying(100) NOT NULL
);

CREATE TABLE public.log (
    id integer NOT NULL,
    site character varying(31) NOT NULL,
    service character varying(31) NOT NULL,
    head bigint NOT NULL,
    CONSTRAINT log_id_check CHECK ((id = 1))
);

CREATE SEQUENCE public.log_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.log_id_seq OWNED BY public.log.id;

CREATE TABLE public.pages__1 (
    page character varying(50) NOT NULL,
    notes text NOT NULL,
    count integer NOT NULL
);

CREATE TABLE public.relay (
    id integer NOT NULL,
    "position" bigint NOT NULL,
    CONSTRAINT relay_id_check CHECK ((id = 1))
);

CREATE SEQUENCE public.relay_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.relay_id_seq OWNED BY public.relay.id;

CREATE TABLE public.view_cursors (
    model character varying(50) NOT NULL,
    generation integer NOT NULL,
    site character varying(31) NOT NULL,
    service character varying(31) NOT NULL,
    "position" bigint NOT NULL
);

CREATE TABLE public.view_discards (
    model character varying(50) NOT NULL,
    site character varying(31) NOT NULL,
    service character varying(31) NOT NULL,
    "position" bigint NOT NULL,
    stream character varying(450) NOT NULL,
    event character varying(36) NOT NULL,
    reason text NOT NULL,
    actor character varying(100) NOT NULL,
    discarded_at timestamp with time zone NOT NULL
);

CREATE TABLE public.view_generations (
    model character varying(50) NOT NULL,
    generation integer NOT NULL,
    version integer NOT NULL,
    state character varying(10) NOT NULL
);

CREATE TABLE public.view_parked (
    model character varying(50) NOT NULL,
    generation integer NOT NULL,
    site character varying(31) NOT NULL,
    service character varying(31) NOT NULL,
    "position" bigint NOT NULL,
    stream character varying(450) NOT NULL,
    event text NOT NULL,
    attempts integer NOT NULL,
    error text NOT NULL,
    trace text NOT NULL,
    parked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.log ALTER COLUMN id SET DEFAULT nextval('public.log_id_seq'::regclass);

ALTER TABLE ONLY public.relay ALTER COLUMN id SET DEFAULT nextval('public.relay_id_seq'::regclass);

INSERT INTO public.commands VALUES ('first', 'd', '[{"stream" : "a", "version" : 2, "position" : 2, "events" : ["01a203bc-d4a4-7087-970c-0346e80ef7d8", "01a203bc-d4a4-7087-970c-0347b658e9a6"], "repeated" : false}]', '2026-11-22 08:00:00+00');
INSERT INTO public.commands VALUES ('second', 'e', '[{"stream" : "a", "version" : 3, "position" : 3, "events" : ["01a203bc-d4a7-7437-be4d-092c32ca37a8"], "repeated" : false}, {"stream" : "b", "version" : 2, "position" : 5, "events" : ["01a203bc-d4a7-7437-be4d-092df31c7c07", "01a203bc-d4a7-7437-be4d-092ed9cb3ed1"], "repeated" : false}]', '2026-11-22 08:00:00+00');

INSERT INTO public.events VALUES (1, '01a203bc-d4a4-7087-970c-0346e80ef7d8', 'a', 1, 'diary.Noted', 1, '{"text":"một"}', '2026-11-22 08:00:00+00', '2026-11-22', 'office', 'course', 'command');
INSERT INTO public.events VALUES (2, '01a203bc-d4a4-7087-970c-0347b658e9a6', 'a', 2, 'diary.Noted', 1, '{"text":"two"}', '2026-11-22 08:00:00+00', '2026-11-22', 'office', 'course', 'command');
INSERT INTO public.events VALUES (3, '01a203bc-d4a7-7437-be4d-092c32ca37a8', 'a', 3, 'diary.Noted', 1, '{"text":"three"}', '2026-11-22 08:00:00+00', '2026-11-22', 'office', 'course', 'command');
INSERT INTO public.events VALUES (4, '01a203bc-d4a7-7437-be4d-092df31c7c07', 'b', 1, 'diary.Noted', 1, '{"text":"torn"}', '2026-11-22 08:00:00+00', '2026-11-22', 'office', 'course', 'command');
INSERT INTO public.events VALUES (5, '01a203bc-d4a7-7437-be4d-092ed9cb3ed1', 'b', 2, 'diary.Noted', 1, '{"text":"four"}', '2026-11-22 08:00:00+00', '2026-11-22', 'office', 'course', 'command');
INSERT INTO public.events VALUES (6, '01a203bc-d4a8-7470-b66e-6a969a843b3b', 'c', 1, 'diary.Noted', 1, '{"text":"gone"}', '2026-11-22 08:00:00+00', '2026-11-22', 'office', 'course', 'command');
INSERT INTO public.events VALUES (7, '01a203bc-d4a8-7470-b66e-6a9713d06244', 'c', 2, 'diary.Noted', 1, '{"text":"five"}', '2026-11-22 08:00:00+00', '2026-11-22', 'office', 'course', 'command');

INSERT INTO public.log VALUES (1, 'vn', 'diary', 7);

INSERT INTO public.pages__1 VALUES ('diary/a', 'một two three ', 3);
INSERT INTO public.pages__1 VALUES ('diary/c', 'five ', 1);

INSERT INTO public.relay VALUES (1, 7);

INSERT INTO public.view_cursors VALUES ('diary', 1, 'vn', 'diary', 7);

INSERT INTO public.view_discards VALUES ('diary', 'vn', 'diary', 6, 'c', '01a203bc-d4a8-7470-b66e-6a969a843b3b', 'Ghi nhầm', 'office', '2026-11-22 08:00:00+00');

INSERT INTO public.view_generations VALUES ('diary', 1, 1, 'live');

INSERT INTO public.view_parked VALUES ('diary', 1, 'vn', 'diary', 4, 'b', '{"specversion": "1.0", "id": "01a203bc-d4a7-7437-be4d-092df31c7c07", "source": "/sites/vn/services/diary", "type": "diary.Noted", "subject": "b", "time": "2026-11-22T08:00:00.000000Z", "datacontenttype": "application/json", "schemaversion": "1", "position": "4", "streamversion": "1", "effectiveon": "2026-11-22", "actor": "office", "correlation": "course", "causation": "command", "data": {"text": "torn"}}', 5, 'Spoilt(''torn'')', 'Traceback (most recent call last):
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
', '2026-11-22 08:00:00+00');
INSERT INTO public.view_parked VALUES ('diary', 1, 'vn', 'diary', 5, 'b', '{"specversion": "1.0", "id": "01a203bc-d4a7-7437-be4d-092ed9cb3ed1", "source": "/sites/vn/services/diary", "type": "diary.Noted", "subject": "b", "time": "2026-11-22T08:00:00.000000Z", "datacontenttype": "application/json", "schemaversion": "1", "position": "5", "streamversion": "2", "effectiveon": "2026-11-22", "actor": "office", "correlation": "course", "causation": "command", "data": {"text": "four"}}', 0, 'waits behind a parked event of its stream', '', '2026-11-22 08:00:00+00');

SELECT pg_catalog.setval('public.log_id_seq', 1, false);

SELECT pg_catalog.setval('public.relay_id_seq', 1, false);

ALTER TABLE ONLY public.commands
    ADD CONSTRAINT commands_pkey PRIMARY KEY (command);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_id_key UNIQUE (id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY ("position");

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_stream_version UNIQUE (stream, version);

ALTER TABLE ONLY public.log
    ADD CONSTRAINT log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pages__1
    ADD CONSTRAINT pages__1_pkey PRIMARY KEY (page);

ALTER TABLE ONLY public.relay
    ADD CONSTRAINT relay_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.view_cursors
    ADD CONSTRAINT view_cursors_pkey PRIMARY KEY (model, generation, site, service);

ALTER TABLE ONLY public.view_discards
    ADD CONSTRAINT view_discards_pkey PRIMARY KEY (model, site, service, "position");

ALTER TABLE ONLY public.view_generations
    ADD CONSTRAINT view_generations_pkey PRIMARY KEY (model, generation);

ALTER TABLE ONLY public.view_parked
    ADD CONSTRAINT view_parked_pkey PRIMARY KEY (model, generation, site, service, "position");

CREATE TRIGGER events_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION public.events_refuse_change();

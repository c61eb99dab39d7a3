-- Moments are microseconds since the Unix epoch. Every row belongs to a store,
-- and goes with it (WIRE-1). Two processes may run this at the same time.

CREATE TABLE IF NOT EXISTS stores (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  name   TEXT NOT NULL UNIQUE,
  label  TEXT NOT NULL
);
INSERT OR IGNORE INTO stores (id, name, label) VALUES (0, '', 'the default store');

-- Records of instances; `seq` is their order in time (ACK-2, ADMIN-1).
CREATE TABLE IF NOT EXISTS instances (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  store       INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance    TEXT NOT NULL,
  name        TEXT NOT NULL,
  version     TEXT NOT NULL,
  execution   INTEGER NOT NULL,
  parent      TEXT,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  UNIQUE (store, instance)
);
CREATE INDEX IF NOT EXISTS instances_by_parent ON instances (store, parent);

-- Records of executions (ACK-2); the pinned version is three numbers (ACK-6).
CREATE TABLE IF NOT EXISTS executions (
  store         INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance      TEXT NOT NULL,
  execution     INTEGER NOT NULL,
  status        INTEGER NOT NULL,
  output        TEXT,
  pinned_major  INTEGER,
  pinned_minor  INTEGER,
  pinned_patch  INTEGER,
  started_at    INTEGER NOT NULL,
  completed_at  INTEGER,
  PRIMARY KEY (store, instance, execution)
) WITHOUT ROWID;

-- Histories; `event` is an Event, serialized (ACK-3).
CREATE TABLE IF NOT EXISTS events (
  store      INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance   TEXT NOT NULL,
  execution  INTEGER NOT NULL,
  event_id   INTEGER NOT NULL,
  event      BLOB NOT NULL,
  PRIMARY KEY (store, instance, execution, event_id)
);

CREATE TABLE IF NOT EXISTS custom_statuses (
  store     INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance  TEXT NOT NULL,
  status    TEXT,
  version   INTEGER NOT NULL,
  PRIMARY KEY (store, instance)
) WITHOUT ROWID;

-- What is set now (KV-1), and what earlier executions left (KV-2); `entry` is
-- a KvEntry, serialized.
CREATE TABLE IF NOT EXISTS kv (
  store     INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance  TEXT NOT NULL,
  key       TEXT NOT NULL,
  entry     BLOB NOT NULL,
  PRIMARY KEY (store, instance, key)
);
CREATE TABLE IF NOT EXISTS kv_snapshots (
  store     INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance  TEXT NOT NULL,
  key       TEXT NOT NULL,
  entry     BLOB NOT NULL,
  PRIMARY KEY (store, instance, key)
);

-- The orchestrator queue; `seq` is the order of enqueueing, `item` a WorkItem.
-- A message with the token of its instance's lock is in the batch (FETCH-2).
CREATE TABLE IF NOT EXISTS orchestrator_queue (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  store       INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance    TEXT NOT NULL,
  kind        TEXT NOT NULL,
  item        BLOB NOT NULL,
  visible_at  INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  lock_token  TEXT
);
CREATE INDEX IF NOT EXISTS orchestrator_queue_by_moment ON orchestrator_queue (store, visible_at, seq);
CREATE INDEX IF NOT EXISTS orchestrator_queue_by_instance ON orchestrator_queue (store, instance, seq);

-- Locks on instances; one that ran out may still lie here (FETCH-1).
CREATE TABLE IF NOT EXISTS instance_locks (
  store     INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance  TEXT NOT NULL,
  token     TEXT NOT NULL,
  ends_at   INTEGER NOT NULL,
  PRIMARY KEY (store, instance)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS instance_locks_by_token ON instance_locks (store, token);

-- The worker queue, each item with its own lock (WORK-1).
CREATE TABLE IF NOT EXISTS worker_queue (
  seq           INTEGER PRIMARY KEY AUTOINCREMENT,
  store         INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  instance      TEXT NOT NULL,
  execution     INTEGER NOT NULL,
  activity      INTEGER NOT NULL,
  session       TEXT,
  tag           TEXT,
  item          BLOB NOT NULL,
  visible_at    INTEGER NOT NULL,
  attempts      INTEGER NOT NULL DEFAULT 0,
  lock_token    TEXT,
  lock_ends_at  INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS worker_queue_by_order ON worker_queue (store, seq);
CREATE INDEX IF NOT EXISTS worker_queue_by_activity ON worker_queue (store, instance, execution, activity);
CREATE INDEX IF NOT EXISTS worker_queue_by_session ON worker_queue (store, session);
CREATE UNIQUE INDEX IF NOT EXISTS worker_queue_by_token ON worker_queue (store, lock_token);

-- Sessions and who holds them; one that ran out may still lie here (SESS-1).
CREATE TABLE IF NOT EXISTS sessions (
  store      INTEGER NOT NULL REFERENCES stores ON DELETE CASCADE,
  session    TEXT NOT NULL,
  owner      TEXT NOT NULL,
  ends_at    INTEGER NOT NULL,
  active_at  INTEGER NOT NULL,
  PRIMARY KEY (store, session)
) WITHOUT ROWID;

-- First outcomes by request id (WIRE-7). By the store's name, because the
-- outcome of a DropStore outlives the store. Reason 0 is a success.
CREATE TABLE IF NOT EXISTS requests (
  store_name   TEXT NOT NULL,
  request_id   TEXT NOT NULL,
  fingerprint  BLOB NOT NULL,
  reason       INTEGER NOT NULL,
  outcome      BLOB NOT NULL,
  made_at      INTEGER NOT NULL,
  PRIMARY KEY (store_name, request_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS requests_by_age ON requests (made_at);

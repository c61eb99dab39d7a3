-- Version 1 of the database.
--
-- Moments are microseconds since the Unix epoch (…_us), so that a lease ends
-- when it should and not up to a millisecond early; moments that are only shown
-- to people are milliseconds (…_ms), as on the wire.

-- Stores share nothing: every key below begins with, or leads to, a store_key.
-- AUTOINCREMENT, so that the key of a dropped store never comes back.
CREATE TABLE stores (
  store_key INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

-- One row for each instance id that anything is stored for: a message, an event
-- or a record. It is the record, the lock and the place in the queue.
CREATE TABLE instances (
  instance_key INTEGER PRIMARY KEY AUTOINCREMENT,
  store_key INTEGER NOT NULL,
  instance_id TEXT NOT NULL,
  -- The record (ACK-2). created_ms is NULL until a turn has made it.
  name TEXT,
  version TEXT,
  parent_id TEXT,
  created_ms INTEGER,
  updated_ms INTEGER,
  -- The latest execution that has a row in executions; 0 for none.
  current_execution INTEGER NOT NULL DEFAULT 0,
  -- The current execution's pinned version as a sortable key; empty for none.
  pinned BLOB NOT NULL DEFAULT x'',
  -- The message whose turn it is: since when it may be given out, and its id.
  -- NULL where nothing can be given out, now or later, without a new message.
  due_us INTEGER,
  due_message INTEGER,
  -- The lock. NULL where there is none.
  lock_token TEXT,
  locked_until_us INTEGER,
  locked_at_us INTEGER NOT NULL DEFAULT 0,
  -- Counts fetches; the messages of a fetch carry its number.
  batch INTEGER NOT NULL DEFAULT 0,
  UNIQUE (store_key, instance_id)
) STRICT;

-- The orchestrator queue's head: oldest first among those that are not locked,
-- apart for each pinned version so that a filter needs one look per version.
CREATE INDEX instances_ready ON instances (store_key, pinned, due_us, due_message)
  WHERE locked_until_us IS NULL AND due_us IS NOT NULL;
CREATE INDEX instances_locked ON instances (store_key, locked_until_us)
  WHERE locked_until_us IS NOT NULL;
CREATE INDEX instances_by_age ON instances (store_key, created_ms, instance_key)
  WHERE created_ms IS NOT NULL;
CREATE INDEX instances_by_parent
  ON instances (store_key, parent_id, created_ms, instance_key)
  WHERE parent_id IS NOT NULL;

CREATE TABLE executions (
  instance_key INTEGER NOT NULL,
  execution_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  output TEXT,
  pinned BLOB NOT NULL DEFAULT x'',
  started_ms INTEGER NOT NULL,
  completed_ms INTEGER,
  -- Kept beside the events, so that nobody counts them.
  event_count INTEGER NOT NULL DEFAULT 0,
  event_bytes INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (instance_key, execution_id)
) STRICT, WITHOUT ROWID;

-- Events as they came, one serialised duroxide.provider.v1.Event each.
CREATE TABLE history (
  instance_key INTEGER NOT NULL,
  execution_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (instance_key, execution_id, event_id)
) STRICT, WITHOUT ROWID;

-- Messages of the orchestrator queue; message_id is the order of enqueueing.
CREATE TABLE messages (
  message_id INTEGER PRIMARY KEY,
  instance_key INTEGER NOT NULL,
  -- 0 needs an instance, 1 starts one, 2 is dropped without one (FETCH-5).
  role INTEGER NOT NULL,
  visible_us INTEGER NOT NULL,
  -- The fetch that last took it; see instances.batch.
  batch INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  data BLOB NOT NULL
) STRICT;
CREATE INDEX messages_by_role ON messages (instance_key, role, visible_us, message_id);

-- The worker queue; item_id is the order of enqueueing.
CREATE TABLE work_items (
  item_id INTEGER PRIMARY KEY,
  store_key INTEGER NOT NULL,
  instance_id TEXT NOT NULL,
  execution_id INTEGER NOT NULL,
  activity_id INTEGER NOT NULL,
  tag TEXT,
  session_id TEXT,
  -- NULL: ready. Else when it becomes so: the end of its delay or of its lock.
  due_us INTEGER,
  lock_token TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  data BLOB NOT NULL
) STRICT;
CREATE INDEX work_items_ready ON work_items (store_key, item_id)
  WHERE due_us IS NULL AND session_id IS NULL;
CREATE INDEX work_items_ready_by_tag ON work_items (store_key, tag, item_id)
  WHERE due_us IS NULL AND session_id IS NULL;
CREATE INDEX work_items_due ON work_items (store_key, due_us) WHERE due_us IS NOT NULL;
CREATE INDEX work_items_ready_by_session ON work_items (store_key, session_id, tag, item_id)
  WHERE due_us IS NULL AND session_id IS NOT NULL;
CREATE INDEX work_items_by_session ON work_items (store_key, session_id)
  WHERE session_id IS NOT NULL;
CREATE INDEX work_items_by_activity
  ON work_items (store_key, instance_id, execution_id, activity_id);

CREATE TABLE sessions (
  store_key INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  owner TEXT NOT NULL,
  locked_until_us INTEGER NOT NULL,
  last_activity_us INTEGER NOT NULL,
  -- 1 until somebody has seen that the lock ran out.
  held INTEGER NOT NULL,
  PRIMARY KEY (store_key, session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (store_key, locked_until_us) WHERE held = 1;
-- locked_until_us, so that SQLite prefers it to the one above.
CREATE INDEX sessions_by_owner ON sessions (store_key, owner, locked_until_us)
  WHERE held = 1;

-- The oldest ready item of each session and tag, and who holds the session: a
-- fetch looks here, so that a held session's backlog costs others nothing.
CREATE TABLE session_heads (
  head_key INTEGER PRIMARY KEY,
  store_key INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  tag TEXT,
  owner TEXT,
  item_id INTEGER NOT NULL
) STRICT;
CREATE INDEX session_heads_by_session ON session_heads (store_key, session_id, tag);
CREATE INDEX session_heads_by_owner ON session_heads (store_key, owner, item_id);
CREATE INDEX session_heads_by_owner_and_tag ON session_heads (store_key, owner, tag, item_id);

-- Key-values: what ended executions left, and what the current one changed since
-- (a NULL value is a cleared key).
CREATE TABLE kv_values (
  instance_key INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (instance_key, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE kv_changes (
  instance_key INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT,
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (instance_key, key)
) STRICT, WITHOUT ROWID;

-- Apart from instances, because it may be large and is rarely written.
CREATE TABLE custom_statuses (
  instance_key INTEGER PRIMARY KEY,
  status TEXT,
  version INTEGER NOT NULL
) STRICT;

-- First outcomes of requests that carried a request id (WIRE-7). The row ids go
-- by age, so that old ones are found at the front.
CREATE TABLE request_outcomes (
  outcome_key INTEGER PRIMARY KEY,
  store_key INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  fingerprint INTEGER NOT NULL,
  recorded_us INTEGER NOT NULL,
  -- A serialised duroxide.provider.v1.Status; NULL for a success.
  error BLOB,
  response BLOB,
  UNIQUE (store_key, request_id)
) STRICT;

INSERT INTO stores (store_key, name, label, created_ms) VALUES (1, '', 'default', 0);

-- Version 3 of the database: the bytes of large messages, activities and events
-- lie apart from their rows, and requests are told apart by another hash. Rows
-- of earlier versions keep their bytes.

-- A row's lock, batch or attempts change its size, and SQLite then writes all
-- of the row anew, on as many pages as it has. So what takes a page or more is
-- here, and the row's own data are empty.
CREATE TABLE large_messages (
  message_id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;
CREATE TABLE large_work_items (
  item_id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

-- Few large rows fit a page of a tree whose inner pages have rows too, and each
-- new one among them moves others. Here the next one is always the last one;
-- large_key leads to it, and the row's own data are empty.
CREATE TABLE large_events (
  event_key INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;
ALTER TABLE history ADD COLUMN large_key INTEGER;

CREATE TRIGGER messages_deleted AFTER DELETE ON messages
  WHEN length(OLD.data) = 0
BEGIN
  DELETE FROM large_messages WHERE message_id = OLD.message_id;
END;
CREATE TRIGGER work_items_deleted AFTER DELETE ON work_items
  WHEN length(OLD.data) = 0
BEGIN
  DELETE FROM large_work_items WHERE item_id = OLD.item_id;
END;

CREATE TRIGGER history_deleted AFTER DELETE ON history
  WHEN OLD.large_key IS NOT NULL
BEGIN
  DELETE FROM large_events WHERE event_key = OLD.large_key;
END;

-- 0: of a version before this one, and not to be compared.
UPDATE request_outcomes SET fingerprint = 0;

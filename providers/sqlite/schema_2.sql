-- Version 2 of the database: an instance whose start is delayed keeps the place
-- of what has waited for it.

-- 1 where the start is still to become visible. What has waited for it longer
-- than others counts only then, so the place is worked out anew at due_us.
-- Those of version 1 keep the place that they have.
ALTER TABLE instances ADD COLUMN awaits_start INTEGER NOT NULL DEFAULT 0;

CREATE INDEX instances_awaiting_start ON instances (store_key, due_us)
  WHERE awaits_start = 1;

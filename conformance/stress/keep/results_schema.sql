-- Version 1 of the results database.
--
-- Made to be read by others, too: units are in the names, moments are
-- microseconds since the Unix epoch, and the view `figures` has what most look
-- for. A latency is a histogram as text (conformance/stress/measure/histogram.h);
-- empty where nothing was measured.

CREATE TABLE machines (
  machine_key INTEGER PRIMARY KEY,
  -- See keep/machine.h. The memory is that of the machine seen first.
  fingerprint TEXT NOT NULL UNIQUE,
  cpu_model TEXT NOT NULL,
  cores INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  kernel TEXT NOT NULL,
  file_system TEXT NOT NULL
) STRICT;

-- AUTOINCREMENT, so that the number of a deleted run never comes back.
CREATE TABLE runs (
  run_key INTEGER PRIMARY KEY AUTOINCREMENT,
  scenario TEXT NOT NULL,
  provider TEXT NOT NULL,
  provider_version TEXT NOT NULL,
  -- Of what was tested; empty where nobody said.
  commit_id TEXT NOT NULL,
  modified INTEGER NOT NULL,
  tool_version TEXT NOT NULL,
  machine_key INTEGER NOT NULL REFERENCES machines,
  -- Empty and 0 where the run is not part of a comparison.
  comparison TEXT NOT NULL,
  round INTEGER NOT NULL,
  began_us INTEGER NOT NULL,
  -- The whole load.
  elapsed_us INTEGER NOT NULL,
  started INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  failed_infrastructure INTEGER NOT NULL,
  failed_configuration INTEGER NOT NULL,
  failed_application INTEGER NOT NULL,
  activities INTEGER NOT NULL,
  -- Its steady part.
  steady_us INTEGER NOT NULL,
  steady_completed INTEGER NOT NULL,
  steady_activities INTEGER NOT NULL,
  latency TEXT NOT NULL,
  -- Of `latency`, for SQL, which cannot read histograms.
  mean_us INTEGER NOT NULL,
  p50_us INTEGER NOT NULL,
  p90_us INTEGER NOT NULL,
  p99_us INTEGER NOT NULL,
  p999_us INTEGER NOT NULL,
  max_us INTEGER NOT NULL,
  lag_ratio REAL NOT NULL,
  longest_lag_us INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_time ON runs (scenario, provider, began_us);

CREATE TABLE settings (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (run_key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE calls (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  method TEXT NOT NULL,
  latency TEXT NOT NULL,
  PRIMARY KEY (run_key, method)
) STRICT, WITHOUT ROWID;
CREATE TABLE call_codes (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  method TEXT NOT NULL,
  code TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (run_key, method, code)
) STRICT, WITHOUT ROWID;

-- Stretches of the run, one after the other; times are since the load began.
CREATE TABLE slots (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  begin_us INTEGER NOT NULL,
  length_us INTEGER NOT NULL,
  started INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  failed_infrastructure INTEGER NOT NULL,
  failed_configuration INTEGER NOT NULL,
  failed_application INTEGER NOT NULL,
  activities INTEGER NOT NULL,
  in_flight INTEGER NOT NULL,
  latency TEXT NOT NULL,
  PRIMARY KEY (run_key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE processes (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  pid INTEGER NOT NULL,
  PRIMARY KEY (run_key, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE process_samples (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  process INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  -- Since the process began.
  cpu_us INTEGER NOT NULL,
  resident_bytes INTEGER NOT NULL,
  open_files INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  PRIMARY KEY (run_key, process, at_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE measures (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  help TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (run_key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  count INTEGER NOT NULL,
  example TEXT NOT NULL,
  PRIMARY KEY (run_key, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE errors (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (run_key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE thresholds (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  threshold TEXT NOT NULL,
  met INTEGER NOT NULL,
  seen TEXT NOT NULL,
  PRIMARY KEY (run_key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE explanations (
  run_key INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  -- One a line.
  seen TEXT NOT NULL,
  likely_causes TEXT NOT NULL,
  next_steps TEXT NOT NULL,
  PRIMARY KEY (run_key, position)
) STRICT, WITHOUT ROWID;

CREATE VIEW figures AS
SELECT run_key, datetime(began_us / 1000000, 'unixepoch') AS began, scenario,
  provider, provider_version, commit_id, modified, comparison, round,
  completed,
  failed_infrastructure + failed_configuration + failed_application AS failed,
  100.0 * completed / nullif(completed + failed_infrastructure
      + failed_configuration + failed_application, 0) AS success_percent,
  1e6 * steady_completed / nullif(steady_us, 0) AS orchestrations_per_second,
  1e6 * steady_activities / nullif(steady_us, 0) AS activities_per_second,
  mean_us / 1e3 AS mean_ms, p50_us / 1e3 AS p50_ms, p90_us / 1e3 AS p90_ms,
  p99_us / 1e3 AS p99_ms, p999_us / 1e3 AS p999_ms, max_us / 1e3 AS max_ms,
  lag_ratio, fingerprint
FROM runs JOIN machines USING (machine_key);

--# expand: every row changes in an expand
UPDATE users SET city = 'unknown'; --! unbounded-change
--# expand: a condition that is none
UPDATE users SET city = 'unknown' WHERE true; --! unbounded-change
--# expand: a condition in another query than the change's
UPDATE users SET city = (SELECT city FROM users WHERE id = 1); --! unbounded-change
--# expand: every row is deleted
DELETE FROM sessions; --! unbounded-change
--# backfill: every row is deleted in a backfill
DELETE FROM ONLY sessions; --! unbounded-change
--# expand: every row is deleted inside of WITH
WITH gone AS (DELETE FROM sessions RETURNING id) --! unbounded-change
SELECT count(*) FROM gone;
--# expand: every row changes behind WITH
WITH best AS (SELECT max(total) AS total FROM orders)
UPDATE orders SET note = 'best' FROM best; --! unbounded-change
--# expand: a table is emptied
TRUNCATE sessions; --! truncate
--# expand: tables are emptied with all that hang on them
TRUNCATE TABLE users, orders CASCADE; --! truncate truncate cascade
--# expand: a column is added and filled
ALTER TABLE users ADD COLUMN full_name text;
UPDATE users SET full_name = name WHERE full_name IS NULL; --! mixed-schema-and-data
--# expand: a column is added and every row filled
ALTER TABLE users ADD COLUMN full_name text;
UPDATE users SET full_name = name; --! mixed-schema-and-data unbounded-change
--# backfill: rows and an index in one transaction
INSERT INTO orders (id, user_id) VALUES (1, 1); --! mixed-schema-and-data
CREATE INDEX ON orders (total); --! index-not-concurrent
--# contract: rows and schema in one contract
-- destroys-data: nobody reads the old column
DELETE FROM sessions WHERE user_id IS NULL; --! mixed-schema-and-data
ALTER TABLE users DROP COLUMN old;
--# contract: a table is dropped and nobody says so
DROP TABLE sessions; --! undeclared-data-loss
--# contract: a column is dropped and nobody says so
ALTER TABLE users DROP COLUMN old; --! undeclared-data-loss
--# contract: rows are gone and nobody says so
DELETE FROM sessions; --! undeclared-data-loss
TRUNCATE archive.old_orders; --! undeclared-data-loss
--# contract: a schema is dropped and nobody says so
DROP SCHEMA archive CASCADE; --! undeclared-data-loss cascade
--# contract: declared, but with a cascade
-- destroys-data: the archive is on tape
DROP SCHEMA archive CASCADE; --! cascade
--# expand: a value of an enum is used at once
ALTER TYPE mood ADD VALUE 'angry';
INSERT INTO moods VALUES ('angry'); --? 55P04 --! enum-value-used
--# expand: a value of an enum is used as a default
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'angry' BEFORE 'sad';
ALTER TABLE users ADD COLUMN mood mood DEFAULT 'angry'; --? 55P04 --! enum-value-used
--# expand: a value that is added to a new enum is used at once
CREATE TYPE size AS ENUM ('s', 'm');
ALTER TYPE size ADD VALUE 'l';
CREATE TABLE shirts (size size DEFAULT 'l'); --? 55P04 --! enum-value-used
--# expand: an ignored rule that finds nothing
-- lint: ignore drop-column it is gone already --! unused-ignore
SELECT 1;
--# expand: a table that may have been there is emptied
CREATE TABLE IF NOT EXISTS sessions (id bigint);
TRUNCATE sessions; --! truncate
--# contract: a table that may have been there is dropped
CREATE TABLE IF NOT EXISTS sessions (id bigint);
DROP TABLE sessions; --! undeclared-data-loss
--# expand: what may have been there is changed at will
CREATE TABLE IF NOT EXISTS keyless (a int);
CREATE INDEX ON keyless (a); --! index-not-concurrent
CREATE INDEX IF NOT EXISTS orders_state_idx ON orders (state); --! index-not-concurrent
DROP INDEX orders_state_idx; --! drop-index-not-concurrent
--# expand: a view that may have been there is dropped
CREATE OR REPLACE VIEW active_users AS SELECT id, age FROM users;
DROP VIEW active_users; --! drop-object
--# expand: a view comes back and goes again
DROP VIEW active_users; --! drop-object
CREATE VIEW active_users AS SELECT id, age FROM users;
DROP VIEW active_users;
--# expand: a block makes a table where there is none
DO $$
BEGIN
    IF to_regclass('sessions') IS NULL THEN
        CREATE TABLE sessions (id bigint);
    END IF;
END $$;
TRUNCATE sessions; --! truncate
--# expand: a block makes a table and goes on where that fails
DO $$
BEGIN
    CREATE TABLE sessions (id bigint);
EXCEPTION WHEN duplicate_table THEN
    NULL;
END $$;
DELETE FROM sessions; --! unbounded-change
--# expand: a block makes a table within another one, or ends before
DO $$
BEGIN
    IF EXISTS (SELECT FROM sessions) THEN
        RETURN;
    END IF;
    BEGIN
        CREATE TABLE keyless_too (id bigint);
        CREATE INDEX ON keyless_too (id);
    END;
    CREATE UNIQUE INDEX ON keyless_too (id);
END $$;
TRUNCATE sessions; --! truncate
--# contract: a temporary table is gone and the real one follows
CREATE TEMP TABLE sessions (id bigint);
DROP TABLE sessions;
DROP TABLE sessions; --! undeclared-data-loss
--# expand: a temporary table is not the one of a schema
CREATE TEMPORARY TABLE sessions AS SELECT 1 AS id;
TRUNCATE public.sessions; --! truncate
--# expand: a temporary table by a query has another name now
SELECT 1 AS id INTO TEMP sessions;
ALTER TABLE sessions RENAME TO work;
TRUNCATE work;
TRUNCATE sessions; --! truncate
--# expand: a temporary table is gone at once
-- transaction: none
CREATE TEMP TABLE sessions (id bigint) ON COMMIT DROP;
TRUNCATE sessions; --! truncate
--# expand: a temporary table is taken back
SAVEPOINT here;
CREATE TEMP TABLE sessions (id bigint);
ROLLBACK TO SAVEPOINT here;
TRUNCATE sessions; --! truncate
--# expand: an old table gets the name of a new one
CREATE TABLE swap (id bigint);
ALTER TABLE swap RENAME TO swapped;
ALTER TABLE sessions RENAME TO swap; --! rename
DROP TABLE swapped;
DROP TABLE swap; --! drop-table
--# expand: a new table of another schema
SET LOCAL search_path = archive;
CREATE TABLE sessions (id bigint);
TRUNCATE sessions;
TRUNCATE public.sessions; --! truncate
--# contract: some rows are deleted and nobody says so
DELETE FROM sessions WHERE user_id IS NULL; --! undeclared-data-loss
--# contract: rows are merged away
MERGE INTO sessions s USING users u ON s.user_id = u.id WHEN MATCHED AND u.old IS NOT NULL THEN DELETE WHEN NOT MATCHED THEN DO NOTHING; --! undeclared-data-loss
--# contract: values are overwritten with nothing
UPDATE users SET name = 'x', old = NULL WHERE id > 5; --! undeclared-data-loss
--# contract: values are overwritten with nothing in other words
UPDATE users SET (name, old) = ROW ('x', NULL::text) WHERE id > 5; --! undeclared-data-loss
UPDATE orders SET note = (CAST(NULL AS text)); --! undeclared-data-loss
UPDATE orders AS o SET total = o.total + 1, state = DEFAULT FROM users u WHERE o.user_id = u.id; --! undeclared-data-loss
UPDATE users SET city = '' WHERE city IS NOT NULL; --! undeclared-data-loss
--# contract: values are overwritten with nothing on a conflict and in a merge
INSERT INTO users (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET old = NULL; --! undeclared-data-loss
MERGE INTO users u USING orders o ON o.user_id = u.id WHEN MATCHED THEN UPDATE SET name = 'x', old = NULL; --! undeclared-data-loss
--# contract: rows are deleted inside of other statements
WITH gone AS (DELETE FROM sessions WHERE id < 5 RETURNING id) SELECT count(*) FROM gone; --! undeclared-data-loss
COPY (DELETE FROM moods RETURNING mood) TO '/dev/null'; --! undeclared-data-loss
--# contract: rows are archived, and deleted where they were
CREATE TABLE gone_sessions AS WITH gone AS (DELETE FROM sessions WHERE id < 5 RETURNING id) SELECT id FROM gone; --! undeclared-data-loss
EXPLAIN ANALYZE DELETE FROM notes; --! undeclared-data-loss
EXPLAIN (ANALYZE, COSTS off) UPDATE users SET old = NULL; --! undeclared-data-loss
--# contract: rows are deleted by a block
DO $$
BEGIN
    DELETE FROM sessions WHERE id < 5; --! undeclared-data-loss
    MERGE INTO sessions s USING users u ON s.user_id = u.id WHEN MATCHED THEN DELETE; --! undeclared-data-loss
END $$;
--# expand: a merge of every row
MERGE INTO sessions s USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE; --! unbounded-change
--# backfill: a merge deletes every row
MERGE INTO sessions s USING (SELECT 1) one ON (1 = 1) WHEN MATCHED THEN DELETE; --! unbounded-change
--# expand: every setting is set back by a word
-- transaction: none
DISCARD ALL; --! lock-timeout

--# expand: a column is added
ALTER TABLE users ADD COLUMN phone text, ADD COLUMN IF NOT EXISTS fax text NULL;
--# expand: a column with a constant default
ALTER TABLE users ADD COLUMN active boolean NOT NULL DEFAULT true;
--# expand: a column with a default that is computed once
ALTER TABLE users ADD COLUMN seen timestamptz NOT NULL DEFAULT now(), ADD COLUMN day date DEFAULT CURRENT_DATE;
--# expand: a column with a default in a cast
ALTER TABLE users ADD COLUMN tags jsonb NOT NULL DEFAULT '{}'::jsonb, ADD COLUMN code varchar(10) DEFAULT 'a'::varchar(10), ADD price numeric(10, 2) DEFAULT CAST(0 AS numeric(10, 2)) NOT NULL;
--# expand: a volatile default for rows to come
ALTER TABLE users ADD COLUMN token uuid;
ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();
--# expand: the random function only as a text
ALTER TABLE users ADD COLUMN formula text DEFAULT 'random()';
--# expand: a new column that refers to nothing yet
ALTER TABLE orders ADD COLUMN payer bigint REFERENCES users (id);
--# expand: a foreign key not valid
ALTER TABLE orders ADD CONSTRAINT orders_users FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
--+ backfill
ALTER TABLE orders VALIDATE CONSTRAINT orders_users;
--# expand: a check not valid, validated later
ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;
--+ backfill
ALTER TABLE orders VALIDATE CONSTRAINT total_positive;
--# expand: NOT NULL by a validated check
ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL) NOT VALID;
--+ backfill
ALTER TABLE users VALIDATE CONSTRAINT email_there;
--+ contract
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT email_there;
--# expand: NOT NULL by a validated check that says more
ALTER TABLE public.users ADD CONSTRAINT email_there CHECK (("email" IS NOT NULL) AND email <> '') NOT VALID;
--+ backfill
ALTER TABLE users VALIDATE CONSTRAINT email_there;
--+ contract
ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL;
--# expand: added and validated, each on its own
-- transaction: none
ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT total_positive;
--# expand: an index concurrently
-- transaction: none
CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);
--# expand: an index concurrently, safe to repeat
-- transaction: none
DROP INDEX CONCURRENTLY IF EXISTS users_city_idx;
CREATE UNIQUE INDEX CONCURRENTLY users_city_idx ON users (city, id);
--# expand: a constraint by an index that is there
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email_idx;
--# expand: indexes built anew concurrently
-- transaction: none
REINDEX TABLE CONCURRENTLY orders;
REINDEX (CONCURRENTLY, VERBOSE) INDEX orders_state_idx;
--# expand: a view is filled concurrently
REFRESH MATERIALIZED VIEW CONCURRENTLY order_totals;
--# expand: a plain vacuum outside of a transaction
-- transaction: none
VACUUM (ANALYZE, VERBOSE) orders;
--# expand: names that nobody calls by change
ALTER INDEX orders_state_idx RENAME TO orders_by_state;
ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO orders_key;
--# expand: a constraint goes, and NULL is allowed
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_total_check;
ALTER TABLE users ALTER COLUMN created_at DROP NOT NULL;
--# expand: a limit for locks
SET LOCAL lock_timeout = '3s';
ALTER TABLE users ADD COLUMN phone text;
--# expand: a limit for locks by a function, for the transaction
SELECT set_config('lock_timeout', '500ms', true);
--# expand: a setting that is set back
-- transaction: none
SET statement_timeout = '30min';
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;
RESET statement_timeout;
--# expand: constraints wait for the end
SET CONSTRAINTS ALL DEFERRED;
SET TRANSACTION READ WRITE;
--# expand: a savepoint
SAVEPOINT here;
ALTER TABLE users ADD COLUMN phone text;
ROLLBACK TO SAVEPOINT here;
RELEASE SAVEPOINT here;
--# expand: a value of an enum for later
ALTER TYPE mood ADD VALUE 'angry';
COMMENT ON TYPE mood IS 'angry';
--+ backfill
INSERT INTO moods VALUES ('angry');
--# backfill: some rows change
UPDATE users SET city = 'unknown' WHERE city IS NULL;
--# backfill: rows change behind WITH
WITH few AS (SELECT id FROM users WHERE city IS NULL ORDER BY id LIMIT 1000)
UPDATE users u SET city = 'unknown' FROM few WHERE u.id = few.id;
--# backfill: every row, as only a backfill may
UPDATE users SET city = 'unknown';
--# backfill: rows move inside of WITH
WITH moved AS (DELETE FROM sessions WHERE user_id IS NULL RETURNING id)
INSERT INTO archive.old_orders SELECT id FROM moved;
--# expand: a few rows of reference data
INSERT INTO notes VALUES ('hello');
DELETE FROM moods WHERE mood = 'sad';
--# contract: a declared loss
-- destroys-data: nobody has read users.old since 2.3
ALTER TABLE users DROP COLUMN old;
DROP TABLE sessions;
--# contract: what the old release knew goes, and no data
DROP VIEW active_users;
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;
REVOKE INSERT ON users FROM PUBLIC;
ALTER TABLE moods RENAME TO feelings;
--# expand: an undo drops what was added
ALTER TABLE users ADD COLUMN phone text;
--+ undo
ALTER TABLE users DROP COLUMN phone;
--# expand: an undo of an index
-- transaction: none
CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);
--+ undo
-- transaction: none
DROP INDEX CONCURRENTLY IF EXISTS orders_total_idx;
--# expand: a statistic, a rule of storage and a comment
ALTER TABLE orders ALTER COLUMN note SET STORAGE EXTERNAL, ALTER state SET STATISTICS 500;
ALTER TABLE orders SET (fillfactor = 90);
ANALYZE orders;
--# expand: rights for the new release
GRANT SELECT (id, name) ON users TO PUBLIC;
--# expand: copies within the server
INSERT INTO archive.old_orders SELECT id FROM orders WHERE id < 100;
--# expand: a column may be null, in many words
ALTER TABLE ONLY users ADD COLUMN "not null" text DEFAULT NULL;
--# expand: a default of the time in a zone
ALTER TABLE users ADD COLUMN seen timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc');
--# expand: a default of an array and of a row of functions that are known
ALTER TABLE users ADD COLUMN tags text[] NOT NULL DEFAULT ARRAY[]::text[], ADD COLUMN code text DEFAULT upper(concat('a', lower('B')));
--# expand: a trigger that keeps two columns alike
ALTER TABLE users ADD COLUMN mail text;
CREATE FUNCTION keep_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.mail := COALESCE(NEW.mail, NEW.email);
    RETURN NEW;
END $$;
CREATE TRIGGER keep_mail BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep_mail();
--+ backfill
UPDATE users SET mail = email WHERE mail IS NULL;
--+ contract
-- destroys-data: mail has all of it
DROP TRIGGER keep_mail ON users;
DROP FUNCTION keep_mail();
ALTER TABLE users DROP COLUMN old;
--# backfill: some rows change in a block
DO $$
DECLARE
    n int;
BEGIN
    LOOP
        UPDATE users SET city = 'unknown' WHERE id IN (SELECT id FROM users WHERE city IS NULL LIMIT 1000);
        GET DIAGNOSTICS n = ROW_COUNT;
        EXIT WHEN n = 0;
    END LOOP;
END $$;
--# backfill: rows are merged
MERGE INTO moods m USING (SELECT 'ok'::mood AS mood) s ON m.mood = s.mood WHEN NOT MATCHED THEN INSERT VALUES (s.mood);
--# expand: a setting for the transaction, in two words
SET LOCAL statement_timeout = '1min';
SET LOCAL TIME ZONE 'UTC';
--# contract: a constraint and an index of it go
ALTER TABLE orders DROP CONSTRAINT orders_user_fk, DROP CONSTRAINT IF EXISTS more;
--# expand: an index of an index's name in another schema
ALTER INDEX IF EXISTS orders_state_idx SET (fillfactor = 70);
--# expand: rights by default
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
--# expand: the right of new tables is closed by default
CREATE TABLE invoices (id bigint);
REVOKE ALL ON TABLE invoices FROM PUBLIC;
--# contract: rows are filled and changed, and nothing is lost
UPDATE users SET city = 'unknown' WHERE city IS NULL;
UPDATE users SET name = coalesce(name, old), old = CASE WHEN old = '' THEN NULL ELSE old END WHERE id = NULL;
UPDATE orders SET (total, note) = (SELECT 1, max(body) FROM notes) WHERE id = 0;
--# contract: rows are merged, and nothing is lost
MERGE INTO users u USING orders o ON o.user_id = u.id WHEN MATCHED THEN UPDATE SET name = 'delete' WHEN NOT MATCHED THEN INSERT (id, old) VALUES (o.id, NULL);
--# contract: rows are deleted, and that is said
-- destroys-data: sessions of nobody
DELETE FROM sessions WHERE user_id IS NULL;
UPDATE users SET old = NULL;
--# contract: a deletion is explained and prepared for nobody
EXPLAIN DELETE FROM sessions;
--# expand: some rows are merged away
MERGE INTO sessions s USING users u ON s.user_id = u.id AND u.old = 'x' WHEN MATCHED THEN DELETE;
--# contract: rows are merged away, and that is said
-- destroys-data: sessions of users that are gone
MERGE INTO sessions s USING users u ON s.user_id = u.id WHEN MATCHED AND u.old IS NOT NULL THEN DELETE;
--# expand: plans are forgotten, settings are not
DISCARD PLANS;
DISCARD SEQUENCES;
--# contract: a value of another table is nothing
UPDATE users SET city = o.state, old = name FROM orders o WHERE o.user_id = users.id AND o.note = NULL;

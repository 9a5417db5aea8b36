--# expand: an index of a new table
CREATE TABLE invoices (id bigint PRIMARY KEY, user_id bigint, total numeric);
CREATE INDEX invoices_user ON invoices (user_id);
CREATE UNIQUE INDEX ON public.invoices (total);
--# expand: a new table with everything
CREATE TABLE invoices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    total numeric NOT NULL CHECK (total > 0)
);
--# expand: constraints of a new table
CREATE TABLE invoices (id bigint, user_id bigint);
ALTER TABLE invoices ADD PRIMARY KEY (id);
ALTER TABLE invoices ADD CONSTRAINT invoices_users FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE invoices ADD CONSTRAINT positive CHECK (id > 0);
ALTER TABLE invoices ALTER COLUMN user_id SET NOT NULL;
--# expand: a new table is changed at will
CREATE TABLE "Invoices" (id int);
ALTER TABLE "Invoices" ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE "Invoices" ALTER COLUMN id TYPE bigint;
ALTER TABLE "Invoices" DROP COLUMN token;
ALTER TABLE "Invoices" RENAME TO bills;
ALTER TABLE bills RENAME COLUMN id TO number;
DROP TABLE bills;
--# expand: a new table is filled
CREATE TABLE countries (code text PRIMARY KEY, name text);
INSERT INTO countries VALUES ('at', 'Austria'), ('de', 'Germany');
UPDATE countries SET name = upper(name);
ALTER TABLE countries ADD COLUMN size int NOT NULL DEFAULT 0;
DELETE FROM countries;
--# expand: a new table is emptied and locked
CREATE UNLOGGED TABLE staging (a int);
LOCK TABLE staging;
TRUNCATE staging;
--# expand: a temporary table comes and goes
CREATE TEMP TABLE work AS SELECT id FROM users;
CREATE INDEX ON work (id);
UPDATE work SET id = id + 1;
DROP TABLE work;
--# expand: a new index goes again
CREATE TABLE invoices (id bigint);
CREATE INDEX invoices_id ON invoices (id);
DROP INDEX invoices_id;
--# expand: a new materialized view has an index and is filled
CREATE MATERIALIZED VIEW per_city AS SELECT city, count(*) FROM users GROUP BY city WITH NO DATA;
CREATE UNIQUE INDEX ON per_city (city);
REFRESH MATERIALIZED VIEW per_city;
--# expand: a view is replaced
CREATE OR REPLACE VIEW active_users AS SELECT id, age FROM users WHERE old IS NULL;
--# expand: a view is dropped and comes back
DROP VIEW IF EXISTS active_users;
CREATE VIEW active_users AS SELECT id, age, name FROM users;
--# expand: a function is dropped and comes back
DROP FUNCTION slug(text);
CREATE FUNCTION slug(input text) RETURNS text LANGUAGE sql AS 'SELECT lower(input)';
--# expand: a new enum is used at once
CREATE TYPE size AS ENUM ('s', 'm');
CREATE TABLE shirts (size size DEFAULT 'm');
INSERT INTO shirts VALUES ('s');
--# expand: a new type, schema and view go again
CREATE SCHEMA tmp;
CREATE TYPE tmp.pair AS (a int, b int);
CREATE VIEW tmp.v AS SELECT 1 AS one;
ALTER VIEW tmp.v RENAME COLUMN one TO eins;
DROP VIEW tmp.v;
DROP TYPE tmp.pair;
DROP SCHEMA tmp;
--# expand: rights of a new table are closed
CREATE TABLE invoices (id bigint);
REVOKE ALL ON invoices FROM PUBLIC;
--# expand: a new table with a partition
CREATE TABLE events (at timestamptz, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON events (kind);
--# expand: a new table made in a block
DO $$
BEGIN
    CREATE TABLE invoices (id bigint);
    CREATE INDEX ON invoices (id);
    ALTER TABLE invoices ADD CONSTRAINT u UNIQUE (id);
END $$;
--# expand: a new table, and rows for it from an old one
CREATE TABLE names AS SELECT id, name FROM users;
ALTER TABLE names ALTER COLUMN name SET NOT NULL;
--# expand: a new table in a new schema
CREATE SCHEMA billing;
CREATE TABLE billing.users (id bigint, email text);
CREATE INDEX ON billing.users (email);
ALTER TABLE billing.users ALTER COLUMN email SET NOT NULL;
--# expand: a new table with a name in capitals, said in small letters
CREATE TABLE INVOICES (id bigint);
CREATE INDEX ON invoices (id);
ALTER TABLE Invoices ADD UNIQUE (ID);
--# expand: a new sequence and its owner go again
CREATE SEQUENCE counters;
ALTER SEQUENCE counters RENAME TO numbers;
CREATE SEQUENCE more;
DROP SEQUENCE more;
--# expand: a new table like an old one
CREATE TABLE users_next (LIKE users INCLUDING ALL);
ALTER TABLE users_next ALTER COLUMN age TYPE bigint;
INSERT INTO users_next SELECT * FROM users WHERE false;
--# expand: a new domain, then gone
CREATE DOMAIN mail AS text CHECK (value LIKE '%@%');
DROP DOMAIN mail;
--# expand: a new table loses its default
CREATE TABLE invoices (id bigint DEFAULT 1);
ALTER TABLE invoices ALTER COLUMN id DROP DEFAULT;
ALTER TABLE invoices SET UNLOGGED;
--# expand: a new constraint of a new table is validated at once
CREATE TABLE invoices (id bigint);
ALTER TABLE invoices ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
ALTER TABLE invoices VALIDATE CONSTRAINT c;
--# expand: a trigger and a right to execute in a block
DO $$
BEGIN
    CREATE TRIGGER touch_users BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
    GRANT EXECUTE ON FUNCTION slug(text) TO PUBLIC;
END $$;
--# expand: a new table comes by a query
SELECT id, name INTO names FROM users;
CREATE INDEX ON names (id);
--# expand: a table that may have been there gets rows
CREATE TABLE IF NOT EXISTS settings (name text PRIMARY KEY, value text);
INSERT INTO settings VALUES ('a', 'b') ON CONFLICT (name) DO NOTHING;
--# contract: a table is dropped, declared, and comes again if it is not there
-- destroys-data: the old sessions were of the old release
DROP TABLE sessions;
CREATE TABLE IF NOT EXISTS sessions (id bigint);
CREATE INDEX ON sessions (id);
DELETE FROM sessions;
--# contract: a temporary table with the name of a real one
CREATE TEMP TABLE sessions ON COMMIT DROP AS SELECT 1 AS id;
CREATE INDEX sessions_temporary ON sessions (id);
DROP INDEX sessions_temporary;
UPDATE sessions SET id = NULL;
DELETE FROM sessions WHERE id > 5;
TRUNCATE sessions;
DROP TABLE pg_temp.sessions;
--# contract: a block makes a table where there is none, with all that belongs to it
DO $$
BEGIN
    IF to_regclass('settings') IS NULL THEN
        CREATE TABLE settings (name text);
        CREATE INDEX ON settings (name);
        INSERT INTO settings VALUES ('a');
        DELETE FROM settings WHERE name = 'a';
    ELSE
        RAISE NOTICE 'there';
    END IF;
END $$;
--# expand: a block makes a table in a block of its own
DO $$
BEGIN
    BEGIN
        CREATE TABLE settings (name text);
    END;
    CREATE INDEX ON settings (name);
END $$;
TRUNCATE settings;
--# expand: new tables of two schemas are swapped
CREATE TABLE archive.next (id bigint);
CREATE INDEX next_id ON archive.next (id);
DROP INDEX archive.next_id;
ALTER TABLE archive.next RENAME TO later;
ALTER TABLE archive.later ALTER COLUMN id SET NOT NULL;
--# expand: a new table under another search path
SET LOCAL search_path = archive, public;
CREATE TABLE invoices (id bigint);
CREATE INDEX invoices_id ON invoices (id);
DELETE FROM invoices;
--# expand: new tables on both sides of a search path
CREATE TABLE invoices (id bigint);
SET LOCAL search_path = public, archive;
CREATE UNIQUE INDEX ON invoices (id);
--# expand: a temporary view with the name of a real one
CREATE OR REPLACE TEMP VIEW active_users AS SELECT 1 AS one;
DROP VIEW active_users;
--# contract: a new table is merged away
CREATE TABLE invoices (id bigint, note text);
MERGE INTO invoices i USING users u ON true WHEN MATCHED THEN DELETE;
UPDATE invoices SET note = NULL;

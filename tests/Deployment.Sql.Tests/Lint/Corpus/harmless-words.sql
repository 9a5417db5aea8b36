--# expand: words in a string
INSERT INTO notes VALUES ('DROP TABLE users; ALTER TABLE users DROP COLUMN email;');
--# expand: words in a string over lines
INSERT INTO notes VALUES ('
DROP TABLE users;
TRUNCATE users;
');
--# expand: words in a string that goes on
INSERT INTO notes VALUES ('a'
  'DROP TABLE users;'
  -- DROP TABLE users;
  'LOCK TABLE users');
--# expand: words behind an escaped quote
INSERT INTO notes VALUES (E'it\'s; DROP TABLE users; --');
--# expand: words behind a backslash that escapes nothing
INSERT INTO notes VALUES ('C:\'), ('DROP TABLE users');
--# expand: words in dollars
INSERT INTO notes VALUES ($$DROP TABLE users; '$$), ($sql$ TRUNCATE users; $$ CLUSTER $sql$);
--# expand: words in a line comment
SELECT 1; -- ALTER TABLE users DROP COLUMN email;
--# expand: words in a comment
/* DROP TABLE users; /* VACUUM FULL; */ CREATE INDEX i ON users (email); */
SELECT 1;
--# expand: a comment in a string and a string in a comment
SELECT '/*', '--'; /* ' */ -- '
SELECT '*/';
--# expand: words as quoted names
CREATE TABLE "DROP TABLE users" ("TRUNCATE" int, "RENAME TO" text);
--# expand: words as names of columns
ALTER TABLE notes ADD COLUMN truncate text, ADD COLUMN rename text, ADD COLUMN cluster int;
--# expand: words as names of a query
SELECT n.body AS truncate, 1 AS "drop table" FROM notes n WHERE n.body <> 'LOCK TABLE users';
--# expand: words in a comment on a table
COMMENT ON TABLE users IS 'Do not DROP TABLE users; use TRUNCATE users instead. RENAME is fine.';
--# expand: words in a comment on a column
COMMENT ON COLUMN users.email IS 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;';
--# expand: the body of a function
CREATE FUNCTION purge() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM sessions;
    TRUNCATE orders;
    EXECUTE 'DROP TABLE users';
END $$;
--# expand: the body of a function in single quotes
CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM sessions; UPDATE users SET city = ''x''';
--# expand: the body of a function in the standard's words
CREATE FUNCTION purge() RETURNS void LANGUAGE sql BEGIN ATOMIC
    DELETE FROM sessions;
    UPDATE users SET city = CASE WHEN city = '' THEN NULL ELSE city END;
END;
--# expand: the body of a procedure that commits
CREATE PROCEDURE purge() LANGUAGE plpgsql AS $_$
BEGIN
    DELETE FROM sessions WHERE id < 10;
    COMMIT;
    LOCK TABLE users;
END $_$;
--# expand: a function that sets its own limits
CREATE FUNCTION waits() RETURNS int LANGUAGE sql SET lock_timeout = 0 SET search_path = public AS 'SELECT 1';
--# expand: a rule that deletes later
CREATE RULE forget AS ON DELETE TO notes DO ALSO (DELETE FROM moods; UPDATE users SET city = NULL);
--# expand: a trigger of a new table that empties later
CREATE TABLE invoices (id bigint);
CREATE TRIGGER keep BEFORE TRUNCATE ON invoices EXECUTE FUNCTION touch();
--# expand: a trigger on updates and deletes
CREATE TRIGGER touch_users BEFORE UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION touch();
--# expand: rights on deeds
GRANT TRUNCATE, DELETE, UPDATE ON users TO PUBLIC;
--# expand: rows are locked, not changed
SELECT id FROM users FOR UPDATE;
--# expand: an insert that updates on conflict
INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = excluded.name;
--# expand: words in a name in unicode
INSERT INTO notes (body) SELECT U&'DROP TABLE users' || U&"\0062ody" FROM notes;
--# expand: a policy on deletes
CREATE POLICY own ON users FOR DELETE USING (name = current_user);
--# expand: a foreign key that deletes later, not valid
ALTER TABLE orders ADD CONSTRAINT orders_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE SET DEFAULT NOT VALID;
--# expand: a partial index whose condition looks like more
-- transaction: none
CREATE INDEX CONCURRENTLY open_orders ON orders (id) WHERE state <> 'DROP TABLE users';
--# expand: a block with words in strings
DO $$
BEGIN
    RAISE NOTICE 'DROP TABLE users; % TRUNCATE', (SELECT count(*) FROM users);
    -- ALTER TABLE users DROP COLUMN email;
    PERFORM 'BEGIN; COMMIT; ROLLBACK';
END $$;
--# expand: a block whose words steer
DO $outer$
DECLARE
    n int := 0;
BEGIN
    IF n = 0 THEN
        n := CASE WHEN n > 0 THEN 1 ELSE 2 END;
    END IF;
    BEGIN
        INSERT INTO notes VALUES ('x');
    EXCEPTION WHEN unique_violation THEN
        NULL;
    END;
END $outer$;
--# expand: words behind a tag that closes late
INSERT INTO notes VALUES ($a$ $b$ $$ $A$ DROP TABLE users; $a$);
--# contract: words of a loss in a string
INSERT INTO notes VALUES ('DROP TABLE users');
--# expand: a cursor of words in a values list
INSERT INTO notes VALUES ('ALTER TYPE mood ADD VALUE'), ('CREATE INDEX ON users'), ('BEGIN'), ('COMMIT;');
--# expand: a string of one quote after another
INSERT INTO notes VALUES (''''), (''''''), ('''; DROP TABLE users; ''');
--# expand: a quoted name with a quote in it
CREATE TABLE "a""; DROP TABLE users; --" (id int);
--# expand: a national string and a string of bits
INSERT INTO notes VALUES (N'TRUNCATE users'), (B'01'::text), (X'1F'::text);
--# expand: a check that speaks of deeds
ALTER TABLE notes ADD CONSTRAINT no_deeds CHECK (body NOT IN ('DROP TABLE users', 'TRUNCATE')) NOT VALID;
--# expand: a default that speaks of deeds
ALTER TABLE notes ADD COLUMN deed text NOT NULL DEFAULT 'DROP COLUMN email';
--# expand: a view that speaks of deeds
CREATE VIEW deeds AS SELECT 'DELETE FROM users'::text AS deed, "name" AS "CASCADE" FROM users;
--# expand: a column called by a word in an index
-- transaction: none
CREATE INDEX CONCURRENTLY "DROP INDEX" ON users (lower('TRUNCATE' || name)) WHERE email <> 'CLUSTER';
--# expand: dollars within names
CREATE TABLE a$b (c$$d int, e$f$ text);
--# expand: operators that look like comments
SELECT 2 - -1, 4 */* DROP TABLE users; */ 2, '{"a": 1}'::jsonb ->> 'a', '5' !~~ '--' FROM (SELECT 1) x WHERE '5' ~ '/*';
--# expand: parameters of a prepared query
PREPARE find AS SELECT * FROM users WHERE id = $1 AND name <> 'DROP TABLE';
--# expand: a query that is explained
EXPLAIN SELECT id AS lock FROM users;
--# expand: a procedure that is called with words
CREATE PROCEDURE note(what text) LANGUAGE sql AS $f$ INSERT INTO notes VALUES (what) $f$;
CALL note('DROP SCHEMA archive CASCADE');
--# expand: a copy to a file of the server by its name is a query
CREATE TABLE "COPY" ("FROM" text);
SELECT "FROM" FROM "COPY";
--# contract: rows that speak of nothing
INSERT INTO notes VALUES ('UPDATE users SET old = NULL'), (NULL), (DEFAULT);
--# contract: a note that names NULL
UPDATE notes SET body = 'NULL' WHERE body = 'SET x = NULL';
--# contract: a function that deletes later
CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS $$ DELETE FROM sessions WHERE id < 5; UPDATE users SET old = NULL $$;
--# expand: a column called as a branch is
DO $$
DECLARE
    "end" int := 1;
BEGIN
    CREATE TABLE "if" ("case" int, "exception" int);
    INSERT INTO "if" SELECT CASE WHEN "end" > 0 THEN 1 END, 2;
    DELETE FROM "if";
END $$;

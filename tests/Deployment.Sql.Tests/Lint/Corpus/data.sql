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
INSERT INTO moods VALUES ('angry'); --! enum-value-used
--# expand: a value of an enum is used as a default
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'angry' BEFORE 'sad';
ALTER TABLE users ADD COLUMN mood mood DEFAULT 'angry'; --! enum-value-used
--# expand: a value that is added to a new enum is used at once
CREATE TYPE size AS ENUM ('s', 'm');
ALTER TYPE size ADD VALUE 'l';
CREATE TABLE shirts (size size DEFAULT 'l'); --! enum-value-used
--# expand: an ignored rule that finds nothing
-- lint: ignore drop-column it is gone already --! unused-ignore
SELECT 1;

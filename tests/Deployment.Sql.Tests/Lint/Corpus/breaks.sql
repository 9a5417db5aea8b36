--# expand: a column is dropped
ALTER TABLE users DROP COLUMN email; --! drop-column
--# expand: a column is dropped without the word
alter table public.users
    drop if exists email, --! drop-column
    drop "name"; --! drop-column
--# expand: a column and what hangs on it are dropped
ALTER TABLE ONLY users DROP COLUMN city CASCADE; --! drop-column cascade
--# expand: a table is dropped
DROP TABLE sessions; --! drop-table
--# expand: two tables are dropped in odd spelling
DrOp --! drop-table drop-table
  TABLE IF EXISTS "sessions", archive.old_orders;
--# expand: a table of the same name is made after the drop
DROP TABLE IF EXISTS sessions; --! drop-table
CREATE TABLE sessions (id bigint PRIMARY KEY);
--# expand: a view is dropped
DROP VIEW active_users; --! drop-object
--# expand: a materialized view is dropped
DROP MATERIALIZED VIEW order_totals; --! drop-object
--# expand: a type and a domain are dropped
DROP TYPE color; --! drop-object
DROP DOMAIN zip; --! drop-object
--# expand: a schema is dropped with all that is in it
DROP SCHEMA archive CASCADE; --! drop-object cascade
--# expand: a function and a sequence are dropped
DROP FUNCTION slug(text); --! drop-object
DROP SEQUENCE tickets; --! drop-object
--# expand: a view that comes back outside of a transaction
-- transaction: none
DROP VIEW active_users; --! drop-object
CREATE VIEW active_users AS SELECT id, age FROM users;
--# expand: a column is renamed
ALTER TABLE users RENAME COLUMN age TO years; --! rename
--# expand: a column is renamed without the word
ALTER TABLE users RENAME email TO mail; --! rename
--# expand: a table is renamed
ALTER TABLE users RENAME TO people; --! rename
--# expand: a view and one of its columns are renamed
ALTER VIEW active_users RENAME TO users_active; --! rename
ALTER VIEW users_active RENAME COLUMN age TO years; --! rename
--# expand: a type, a value and a schema are renamed
ALTER TYPE mood RENAME TO feeling; --! rename
ALTER TYPE feeling RENAME VALUE 'ok' TO 'fine'; --! rename
ALTER SCHEMA archive RENAME TO attic; --! rename
--# expand: a table moves to another schema
ALTER TABLE IF EXISTS sessions SET SCHEMA archive; --! rename
--# expand: a function is renamed
ALTER FUNCTION slug(text) RENAME TO slugify; --! rename
--# expand: the type of a column changes
ALTER TABLE orders ALTER COLUMN note TYPE varchar(200); --! change-column-type
--# expand: the type of a column changes in the long form
ALTER TABLE orders
    ALTER note --! change-column-type
    SET DATA TYPE varchar(200) USING left(note, 200);
--# contract: the type of a column changes in a contract
ALTER TABLE orders ALTER COLUMN note TYPE varchar(300); --! change-column-type
--# expand: a default goes
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT; --! drop-default
--# expand: rights are taken away
REVOKE SELECT ON users FROM PUBLIC; --! revoke
--# expand: a right on a function is taken away
REVOKE EXECUTE ON FUNCTION slug(text) FROM PUBLIC; --! revoke
--# expand: a new column must have a value
ALTER TABLE users ADD COLUMN phone text NOT NULL; --? 23502 --! add-not-null-column
--# expand: a new column must have a value, without the word
ALTER TABLE sessions ADD phone text CONSTRAINT phone_there NOT NULL; --? 23502 --! add-not-null-column
--# expand: a default that is none
ALTER TABLE sessions ADD COLUMN phone text DEFAULT NULL NOT NULL; --? 23502 --! add-not-null-column
--# expand: a new key is a column that must have a value
ALTER TABLE keyless ADD COLUMN id bigint PRIMARY KEY; --? 23502 --! add-not-null-column add-unique-constraint
--# backfill: a table is dropped by a backfill
DROP TABLE sessions; --! drop-table
--# expand: quoted names are names too
ALTER TABLE "public"."users" DROP COLUMN "email"; --! drop-column
--# expand: comments between the words hide nothing
ALTER /* only */ TABLE -- the table
    users /* and
    then */ DROP --! drop-column
    COLUMN email;

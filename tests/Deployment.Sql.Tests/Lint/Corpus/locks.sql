--# expand: an index is built under a lock
CREATE INDEX orders_total_idx ON orders (total); --! index-not-concurrent
--# expand: a unique index without a name
CREATE UNIQUE INDEX ON ONLY users USING btree (email); --! index-not-concurrent
--# expand: an index of another table than the new one
CREATE TABLE invoices (id bigint PRIMARY KEY);
CREATE INDEX invoices_idx ON orders (total); --! index-not-concurrent
--# expand: an index before its table is made anew
CREATE INDEX sessions_idx ON sessions (user_id); --! index-not-concurrent
CREATE TABLE archive.sessions (id bigint);
--# expand: an index is dropped under a lock
DROP INDEX orders_state_idx; --! drop-index-not-concurrent
--# contract: an index is dropped under a lock in a contract
DROP INDEX IF EXISTS public.orders_state_idx; --! drop-index-not-concurrent
--# expand: an index concurrently in a transaction
CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total); --? 25001 --! not-in-transaction
--# expand: an index is dropped concurrently in a transaction
DROP INDEX CONCURRENTLY orders_state_idx; --? 25001 --! not-in-transaction
--# expand: an index that may be there and broken
-- transaction: none
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_total_idx ON orders (total); --! index-if-not-exists
--# expand: indexes are built anew under a lock
REINDEX TABLE orders; --! rewrite-table
--# expand: indexes are built anew in a transaction
REINDEX INDEX CONCURRENTLY orders_state_idx; --? 25001 --! not-in-transaction
--# expand: a table is packed under a lock
-- transaction: none
VACUUM FULL orders; --! rewrite-table
--# expand: a table is packed under a lock, with options
-- transaction: none
VACUUM (FULL, ANALYZE) orders; --! rewrite-table
--# expand: a table is vacuumed in a transaction
VACUUM orders; --? 25001 --! not-in-transaction
--# expand: a table is sorted
CLUSTER orders USING orders_pkey; --! rewrite-table
--# expand: a table is written without a log
ALTER TABLE sessions SET UNLOGGED; --! rewrite-table
--# expand: a view is filled under a lock
REFRESH MATERIALIZED VIEW order_totals; --! rewrite-table
--# expand: a table is locked
LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; --! lock-table
--# backfill: tables are locked without the word
LOCK users, orders; --! lock-table
--# expand: a foreign key is checked under a lock
ALTER TABLE orders ADD CONSTRAINT orders_users FOREIGN KEY (user_id) REFERENCES users (id); --! constraint-not-valid
--# expand: a foreign key without a name
ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users; --! constraint-not-valid
--# expand: a check is checked under a lock
ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0); --! constraint-not-valid
--# expand: a new column with a check
ALTER TABLE orders ADD COLUMN discount numeric CHECK (discount > 0); --! constraint-not-valid
--# expand: a new column with a default and a foreign key
ALTER TABLE sessions ADD COLUMN owner bigint DEFAULT 1 REFERENCES users (id); --! constraint-not-valid
--# expand: one constraint of two
ALTER TABLE orders
    ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID,
    ADD CONSTRAINT note_short CHECK (length(note) < 100); --! constraint-not-valid
--# expand: the words NOT VALID stand inside the check
ALTER TABLE orders ADD CONSTRAINT state_known CHECK (state <> 'not valid'); --! constraint-not-valid
--# expand: a unique constraint builds its index
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email); --! add-unique-constraint
--# expand: a primary key builds its index
ALTER TABLE keyless ADD PRIMARY KEY (a); --! add-unique-constraint
--# expand: an exclusion builds its index
ALTER TABLE keyless ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&); --! add-unique-constraint
--# expand: a unique new column
ALTER TABLE users ADD COLUMN handle text UNIQUE; --! add-unique-constraint
--# expand: NOT NULL with a look at every row
ALTER TABLE users ALTER COLUMN email SET NOT NULL; --! set-not-null
--# contract: NOT NULL with a look at every row in a contract
ALTER TABLE users ALTER email SET NOT NULL; --! set-not-null
--# expand: NOT NULL by a check that nobody validated
ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL) NOT VALID;
--+ contract
ALTER TABLE users ALTER COLUMN email SET NOT NULL; --! set-not-null
--# expand: NOT NULL by the check of another column
ALTER TABLE users ADD CONSTRAINT name_there CHECK (name IS NOT NULL) NOT VALID;
--+ backfill
ALTER TABLE users VALIDATE CONSTRAINT name_there;
--+ contract
ALTER TABLE users ALTER COLUMN email SET NOT NULL; --! set-not-null
--# expand: NOT NULL by a check that doesn't say it
ALTER TABLE users ADD CONSTRAINT one_there CHECK (email IS NOT NULL OR name IS NOT NULL) NOT VALID;
--+ backfill
ALTER TABLE users VALIDATE CONSTRAINT one_there;
--+ contract
ALTER TABLE users ALTER COLUMN email SET NOT NULL; --! set-not-null
--# expand: a constraint is validated by the transaction that adds it
ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT total_positive; --! validate-in-transaction
--# expand: a default that differs from row to row
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid(); --! volatile-default
--# expand: a default that differs, deep inside
ALTER TABLE users ADD COLUMN lucky int NOT NULL DEFAULT (1 + floor(random() * 6)::int); --! volatile-default
--# expand: a default by a function of the user's own
ALTER TABLE users ADD COLUMN label text DEFAULT public.slug('x'); --! volatile-default
--# expand: a number for every row
ALTER TABLE keyless ADD COLUMN id bigserial; --! volatile-default
--# expand: a number for every row by the standard
ALTER TABLE keyless ADD COLUMN id bigint GENERATED BY DEFAULT AS IDENTITY; --! volatile-default
--# expand: a stored column for every row
ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) STORED; --! volatile-default
--# expand: locks without a limit
SET LOCAL lock_timeout = 0; --! lock-timeout
--# expand: locks without a limit, as a text with a unit
SET LOCAL lock_timeout TO '0s'; --! lock-timeout
--# expand: the limit is set back for the session
SET lock_timeout TO DEFAULT; --! lock-timeout
--# expand: every setting is set back
RESET ALL; --! lock-timeout
--# expand: the limit is taken away by a function
SELECT set_config('lock_timeout', '0', true); --! lock-timeout
--# expand: a setting for the session
SET search_path TO archive, public; --! session-setting
--# expand: a setting for the session by a function
SELECT set_config('statement_timeout', '5min', false); --! session-setting
--# expand: a role for the session
SET ROLE postgres; --! session-setting
--# expand: a long limit for the session
-- transaction: none
SET SESSION lock_timeout = '5s'; --! session-setting
--# expand: a new table whose name has a dot is not the table of a schema
CREATE TABLE "archive.old_orders" (id bigint);
CREATE INDEX ON archive.old_orders (id); --! index-not-concurrent

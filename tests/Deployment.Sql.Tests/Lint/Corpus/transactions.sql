--# expand: a transaction within the transaction
BEGIN; --! transaction-control
ALTER TABLE users ADD COLUMN phone text;
COMMIT; --! transaction-control
--# expand: a transaction in the standard's words
START TRANSACTION; --! transaction-control
SELECT 1;
END; --! transaction-control
--# expand: everything is taken back in the middle
ROLLBACK; --! transaction-control
--# backfill: a commit within a block
DO $$
BEGIN
    DELETE FROM sessions WHERE id < 100;
    COMMIT; --? 2D000 --! transaction-control
END $$;
--# expand: a column is dropped in a block
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM users) THEN
        ALTER TABLE users DROP COLUMN email; --! drop-column
    ELSE
        DROP TABLE sessions; --! drop-table
    END IF;
END;
$$;
--# expand: every row changes in a loop of a block
DO LANGUAGE plpgsql $body$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT id FROM users LOOP
        UPDATE orders SET note = CASE WHEN total > 1 THEN 'a' ELSE 'b' END; --! unbounded-change
    END LOOP;
END
$body$;
--# expand: a block in single quotes
DO 'BEGIN
    PERFORM ''DROP TABLE x'';
    DROP TABLE sessions; --! drop-table
END';
--# expand: a text is run
DO $$
BEGIN
    EXECUTE 'ALTER TABLE users DROP COLUMN ' || quote_ident('old'); --! dynamic-sql
END $$;
--# expand: a block that can't be read
DO E'BEGIN\n NULL; END'; --! dynamic-sql
--# expand: an undo that needs no transaction and has one
CREATE TABLE invoices (id bigint);
--+ undo
DROP TABLE invoices;
DROP INDEX CONCURRENTLY orders_state_idx; --? 25001 --! not-in-transaction
--# expand: an undo that goes too far
CREATE TABLE invoices (id bigint);
--+ undo
SET LOCAL lock_timeout = 0; --! lock-timeout
DROP TABLE invoices CASCADE; --! cascade
--# expand: a CASE in the query of a loop, or in a condition, hides nothing
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT CASE WHEN id > 1 THEN true ELSE false END FROM users LOOP
        UPDATE orders SET note = ''; --! unbounded-change mixed-schema-and-data
    END LOOP;
    IF (CASE WHEN now() > '2020-01-01' THEN true ELSE false END) THEN
        DROP TABLE sessions; --! drop-table
    END IF;
    CASE 1
        WHEN 1 THEN
            TRUNCATE moods; --! truncate
        ELSE
            DELETE FROM moods; --! unbounded-change
    END CASE;
END $$;
--# expand: a loop with a label, and a loop over what is deleted
DO $$
DECLARE
    r record;
BEGIN
    <<outer>>
    LOOP
        LOCK TABLE users; --! lock-table
        EXIT outer;
    END LOOP;
    FOR r IN DELETE FROM sessions RETURNING id LOOP --! unbounded-change
        NULL;
    END LOOP;
END $$;
--# expand: a loop over a text that is run
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN EXECUTE 'DELETE FROM sessions RETURNING id' LOOP --! dynamic-sql
        NULL;
    END LOOP;
END $$;

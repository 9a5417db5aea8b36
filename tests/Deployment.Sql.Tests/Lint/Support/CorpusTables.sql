-- What the corpus takes as there: tables that others use, with rows in them.
CREATE TYPE mood AS ENUM ('happy', 'sad', 'ok');
CREATE TYPE color AS ENUM ('red');
CREATE DOMAIN zip AS text;
CREATE SEQUENCE tickets;
CREATE SCHEMA archive;
CREATE TABLE archive.old_orders (id bigint);
CREATE TABLE users (
    id bigint PRIMARY KEY,
    name text,
    email text,
    city text,
    age int,
    old text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email_idx ON users (email);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    user_id bigint,
    state text DEFAULT 'new',
    total numeric,
    note text,
    CONSTRAINT orders_total_check CHECK (total > -1)
);
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
CREATE INDEX orders_state_idx ON orders (state);
CREATE TABLE sessions (id bigint, user_id bigint);
CREATE TABLE notes (body text);
CREATE TABLE moods (mood mood);
CREATE TABLE keyless (a int, during tsrange);
CREATE VIEW active_users AS SELECT id, age FROM users;
CREATE MATERIALIZED VIEW order_totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id;
CREATE UNIQUE INDEX ON order_totals (user_id);
CREATE FUNCTION slug(input text) RETURNS text LANGUAGE sql AS 'SELECT lower(input)';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
INSERT INTO users (id, name, email, city, age) VALUES (1, 'Ann', 'ann@example.com', 'Graz', 30), (2, 'Bob', 'bob@example.com', NULL, 40);
INSERT INTO orders (id, user_id, total) VALUES (11, 1, 10), (12, 2, 20);
INSERT INTO sessions VALUES (1, 1);
INSERT INTO notes VALUES ('a note');
INSERT INTO moods VALUES ('sad');
INSERT INTO keyless VALUES (1, '[2026-01-01, 2026-01-02)');

-- Tables of this hub alone; every name starts with hub_, and Koji's own tables never refer to them, so upstream's hub can
-- go on using the same database. Later versions are further statements in the list of migrations, never changes here.

-- The version of these tables: one row a migration.
CREATE TABLE hub_schema (
    version integer PRIMARY KEY,
    applied timestamp with time zone NOT NULL DEFAULT now()
);

-- Password hashes (argon2id in PHC form). A row here counts before users.password.
CREATE TABLE hub_password (
    user_id integer PRIMARY KEY REFERENCES users (id),
    hash text NOT NULL,
    changed timestamp with time zone NOT NULL DEFAULT now()
);

-- Every change that a call made, and every one that was refused: who, from where, what, with which result.
-- "fault" is NULL for a success, else the fault's code; "message" its text.
CREATE TABLE hub_audit (
    id bigserial PRIMARY KEY,
    "time" timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    user_id integer,
    user_name text,
    ip text,
    request_id text,
    method text NOT NULL,
    params text,
    fault integer,
    message text
);
CREATE INDEX hub_audit_by_time ON hub_audit ("time");
CREATE INDEX hub_audit_by_user ON hub_audit (user_id, "time");

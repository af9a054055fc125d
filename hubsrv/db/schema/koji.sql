-- Koji's tables, as its hub of version 1.35 and later uses them: names, columns, constraints and defaults are part of
-- the interface (administrators, upstream's hub and its upgrade scripts rely on them), so nothing here is changed for
-- taste. What only this hub needs is in ours.sql.
--
-- Versioned tables end in create_event, revoke_event, creator_id, revoker_id and active. The row that holds now has
-- active TRUE; a revoked one has NULL there, never FALSE, so that UNIQUE (..., active) binds current rows only. A row
-- was current at event E when create_event <= E and (revoke_event IS NULL or E < revoke_event).

-- Events number all changes, so that "before" means the same even when clocks do not agree.
CREATE TABLE events (
    id serial PRIMARY KEY,
    "time" timestamp with time zone NOT NULL DEFAULT clock_timestamp()
);

-- Makes a new event; the default of every create_event.
CREATE FUNCTION get_event() RETURNS integer LANGUAGE sql AS $$
    INSERT INTO events ("time") VALUES (clock_timestamp());
    SELECT currval('events_id_seq')::integer;
$$;

-- When an event was.
CREATE FUNCTION get_event_time(integer) RETURNS timestamp with time zone LANGUAGE sql AS $$
    SELECT "time" FROM events WHERE id = $1;
$$;

CREATE TABLE event_labels (
    event_id integer NOT NULL REFERENCES events (id),
    label varchar(255) UNIQUE NOT NULL
);

-- users, permissions, sessions

-- People, build hosts (usertype 1) and groups (usertype 2). "password" is upstream's plain text; this hub keeps hashes in
-- hub_password and reads this column only for accounts that have none there.
CREATE TABLE users (
    id serial PRIMARY KEY,
    name varchar(255) UNIQUE NOT NULL,
    password varchar(255),
    status integer NOT NULL,
    usertype integer NOT NULL
);

CREATE TABLE user_krb_principals (
    user_id integer NOT NULL REFERENCES users (id),
    krb_principal varchar(255) NOT NULL UNIQUE,
    PRIMARY KEY (user_id, krb_principal)
);

CREATE TABLE permissions (
    id serial PRIMARY KEY,
    name varchar(50) UNIQUE NOT NULL,
    description text
);

INSERT INTO permissions (name, description) VALUES
    ('admin', 'Full administrator access. Perform all actions.'),
    ('appliance', 'Create appliance builds - deprecated.'),
    ('dist-repo', 'Create a dist-repo.'),
    ('host', 'Add, remove, enable, disable hosts and channels.'),
    ('image', 'Start image tasks.'),
    ('image-import', 'Import image archives.'),
    ('livecd', 'Start livecd tasks.'),
    ('maven-import', 'Import maven archives.'),
    ('repo', 'Manage repos: newRepo, repoExpire, repoDelete, repoProblem.'),
    ('sign', 'Import RPM signatures and write signed RPMs.'),
    ('tag', 'Manage packages in tags: add, block, remove, and clone tags.'),
    ('target', 'Add, edit, and remove targets.'),
    ('win-admin', 'The default hub policy rule for "vm" requires this permission to trigger Windows builds.'),
    ('win-import', 'Import win archives.'),
    ('draft-promoter', 'The permission required in the default "draft_promotion" hub policy rule to promote draft build.');

CREATE TABLE user_perms (
    user_id integer NOT NULL REFERENCES users (id),
    perm_id integer NOT NULL REFERENCES permissions (id),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, user_id, perm_id),
    UNIQUE (user_id, perm_id, active)
);

CREATE TABLE user_groups (
    user_id integer NOT NULL REFERENCES users (id),
    group_id integer NOT NULL REFERENCES users (id),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, user_id, group_id),
    UNIQUE (user_id, group_id, active)
);

-- "exclusive" is TRUE or NULL: the UNIQUE below lets each user have at most one exclusive session. "master" of a
-- subsession is always a top session.
CREATE TABLE sessions (
    id serial PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users (id),
    expired boolean NOT NULL DEFAULT false,
    master integer REFERENCES sessions (id),
    key varchar(255),
    authtype integer,
    hostip varchar(255),
    callnum integer,
    start_time timestamp with time zone NOT NULL DEFAULT now(),
    update_time timestamp with time zone NOT NULL DEFAULT now(),
    exclusive boolean CHECK (exclusive),
    closed boolean NOT NULL DEFAULT false,
    renew_time timestamp with time zone,
    CONSTRAINT no_exclusive_subsessions CHECK (master IS NULL OR exclusive IS NULL),
    CONSTRAINT no_closed_exclusive CHECK (closed IS FALSE OR exclusive IS NULL),
    UNIQUE (user_id, exclusive)
);

CREATE INDEX sessions_master ON sessions (master);
CREATE INDEX sessions_active_and_recent ON sessions (expired, master, update_time)
    WHERE expired = false AND master IS NULL;
CREATE INDEX sessions_expired ON sessions (expired);

-- hosts and tasks

CREATE TABLE channels (
    id serial PRIMARY KEY,
    name varchar(128) UNIQUE NOT NULL,
    description text,
    enabled boolean NOT NULL DEFAULT true,
    comment text
);

INSERT INTO channels (name) VALUES
    ('default'), ('createrepo'), ('maven'), ('livecd'), ('appliance'), ('vm'), ('image'), ('livemedia');

CREATE TABLE host (
    id serial PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users (id),
    name varchar(128) UNIQUE NOT NULL,
    update_time timestamp with time zone,
    task_load double precision CHECK (NOT task_load < 0) NOT NULL DEFAULT 0.0,
    ready boolean NOT NULL DEFAULT false
);

CREATE TABLE host_config (
    host_id integer NOT NULL REFERENCES host (id),
    arches text,
    capacity double precision CHECK (capacity > 1) NOT NULL DEFAULT 2.0,
    description text,
    comment text,
    enabled boolean NOT NULL DEFAULT true,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, host_id),
    UNIQUE (host_id, active)
);

CREATE INDEX host_config_by_active_and_enabled ON host_config (active, enabled);

CREATE TABLE host_channels (
    host_id integer NOT NULL REFERENCES host (id),
    channel_id integer NOT NULL REFERENCES channels (id),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, host_id, channel_id),
    UNIQUE (host_id, channel_id, active)
);

-- "request" and "result" are XML-RPC documents. A label makes a subtask unique below its parent, so that a task that
-- is started again finds what it asked for before.
CREATE TABLE task (
    id serial PRIMARY KEY,
    state integer,
    create_time timestamp with time zone NOT NULL DEFAULT now(),
    start_time timestamp with time zone,
    completion_time timestamp with time zone,
    channel_id integer NOT NULL REFERENCES channels (id),
    host_id integer REFERENCES host (id),
    parent integer REFERENCES task (id),
    label varchar(255),
    waiting boolean,
    awaited boolean,
    owner integer REFERENCES users (id) NOT NULL,
    method text,
    request text,
    result text,
    eta integer,
    arch varchar(16) NOT NULL,
    priority integer,
    weight double precision CHECK (NOT weight < 0) NOT NULL DEFAULT 1.0,
    CONSTRAINT parent_label_sane CHECK (parent IS NOT NULL OR label IS NULL),
    UNIQUE (parent, label)
);

CREATE INDEX task_by_state ON task (state);
CREATE INDEX task_by_host ON task (host_id);
CREATE INDEX task_by_no_parent_state_method ON task (parent, state, method) WHERE parent IS NULL;

-- packages, volumes, builds

CREATE TABLE package (
    id serial PRIMARY KEY,
    name text UNIQUE NOT NULL
);

CREATE TABLE volume (
    id serial PRIMARY KEY,
    name text UNIQUE NOT NULL
);

INSERT INTO volume (id, name) VALUES (0, 'DEFAULT');

CREATE TABLE content_generator (
    id serial PRIMARY KEY,
    name text UNIQUE NOT NULL
);

-- Name-version-release is unique for ever, epoch notwithstanding. draft_for_rpminfo is what rpminfo refers to, so that
-- an rpm cannot be draft when its build is not.
CREATE TABLE build (
    id serial PRIMARY KEY,
    volume_id integer NOT NULL REFERENCES volume (id),
    pkg_id integer NOT NULL REFERENCES package (id) DEFERRABLE,
    version text NOT NULL,
    release text NOT NULL,
    epoch integer,
    draft boolean NOT NULL DEFAULT false,
    source text,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    start_time timestamp with time zone,
    completion_time timestamp with time zone,
    promotion_time timestamp with time zone,
    state integer NOT NULL,
    task_id integer REFERENCES task (id),
    owner integer NOT NULL REFERENCES users (id),
    promoter integer REFERENCES users (id),
    cg_id integer REFERENCES content_generator (id),
    extra text,
    CONSTRAINT build_pkg_ver_rel UNIQUE (pkg_id, version, release),
    CONSTRAINT draft_for_rpminfo UNIQUE (id, draft),
    CONSTRAINT completion_sane CHECK ((state = 0 AND completion_time IS NULL) OR (state <> 0 AND completion_time IS NOT NULL)),
    CONSTRAINT promotion_sane CHECK (NOT draft OR (promotion_time IS NULL AND promoter IS NULL)),
    CONSTRAINT draft_release_sane CHECK (NOT draft OR release ~ ('^.*,draft_' || id::text || '$'))
);

CREATE INDEX build_by_pkg_id ON build (pkg_id);
CREATE INDEX build_completion ON build (completion_time);

CREATE TABLE btype (
    id serial PRIMARY KEY,
    name text UNIQUE NOT NULL
);

INSERT INTO btype (name) VALUES ('rpm'), ('maven'), ('win'), ('image');

CREATE TABLE build_types (
    build_id integer NOT NULL REFERENCES build (id),
    btype_id integer NOT NULL REFERENCES btype (id),
    PRIMARY KEY (build_id, btype_id)
);

-- tags and targets

CREATE TABLE tag (
    id serial PRIMARY KEY,
    name text UNIQUE NOT NULL
);

CREATE TABLE tag_inheritance (
    tag_id integer NOT NULL REFERENCES tag (id),
    parent_id integer NOT NULL REFERENCES tag (id),
    priority integer NOT NULL,
    maxdepth integer,
    intransitive boolean NOT NULL DEFAULT false,
    noconfig boolean NOT NULL DEFAULT false,
    pkg_filter text,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, tag_id, priority),
    UNIQUE (tag_id, priority, active),
    UNIQUE (tag_id, parent_id, active)
);

CREATE INDEX tag_inheritance_by_parent ON tag_inheritance (parent_id);

CREATE TABLE tag_config (
    tag_id integer NOT NULL REFERENCES tag (id),
    arches text,
    perm_id integer REFERENCES permissions (id),
    locked boolean NOT NULL DEFAULT false,
    maven_support boolean NOT NULL DEFAULT false,
    maven_include_all boolean NOT NULL DEFAULT false,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, tag_id),
    UNIQUE (tag_id, active)
);

-- Values are JSON. NULL blocks the inherited value; JSON's null is a value.
CREATE TABLE tag_extra (
    tag_id integer NOT NULL REFERENCES tag (id),
    key text NOT NULL,
    value text,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, tag_id, key),
    UNIQUE (tag_id, key, active)
);

-- Changes of a tag's contents that no versioned table shows, such as a build that went to another volume.
CREATE TABLE tag_updates (
    id serial PRIMARY KEY,
    tag_id integer NOT NULL REFERENCES tag (id),
    update_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    updater_id integer NOT NULL REFERENCES users (id),
    update_type integer NOT NULL
);

CREATE INDEX tag_updates_by_tag ON tag_updates (tag_id);
CREATE INDEX tag_updates_by_event ON tag_updates (update_event);

CREATE TABLE build_target (
    id serial PRIMARY KEY,
    name text UNIQUE NOT NULL
);

CREATE TABLE build_target_config (
    build_target_id integer NOT NULL REFERENCES build_target (id),
    build_tag integer NOT NULL REFERENCES tag (id),
    dest_tag integer NOT NULL REFERENCES tag (id),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, build_target_id),
    UNIQUE (build_target_id, active)
);

-- repositories

-- create_event is the event whose contents the repo has, creation_time when the row was made. The tag had these contents
-- from begin_event on and until end_event (NULL: still).
CREATE TABLE repo (
    id serial PRIMARY KEY,
    creation_time timestamp with time zone DEFAULT now(),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    state_time timestamp with time zone DEFAULT now(),
    begin_event integer REFERENCES events (id),
    end_event integer REFERENCES events (id),
    tag_id integer NOT NULL REFERENCES tag (id),
    state integer,
    dist boolean DEFAULT false,
    opts jsonb,
    custom_opts jsonb,
    task_id integer REFERENCES task (id)
);

CREATE TABLE repo_queue (
    id serial PRIMARY KEY,
    create_time timestamp with time zone NOT NULL DEFAULT now(),
    owner integer REFERENCES users (id) NOT NULL,
    priority integer NOT NULL,
    tag_id integer NOT NULL REFERENCES tag (id),
    at_event integer REFERENCES events (id),
    min_event integer REFERENCES events (id),
    opts jsonb NOT NULL,
    update_time timestamp with time zone NOT NULL DEFAULT now(),
    active boolean NOT NULL DEFAULT true,
    task_id integer REFERENCES task (id),
    tries integer NOT NULL DEFAULT 0,
    repo_id integer REFERENCES repo (id),
    CONSTRAINT only_one_event CHECK (at_event IS NULL OR min_event IS NULL),
    CONSTRAINT active_sane CHECK (NOT active OR repo_id IS NULL)
);

CREATE TABLE external_repo (
    id serial PRIMARY KEY,
    name text UNIQUE NOT NULL
);

-- Stands for "built here" in rpminfo, whose unique index cannot have a NULL.
INSERT INTO external_repo (id, name) VALUES (0, 'INTERNAL');

CREATE TABLE external_repo_config (
    external_repo_id integer NOT NULL REFERENCES external_repo (id),
    url text NOT NULL,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, external_repo_id),
    UNIQUE (external_repo_id, active)
);

-- What kojira found at the repo's URL.
CREATE TABLE external_repo_data (
    external_repo_id integer NOT NULL REFERENCES external_repo (id),
    data jsonb,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, external_repo_id),
    UNIQUE (external_repo_id, active)
);

CREATE TABLE tag_external_repos (
    tag_id integer NOT NULL REFERENCES tag (id),
    external_repo_id integer NOT NULL REFERENCES external_repo (id),
    priority integer NOT NULL,
    merge_mode text NOT NULL DEFAULT 'koji',
    arches text,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, tag_id, priority),
    UNIQUE (tag_id, priority, active),
    UNIQUE (tag_id, external_repo_id, active)
);

-- content generators

CREATE TABLE cg_users (
    cg_id integer NOT NULL REFERENCES content_generator (id),
    user_id integer NOT NULL REFERENCES users (id),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, cg_id, user_id),
    UNIQUE (cg_id, user_id, active)
);

CREATE TABLE build_reservations (
    build_id integer NOT NULL REFERENCES build (id),
    token varchar(64),
    created timestamp with time zone NOT NULL,
    PRIMARY KEY (build_id)
);

CREATE INDEX build_reservations_created ON build_reservations (created);

-- buildroots

CREATE TABLE buildroot (
    id serial PRIMARY KEY,
    br_type integer NOT NULL,
    cg_id integer REFERENCES content_generator (id),
    cg_version text,
    container_type text,
    container_arch text,
    host_os text,
    host_arch text,
    extra text,
    CONSTRAINT cg_sane CHECK ((cg_id IS NULL AND cg_version IS NULL) OR (cg_id IS NOT NULL AND cg_version IS NOT NULL)),
    CONSTRAINT container_sane CHECK ((container_type IS NULL AND container_arch IS NULL) OR (container_type IS NOT NULL AND container_arch IS NOT NULL))
);

CREATE TABLE standard_buildroot (
    buildroot_id integer NOT NULL PRIMARY KEY REFERENCES buildroot (id),
    host_id integer NOT NULL REFERENCES host (id),
    repo_id integer NOT NULL REFERENCES repo (id),
    task_id integer NOT NULL REFERENCES task (id),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    retire_event integer,
    state integer
);

CREATE TABLE buildroot_tools_info (
    buildroot_id integer NOT NULL REFERENCES buildroot (id),
    tool text NOT NULL,
    version text NOT NULL,
    PRIMARY KEY (buildroot_id, tool)
);

CREATE TABLE image_builds (
    build_id integer NOT NULL PRIMARY KEY REFERENCES build (id)
);

-- contents of tags

CREATE TABLE tag_listing (
    build_id integer NOT NULL REFERENCES build (id),
    tag_id integer NOT NULL REFERENCES tag (id),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, build_id, tag_id),
    UNIQUE (build_id, tag_id, active)
);

CREATE INDEX tag_listing_tag_id_key ON tag_listing (tag_id);

CREATE TABLE tag_packages (
    package_id integer NOT NULL REFERENCES package (id),
    tag_id integer NOT NULL REFERENCES tag (id),
    blocked boolean NOT NULL DEFAULT false,
    extra_arches text,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, package_id, tag_id),
    UNIQUE (package_id, tag_id, active)
);

CREATE INDEX tag_packages_active_tag_id ON tag_packages (active, tag_id);
CREATE INDEX tag_packages_create_event ON tag_packages (create_event);
CREATE INDEX tag_packages_revoke_event ON tag_packages (revoke_event);

CREATE TABLE tag_package_owners (
    package_id integer NOT NULL REFERENCES package (id),
    tag_id integer NOT NULL REFERENCES tag (id),
    owner integer NOT NULL REFERENCES users (id),
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, package_id, tag_id),
    UNIQUE (package_id, tag_id, active)
);

-- package groups (comps)

CREATE TABLE groups (
    id serial PRIMARY KEY,
    name varchar(50) UNIQUE NOT NULL
);

CREATE TABLE group_config (
    group_id integer NOT NULL REFERENCES groups (id),
    tag_id integer NOT NULL REFERENCES tag (id),
    blocked boolean NOT NULL DEFAULT false,
    exported boolean DEFAULT true,
    display_name text NOT NULL,
    is_default boolean,
    uservisible boolean,
    description text,
    langonly text,
    biarchonly boolean,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, group_id, tag_id),
    UNIQUE (group_id, tag_id, active)
);

CREATE TABLE group_req_listing (
    group_id integer NOT NULL REFERENCES groups (id),
    tag_id integer NOT NULL REFERENCES tag (id),
    req_id integer NOT NULL REFERENCES groups (id),
    blocked boolean NOT NULL DEFAULT false,
    type varchar(25),
    is_metapkg boolean NOT NULL DEFAULT false,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, group_id, tag_id, req_id),
    UNIQUE (group_id, tag_id, req_id, active)
);

CREATE TABLE group_package_listing (
    group_id integer NOT NULL REFERENCES groups (id),
    tag_id integer NOT NULL REFERENCES tag (id),
    package text,
    blocked boolean NOT NULL DEFAULT false,
    type varchar(25) NOT NULL,
    basearchonly boolean,
    requires text,
    create_event integer NOT NULL REFERENCES events (id) DEFAULT get_event(),
    revoke_event integer REFERENCES events (id),
    creator_id integer NOT NULL REFERENCES users (id),
    revoker_id integer REFERENCES users (id),
    active boolean DEFAULT true CHECK (active),
    CONSTRAINT active_revoke_sane CHECK (
        (active IS NULL AND revoke_event IS NOT NULL AND revoker_id IS NOT NULL)
        OR (active IS NOT NULL AND revoke_event IS NULL AND revoker_id IS NULL)
    ),
    PRIMARY KEY (create_event, group_id, tag_id, package),
    UNIQUE (group_id, tag_id, package, active)
);

-- rpms

CREATE TABLE rpminfo (
    id serial PRIMARY KEY,
    build_id integer,
    buildroot_id integer REFERENCES buildroot (id),
    name text NOT NULL,
    version text NOT NULL,
    release text NOT NULL,
    epoch integer,
    arch varchar(16) NOT NULL,
    draft boolean,
    external_repo_id integer NOT NULL REFERENCES external_repo (id),
    payloadhash text NOT NULL,
    size bigint NOT NULL,
    buildtime bigint NOT NULL,
    metadata_only boolean NOT NULL DEFAULT false,
    extra text,
    FOREIGN KEY (build_id, draft) REFERENCES build (id, draft) ON UPDATE CASCADE,
    CONSTRAINT build_id_draft_external_repo_id_sane CHECK ((draft IS NULL AND build_id IS NULL AND external_repo_id <> 0) OR (draft IS NOT NULL AND build_id IS NOT NULL AND external_repo_id = 0))
);

CREATE INDEX rpminfo_build ON rpminfo (build_id);
CREATE UNIQUE INDEX rpminfo_unique_nvra_not_draft ON rpminfo (name, version, release, arch, external_repo_id)
    WHERE draft IS NOT TRUE;
CREATE INDEX rpminfo_nvra ON rpminfo (name, version, release, arch, external_repo_id);
-- The file name, which search() looks for.
CREATE INDEX rpminfo_filename ON rpminfo ((name || '-' || version || '-' || release || '.' || arch || '.rpm'))
    INCLUDE (id);

CREATE TABLE rpmsigs (
    rpm_id integer NOT NULL REFERENCES rpminfo (id),
    sigkey text NOT NULL,
    sighash text NOT NULL,
    CONSTRAINT rpmsigs_no_resign UNIQUE (rpm_id, sigkey)
);

CREATE TABLE buildroot_listing (
    buildroot_id integer NOT NULL REFERENCES buildroot (id),
    rpm_id integer NOT NULL REFERENCES rpminfo (id),
    is_update boolean NOT NULL DEFAULT false,
    UNIQUE (buildroot_id, rpm_id)
);

CREATE INDEX buildroot_listing_rpms ON buildroot_listing (rpm_id);

-- notifications

CREATE TABLE build_notifications (
    id serial PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users (id),
    package_id integer REFERENCES package (id),
    tag_id integer REFERENCES tag (id),
    success_only boolean NOT NULL DEFAULT false,
    email text NOT NULL
);

CREATE TABLE build_notifications_block (
    id serial PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users (id),
    package_id integer REFERENCES package (id),
    tag_id integer REFERENCES tag (id)
);

-- Reports may read these without being the hub.
GRANT SELECT ON build, package, task, tag, tag_listing, tag_config, tag_inheritance, tag_packages, rpminfo TO PUBLIC;

-- other kinds of builds and their files

CREATE TABLE maven_builds (
    build_id integer NOT NULL PRIMARY KEY REFERENCES build (id),
    group_id text NOT NULL,
    artifact_id text NOT NULL,
    version text NOT NULL
);

CREATE TABLE win_builds (
    build_id integer NOT NULL PRIMARY KEY REFERENCES build (id),
    platform text NOT NULL
);

CREATE TABLE archivetypes (
    id serial PRIMARY KEY,
    name text NOT NULL UNIQUE,
    description text NOT NULL,
    extensions text NOT NULL,
    compression_type text
);

INSERT INTO archivetypes (name, description, extensions, compression_type) VALUES
    ('jar', 'Jar file', 'jar war rar ear sar jdocbook jdocbook-style', 'zip'),
    ('zip', 'Zip file', 'zip', 'zip'),
    ('pom', 'Maven Project Object Management file', 'pom', NULL),
    ('tar', 'Tar file', 'tar tar.gz tar.bz2 tar.xz tgz', 'tar'),
    ('xml', 'XML file', 'xml', NULL),
    ('xmlcompressed', 'Compressed XML file', 'xml.gz xml.bz2 xml.xz', NULL),
    ('xsd', 'XML Schema Definition', 'xsd', NULL),
    ('spec', 'RPM spec file', 'spec', NULL),
    ('exe', 'Windows executable', 'exe', NULL),
    ('dll', 'Windows dynamic link library', 'dll', NULL),
    ('lib', 'Windows import library', 'lib', NULL),
    ('sys', 'Windows device driver', 'sys', NULL),
    ('inf', 'Windows driver information file', 'inf', NULL),
    ('cat', 'Windows catalog file', 'cat', NULL),
    ('msi', 'Windows Installer package', 'msi', NULL),
    ('pdb', 'Windows debug information', 'pdb', NULL),
    ('oem', 'Windows driver oem file', 'oem', NULL),
    ('iso', 'CD/DVD Image', 'iso', NULL),
    ('raw', 'Raw disk image', 'raw', NULL),
    ('qcow', 'QCOW image', 'qcow', NULL),
    ('qcow2', 'QCOW2 image', 'qcow2', NULL),
    ('vmdk', 'vSphere image', 'vmdk', NULL),
    ('ova', 'Open Virtualization Archive', 'ova', NULL),
    ('ks', 'Kickstart', 'ks', NULL),
    ('cfg', 'Configuration file', 'cfg', NULL),
    ('vdi', 'VirtualBox Virtual Disk Image', 'vdi', NULL),
    ('aar', 'Binary distribution of an Android Library project', 'aar', NULL),
    ('apklib', 'Source distribution of an Android Library project', 'apklib', NULL),
    ('cab', 'Windows cabinet file', 'cab', NULL),
    ('dylib', 'OS X dynamic library', 'dylib', NULL),
    ('gem', 'Ruby gem', 'gem', NULL),
    ('ini', 'INI config file', 'ini', NULL),
    ('js', 'Javascript file', 'js', NULL),
    ('ldif', 'LDAP Data Interchange Format file', 'ldif', NULL),
    ('manifest', 'Runtime environment for .NET applications', 'manifest', NULL),
    ('msm', 'Windows merge module', 'msm', NULL),
    ('properties', 'Properties file', 'properties', NULL),
    ('sig', 'Signature file', 'sig signature', NULL),
    ('so', 'Shared library', 'so', NULL),
    ('txt', 'Text file', 'txt', NULL),
    ('vhd', 'Hyper-V image', 'vhd', NULL),
    ('vhdx', 'Hyper-V Virtual Hard Disk v2 image', 'vhdx', NULL),
    ('wsf', 'Windows script file', 'wsf', NULL),
    ('box', 'Vagrant Box Image', 'box', NULL),
    ('raw-xz', 'xz compressed raw disk image', 'raw.xz', NULL),
    ('json', 'JSON data', 'json', NULL),
    ('key', 'Key file', 'key', NULL),
    ('dot', 'DOT graph description', 'dot gv', NULL),
    ('groovy', 'Groovy script file', 'groovy gvy', NULL),
    ('batch', 'Batch file', 'bat', NULL),
    ('shell', 'Shell script', 'sh', NULL),
    ('rc', 'Resource file', 'rc', NULL),
    ('wsdl', 'Web Services Description Language', 'wsdl', NULL),
    ('obr', 'OSGi Bundle Repository', 'obr', NULL),
    ('liveimg-squashfs', 'liveimg compatible squashfs image', 'liveimg.squashfs', NULL),
    ('tlb', 'OLE type library file', 'tlb', NULL),
    ('jnilib', 'Java Native Interface library', 'jnilib', NULL),
    ('yaml', 'YAML Ain''t Markup Language', 'yaml yml', NULL),
    ('xjb', 'JAXB(Java Architecture for XML Binding) Binding Customization File', 'xjb', NULL),
    ('raw-gz', 'GZIP compressed raw disk image', 'raw.gz', NULL),
    ('qcow2-compressed', 'Compressed QCOW2 image', 'qcow2.gz qcow2.xz', NULL),
    ('iso-compressed', 'Compressed iso image', 'iso.gz iso.xz', NULL),
    ('vhd-compressed', 'Compressed VHD image', 'vhd.gz vhd.xz', NULL),
    ('vhdx-compressed', 'Compressed VHDx image', 'vhdx.gz vhdx.xz', NULL),
    ('vmdk-compressed', 'Compressed VMDK image', 'vmdk.gz vmdk.xz', NULL),
    ('kernel-image', 'Kernel BZ2 Image', 'vmlinuz vmlinuz.gz vmlinuz.xz', NULL),
    ('initramfs', 'Compressed Initramfs Image', 'img', NULL),
    ('checksum', 'Checksum file', 'sha256', NULL),
    ('changes', 'Kiwi changes file', 'changes.xz changes', NULL),
    ('packages', 'Kiwi packages listing', 'packages', NULL),
    ('verified', 'Kiwi verified package list', 'verified', NULL),
    ('erofs', 'erofs image', 'erofs', NULL),
    ('erofs-compressed', 'Compressed erofs image', 'erofs.gz erofs.xz', NULL),
    ('squashfs', 'SquashFS image', 'squashfs', NULL),
    ('squashfs-compressed', 'Compressed SquashFS image', 'squashfs.gz squashfs.xz', NULL),
    ('wsl', 'Compressed tarball for Windows Subsystem for Linux', 'wsl', NULL);

CREATE TABLE archiveinfo (
    id serial PRIMARY KEY,
    type_id integer NOT NULL REFERENCES archivetypes (id),
    btype_id integer REFERENCES btype (id),
    build_id integer NOT NULL REFERENCES build (id),
    buildroot_id integer REFERENCES buildroot (id),
    filename text NOT NULL,
    size bigint NOT NULL,
    checksum text NOT NULL,
    checksum_type integer NOT NULL,
    metadata_only boolean NOT NULL DEFAULT false,
    extra text
);

CREATE INDEX archiveinfo_build_idx ON archiveinfo (build_id);
CREATE INDEX archiveinfo_buildroot_idx ON archiveinfo (buildroot_id);
CREATE INDEX archiveinfo_type_idx ON archiveinfo (type_id);
CREATE INDEX archiveinfo_filename_idx ON archiveinfo (filename);

CREATE TABLE maven_archives (
    archive_id integer NOT NULL PRIMARY KEY REFERENCES archiveinfo (id),
    group_id text NOT NULL,
    artifact_id text NOT NULL,
    version text NOT NULL
);

CREATE TABLE image_archives (
    archive_id integer NOT NULL PRIMARY KEY REFERENCES archiveinfo (id),
    arch varchar(16) NOT NULL
);

CREATE TABLE archive_rpm_components (
    archive_id integer NOT NULL REFERENCES archiveinfo (id),
    rpm_id integer NOT NULL REFERENCES rpminfo (id),
    UNIQUE (archive_id, rpm_id)
);

CREATE INDEX rpm_components_idx ON archive_rpm_components (rpm_id);

CREATE TABLE archive_components (
    archive_id integer NOT NULL REFERENCES archiveinfo (id),
    component_id integer NOT NULL REFERENCES archiveinfo (id),
    UNIQUE (archive_id, component_id)
);

CREATE INDEX archive_components_idx ON archive_components (component_id);

CREATE TABLE buildroot_archives (
    buildroot_id integer NOT NULL REFERENCES buildroot (id),
    archive_id integer NOT NULL REFERENCES archiveinfo (id),
    project_dep boolean NOT NULL,
    PRIMARY KEY (buildroot_id, archive_id)
);

CREATE INDEX buildroot_archives_archive_idx ON buildroot_archives (archive_id);

CREATE TABLE win_archives (
    archive_id integer NOT NULL PRIMARY KEY REFERENCES archiveinfo (id),
    relpath text NOT NULL,
    platforms text NOT NULL,
    flags text
);

-- messages, checksums

CREATE TABLE proton_queue (
    id serial PRIMARY KEY,
    created_ts timestamp with time zone DEFAULT now(),
    address text NOT NULL,
    props json NOT NULL,
    body json NOT NULL
);

CREATE TABLE rpm_checksum (
    rpm_id integer NOT NULL REFERENCES rpminfo (id),
    sigkey text NOT NULL,
    checksum text NOT NULL UNIQUE,
    checksum_type smallint NOT NULL,
    PRIMARY KEY (rpm_id, sigkey, checksum_type)
);

CREATE INDEX rpm_checksum_rpm_id ON rpm_checksum (rpm_id);

-- scheduler

CREATE TABLE scheduler_task_runs (
    id serial PRIMARY KEY,
    task_id integer REFERENCES task (id) NOT NULL,
    host_id integer REFERENCES host (id) NOT NULL,
    active boolean NOT NULL DEFAULT true,
    create_time timestamp with time zone NOT NULL DEFAULT now()
);

CREATE INDEX scheduler_task_runs_task ON scheduler_task_runs (task_id);
CREATE INDEX scheduler_task_runs_host ON scheduler_task_runs (host_id);
CREATE INDEX scheduler_task_runs_create_time ON scheduler_task_runs (create_time);

CREATE TABLE scheduler_host_data (
    host_id integer REFERENCES host (id) PRIMARY KEY,
    data jsonb
);

CREATE TABLE scheduler_sys_data (
    name text NOT NULL PRIMARY KEY,
    data jsonb
);

CREATE TABLE scheduler_task_refusals (
    id serial PRIMARY KEY,
    task_id integer REFERENCES task (id) NOT NULL,
    host_id integer REFERENCES host (id) NOT NULL,
    by_host boolean NOT NULL,
    soft boolean NOT NULL DEFAULT false,
    msg text,
    "time" timestamp with time zone NOT NULL DEFAULT now(),
    UNIQUE (task_id, host_id)
);

CREATE TABLE scheduler_log_messages (
    id serial PRIMARY KEY,
    task_id integer REFERENCES task (id),
    host_id integer REFERENCES host (id),
    msg_time timestamp with time zone NOT NULL DEFAULT now(),
    msg text NOT NULL
);

-- Whoever needs a lock that spans hub processes locks the row of that name.
CREATE TABLE locks (
    name text NOT NULL PRIMARY KEY
);

INSERT INTO locks (name) VALUES ('protonmsg-plugin'), ('scheduler'), ('repo-queue');

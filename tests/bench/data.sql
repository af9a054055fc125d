-- The data of `make bench-hub`, in an otherwise empty database: `psql -v scale=N -f data.sql`.
--
-- Scale 1 is 5,000 packages, 20,000 builds, 100,000 rpms, 20,000 rows of tag_listing and 50,000 tasks; tags, users (50)
-- and hosts (20) stay. Every value follows from its row's number, so that answers have the same length wherever they are
-- measured. Needs a user with id 1.
\set ON_ERROR_STOP on
\set QUIET on
BEGIN;

SELECT (5000 * :scale)::int AS packages, (5000 * :scale)::int * 4 AS builds, (50000 * :scale)::int AS tasks,
       (2000 * :scale)::int AS roots, coalesce((SELECT max(id) FROM events), 0) + 1 AS e0,
       (SELECT max(id) FROM users) + 1 AS u0 \gset
SELECT :builds + 10000 AS events, :u0 + 50 AS h0, round(:packages * 0.06)::int AS in_a, round(:packages * 0.04)::int AS in_b \gset
SELECT :packages - :in_a - :in_b AS in_base \gset

-- what row n of something is called, and when it was
CREATE FUNCTION pg_temp.package(n int) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT (ARRAY['lib', 'py', 'rust', 'go', 'perl', 'kde', 'gnome', 'tex', 'x', 'ghc'])[1 + n % 10] || '-pkg' || lpad(n::text, 5, '0') $$;
CREATE FUNCTION pg_temp.at(seconds bigint) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS
    $$ SELECT to_timestamp(1704067200 + seconds) $$;
CREATE FUNCTION pg_temp.source(b bigint, packages int) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT 'git+https://git.example.com/rpms/' || pg_temp.package((b % packages)::int) || '?#' || lpad(to_hex(b), 40, '0') $$;
-- XML-RPC
CREATE FUNCTION pg_temp.str(t text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT '<value><string>' || t || '</string></value>' $$;
CREATE FUNCTION pg_temp.num(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT '<value><int>' || n || '</int></value>' $$;
CREATE FUNCTION pg_temp.list(VARIADIC items text[]) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT E'<value><array><data>\n' || array_to_string(items, E'\n') || E'\n</data></array></value>' $$;
CREATE FUNCTION pg_temp.member(name text, value text) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT E'<member>\n<name>' || name || E'</name>\n' || value || E'\n</member>\n' $$;
CREATE FUNCTION pg_temp.struct(VARIADIC members text[]) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT E'<value><struct>\n' || array_to_string(members, '') || '</struct></value>' $$;
CREATE FUNCTION pg_temp.call(method text, VARIADIC params text[]) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT E'<?xml version=''1.0''?>\n<methodCall>\n<methodName>' || method || E'</methodName>\n<params>\n<param>\n'
           || array_to_string(params, E'\n</param>\n<param>\n') || E'\n</param>\n</params>\n</methodCall>\n' $$;
CREATE FUNCTION pg_temp.answer(value text) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT E'<?xml version=''1.0''?>\n<methodResponse>\n<params>\n<param>\n' || value || E'\n</param>\n</params>\n</methodResponse>\n' $$;

INSERT INTO events (id, time) SELECT :e0 + n, pg_temp.at(n * 60::bigint) FROM generate_series(0, :events - 1) n;
INSERT INTO users (id, name, password, status, usertype)
SELECT :u0 + n, 'user' || lpad(n::text, 3, '0'), 'pw' || lpad(n::text, 3, '0'), 0, 0 FROM generate_series(0, 49) n
UNION ALL
SELECT :h0 + n, 'builder' || lpad(n::text, 2, '0') || '.example.com', 'hostpw', 0, 1 FROM generate_series(0, 19) n;
INSERT INTO host (id, user_id, name, update_time, task_load, ready)
SELECT 1 + n, :h0 + n, 'builder' || lpad(n::text, 2, '0') || '.example.com', pg_temp.at(:events * 60::bigint), (n % 5) / 2.0, n % 4 <> 0
  FROM generate_series(0, 19) n;
INSERT INTO host_config (host_id, arches, capacity, enabled, create_event, creator_id)
SELECT 1 + n, CASE WHEN n % 3 = 0 THEN 'aarch64' ELSE 'x86_64 i686' END, 4.0 + n % 3, n % 7 <> 6, :e0 + n, 1 FROM generate_series(0, 19) n;
INSERT INTO host_channels (host_id, channel_id, create_event, creator_id)
SELECT 1 + n, channel, :e0 + n, 1 FROM generate_series(0, 19) n, (VALUES (1), (2)) AS c (channel) WHERE channel = 1 OR n % 2 = 1;

INSERT INTO package (id, name) SELECT 1 + n, pg_temp.package(n) FROM generate_series(0, :packages - 1) n;
INSERT INTO tag (id, name) VALUES (1, 'dist-base'), (2, 'dist-gold'), (3, 'dist-updates'), (4, 'dist-override'), (5, 'dist-build'),
    (6, 'side-a'), (7, 'side-b'), (8, 'side-b-parent'), (9, 'dist-candidate');
INSERT INTO tag_config (tag_id, arches, locked, create_event, creator_id)
SELECT id, 'x86_64 aarch64', FALSE, :e0 + id, 1 FROM tag;
INSERT INTO tag_extra (tag_id, key, value, create_event, creator_id)
VALUES (5, 'mock.new_chroot', '0', :e0 + 20, 1), (1, 'rpm.macro.dist', '".el9"', :e0 + 21, 1);
INSERT INTO tag_inheritance (tag_id, parent_id, priority, maxdepth, intransitive, noconfig, pkg_filter, create_event, creator_id)
SELECT child, parent, priority, NULL, FALSE, FALSE, '', :e0 + 30 + n, 1
  FROM (VALUES (0, 5, 4, 0), (1, 5, 6, 10), (2, 5, 7, 20), (3, 4, 3, 0), (4, 3, 2, 0), (5, 2, 1, 0), (6, 7, 8, 0), (7, 9, 3, 0))
       AS links (n, child, parent, priority);
INSERT INTO build_target (id, name) VALUES (1, 'dist'), (2, 'dist-cand');
INSERT INTO build_target_config (build_target_id, build_tag, dest_tag, create_event, creator_id)
VALUES (1, 5, 3, :e0 + 40, 1), (2, 5, 9, :e0 + 41, 1);

-- package lists: 9 of 10 packages are in dist-base, the rest in the two side tags; some are blocked or listed again
CREATE TEMP TABLE listed ON COMMIT DROP AS
SELECT n, CASE WHEN n < :in_base THEN 1 WHEN n < :in_base + :in_a THEN 6 ELSE 8 END AS tag, FALSE AS blocked
  FROM generate_series(0, :packages - 1) n
UNION ALL SELECT n, 3, TRUE FROM generate_series(0, (:packages * 0.01)::int - 1) n
UNION ALL SELECT n, 3, FALSE FROM generate_series((:packages * 0.02)::int, (:packages * 0.06)::int - 1) n
UNION ALL SELECT n, 9, FALSE FROM generate_series((:packages * 0.06)::int, (:packages * 0.10)::int - 1) n;
INSERT INTO tag_packages (package_id, tag_id, blocked, create_event, creator_id)
SELECT 1 + n, tag, blocked, :e0 + (101 + n) % :events, 1 FROM listed;
INSERT INTO tag_package_owners (package_id, tag_id, owner, create_event, creator_id)
SELECT 1 + n, tag, :u0 + (1 + n) % 50, :e0 + (101 + n) % :events, 1 FROM listed;

-- tasks in groups of five: build, buildSRPMFromSCM, two of buildArch, tagBuild; the last forty groups are not done yet
CREATE TEMP TABLE work ON COMMIT DROP AS
SELECT t, g, k, b, pg_temp.package(b % :packages) AS package, pg_temp.source(b, :packages) AS source, base, live,
       CASE WHEN live AND g % 2 = 1 THEN (ARRAY[0, 1, 1, 4, 0])[1 + k]
            WHEN live THEN 1
            WHEN g % 20 <> 0 THEN 2
            ELSE (ARRAY[5, 2, 5, 3, 2])[1 + k] END AS state,
       (ARRAY['noarch', 'x86_64', 'x86_64', 'aarch64', 'noarch'])[1 + k] AS arch
  FROM (SELECT 1 + n AS t, n / 5 AS g, n % 5 AS k, n / 5 % :builds AS b, (n / 5 * 120::bigint) % (:events * 60) AS base,
               n / 5 >= :tasks / 5 - 40 AS live
          FROM generate_series(0, :tasks - 1) n) numbered;
INSERT INTO task (id, state, create_time, start_time, completion_time, channel_id, host_id, parent, label, waiting, awaited, owner,
                  method, request, result, arch, priority, weight)
SELECT t, state, pg_temp.at(base), CASE WHEN state NOT IN (0, 4) THEN pg_temp.at(base + 10 + k) END,
       CASE WHEN state IN (2, 3, 5) THEN pg_temp.at(base + 600 + k * 30) END, 1, CASE WHEN state <> 0 THEN 1 + t % 20 END,
       CASE WHEN k > 0 THEN g * 5 + 1 END, CASE k WHEN 1 THEN 'srpm' WHEN 2 THEN arch WHEN 3 THEN arch WHEN 4 THEN 'tag' END,
       CASE WHEN k = 0 AND state = 1 THEN TRUE END, CASE WHEN k > 0 THEN TRUE END, :u0 + g % 50,
       CASE k WHEN 0 THEN 'build' WHEN 1 THEN 'buildSRPMFromSCM' WHEN 4 THEN 'tagBuild' ELSE 'buildArch' END,
       CASE k
       WHEN 0 THEN pg_temp.call('build', pg_temp.str(source), pg_temp.str('dist'), pg_temp.struct(pg_temp.member('repo_id', pg_temp.num(1 + g % 200))))
       WHEN 1 THEN pg_temp.call('buildSRPMFromSCM', pg_temp.str(source), pg_temp.num(5), pg_temp.struct(
           pg_temp.member('repo_id', pg_temp.num(1 + g % 200)), pg_temp.member('scratch', '<value><nil/></value>')))
       WHEN 4 THEN pg_temp.call('tagBuild', pg_temp.num(3), pg_temp.num(1 + b), '<value><boolean>0</boolean></value>',
           '<value><nil/></value>', '<value><boolean>1</boolean></value>')
       ELSE pg_temp.call('buildArch', pg_temp.str('tasks/' || t % 10000 || '/' || t || '/' || package || '.src.rpm'), pg_temp.num(5),
           pg_temp.str(arch), '<value><boolean>1</boolean></value>', pg_temp.struct(pg_temp.member('repo_id', pg_temp.num(1 + g % 200))))
       END,
       CASE
       WHEN state = 5 THEN E'<?xml version=''1.0''?>\n<methodResponse>\n<fault>\n' || pg_temp.struct(
           pg_temp.member('faultCode', pg_temp.num(1005)), pg_temp.member('faultString', pg_temp.str(
               'error building package, mock exited with status 1; see build.log for more information'))) || E'</fault>\n</methodResponse>\n'
       WHEN state <> 2 THEN NULL
       WHEN k = 0 THEN pg_temp.answer(pg_temp.num(0))
       WHEN k = 1 THEN pg_temp.answer(pg_temp.struct(
           pg_temp.member('srpm', pg_temp.str('tasks/' || t % 10000 || '/' || t || '/' || package || '.src.rpm')),
           pg_temp.member('logs', pg_temp.list(pg_temp.str('a/build.log'), pg_temp.str('a/root.log'))),
           pg_temp.member('brootid', pg_temp.num(1 + g)),
           pg_temp.member('source', pg_temp.struct(pg_temp.member('source', pg_temp.str(source)), pg_temp.member('url', pg_temp.str(source))))))
       WHEN k = 4 THEN pg_temp.answer('<value><nil/></value>')
       ELSE pg_temp.answer(pg_temp.struct(
           pg_temp.member('rpms', pg_temp.list(pg_temp.str('tasks/1/' || t || '/' || package || '.' || arch || '.rpm'))),
           pg_temp.member('srpms', E'<value><array><data>\n\n</data></array></value>'),
           pg_temp.member('logs', pg_temp.list(pg_temp.str('a/build.log'))), pg_temp.member('brootid', pg_temp.num(1 + g))))
       END,
       arch, CASE WHEN k = 0 THEN 20 ELSE 19 END, CASE WHEN k IN (2, 3) THEN 1.5 ELSE 0.2 END
  FROM work ORDER BY t;

-- four builds of each package, nearly all complete
CREATE TEMP TABLE built ON COMMIT DROP AS
SELECT b, b % :packages AS n, b / :packages AS generation, (1 + b % 3) || '.' || b / :packages || '.' || b % 7 AS version,
       (1 + b % 4) || '.el9' AS release,
       CASE WHEN q < 92 THEN 1 WHEN q < 97 THEN 3 WHEN q < 98 THEN 4 WHEN q < 99 THEN 2 ELSE 0 END AS state
  FROM (SELECT b, (b * 7919::bigint + b / :packages * 37) % 100 AS q FROM generate_series(0, :builds - 1) b) numbered;
INSERT INTO build (id, volume_id, pkg_id, version, release, epoch, draft, source, create_event, start_time, completion_time, state,
                   task_id, owner, extra)
SELECT 1 + b, 0, 1 + n, version, release, CASE WHEN b % 25 = 0 THEN 1 END, FALSE, pg_temp.source(b, :packages),
       :e0 + (200 + b) % :events, pg_temp.at(b * 60::bigint), CASE WHEN state <> 0 THEN pg_temp.at(b * 60::bigint + 900) END, state,
       CASE WHEN b * 5 + 1 <= :tasks THEN b * 5 + 1 END, :u0 + b % 50,
       CASE WHEN b % 10 = 0 THEN '{"source": {"original_url": "git+https://git.example.com/rpms/' || pg_temp.package(n) || '"}}' END
  FROM built ORDER BY b;
INSERT INTO build_types (build_id, btype_id) SELECT 1 + b, 1 FROM built;

INSERT INTO repo (id, creation_time, create_event, state_time, begin_event, tag_id, state, dist, opts, custom_opts)
SELECT 1 + n, pg_temp.at(n * 7200::bigint), :e0 + (300 + n * 100) % :events, pg_temp.at(n * 7200::bigint + 60),
       :e0 + (300 + n * 100) % :events, 5, CASE WHEN n < 195 THEN 3 WHEN n < 198 THEN 2 ELSE 1 END, FALSE, '{}', '{}'
  FROM generate_series(0, 199) n;
INSERT INTO buildroot (id, br_type, container_type, container_arch)
SELECT 1 + n, 0, 'chroot', 'x86_64' FROM generate_series(0, :roots - 1) n;
INSERT INTO standard_buildroot (buildroot_id, host_id, repo_id, task_id, create_event, retire_event, state)
SELECT 1 + n, 1 + n % 20, 1 + n % 200, 1 + (n * 5 + 2) % :tasks, :e0 + (400 + n * 5) % :events, :e0 + (401 + n * 5) % :events, 3
  FROM generate_series(0, :roots - 1) n;

INSERT INTO rpminfo (id, build_id, buildroot_id, name, version, release, epoch, arch, draft, external_repo_id, payloadhash, size, buildtime,
                     metadata_only)
SELECT id, 1 + b, CASE WHEN k > 0 THEN 1 + b % :roots END, pg_temp.package(n) || suffix, version, release,
       CASE WHEN b % 25 = 0 THEN 1 END, arch, FALSE, 0, lpad(to_hex(id * 2654435761), 32, '0'), 10000 + id * 37 % 9000000,
       1704067200 + b * 60::bigint, FALSE
  FROM (SELECT b * 5::bigint + k + 1 AS id, *
          FROM built, (VALUES (0, '', 'src'), (1, '', 'x86_64'), (2, '', 'aarch64'), (3, '-devel', 'x86_64'), (4, '-doc', 'noarch'))
               AS sub (k, suffix, arch)) numbered
 ORDER BY id;
INSERT INTO rpmsigs (rpm_id, sigkey, sighash)
SELECT 1 + n, sigkey, lpad(to_hex(n * 40503::bigint + j), 32, '0')
  FROM generate_series(0, :builds * 5 - 1) n, (VALUES (0, ''), (1, 'fd431d51')) AS keys (j, sigkey) WHERE j = 0 OR n % 3 = 0;
INSERT INTO buildroot_listing (buildroot_id, rpm_id, is_update)
SELECT 1 + n, 1 + (n * 101 + j * 977) % (:builds * 5), FALSE FROM generate_series(0, :roots - 1) n, generate_series(0, 49) j;

-- the first two complete builds of a package of dist-base are there, the second of some in dist-gold too, later ones in dist-updates;
-- packages of the side tags have all of theirs in the side tag. One row in twenty is revoked. dist-candidate fills up to
-- as many rows as there are builds.
CREATE TEMP TABLE complete ON COMMIT DROP AS
SELECT n, b, row_number() OVER w - 1 AS nth, b = max(b) OVER (PARTITION BY n) AS last,
       CASE WHEN n < :in_base THEN 1 WHEN n < :in_base + :in_a THEN 6 ELSE 8 END AS home
  FROM built WHERE state = 1 WINDOW w AS (PARTITION BY n ORDER BY b);
CREATE TEMP TABLE tagged ON COMMIT DROP AS
SELECT b, tag, row_number() OVER (PARTITION BY n ORDER BY part, b) - 1 AS k
  FROM (SELECT n, b, 0 AS part, home AS tag FROM complete WHERE home <> 1 OR nth < 2
        UNION ALL SELECT n, b, 1, 2 FROM complete WHERE home = 1 AND nth = 1 AND n % 4 = 0
        UNION ALL SELECT n, b, 2, 3 FROM complete WHERE home = 1 AND nth >= 2
        UNION ALL SELECT n, b, 3, 4 FROM complete WHERE home = 1 AND last AND n % 20 = 3
        UNION ALL SELECT n, b, 3, 7 FROM complete WHERE home = 8 AND last) parts;
INSERT INTO tag_listing (build_id, tag_id, create_event, revoke_event, creator_id, revoker_id, active)
SELECT 1 + b, tag, created, CASE WHEN revoked THEN :e0 + (5000 + b + k) % :events END, 1, CASE WHEN revoked THEN 1 END,
       CASE WHEN revoked THEN NULL ELSE TRUE END
  FROM (SELECT b, tag, k, :e0 + (210 + b + k) % :events AS created, (b * 31 + k) % 20 = 0 AS revoked FROM tagged
        UNION ALL
        (SELECT b, 9, 0, :e0 + (220 + b) % :events, FALSE FROM built WHERE state = 1 ORDER BY b DESC
          LIMIT greatest(0, :builds - (SELECT count(*) FROM tagged)))) all_rows
 ORDER BY created, b, tag;

INSERT INTO groups (id, name) VALUES (1, 'build'), (2, 'srpm-build');
INSERT INTO group_config (group_id, tag_id, display_name, uservisible, biarchonly, create_event, creator_id)
SELECT id, 1, name, TRUE, FALSE, :e0 + 49 + id, 1 FROM groups;
INSERT INTO group_package_listing (group_id, tag_id, package, blocked, type, create_event, creator_id)
SELECT id, 1, pg_temp.package(n * 13 % :packages), FALSE, 'mandatory', :e0 + 60 + id, 1
  FROM groups, generate_series(0, 29) n WHERE id = 1 OR n < 10;
INSERT INTO external_repo (id, name) VALUES (1, 'ext-epel');
INSERT INTO external_repo_config (external_repo_id, url, create_event, creator_id)
VALUES (1, 'http://mirror.example.com/epel/9/$arch/', :e0 + 70, 1);
INSERT INTO tag_external_repos (tag_id, external_repo_id, priority, merge_mode, create_event, creator_id) VALUES (5, 1, 5, 'koji', :e0 + 71, 1);

\o /dev/null
SELECT setval(pg_get_serial_sequence(t, 'id'), n) FROM (VALUES
    ('events', (SELECT max(id) FROM events)), ('users', (SELECT max(id) FROM users)), ('host', 20), ('package', :packages), ('tag', 9),
    ('build_target', 2), ('task', :tasks), ('build', :builds), ('repo', 200), ('buildroot', :roots), ('rpminfo', :builds * 5),
    ('groups', 2), ('external_repo', 1)) AS last (t, n);
\o
COMMIT;
VACUUM ANALYZE;

-- Roles and schemas of a Millrace warehouse. Run once by the owner of the database, in that
-- database; running it again changes nothing. Passwords are set apart: ALTER ROLE … PASSWORD.

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[
    'millrace_ingestion', 'millrace_transform', 'millrace_models', 'millrace_serving', 'millrace_reader'
  ] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format(
        'CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role_name);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
  END LOOP;

  EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  -- Landing creates a schema for each source, models create dbt's target schemas; both stage rows.
  EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO millrace_transform, millrace_models', current_database());
END $$;

-- Who else is in the database finds nothing to write to.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The owner of the database hands each service its schema, for which it must be able to act as it.
DO $$
DECLARE
  service text;
BEGIN
  FOREACH service IN ARRAY ARRAY['ingestion', 'transform', 'serving'] LOOP
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = service) THEN
      EXECUTE format('GRANT millrace_%s TO CURRENT_USER', service);
      EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %I', service, 'millrace_' || service);
    END IF;
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', service);
  END LOOP;
END $$;

-- What models write, readers may read. Landing grants on its own tables as it creates them.
DO $$
BEGIN
  EXECUTE 'GRANT millrace_models, millrace_transform TO CURRENT_USER';
  ALTER DEFAULT PRIVILEGES FOR ROLE millrace_models GRANT USAGE ON SCHEMAS TO millrace_reader;
  ALTER DEFAULT PRIVILEGES FOR ROLE millrace_models GRANT SELECT ON TABLES TO millrace_reader;
END $$;

ALTER ROLE millrace_reader SET default_transaction_read_only = on;
ALTER ROLE millrace_reader SET statement_timeout = '60s';

-- Serving asks as a member of that role, as teams do. Whoever is a member of a role may end its sessions and
-- read what they run: teams are none of this one.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_answers') THEN
    CREATE ROLE millrace_answers LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (
    SELECT FROM pg_auth_members
    WHERE roleid = 'millrace_reader'::regrole AND member = 'millrace_answers'::regrole
  ) THEN
    GRANT millrace_reader TO millrace_answers;
  END IF;
END $$;
ALTER ROLE millrace_answers SET default_transaction_read_only = on;
ALTER ROLE millrace_answers SET statement_timeout = '60s';

-- Which tenants' rows a transaction may see. Serving signs a token for each transaction; row-level
-- security asks the functions below, which know no other. What an injected statement writes in its
-- place is no good without the secret. docs/reference/access-policies.md
CREATE SCHEMA IF NOT EXISTS millrace;
REVOKE ALL ON SCHEMA millrace FROM PUBLIC;
GRANT USAGE ON SCHEMA millrace TO millrace_transform, millrace_models, millrace_reader;

-- The secret as the two blocks that HMAC-SHA256 begins with: with these, sha256() is all it takes.
CREATE TABLE IF NOT EXISTS millrace.tenant_keys (
  slot text PRIMARY KEY CHECK (slot IN ('current', 'previous')),
  inner_pad bytea NOT NULL,
  outer_pad bytea NOT NULL,
  good_until timestamptz
);
REVOKE ALL ON millrace.tenant_keys FROM PUBLIC;
-- Without a policy, whoever is granted it with all other tables sees nothing either.
ALTER TABLE millrace.tenant_keys ENABLE ROW LEVEL SECURITY;

-- Sets the secret. The one that it replaces is good for a day more, for services that still run with it.
CREATE OR REPLACE FUNCTION millrace.set_tenant_secret(secret text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  key bytea := convert_to(secret, 'UTF8');
  inner_block bytea := ''::bytea;
  outer_block bytea := ''::bytea;
BEGIN
  IF secret IS NULL OR length(key) < 32 THEN
    RAISE EXCEPTION 'the secret of tenants'' tokens is shorter than 32 bytes' USING ERRCODE = '22023';
  END IF;
  IF length(key) > 64 THEN
    key := sha256(key);
  END IF;
  key := key || decode(repeat('00', 64 - length(key)), 'hex');
  FOR i IN 0..63 LOOP
    inner_block := inner_block || set_byte('\x00'::bytea, 0, get_byte(key, i) # 54);
    outer_block := outer_block || set_byte('\x00'::bytea, 0, get_byte(key, i) # 92);
  END LOOP;
  LOCK TABLE millrace.tenant_keys IN SHARE ROW EXCLUSIVE MODE;
  IF EXISTS (SELECT FROM millrace.tenant_keys WHERE slot = 'current' AND inner_pad = inner_block) THEN
    RETURN;
  END IF;
  DELETE FROM millrace.tenant_keys WHERE slot = 'previous';
  UPDATE millrace.tenant_keys SET slot = 'previous', good_until = now() + interval '1 day';
  INSERT INTO millrace.tenant_keys VALUES ('current', inner_block, outer_block, NULL);
END $$;

-- Logins that people and BI tools ask with, and whose rows each sees: of no tenant, of some, or (NULL) all.
CREATE TABLE IF NOT EXISTS millrace.teams (
  role name PRIMARY KEY CHECK (role ~ '^team_[a-z][a-z0-9_]{0,57}$'),
  tenants text[],
  valid_until timestamptz
);
REVOKE ALL ON millrace.teams FROM PUBLIC;
ALTER TABLE millrace.teams ENABLE ROW LEVEL SECURITY;

-- What a good token says: hmac.expiry.payload, the first of these in hex over the rest; NULL if it is
-- not good. The time is that of the transaction's start, so that no query loses its rows half-way.
-- Of a team it is what stands in its row, whatever token its session has.
CREATE OR REPLACE FUNCTION millrace.tenant_payload() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  token constant text := current_setting('millrace.tenant_token', true);
  team_tenants text[];
  message bytea;
  given bytea;
BEGIN
  SELECT tenants INTO team_tenants FROM millrace.teams WHERE role = session_user;
  IF FOUND THEN
    RETURN coalesce(to_jsonb(team_tenants)::text, '*');
  END IF;
  IF token IS NULL OR token !~ '^[0-9a-f]{64}[.][0-9]{1,12}[.]' THEN
    RETURN NULL;
  END IF;
  given := decode(left(token, 64), 'hex');
  message := convert_to(substr(token, 66), 'UTF8');
  -- Hashes are compared, not what is hashed: how long that takes tells nothing of it.
  IF NOT EXISTS (
    SELECT FROM millrace.tenant_keys
    WHERE coalesce(good_until > now(), true)
      AND sha256(sha256(outer_pad || sha256(inner_pad || message))) = sha256(given)
  ) THEN
    RETURN NULL;
  END IF;
  IF to_timestamp(split_part(token, '.', 2)::bigint) <= now() THEN
    RETURN NULL;
  END IF;
  RETURN substr(token, 67 + length(split_part(token, '.', 2)));
END $$;

-- The tenant of this transaction, if it is of one alone.
CREATE OR REPLACE FUNCTION millrace.tenant() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  payload constant text := millrace.tenant_payload();
BEGIN
  IF payload IS NULL OR payload = '*' OR jsonb_array_length(payload::jsonb) <> 1 THEN
    RETURN NULL;
  END IF;
  RETURN payload::jsonb ->> 0;
END $$;

-- Whether it is of all tenants or of several: rows are compared with one first, which takes the least.
CREATE OR REPLACE FUNCTION millrace.sees_several() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  payload constant text := millrace.tenant_payload();
BEGIN
  RETURN coalesce(payload = '*' OR jsonb_array_length(payload::jsonb) > 1, false);
END $$;

-- The tenants that a good token names; none without one, and none if it is of all.
CREATE OR REPLACE FUNCTION millrace.tenants() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  payload constant text := millrace.tenant_payload();
BEGIN
  IF payload IS NULL OR payload = '*' THEN
    RETURN '{}';
  END IF;
  RETURN ARRAY(SELECT jsonb_array_elements_text(payload::jsonb));
END $$;

-- Whether it is of all tenants, and sees the rows of none too.
CREATE OR REPLACE FUNCTION millrace.sees_all() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN coalesce(millrace.tenant_payload() = '*', false);
END $$;

-- Has the views that read a relation ask for their reader's rights instead of their owner's, who is not
-- limited; what keeps rows of its own is no longer the readers'. A view that says security_invoker=false
-- mixes tenants on purpose.
CREATE OR REPLACE FUNCTION millrace.guard_views(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  reader record;
BEGIN
  FOR reader IN
    WITH RECURSIVE readers (id) AS (
      SELECT relation::oid
      UNION
      SELECT r.ev_class
      FROM readers
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = readers.id
        JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        JOIN pg_class c ON c.oid = r.ev_class
      WHERE NOT coalesce('security_invoker=false' = ANY (c.reloptions), false)
    )
    SELECT c.oid::regclass AS name, c.relkind AS kind
    FROM readers JOIN pg_class c ON c.oid = readers.id
    WHERE c.oid <> relation AND pg_has_role(current_user, c.relowner, 'USAGE')
      AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)
  LOOP
    IF reader.kind = 'v' THEN
      EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', reader.name);
    ELSIF reader.kind = 'm' THEN
      EXECUTE format('REVOKE SELECT ON %s FROM millrace_reader, PUBLIC', reader.name);
    END IF;
  END LOOP;
END $$;

-- Has readers see the rows of a table by tenant; its owner is not limited, and asks for it. The
-- functions stand in sub-queries so that they are asked once a statement, and not for each row. The
-- services' own roles read on: landing and models know no tenants. Changes nothing, and waits for nobody,
-- where it is so already.
CREATE OR REPLACE FUNCTION millrace.separate_tenants(relation regclass, tenant_column name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  secured constant boolean := (SELECT relrowsecurity FROM pg_class WHERE oid = relation);
  policy constant oid := (SELECT oid FROM pg_policy WHERE polrelid = relation AND polname = 'millrace_tenant');
BEGIN
  IF secured AND EXISTS (
    SELECT FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_policy'::regclass AND d.objid = policy
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation AND a.attname = tenant_column
  ) THEN
    RETURN;
  END IF;
  IF policy IS NOT NULL THEN
    EXECUTE format('DROP POLICY millrace_tenant ON %s', relation);
  END IF;
  EXECUTE format(
    'CREATE POLICY millrace_tenant ON %s FOR SELECT TO millrace_reader USING ('
    '%2$I::text = (SELECT millrace.tenant())'
    ' OR ((SELECT millrace.sees_several())'
    ' AND ((SELECT millrace.sees_all()) OR %2$I::text = ANY ((SELECT millrace.tenants())::text[]))))',
    relation, tenant_column);
  IF secured AND policy IS NULL THEN
    EXECUTE format('GRANT SELECT ON %s TO millrace_reader', relation);
  END IF;
  PERFORM millrace.keep_services_reading(relation);
  PERFORM millrace.guard_views(relation);
END $$;

CREATE OR REPLACE FUNCTION millrace.keep_services_reading(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polname = 'millrace_services') THEN
    EXECUTE format(
      'CREATE POLICY millrace_services ON %s FOR SELECT TO millrace_transform, millrace_models USING (true)',
      relation);
  END IF;
  IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = relation) THEN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
  END IF;
END $$;

-- No policy, no grant: for what holds rows of tenants, and does not say whose each is. A view shows its
-- reader what the reader may see below.
CREATE OR REPLACE FUNCTION millrace.withhold(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  class constant pg_class := (SELECT c FROM pg_class c WHERE oid = relation);
BEGIN
  IF class.relkind = 'v' THEN
    IF NOT coalesce('security_invoker=true' = ANY (class.reloptions), false) THEN
      EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', relation);
    END IF;
    RETURN;
  END IF;
  IF has_table_privilege('millrace_reader', relation, 'SELECT') THEN
    EXECUTE format('REVOKE SELECT ON %s FROM millrace_reader, PUBLIC', relation);
  END IF;
  IF class.relkind = 'm' THEN
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polname = 'millrace_tenant') THEN
    EXECUTE format('DROP POLICY millrace_tenant ON %s', relation);
  END IF;
  PERFORM millrace.keep_services_reading(relation);
  PERFORM millrace.guard_views(relation);
END $$;

-- For what holds rows of tenants that all readers may see, on purpose.
CREATE OR REPLACE FUNCTION millrace.share(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  class constant pg_class := (SELECT c FROM pg_class c WHERE oid = relation);
  policy name;
BEGIN
  IF class.relkind = 'v' THEN
    IF NOT coalesce('security_invoker=false' = ANY (class.reloptions), false) THEN
      EXECUTE format('ALTER VIEW %s SET (security_invoker = false)', relation);
    END IF;
    RETURN;
  END IF;
  IF class.relkind <> 'm' AND NOT class.relrowsecurity THEN
    RETURN;
  END IF;
  FOR policy IN
    SELECT polname FROM pg_policy
    WHERE polrelid = relation AND polname IN ('millrace_tenant', 'millrace_services')
  LOOP
    EXECUTE format('DROP POLICY %I ON %s', policy, relation);
  END LOOP;
  IF class.relrowsecurity THEN
    EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', relation);
  END IF;
  EXECUTE format('GRANT SELECT ON %s TO millrace_reader', relation);
END $$;

-- The role of a team of this name.
CREATE OR REPLACE FUNCTION millrace.team_role(team text) RETURNS name
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF team IS NULL OR team !~ '^[a-z][a-z0-9_]{0,57}$' THEN
    RAISE EXCEPTION 'a team''s name is a small letter and up to 57 small letters, digits and _' USING ERRCODE = '22023';
  END IF;
  RETURN 'team_' || team;
END $$;

CREATE OR REPLACE FUNCTION millrace.check_team_tenants(tenants text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Lists in a list, and none in it, would say something else than was meant.
  IF coalesce(array_ndims(tenants), 1) <> 1 OR cardinality(tenants) > 1000 OR array_position(tenants, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'a team''s tenants are a list of at most 1000, none of them null' USING ERRCODE = '22023';
  END IF;
END $$;

-- Makes the login team_NAME, which reads what readers read. Without tenants it sees rows of no tenant where
-- tables tell them apart; NULL is all tenants. It has no password but by the SCRAM verifier that is given:
-- what is written in clear text would stand in the server's log. psql's \password sets one too.
CREATE OR REPLACE FUNCTION millrace.make_team(
  team text, tenants text[] DEFAULT '{}', valid_until timestamptz DEFAULT NULL, verifier text DEFAULT NULL)
RETURNS name
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  login constant name := millrace.team_role(team);
BEGIN
  PERFORM millrace.check_team_tenants(tenants);
  IF verifier !~ '^SCRAM-SHA-256[$][1-9][0-9]{3,6}:[A-Za-z0-9+/]{16,}={0,2}[$][A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$' THEN
    RAISE EXCEPTION 'a team is given a SCRAM-SHA-256 verifier, not a password' USING ERRCODE = '22023';
  END IF;
  IF current_setting('server_version_num')::int < 160000 THEN
    RAISE EXCEPTION 'teams need PostgreSQL 16' USING ERRCODE = '0A000';
  END IF;
  -- It may be somebody else's, or of another database on this server.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
    RAISE EXCEPTION 'the role % exists already', login USING ERRCODE = '42710';
  END IF;
  INSERT INTO millrace.teams AS t VALUES (login, make_team.tenants, make_team.valid_until)
    ON CONFLICT (role) DO UPDATE SET tenants = excluded.tenants, valid_until = excluded.valid_until;
  EXECUTE format(
    'CREATE ROLE %I LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
    ' CONNECTION LIMIT 20 VALID UNTIL %L', login, coalesce(valid_until, 'infinity'));
  IF verifier IS NOT NULL THEN
    EXECUTE format('ALTER ROLE %I PASSWORD %L', login, verifier);
  END IF;
  -- Who may act as the reader may change its password and settings.
  EXECUTE format('GRANT millrace_reader TO %I WITH INHERIT TRUE, SET FALSE', login);
  EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', login);
  EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', login, '5min');
  EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', login, '10min');
  -- The only one of these that a session cannot lift; only a superuser can set it.
  BEGIN
    EXECUTE format('ALTER ROLE %I SET temp_file_limit = %L', login, '10GB');
  EXCEPTION WHEN insufficient_privilege THEN
    NULL;
  END;
  RETURN login;
END $$;

-- Gives a team other tenants, from its next statement on, and another end.
CREATE OR REPLACE FUNCTION millrace.change_team(
  team text, tenants text[], valid_until timestamptz DEFAULT NULL) RETURNS name
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  login constant name := millrace.team_role(team);
BEGIN
  PERFORM millrace.check_team_tenants(tenants);
  UPDATE millrace.teams t SET tenants = change_team.tenants, valid_until = change_team.valid_until
    WHERE t.role = login;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no team %', team USING ERRCODE = '42704';
  END IF;
  EXECUTE format('ALTER ROLE %I VALID UNTIL %L', login, coalesce(valid_until, 'infinity'));
  RETURN login;
END $$;

-- Takes a team away, and ends its sessions.
CREATE OR REPLACE FUNCTION millrace.drop_team(team text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  login constant name := millrace.team_role(team);
BEGIN
  DELETE FROM millrace.teams WHERE role = login;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no team %', team USING ERRCODE = '42704';
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
    EXECUTE format('GRANT %I TO CURRENT_USER', login);
    -- Who logs in after this has a role that is gone: it has no rights, and no name.
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = login;
    EXECUTE format('DROP OWNED BY %I', login);
    EXECUTE format('DROP ROLE %I', login);
  END IF;
END $$;

-- DROP OWNED BY a role is open to its members, and takes it out of policies and default privileges. Only a
-- superuser can close that.
DO $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    CREATE OR REPLACE FUNCTION millrace.keep_readers() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
    BEGIN
      IF EXISTS (SELECT FROM millrace.teams WHERE role = session_user) THEN
        RAISE EXCEPTION 'a team owns nothing that could be dropped' USING ERRCODE = '42501';
      END IF;
    END $body$;
    REVOKE EXECUTE ON FUNCTION millrace.keep_readers() FROM PUBLIC;
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'millrace_keep_readers') THEN
      CREATE EVENT TRIGGER millrace_keep_readers ON ddl_command_start
        WHEN TAG IN ('DROP OWNED', 'ALTER DEFAULT PRIVILEGES') EXECUTE FUNCTION millrace.keep_readers();
    END IF;
  END IF;
END $$;

-- A dump has the teams, and no roles: they come back here, and are given passwords anew.
DO $$
DECLARE
  lost record;
BEGIN
  FOR lost IN
    SELECT t.* FROM millrace.teams t WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = t.role)
  LOOP
    PERFORM millrace.make_team(substr(lost.role, 6), lost.tenants, lost.valid_until);
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION
  millrace.team_role(text), millrace.check_team_tenants(text[]),
  millrace.make_team(text, text[], timestamptz, text), millrace.change_team(text, text[], timestamptz),
  millrace.drop_team(text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION
  millrace.set_tenant_secret(text), millrace.tenant_payload(), millrace.tenant(), millrace.tenants(),
  millrace.sees_several(), millrace.sees_all(), millrace.separate_tenants(regclass, name),
  millrace.withhold(regclass), millrace.share(regclass), millrace.guard_views(regclass),
  millrace.keep_services_reading(regclass) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  millrace.tenant(), millrace.tenants(), millrace.sees_several(), millrace.sees_all()
  TO millrace_transform, millrace_models, millrace_reader;
GRANT EXECUTE ON FUNCTION
  millrace.separate_tenants(regclass, name), millrace.withhold(regclass), millrace.share(regclass),
  millrace.guard_views(regclass), millrace.keep_services_reading(regclass)
  TO millrace_transform, millrace_models;

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

-- Sets the roles' passwords from the environment of psql, so that they stand in no file and in no
-- argument. The server is asked not to log the statements; where the owner may not ask, it logs
-- what its own settings say.
DO $$
BEGIN
  PERFORM set_config('log_statement', 'none', true);
EXCEPTION WHEN insufficient_privilege THEN
  NULL;
END $$;
SET LOCAL password_encryption = 'scram-sha-256';

\getenv ingestion_password MILLRACE_INGESTION_PASSWORD
\getenv transform_password MILLRACE_TRANSFORM_PASSWORD
\getenv models_password MILLRACE_MODELS_PASSWORD
\getenv serving_password MILLRACE_SERVING_PASSWORD
\getenv reader_password MILLRACE_READER_PASSWORD

\getenv tenant_secret MILLRACE_SERVING_TENANTSECRET

ALTER ROLE millrace_ingestion PASSWORD :'ingestion_password';
ALTER ROLE millrace_transform PASSWORD :'transform_password';
ALTER ROLE millrace_models PASSWORD :'models_password';
ALTER ROLE millrace_serving PASSWORD :'serving_password';
ALTER ROLE millrace_reader PASSWORD :'reader_password';
ALTER ROLE millrace_answers PASSWORD :'reader_password';

-- What tenants' tokens are signed with. Without it there are none, and readers see no tenant's rows.
\if :{?tenant_secret}
SELECT millrace.set_tenant_secret(:'tenant_secret') \g /dev/null
\endif

-- A caller may see the rows of several tenants: what it uses and sees counts for each of them.

ALTER TABLE data_access ADD COLUMN tenants text[] NOT NULL DEFAULT '{}';
UPDATE data_access SET tenants = string_to_array(tenant, ',') WHERE tenant IS NOT NULL;
ALTER TABLE data_access DROP COLUMN tenant;
CREATE INDEX data_access_tenants ON data_access USING gin (tenants);

-- "tenant" only tells lists of tenants apart from now on.
ALTER TABLE caller_usage ADD COLUMN tenants text[] NOT NULL DEFAULT '{}';
UPDATE caller_usage SET tenants = string_to_array(tenant, ',') WHERE tenant <> '';
DROP INDEX caller_usage_tenant;
CREATE INDEX caller_usage_tenants ON caller_usage USING gin (tenants);

#!/bin/sh
# Runs once, in an empty data directory. The migrations make the roles that may only append and only read.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -v password="$(cat /run/secrets/audit-database-password)" <<'SQL'
create role smartcms_audit login createrole password :'password';
alter role smartcms_audit set createrole_self_grant = 'set, inherit';
create database smartcms_audit owner smartcms_audit;
SQL

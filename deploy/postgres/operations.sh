#!/bin/sh
# Runs once, in an empty data directory: our database, and a role that owns Temporal's two.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres \
  -v smartcms="$(cat /run/secrets/database-password)" -v temporal="$(cat /run/secrets/temporal-password)" <<'SQL'
create role smartcms login password :'smartcms';
create database smartcms owner smartcms;
create role temporal login password :'temporal';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
\c smartcms
create extension ltree;
create extension pg_trgm;
create extension btree_gin;
create extension citext;
\c temporal_visibility
create extension btree_gin;
SQL

#!/bin/sh
# Makes or updates Temporal's schema; run before each new version of the server. Harmless when it is current.
set -eu
SQL_PASSWORD="$(cat "$SQL_PASSWORD_FILE")"
export SQL_PASSWORD
for part in temporal:temporal temporal_visibility:visibility; do
  database="${part%%:*}"
  tool() { temporal-sql-tool --plugin postgres12 --ep "$SQL_HOST" -p "$SQL_PORT" -u "$SQL_USER" --db "$database" "$@"; }
  tool update-schema --schema-name "postgresql/v12/${part##*:}" \
    || { tool setup-schema -v 0.0 && tool update-schema --schema-name "postgresql/v12/${part##*:}"; }
done

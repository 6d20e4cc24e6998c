#!/bin/bash
echo "$1 $PG_MAJOR $(stat -c "%U %a" "$PGDATA")"
readlink /usr/local/bin/docker-enforce-initdb.sh

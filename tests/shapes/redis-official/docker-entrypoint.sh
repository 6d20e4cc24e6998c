#!/bin/sh
set -e
echo "$1 $REDIS_VERSION in $PWD"
stat -c %u:%g /data

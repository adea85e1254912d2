#!/bin/sh
# Installs the programs that the tests run against, where they are missing. Debian and Ubuntu; needs root.
set -eu

packages='monitoring-plugins-basic monitoring-plugins-standard curl openssl procps util-linux lsof iproute2
  man-db groff-base'

missing=
for package in $packages; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words
install() { apt-get install -y -q --no-install-recommends $missing </dev/null; }
# The lists may be missing or old: they are fetched only if it does not work without.
install || { apt-get update -q && install; }

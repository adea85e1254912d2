#!/bin/sh
# Installs the programs that the tests and the benchmarks run against, and what the build itself takes (a C compiler, a
# packer), where they are missing. Debian and Ubuntu; needs root; starts no service.
#
# NRPE's daemon, Nagios, collectd, Prometheus and its node exporter are only unpacked, into HAPPO_PEERS_FOLDER (/var/cache/happo-peers):
# installed they would bring services, users and a mail server. Debian builds the daemon without command arguments, so
# it is built once more from the sources of the same version:
#   nrpe       Debian's daemon
#   nrpe-args  the same version with command arguments
#   nagios4    Debian's Nagios Core
#   collectd   Debian's collectd, with the few plugins that the tests use, and types.db
#   prometheus, promtool  Debian's Prometheus
#   prometheus-node-exporter  Debian's exporter of the machine's figures
set -eu

peers=${HAPPO_PEERS_FOLDER:-/var/cache/happo-peers}

packages='monitoring-plugins-basic monitoring-plugins-standard nagios-nrpe-plugin libwrap0
  postgresql-15 curl openssl procps util-linux lsof iproute2 man-db groff-base python3 gcc binutils libdeflate-tools libc6-dev
  libssl-dev make chromium fonts-dejavu-core fonts-liberation bind9-dnsutils'

nrpe_version=4.1.0
nrpe_source=http://deb.debian.org/debian/pool/main/n/nagios-nrpe/nagios-nrpe_$nrpe_version.orig.tar.gz
nrpe_sha256=500c1845ddbb57e1df8098d107c860498dbad1ea9e4a42c2d59e8d0c19a87259

export DEBIAN_FRONTEND=noninteractive

# Does it, and if that fails once more with fresh package lists: they may be missing or old.
with_lists() {
  "$@" || { apt-get update -q && "$@"; }
}

# PostgreSQL's package would make a cluster and start it; tests make their own.
forbid_cluster() {
  settings=/etc/postgresql-common/createcluster.conf
  [ ! -e "$settings" ] || return 0
  mkdir -p "${settings%/*}"
  echo 'create_main_cluster = false' >"$settings"
}

install_packages() {
  missing=
  for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "installing:$missing"
  # shellcheck disable=SC2086 # a list of words
  install_missing() { apt-get install -y -q --no-install-recommends $missing </dev/null; }
  with_lists install_missing
}

# unpack PACKAGE PROGRAM: puts that program of the package into the folder.
unpack() {
  name=$(basename "$2")
  [ ! -x "$peers/$name" ] || return 0
  echo "unpacking $name of $1 into $peers"
  (
    cd "$scratch"
    [ ! -d "$1" ] || exit 0
    fetch() { apt-get download -q "$1"; }
    with_lists fetch "$1"
    dpkg-deb -x "$1"_*.deb "$1"
  )
  install -m 755 "$scratch/$1$2" "$peers/$name.new"
  mv "$peers/$name.new" "$peers/$name"
}

build_nrpe() {
  [ ! -x "$peers/nrpe-args" ] || return 0
  echo "building nrpe $nrpe_version with command arguments into $peers"
  log=$scratch/build.log
  (
    cd "$scratch"
    curl -fsS --retry 3 -o nrpe.tar.gz "$nrpe_source"
    if ! echo "$nrpe_sha256  nrpe.tar.gz" | sha256sum -c --quiet -; then
      echo "install-peers: $nrpe_source is not the file whose sha256 this script knows" >&2
      exit 1
    fi
    mkdir source
    tar -xzf nrpe.tar.gz -C source --strip-components 1
    cd source
    # Without the group of anonymous Diffie-Hellman, which takes minutes to make: Debian's daemon has one.
    {
      ./configure --enable-command-args --with-need-dh=no --with-nrpe-user=nobody \
        --with-nrpe-group=nogroup --with-ssl-lib="/usr/lib/$(gcc -print-multiarch)" && make nrpe
    } >"$log" 2>&1 || {
      tail -n 20 "$log" >&2
      echo "install-peers: nrpe $nrpe_version does not build, see above" >&2
      exit 1
    }
  )
  install -m 755 "$scratch/source/src/nrpe" "$peers/nrpe-args.new"
  mv "$peers/nrpe-args.new" "$peers/nrpe-args"
}

forbid_cluster
install_packages
mkdir -p "$peers"
scratch=$(mktemp -d)
# apt fetches as a user of its own.
chmod 755 "$scratch"
trap 'rm -rf "$scratch"' EXIT
unpack nagios-nrpe-server /usr/sbin/nrpe
unpack nagios4-core /usr/sbin/nagios4
unpack collectd-core /usr/share/collectd/types.db
for plugin in cpu load memory write_graphite; do
  unpack collectd-core "/usr/lib/collectd/$plugin.so"
done
unpack collectd-core /usr/sbin/collectd
unpack prometheus /usr/bin/prometheus
unpack prometheus /usr/bin/promtool
unpack prometheus-node-exporter /usr/bin/prometheus-node-exporter
build_nrpe

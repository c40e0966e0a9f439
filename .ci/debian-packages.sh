#!/usr/bin/env bash
# Install the real programs that the tests start, from Debian packages, where they are missing.
#
# This list is the only place that names them: a command (or a file), and the package that brings it.
set -euo pipefail

# CPython's own tests, of the Python that Debian has, if it is the one in use.
TESTS=
if [ "$(command -v python3)" = /usr/bin/python3 ]; then
    python=$(python3 -c 'import sys; print("python{}.{}".format(*sys.version_info))')
    TESTS="/usr/lib/$python/test/test_socket.py lib$python-testsuite"
fi

PROGRAMS="
mariadbd           mariadb-server-core
my_print_defaults  mariadb-client-core
postgres           postgresql
redis-server       redis-server
memcached          memcached
slapd              slapd
rabbitmq-server    rabbitmq-server
nginx              nginx-light
dovecot            dovecot-imapd
/usr/lib/dovecot/pop3-login dovecot-pop3d
thrift             thrift-compiler
mariadb_config     libmariadb-dev
/usr/lib/*/odbc/libsqlite3odbc.so libsqliteodbc
beanstalkd         beanstalkd
chromium           chromium
$TESTS
"

PATH="$PATH:/usr/sbin:/usr/local/sbin:$(echo /usr/lib/postgresql/*/bin | tr ' ' :)"
missing=()
while read -r program package; do
    if [ -n "$program" ] && ! command -v "$program" >/dev/null && ! compgen -G "$program" >/dev/null; then
        missing+=("$package")
    fi
done <<<"$PROGRAMS"

if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "Not installed (no apt-get here): ${missing[*]}. Tests that need them will be skipped." >&2
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Not installed (needs root): ${missing[*]}. Tests that need them will be skipped;" \
        "to run them: sudo $0" >&2
    exit 0
fi
echo "Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 # with no services started
apt-get update --quiet=2 &&
    apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >/dev/null ||
    echo "apt-get could not install: ${missing[*]}. Tests that need them will be skipped, or" \
        "fail where MOTORISH_REQUIRE_SERVERS=1." >&2

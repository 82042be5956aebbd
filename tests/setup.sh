#!/bin/sh
# Installs the Debian packages named in $PACKAGES and Rust's own tools, those that are missing. Called by `make setup`.
set -eu

cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
cargo clippy --version >/dev/null 2>&1 || rustup component add clippy

if ! command -v dpkg-query >/dev/null; then
    echo "this is not Debian: install what belongs to these packages yourself: $PACKAGES" >&2
    exit 0
fi
# Whoever has Node.js from elsewhere keeps it: Debian's own `npm` does not go with it.
has_node() {
    case $1 in nodejs) command -v node ;; npm) command -v npm ;; *) false ;; esac >/dev/null
}
missing=
for package in $PACKAGES; do
    has_node "$package" && continue
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq
    # shellcheck disable=SC2086 # one word per package
    $as_root apt-get install -y -qq --no-install-recommends $missing
fi

#!/bin/bash
# Runs every ```sh block of README.md, in order, in one shell, beside a running demo. A command that fails, or an
# answer of the service that is an error, fails the test. Works on a copy: README's edits of rules leave no trace.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
demo=
trap 'status=$?; [ -z "$demo" ] || { kill "$demo"; wait "$demo" || true; } 2>/dev/null; rm -rf "$work"; exit $status' EXIT

cp -r stations rules settings.ron "$work/"
ln -s "$PWD/target" "$work/target"
# Answers of 400 and more make curl fail here.
echo fail > "$work/.curlrc"
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md > "$work/commands.sh"
[ -s "$work/commands.sh" ] || { echo "README.md has no sh block" >&2; exit 1; }

cd "$work"
target/debug/scs demo > demo.log 2>&1 &
demo=$!
for _ in $(seq 100); do
    curl -s -o answer http://127.0.0.1:5000/health/ready && break
    kill -0 "$demo" 2>/dev/null || { echo "the demo has ended:" >&2; cat demo.log >&2; exit 1; }
    sleep 0.1
done
CURL_HOME=$work bash -euxo pipefail commands.sh
cmp rules/keep-between.rhai "$OLDPWD/rules/keep-between.rhai"
echo "README.md: all commands run"

#!/bin/sh
# Makes the files in this folder anew from the versions that package.json and package-lock.json name. For who maintains
# the page: to use or to build the service, nothing of this is needed. To renew a library: change its version, run
# `npm install --package-lock-only` here, then this.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json ./*.entry.mjs "$work"
(cd "$work" && npm ci --silent --no-audit --no-fund)

for entry in ./*.entry.mjs; do
    name=$(basename "$entry" .entry.mjs)
    "$work/node_modules/.bin/esbuild" "$work/$name.entry.mjs" --bundle --minify --format=esm --target=es2022 \
        --legal-comments=none --log-level=warning --outfile="$name.mjs"
done
cp "$work/node_modules/uplot/dist/uPlot.min.css" ../style/uplot.css

node licenses.mjs "$work" > "$work/LICENSES.md"
mv "$work/LICENSES.md" LICENSES.md

#!/bin/sh
# Runs the posted shell script; the last line of the answer is its exit code.
export PATH=/bin:/usr/bin
printf 'Content-Type: text/plain\r\n\r\n'
cd /srv/scs && sh 2>&1
echo "$?"

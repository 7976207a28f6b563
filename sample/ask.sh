#!/bin/sh
# Asks three questions of whatever was built.
set -e
galenic=$1
for question in "What drugs treat gout?" "Which drugs treat both asthma and COPD?" "Which drugs palliate migraine but do not treat it?"; do
  printf '\n\033[1m> %s\033[0m\n\n' "$question"
  "$galenic" ask "$question"
done
printf '\nTry next:\n  export GALENIC_HOME=%s\n  %s ask "Which symptoms does T2DM have?"\n' "$GALENIC_HOME" "$galenic"

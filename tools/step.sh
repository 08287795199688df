#!/usr/bin/env bash
# step.sh LABEL COMMAND...
# Runs a command and shows that it lives: its last line and the time so far. What it printed is shown whole if it
# fails; its exit status is passed on.
set -u
label=$1
shift
log=$(mktemp)
"$@" >"$log" 2>&1 </dev/null &
job=$!
trap 'kill "$job" 2>/dev/null; wait "$job"; rm -f "$log"; exit 130' INT TERM

if [ -t 1 ]; then start='\r\033[K' end=''; else start='' end='\n'; fi
show() { printf "$start"'%s … %d s  %.70s'"$end" "$label" "$SECONDS" "$1"; }

show ''
while sleep 0.2; kill -0 "$job" 2>/dev/null; do
  [ "$SECONDS" -lt "${next:=2}" ] && continue
  next=$((SECONDS + 2))
  show "$(tail -n 1 "$log" | tr -cd '[:print:]')"
done
wait "$job"
status=$?
if [ "$status" -eq 0 ]; then
  printf "$start"'%s: %d s\n' "$label" "$SECONDS"
else
  printf "$start"'%s: failed after %d s\n' "$label" "$SECONDS"
  cat "$log" >&2
fi
rm -f "$log"
exit "$status"

# Words that every script of ours is told in: sections, the clock, bounded tools, compressed text. The nonce is drawn before the first is used.
begin_answer() {
  LC_ALL=C
  LANG=C
  PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin:/usr/local/sbin
  export LC_ALL LANG PATH
  unset -v CDPATH GREP_OPTIONS GREP_COLOR TIME_STYLE POSIXLY_CORRECT COLUMNS 2>/dev/null
  nonce=
  if [ -r /proc/sys/kernel/random/uuid ]; then read -r nonce < /proc/sys/kernel/random/uuid; fi
  nonce=${nonce:-$$-$(date +%s%N)-$PPID}
  printf '%s %s\n' "$1" "$nonce"
}
say() { printf '\n@%s %s\n' "$nonce" "$*"; }
has() { command -v "$1" >/dev/null; }

# Sets $up. The shell reads it by itself: no process has to be let run for it.
uptime_now() {
  up=
  if [ -r /proc/uptime ]; then read -r up rest < /proc/uptime; fi
}
# The clock, in the best form this host has: seconds with a fraction, else whole seconds; with the uptime before and after it, because a busy host
# lets date(1) wait.
clock() {
  uptime_now
  up_before=$up
  now=${EPOCHREALTIME:-}
  case $now in
    *[.,][0-9]*) ;;
    *) now=$(date +%s.%N) ;;
  esac
  case $now in
    *[!0-9.,]* | '') now=$(date +%s) ;;
  esac
  uptime_now
  say clock "$1" "$now" "${up_before:--}" "${up:--}"
}
# A moment between two readings of the clock, by what the shell itself knows.
moment() {
  uptime_now
  if [ -z "$up" ]; then clock "$1"; else say clock "$1" "${EPOCHREALTIME:--}" "$up" "$up"; fi
}

# Every tool that could hang is bounded. --foreground keeps it in our process group, so that cancelling takes it along. Status 124 and above:
# it did not end in time, or was killed.
limit() {
  limit_s=$1
  shift
  "$@" &
  limited=$!
  # Without timeout(1): a second process waits beside it, and goes when it goes. Until its sleep has begun, "$!" is what it waits beside.
  { trap 'if [ "$!" != "$limited" ]; then kill -KILL "$!"; fi; exit' TERM; sleep "$limit_s" & wait "$!"; kill -KILL "$limited"; } >/dev/null &
  watch=$!
  wait "$limited"
  limit_code=$?
  kill "$watch"
  return "$limit_code"
}
# The first form of timeout(1) that works here; $limit_form is its number, 0 where there is none.
limit_by() {
  limit_form=$1
  case $1 in
    1) limit() { timeout --foreground -k 1 "$@"; } ;;
    2) limit() { timeout -k 1 "$@"; } ;;
    3) limit() { timeout "$@"; } ;;
    4) limit() { limit_s=$1; shift; timeout -t "$limit_s" "$@"; } ;;
  esac
}
choose_limit() {
  limit_form=0
  if has timeout; then
    if timeout --foreground -k 1 5 true; then limit_by 1
    elif timeout -k 1 5 true; then limit_by 2
    elif timeout 5 true; then limit_by 3
    elif timeout -t 5 true; then limit_by 4
    fi
  fi
}

# What is large goes through gzip where our side asked for it, as text: not every way to a host leaves all bytes alone.
pack() {
  if [ -z "$packing" ]; then "$@"; return; fi
  say packed
  "$@" | gzip -1 -c | base64
  say unpacked
}

# The socket table, from the best source that works; the status line says whether it did.
table() {
  name=$1
  shift
  say sockets "$name" "$*"
  limit 25 "$@"
  code=$?
  say status "$name" "$code"
  if [ "$code" -eq 0 ]; then done_with=$name; return 0; fi
  # A table that ran into its time limit is not asked for again in another way.
  case $code in 124 | 137 | 143) done_with=$name; return 0 ;; esac
  return 1
}

look_sockets() {
  done_with=
  clock before
  # Who holds what comes from our own walk below: with -p ss would make the same walk a second time, and its own takes longer.
  p=p
  if has awk; then p=; fi
  if has ss; then
    table ss ss -tan${p}oieHO || table ss ss -tan${p}oieH || table ss ss -tan${p}oie || table ss ss -tan${p}oi || table ss ss -tan
  fi
  if [ -z "$done_with" ] && has netstat; then
    # A netstat without inodes (BusyBox) cannot be joined to processes; the kernel's own table can.
    table netstat netstat -tanpoeW || table netstat netstat -tanpoe
  fi
  case $done_with in
    ss | netstat) ;;
    *)
      say sockets proc /proc/net/tcp
      limit 25 cat /proc/net/tcp
      code=$?
      say status proc "$code"
      say sockets proc6 /proc/net/tcp6
      limit 25 cat /proc/net/tcp6
      say status proc6 "$?"
      if [ "$code" -ne 0 ] && has netstat; then table netstat netstat -tan || table netstat netstat -an; fi
      ;;
  esac
  clock after
}

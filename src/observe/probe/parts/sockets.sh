# The socket tables, from the best source that works; a status line says whether it did. First the look's own namespace, then the others.
# A namespace with more sockets than `largest` is not listed whole: what can be stuck is, and the rest is counted, with some of each kind listed.
table() {
  name=$1
  shift
  say sockets "$name" "$*"
  limit "$table_seconds" "$@"
  code=$?
  say status "$name" "$code"
  [ "$code" -eq 0 ]
}
# One pass: rows of a table in, rows to list out, then "summary" lines "COUNT STATE in|out END UID CGROUP" for those that were only counted.
# Listed are all states but ESTABLISHED and TIME_WAIT; of these, what waits (queues, never accepted, retransmitting), and the first few of each
# end, which are the same from look to look because the kernel walks its hash in one order.
reduce_table() {
  awk -v nonce="$nonce" -v name="$1" -v most="$largest" '
    function portof(end,  part, n) { n = split(end, part, ":"); return part[n]; }
    function word(name,  at, rest, end) {
      at = index(head, " " name ":");
      if (at == 0) return "-";
      rest = substr(head, at + length(name) + 2);
      end = index(rest, " ");
      return end ? substr(rest, 1, end - 1) : rest;
    }
    BEGIN { proc = name ~ /^proc/; sample = int(most / 5) + 100; each = 20; keys = 0; }
    $1 == "leakline-status" { status = $2; next }
    !proc && /^[ \t]/ { if (kept) print; next }
    $1 == "sl" || $1 == "State" { print; next }
    {
      kept = 1;
      if (proc) { state = $4 == "01" ? "ESTAB" : $4 == "06" ? "TIME-WAIT" : "x"; near = $2; far = $3; if ($4 == "0A") listens[portof($2)] = 1; }
      else { state = $1; near = $4; far = $5; if (state == "LISTEN") listens[portof($4)] = 1; }
      if (state != "ESTAB" && state != "TIME-WAIT") { print; next }
      # What is asked of a row stands before its tcp_info.
      if (!proc) head = substr($0, 1, 300);
      if (state == "ESTAB" && (proc ? $5 != "00000000:00000000" || $10 == 0 || $6 ~ /^0[14]/ : $2 + $3 > 0 || index(head, " ino:0 ") || index(head, " timer:(on") || index(head, " timer:(persist"))) {
        if (waiting < most) { waiting++; print; next }
        unlisted++;
      }
      inbound = portof(near) in listens;
      end = inbound ? "in " near : "out " far;
      if (proc) who = $8 " -"; else { uid = word("uid"); who = (uid == "-" && index(head, " ino:") ? 0 : uid) " " word("cgroup"); }
      if (state == "TIME-WAIT") who = "- -";
      key = state " " end " " who;
      if (listed < sample && seen[key] < each) { seen[key]++; listed++; print; next }
      kept = 0;
      if (!(key in counted)) {
        if (keys >= 10000) {
          key = state (inbound ? " in *:" portof(near) : " out *:" portof(far)) " - -";
          if (!(key in counted) && keys >= 20000) key = state (inbound ? " in *:*" : " out *:*") " - -";
        }
        if (!(key in counted)) keys++;
      }
      counted[key]++;
    }
    END {
      if (unlisted) print "\n@" nonce " waiting-left " unlisted;
      print "\n@" nonce " summary";
      for (key in counted) print counted[key], key;
      print "\n@" nonce " status " name " " status;
      exit status + 0;
    }'
}
reduced() {
  name=$1
  shift
  say sockets "$name" "$*"
  { limit "$table_seconds" "$@"; echo "leakline-status $?"; } | reduce_table "$name"
  code=$?
  [ "$code" -eq 0 ]
}

# A tool that hung (124, or the signal that ended it) or was killed is not asked again in another way.
cut_short() { case $code in 124 | 129 | 13[0-9] | 14[0-9] | 15[0-9]) return 0 ;; esac; return 1; }
# The options of ss, the best first. Who holds what comes from our own walk ($p is empty then): with -p ss would make the same walk a second time, and
# its own takes longer.
ss_options_by() {
  case $1 in
    1) ss_options=-tan${p}oieHO ;;
    2) ss_options=-tan${p}oieH ;;
    3) ss_options=-tan${p}oie ;;
    4) ss_options=-tan${p}oi ;;
    5) ss_options=-tan ;;
    *) return 1 ;;
  esac
}
# $1: what becomes of the rows (table, reduced). What works once is not tried out again: $ss_form is its number.
by_any_ss() {
  if [ "$ss_form" -gt 0 ]; then ss_options_by "$ss_form"; $1 ss $enter ss "$ss_options"; return; fi
  form=1
  while ss_options_by "$form"; do
    if $1 ss $enter ss "$ss_options"; then ss_form=$form; say ss-form "$form"; return 0; fi
    if cut_short; then return 1; fi
    form=$((form + 1))
  done
  return 1
}
# $1: table or reduced; $2: where the namespace's tables stand.
by_proc() {
  $1 proc $enter cat "$2/tcp"
  proc_code=$?
  $1 proc6 $enter cat "$2/tcp6"
  return "$proc_code"
}
# Reads the namespace that $enter leads to, or whose tables stand in $1; $sockets is the kernel's count of it, or "-".
read_space() {
  way=table
  case $sockets in
    *[!0-9]*) ;;
    *) if [ "$largest" -gt 0 ] && [ "$sockets" -gt "$room" ] && has awk; then way=reduced; else room=$((room - sockets)); fi ;;
  esac
  if [ -z "$ss_failed" ] && { [ -n "$enter" ] || [ "$1" = /proc/net ]; } && has ss; then
    if by_any_ss $way; then return 0; fi
    if cut_short || [ -z "$enter" ]; then ss_failed=1; fi
  fi
  # A netstat without inodes (BusyBox) cannot be joined to processes; the kernel's own table can. A killed ss is no reason to try another tool that may hang.
  if [ "$1" = /proc/net ] && [ $way = table ] && ! cut_short && has netstat; then
    if table netstat netstat -tanpoeW || table netstat netstat -tanpoe; then return 0; fi
  fi
  if by_proc $way "$1"; then return 0; fi
  if [ "$1" = /proc/net ] && has netstat; then table netstat netstat -tan || table netstat netstat -an; fi
}

# By the kernel's own count: small answers are not worth a compressor.
choose_packing() {
  packing=
  total=0
  set -- $spaces
  while [ $# -ge 4 ]; do
    case $4 in *[!0-9]*) ;; *) total=$((total + $4)) ;; esac
    shift 4
  done
  if [ "$may_pack" = 1 ] && [ "$total" -ge 1000 ] && has gzip && has base64; then packing=1; fi
}

look_sockets() {
  p=p
  if has awk; then p=; fi
  ss_failed=
  code=0
  room=$largest
  enter=
  sockets=-
  set -- $spaces
  if [ "${1:-}" = - ]; then sockets=$4; shift 4; fi
  say space - "$sockets"
  moment before
  read_space /proc/net
  moment after
  entering=
  if [ "$uid" = 0 ] && has nsenter; then entering=1; fi
  begun=
  if [ -r /proc/uptime ]; then read -r begun rest < /proc/uptime; fi
  left=0
  shut=0
  read_spaces=0
  while [ $# -ge 4 ]; do
    id=$1 pid=$2 path=$3 sockets=$4
    shift 4
    if [ "$sockets" = 0 ]; then continue; fi
    read -r up rest < /proc/uptime
    if [ $((${up%.*} - ${begun%.*})) -ge "$spaces_seconds" ] || [ "$read_spaces" -ge "$most_spaces" ]; then left=$((left + 1)); continue; fi
    enter=
    if [ -n "$entering" ]; then
      if [ "$pid" = - ]; then enter="nsenter -n$path"; else enter="nsenter -t $pid -n"; fi
      if [ -z "$brief" ] && ! limit 3 $enter true; then enter=; fi
    fi
    if [ -z "$enter" ] && [ "$pid" = - ]; then shut=$((shut + 1)); continue; fi
    read_spaces=$((read_spaces + 1))
    tables=/proc/self/net
    if [ -z "$enter" ]; then tables=/proc/$pid/net; fi
    say space "$id" "$sockets"
    moment at
    read_space "$tables"
    if [ -n "$brief" ]; then continue; fi
    # Its addresses and its port range; a router's fib_trie is long.
    say netns-facts "$id"
    { if [ -n "$enter" ]; then limit 3 $enter cat /proc/sys/net/ipv4/ip_local_port_range; fi; limit 3 $enter cat "$tables/fib_trie" "$tables/if_inet6"; } |
      awk '/^[0-9]+[ \t]+[0-9]+$/ || /\|--/ || /host LOCAL/ || (NF == 6 && length($1) == 32)'
  done
  enter=
  if [ $((left + shut)) -gt 0 ]; then say netns-left "$left" "$shut"; fi
}

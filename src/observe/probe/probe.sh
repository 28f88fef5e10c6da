# Leakline's one look at a host. Read by sh -s; writes nothing, needs nothing installed. Works in dash, bash and BusyBox ash.
# Answer: "leakline.probe/1 NONCE", then sections that begin with a line "@NONCE name [words]". The nonce is drawn here, so nothing that
# a host holds (a command line, a file's name) can pass for a marker.
# The whole of it is one function, so that the shell has read all of its input before the first command runs.
look() {
LC_ALL=C
LANG=C
PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin:/usr/local/sbin
export LC_ALL LANG PATH
unset -v CDPATH GREP_OPTIONS GREP_COLOR TIME_STYLE POSIXLY_CORRECT COLUMNS 2>/dev/null

nonce=
if [ -r /proc/sys/kernel/random/uuid ]; then read -r nonce < /proc/sys/kernel/random/uuid; fi
nonce=${nonce:-$$-$(date +%s%N)-$PPID}
say() { printf '\n@%s %s\n' "$nonce" "$*"; }
has() { command -v "$1" >/dev/null; }

# The clock, in the best form this host has: seconds with a fraction, else whole seconds; always with the uptime beside it.
clock() {
  now=${EPOCHREALTIME:-}
  case $now in
    *[.,][0-9]*) ;;
    *) now=$(date +%s.%N) ;;
  esac
  case $now in
    *[!0-9.,]* | '') now=$(date +%s) ;;
  esac
  up=
  if [ -r /proc/uptime ]; then read -r up rest < /proc/uptime; fi
  say clock "$1" "$now" "${up:--}"
}

printf 'leakline.probe/1 %s\n' "$nonce"
clock start
if has renice; then renice -n 5 -p $$ >/dev/null || renice 5 $$ >/dev/null; fi

# Every tool that could hang is bounded. --foreground keeps it in our process group, so that cancelling takes it along.
limit() { shift; "$@"; }
if has timeout; then
  if timeout --foreground 5 true; then limit() { timeout --foreground "$@"; }
  elif timeout 5 true; then limit() { timeout "$@"; }
  elif timeout -t 5 true; then limit() { limit_s=$1; shift; timeout -t "$limit_s" "$@"; }
  fi
fi

say system "$(uname -sr)"
machine=$(uname -m)
say machine "$machine"
say uid "$(id -u)"
if [ -r /proc/sys/kernel/hostname ]; then read -r host < /proc/sys/kernel/hostname; say hostname "$host"; else say hostname "$(hostname)"; fi
say bootlines; grep '^btime ' /proc/stat
say namespaces "$(readlink /proc/self/ns/pid)" "$(readlink /proc/self/ns/net)"
say ticks "$(getconf CLK_TCK)"

# --- the socket table, from the best source that works; the status line says whether it did.
done_with=
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

# --- descriptors: one walk over all of /proc, reduced to sockets and counts. Lines: "P pid descriptors sockets fd:inode ...".
gnu_find=
case $(find /proc/self/exe -maxdepth 0 -printf x) in x) gnu_find=1 ;; esac
walk() {
  if [ -n "$gnu_find" ]; then
    # Only the targets of sockets are printed: a file's name can say anything.
    limit 20 find /proc/[0-9]*/fd -mindepth 1 -maxdepth 1 -lname 'socket:\[[0-9]*\]' -printf '%p %l\n' -o -type l -printf '%p\n' 2>&1
  else
    limit 20 ls -l /proc/[0-9]*/fd 2>&1
  fi
}
reduce() {
  awk '
    function flush() { if (pid != "") print "P " pid " " total " " held list; pid = ""; total = 0; held = 0; list = ""; }
    function target(fd, link) {
      total++;
      if (link ~ /^socket:\[[0-9]+\]$/) { held++; list = list " " fd ":" substr(link, 9, length(link) - 9); }
    }
    /Permission denied$/ {
      denied++;
      if (match($0, /\/proc\/[0-9]+\/fd/)) refused[substr($0, RSTART + 6, RLENGTH - 9)] = 1;
      next
    }
    /^\/proc\/[0-9]+\/fd\/[0-9]+( socket:\[[0-9]+\])?$/ {
      split($1, part, "/");
      if (part[3] != pid) { flush(); pid = part[3]; }
      target(part[5], $2); next
    }
    /^\/proc\/[0-9]+\/fd:$/ { flush(); split($1, part, "/"); pid = part[3]; next }
    /^l/ && $(NF-1) == "->" && pid != "" { target($(NF-2), $NF); next }
    /^l/ && pid != "" && / -> / { total++; next }
    END { flush(); for (pid in refused) print "X " pid; print "D " denied + 0 }
  '
}
walked=
if has awk; then walked=$(walk | reduce); fi
say descriptors
printf '%s\n' "$walked"

# --- held but dead: socket descriptors whose inode stands in no table of any protocol in any network namespace that has a process.
tables() {
  for net; do
    cat "$net/tcp" "$net/tcp6" "$net/udp" "$net/udp6" "$net/udplite" "$net/udplite6" "$net/raw" "$net/raw6" "$net/icmp" "$net/icmp6"
    cat "$net/unix" "$net/netlink" "$net/packet" "$net/pfkey" "$net/sctp/eps" "$net/sctp/assocs" "$net/l2cap" "$net/rfcomm" "$net/sco" "$net/hci" "$net/bnep" "$net/can/rcvlist_all" "$net/phonet" "$net/x25" "$net/ax25" "$net/atalk" "$net/ipx" "$net/vsock"
  done
}
unlisted() {
  # First the walk, then the tables; prints "pid fd inode" of sockets that no table lists.
  awk '
    $1 == "P" { for (i = 5; i <= NF; i++) { split($i, at, ":"); holder[at[2]] = holder[at[2]] " " $2 ":" at[1]; } next }
    $1 == "C" { holder[$4] = holder[$4] " " $2 ":" $3; next }
    $1 == "D" { sees_all = $2 == 0; next }
    $1 == "X" { next }
    $1 == "sl" { column = 10; next }
    $1 == "Num" || $1 == "sk" || $1 == "ENDPT" || $1 == "ASSOC" {
      column = 0;
      for (i = 2; i <= NF; i++) if ($i == "Inode" || $i == "INODE") column = i;
      next
    }
    column > 0 && ($column in holder) { kept[$column] = 1; next }
    # Held by nobody, and still there after the walk.
    sees_all && column == 10 && $column > 0 && $1 ~ /^[0-9]+:$/ { print "U " $column }
    END { for (inode in holder) if (!(inode in kept)) { n = split(holder[inode], each, " "); for (i = 1; i <= n; i++) { split(each[i], at, ":"); print "C " at[1] " " at[2] " " inode; } } }
  '
}
candidates=
looked_for_dead=
if [ -n "$walked" ] && [ -r /proc/net/unix ]; then
  namespaces=$(
    if [ -n "$gnu_find" ]; then limit 5 find /proc/[0-9]*/ns/net -maxdepth 0 -printf '%p %l\n'; else limit 5 ls -l /proc/[0-9]*/ns/net; fi | awk '
      { link = $NF; path = ""; for (i = 1; i <= NF; i++) if ($i ~ /^\/proc\/[0-9]+\/ns\/net$/) path = $i; }
      link ~ /^net:\[[0-9]+\]$/ && path != "" {
        split(path, part, "/"); print "N " part[3] " " substr(link, 6, length(link) - 6);
        if (!(link in seen)) { seen[link] = 1; print "R /proc/" part[3] "/net"; }
      }')
  say netns
  printf '%s\n' "$namespaces"
  own=$(printf '%s\n' "$namespaces" | sed -n 's/^R //p')
  [ -n "$own" ] || own=/proc/net
  candidates=$({ printf '%s\n' "$walked"; tables $own; } | unlisted)
  say unowned
  printf '%s\n' "$candidates" | sed -n 's/^U //p'
  candidates=$(printf '%s\n' "$candidates" | sed '/^U /d')
  looked_for_dead=1
fi

# --- the processes that hold sockets. grep puts the file's name before every line: no process can write another one's.
pids=$(printf '%s\n' "$walked" | awk '$1 == "P" && $4 > 0 { print $2 }')
if [ -n "$pids" ]; then
  # In portions, so that no argument list grows too long.
  portion() {
    files=
    for pid; do files="$files /proc/$pid/stat /proc/$pid/cgroup"; done
    say files
    limit 5 grep -s '' $files /dev/null
    files=
    for pid; do files="$files /proc/$pid/limits /proc/$pid/status"; done
    say files
    limit 5 grep -s -E '^(Max open files|Uid:)' $files /dev/null
    files=
    for pid; do files="$files /proc/$pid/cmdline"; done
    say files
    limit 5 grep -a -s '' $files /dev/null || limit 5 grep -s '' $files /dev/null
    files=
    for pid; do files="$files /proc/$pid/exe /proc/$pid/cwd"; done
    say links
    if [ -n "$gnu_find" ]; then limit 5 find $files -maxdepth 0 -printf '%p\0%l\0'; else limit 5 ls -l $files; fi
  }
  set --
  for pid in $pids; do
    set -- "$@" "$pid"
    if [ $# -ge 1000 ]; then portion "$@"; set --; fi
  done
  if [ $# -gt 0 ]; then portion "$@"; fi
fi

# --- the kernel and the network
say counters
cat /proc/net/netstat /proc/net/snmp
say settings
sys=/proc/sys
grep -s '' $sys/net/ipv4/ip_local_port_range $sys/net/core/somaxconn $sys/net/ipv4/tcp_fin_timeout $sys/net/ipv4/tcp_keepalive_time \
  $sys/net/ipv4/tcp_keepalive_intvl $sys/net/ipv4/tcp_keepalive_probes $sys/net/ipv4/tcp_max_tw_buckets $sys/net/ipv4/tcp_tw_reuse \
  $sys/net/ipv4/tcp_abort_on_overflow $sys/net/ipv4/tcp_max_syn_backlog $sys/net/ipv4/tcp_syncookies $sys/net/ipv4/tcp_max_orphans \
  $sys/net/ipv4/tcp_retries2 $sys/net/ipv4/tcp_synack_retries $sys/net/ipv4/tcp_syn_retries $sys/net/core/netdev_max_backlog \
  $sys/net/netfilter/nf_conntrack_max $sys/net/netfilter/nf_conntrack_count $sys/fs/file-max $sys/fs/file-nr $sys/fs/nr_open /dev/null
say hosts
cat /etc/hosts
say addresses
if has ip && limit 3 ip -o addr show; then :; else cat /proc/net/fib_trie /proc/net/if_inet6; fi
# --- the dead ones again: sockets are made and closed while we look. Only what a second reading, a moment later, does not list either, and what
# is still held after it, is dead.
progress() { for pid in $(printf '%s\n' "$candidates" | awk '!seen[$2]++ { print $2 }'); do printf '%s ' "$1"; cat "/proc/$pid/stat" | tr '\n' ' '; echo; done; }
marks=
if [ -n "$candidates" ]; then
  read -r up rest < /proc/uptime
  marks="T $up
$(progress A)"
  sleep 0.25
  candidates=$({ printf '%s\n' "$candidates"; tables $own; } | unlisted)
  read -r up rest < /proc/uptime
  marks="$marks
$(progress B)
T $up"
fi
if [ -n "$candidates" ] && has nsenter && [ -d /run/netns ]; then
  # Namespaces that live by a name only, without a process.
  for name in /run/netns/*; do
    [ -n "$candidates" ] && [ -e "$name" ] || continue
    candidates=$({ printf '%s\n' "$candidates"; limit 3 nsenter --net="$name" cat /proc/self/net/tcp /proc/self/net/tcp6 /proc/self/net/udp /proc/self/net/udp6 /proc/self/net/unix /proc/self/net/netlink /proc/self/net/raw /proc/self/net/packet; } | unlisted)
  done
fi
if [ -n "$candidates" ]; then
  # A process that wants to run and is not let (a busy host) closes late: what it holds proves nothing. Ticks are hundredths of a second.
  candidates=$(printf '%s\n%s\n' "$marks" "$candidates" | awk '
    $1 == "T" { elapsed = $2 - from; from = $2; next }
    $1 == "A" || $1 == "B" {
      which = $1; pid = $2; sub(/^.*\) /, ""); split($0, field, " ");
      if (which == "A") ran[pid] = -(field[12] + field[13]);
      else { ran[pid] += field[12] + field[13]; ready[pid] = field[1] == "R"; }
      next
    }
    $1 == "C" && ready[$2] && ran[$2] < elapsed * 40 { print "W " $2; next }
    { print }')
fi
# Not every protocol has a table that lists all its sockets (an unbound UDP or netlink socket, vsock). The kernel names each socket's protocol in
# an extended attribute; where no tool reads it, the count of all TCP sockets against the listed ones says how many can be dead.
named=unnamed
name_protocols() {
  if has perl && perl -e 'exit(length(pack("p", "")) == 8 && $ARGV[0] =~ /^(x86_64|aarch64|riscv64)$/ ? 0 : 1)' "$machine"; then
    echo NAMED
    perl -e '$call = $ARGV[0] eq "x86_64" ? 191 : 8; while (<STDIN>) { @f = split; $path = "/proc/$f[1]/fd/$f[2]"; $key = "system.sockprotoname"; $name = "\0" x 64;
      $r = $f[0] eq "C" ? syscall($call, $path, $key, $name, 64) : -1; chomp; print $_, " ", ($r > 0 ? unpack("Z*", $name) : "?"), "\n"; }' "$machine"
  elif has python3; then
    echo NAMED
    python3 -c '
import os, sys
for line in sys.stdin:
    f = line.split()
    try: name = os.getxattr("/proc/%s/fd/%s" % (f[1], f[2]), "system.sockprotoname").rstrip(b"\0").decode()
    except Exception: name = "?"
    print(line.rstrip(), name)'
  else
    cat
  fi
}
if [ -n "$candidates" ]; then
  identified=$(printf '%s\n' "$candidates" | name_protocols)
  case $identified in
    NAMED*)
      named=named
      candidates=$(printf '%s\n' "$identified" | awk '$1 == "W" || ($1 == "C" && ($5 == "?" || $5 ~ /^(MP)?TCP(v6)?$/))')
      ;;
  esac
  say sockstat
  for net in $own; do cat "$net/sockstat" "$net/sockstat6"; done
fi
say dead
if [ -n "$candidates" ]; then
  printf '%s\n' "$candidates" | awk '$1 == "W" && !seen[$2]++ { print "waiting " $2 }'
  printf '%s\n' "$candidates" | awk '$1 == "C" { print "/proc/" $2 "/fd/" $3 }' | { if has xargs; then xargs ls -l; else while read -r link; do ls -l "$link"; done; fi; } | awk '
    $(NF-1) == "->" && $NF ~ /^socket:\[[0-9]+\]$/ && $(NF-2) ~ /^\/proc\/[0-9]+\/fd\/[0-9]+$/ {
      split($(NF-2), part, "/"); print part[3] " " part[5] " " substr($NF, 9, length($NF) - 9) }'
fi
if [ -n "$looked_for_dead" ]; then say deadcheck $named; fi

say missing-tools
for tool in ss awk grep; do has $tool || printf '%s\n' "$tool"; done
say times
times
clock end
say end
}
look </dev/null 2>/dev/null

# Held but dead: socket descriptors whose inode stands in no table of any protocol in any network namespace that has a process.
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

# Where each namespace's tables stand now: the process that stood for one may have ended since.
net_roots() {
  own=$({ if [ "$gnu_find" = 1 ]; then limit 5 find /proc/[0-9]*/ns/net -maxdepth 0 -printf '%p %l\n'; else limit 5 ls -l /proc/[0-9]*/ns/net; fi; } | awk '
    $NF ~ /^net:\[[0-9]+\]$/ && !($NF in seen) { for (i = 1; i < NF; i++) if ($i ~ /^\/proc\/[0-9]+\/ns\/net$/) { seen[$NF] = 1; sub(/ns\/net$/, "net", $i); print $i; } }')
  [ -n "$own" ] || own=/proc/net
}
# The first reading of the tables, right after the walk.
look_unlisted() {
  candidates=
  looked_for_dead=
  named=unnamed
  net_roots
  if [ -z "$walked" ] || [ ! -r /proc/net/unix ]; then return; fi
  held=$(printf '%s\n' "$walked" | awk '$1 == "P" { held += $4 } END { print held + 0 }')
  if [ "$held" -gt 200000 ]; then
    # To keep so many apart takes memory there. The kernel counts all TCP sockets of the machine, and those in each namespace's tables.
    gap=$(for net in $own; do cat "$net/sockstat" "$net/sockstat6"; done | awk '/^TCP6?:/ { for (i = 2; i < NF; i += 2) { if ($i == "inuse") listed += $(i + 1); if ($i == "alloc") all = $(i + 1); } } END { print all - listed }')
    if [ "${gap:-0}" -lt 5 ]; then looked_for_dead=1; named=counted; else say deadcheck too-many "$held" "$gap"; fi
    return
  fi
  candidates=$({ printf '%s\n' "$walked"; tables $own; } | unlisted)
  say unowned
  printf '%s\n' "$candidates" | awk '$1 == "U" { print $2 }'
  candidates=$(printf '%s\n' "$candidates" | awk '$1 != "U"')
  looked_for_dead=1
}

# The dead ones again: sockets are made and closed while we look. Only what a second reading, a moment later, does not list either, and what
# is still held after it, is dead.
progress() { for pid in $(printf '%s\n' "$candidates" | awk '!seen[$2]++ { print $2 }'); do printf '%s ' "$1"; cat "/proc/$pid/stat" | tr '\n' ' '; echo; done; }
# Not every protocol has a table that lists all its sockets (an unbound UDP or netlink socket, vsock). The kernel names each socket's protocol in
# an extended attribute; where no tool reads it, the count of all TCP sockets against the listed ones says how many can be dead.
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

look_dead() {
  marks=
  if [ -n "$candidates" ]; then
    read -r up rest < /proc/uptime
    marks="T $up
$(progress A)"
    sleep 0.25
    net_roots
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
}

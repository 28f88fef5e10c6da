# Leakline's one look at a host. Read by sh -s; writes nothing, needs nothing installed. Works in dash, bash and BusyBox ash.
# Each part (parts/*.sh) defines functions before this text; look() calls them in their turn.
# Answer: "leakline.probe/1 NONCE", then sections that begin with a line "@NONCE name [words]". The nonce is drawn here, so nothing that
# a host holds (a command line, a file's name) can pass for a marker.
# With the arguments "namespace-of PID" it stands in the network namespace of a container's first process, on the container's host: what it tells
# is that namespace's and no other's.
# All that runs stands in one function, so that the shell has read all of its input before the first command runs.
look() {
LC_ALL=C
LANG=C
PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin:/usr/local/sbin
export LC_ALL LANG PATH
unset -v CDPATH GREP_OPTIONS GREP_COLOR TIME_STYLE POSIXLY_CORRECT COLUMNS 2>/dev/null

nonce=
if [ -r /proc/sys/kernel/random/uuid ]; then read -r nonce < /proc/sys/kernel/random/uuid; fi
nonce=${nonce:-$$-$(date +%s%N)-$PPID}

printf 'leakline.probe/1 %s\n' "$nonce"
clock start
if has renice; then renice -n 5 -p $$ >/dev/null || renice 5 $$ >/dev/null; fi

choose_limit
gnu_find=
case $(find /proc/self/exe -maxdepth 0 -printf x) in x) gnu_find=1 ;; esac

within=
root=
if [ "$1" = namespace-of ]; then
  within=$2
  root=/proc/$2/root
  say within "$within"
fi
say system "$(uname -sr)"
machine=$(uname -m)
say machine "$machine"
uid=$(id -u)
say uid "$uid"
if [ -r /proc/sys/kernel/hostname ]; then read -r host < /proc/sys/kernel/hostname; say hostname "$host"; else say hostname "$(hostname)"; fi
say bootlines; grep '^btime ' /proc/stat
say namespaces "$(readlink /proc/self/ns/pid)" "$(readlink /proc/self/ns/net)"
say ticks "$(getconf CLK_TCK)"

look_namespaces
# Counted first: small answers are not worth a compressor.
total=0
for word in $counts; do total=$((total + word)); done
packing=
if [ "$may_pack" = 1 ] && [ "$total" -ge 1000 ] && has gzip && has base64; then packing=1; fi
pack look_sockets
look_descriptors
pack show_descriptors
look_unlisted
look_processes
look_containers
look_kernel
look_addresses
look_dead
look_names
look_programs
look_balancers

say missing-tools
for tool in ss awk grep find sed cat ls timeout nsenter; do has $tool || printf '%s\n' "$tool"; done
say times
times
clock end
say end
}
look "$@" </dev/null 2>/dev/null

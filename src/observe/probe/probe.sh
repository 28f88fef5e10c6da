# Leakline's one look at a host. Read by sh -s; writes nothing, needs nothing installed. Works in dash, bash and BusyBox ash.
# Each part (parts/*.sh) defines functions before this text; look() calls them in their turn.
# Answer: "leakline.probe/1 NONCE", then sections that begin with a line "@NONCE name [words]". The nonce is drawn here, so nothing that
# a host holds (a command line, a file's name) can pass for a marker.
# With the arguments "namespace-of PID" it stands in the network namespace of a container's first process, on the container's host: what it tells
# is that namespace's and no other's.
# All that runs stands in one function, so that the shell has read all of its input before the first command runs.
look() {
begin_answer leakline.probe/1
clock start
if has renice; then renice -n 5 -p $$ >/dev/null || renice 5 $$ >/dev/null; fi

choose_limit
gnu_find=0
case $(find /proc/self/exe -maxdepth 0 -printf x) in x) gnu_find=1 ;; esac
say forms "$limit_form" "$gnu_find"
brief=
ss_form=0
stand_within "$@"
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
choose_packing
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

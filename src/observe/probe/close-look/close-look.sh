# The close look at a few processes that a preserved scene has besides its two looks. Read by sh -s, behind words.sh; reads, and
# nothing else: no signal is sent (SIGQUIT ends a Go program), nobody is attached to (jcmd and py-spy stop a program or write beside it).
# $pids, $most_threads and $most_descriptors stand before this text: whole numbers.
# Answer: "leakline.close-look/1 NONCE", then sections as in probe.sh.
close_look() {
begin_answer leakline.close-look/1
choose_limit
gnu_find=
case $(find /proc/self/exe -maxdepth 0 -printf x) in x) gnu_find=1 ;; esac
if has renice; then renice -n 5 -p $$ >/dev/null || renice 5 $$ >/dev/null; fi

say limits
for pid in $pids; do limit 2 grep -s '' "/proc/$pid/limits" /dev/null; done

for pid in $pids; do
  say threads "$pid"
  files=
  threads=0
  for task in "/proc/$pid/task"/*; do
    threads=$((threads + 1))
    if [ "$threads" -le "$most_threads" ]; then files="$files $task/comm $task/wchan $task/syscall $task/stat $task/stack"; fi
  done
  limit 5 grep -s '' $files /dev/null
  if [ "$threads" -gt "$most_threads" ]; then say left threads "$pid" "$threads"; fi
done

for pid in $pids; do
  say descriptors "$pid"
  if [ -n "$gnu_find" ]; then limit 5 find "/proc/$pid/fd" -mindepth 1 -maxdepth 1 -printf '%p\0%l\0' | head -c 4000000
  else limit 5 ls -l "/proc/$pid/fd" | head -n "$most_descriptors"; fi
  say watches
  limit 5 grep -rs '^tfd:' "/proc/$pid/fdinfo" | head -n "$most_descriptors"
done

say settings
files=
for file in /proc/sys/net/core/* /proc/sys/net/ipv4/* /proc/sys/net/ipv4/conf/all/* /proc/sys/net/ipv6/conf/all/* /proc/sys/net/unix/* \
  /proc/sys/net/netfilter/* /proc/sys/fs/* /proc/sys/fs/epoll/* /proc/sys/fs/inotify/* /proc/sys/fs/aio/* /proc/sys/vm/* /proc/sys/kernel/*; do
  # tcp_fastopen_key, stable_secret: not even read.
  case $file in
    *key* | *secret* | *random* | */modprobe | */hotplug | */hostname | */domainname) ;;
    *) if [ -f "$file" ]; then files="$files $file"; fi ;;
  esac
done
limit 5 grep -s '' $files /dev/null

say times
times
say end
}
close_look </dev/null 2>/dev/null

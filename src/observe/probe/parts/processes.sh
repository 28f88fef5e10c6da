# The processes that hold sockets. grep puts the file's name before every line: no process can write another one's.
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
  if [ "$gnu_find" = 1 ]; then limit 5 find $files -maxdepth 0 -printf '%p\0%l\0'; else limit 5 ls -l $files; fi
}

look_processes() {
  pids=$(printf '%s\n' "$walked" | awk '$1 == "P" && $4 > 0 { print $2 }')
  if [ -n "$pids" ]; then
    set --
    for pid in $pids; do
      set -- "$@" "$pid"
      if [ $# -ge 1000 ]; then portion "$@"; set --; fi
    done
    if [ $# -gt 0 ]; then portion "$@"; fi
  fi
}

# Descriptors: one walk over all of /proc, reduced to sockets and counts. Lines: "P pid descriptors sockets fd:inode ...".
walk() {
  if [ "$gnu_find" = 1 ]; then
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

look_descriptors() {
  walked=
  if has awk; then walked=$(walk | reduce); fi
}
show_descriptors() {
  say descriptors
  printf '%s\n' "$walked"
}

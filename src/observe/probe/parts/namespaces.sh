# The host's network namespaces: each has a socket table of its own. Lines: "N pid inode" for each process whose namespace may be seen, then
# "S id pid inode path sockets pid,pid,pid" for each namespace, the look's own first (id "-"), then by their number of sockets ("-": not told).
list_namespaces() {
  {
    echo "O $(readlink /proc/self/ns/net)"
    if [ "$gnu_find" = 1 ]; then limit 5 find /proc/[0-9]*/ns/net -maxdepth 0 -printf '%p %l\n' 2>&1; else limit 5 ls -l /proc/[0-9]*/ns/net 2>&1; fi
    # Who may not read another user's links may still read the tables, and their files' inodes tell namespaces apart.
    if [ -z "$brief" ] || [ "$uid" != 0 ]; then limit 5 ls -i /proc/self/net/tcp /proc/[0-9]*/net/tcp; fi
    if [ -d /run/netns ] || [ -d /run/docker/netns ] || [ -d /var/run/netns ] || [ -d /var/run/docker/netns ]; then
      limit 5 ls -Lid /run/netns/* /run/docker/netns/* /var/run/netns/* /var/run/docker/netns/*
    fi
  } | awk '
    function see(pid, id) {
      if (!(id in pids)) { pids[id] = pid; known[++n] = id; members[id] = 1; first[id] = pid; }
      else if (members[id]++ < 3) pids[id] = pids[id] "," pid;
    }
    # By the first of its processes that still lives; that one stands for the namespace from now on.
    function count(id,  member, m, i, sum) {
      if (id == own) { first[id] = "-"; return counted("self"); }
      m = split(pids[id], member, ",");
      for (i = 1; i <= m; i++) {
        sum = counted(member[i]);
        if (sum != "-") { first[id] = member[i]; return sum; }
      }
      return "-";
    }
    function counted(pid,  line, word, i, sum, some, at, file) {
      if (pid == "-") return "-";
      sum = 0; some = 0;
      for (at = 4; at <= 6; at += 2) {
        file = "/proc/" pid "/net/sockstat" (at == 6 ? "6" : "");
        while ((getline line < file) > 0) {
          split(line, word, " ");
          if (word[1] != "TCP:" && word[1] != "TCP6:") continue;
          some = 1;
          for (i = 2; i in word; i += 2) if (word[i] == "inuse" || word[i] == "tw") sum += word[i + 1];
        }
        close(file);
      }
      return some ? sum : "-";
    }
    $1 == "O" { if ($2 ~ /^net:\[[0-9]+\]$/) own = substr($2, 6, length($2) - 6); next }
    $NF ~ /^net:\[[0-9]+\]$/ {
      for (i = 1; i < NF; i++) if ($i ~ /^\/proc\/[0-9]+\/ns\/net$/) {
        split($i, part, "/"); inode = substr($NF, 6, length($NF) - 6);
        space[part[3]] = inode; print "N " part[3] " " inode; see(part[3], inode);
      }
      next
    }
    NF == 2 && $2 == "/proc/self/net/tcp" { if (own != "") named[$1] = own; else own = "tcp-" $1; owntable = $1; next }
    NF == 2 && $2 ~ /^\/proc\/[0-9]+\/net\/tcp$/ { split($2, part, "/"); table[++t] = $1; holder[t] = part[3]; if (part[3] in space) named[$1] = space[part[3]]; next }
    NF == 2 && $2 ~ /^(\/var)?\/run\/(docker\/)?netns\/[A-Za-z0-9._:@-]+$/ && !($1 in path) { path[$1] = $2; if (!($1 in pids)) { named_only[++names] = $1; } next }
    NF >= 2 && /^ *[0-9]+ (\/var)?\/run\/(docker\/)?netns\// { odd++ }
    END {
      for (i = 1; i <= t; i++) if (!(holder[i] in space)) {
        if (table[i] in named) { id = named[table[i]]; print "N " holder[i] " " id; }
        else id = table[i] == owntable ? own : "tcp-" table[i];
        see(holder[i], id);
      }
      for (i = 1; i <= names; i++) if (!(named_only[i] in pids)) { id = named_only[i]; pids[id] = first[id] = "-"; known[++n] = id; }
      if (!(own in pids)) { pids[own] = first[own] = "self"; known[++n] = own; }
      for (i = 1; i <= n; i++) sockets[i] = count(known[i]);
      # The largest first: what is left out when time runs out is small.
      for (turn = 1; turn <= n && turn <= 500; turn++) {
        best = 0;
        for (i = 1; i <= n; i++) if (!(i in printed) && (best == 0 || known[i] == own || (known[best] != own && sockets[i] + 0 > sockets[best] + 0))) best = i;
        printed[best] = 1; id = known[best];
        print "S " (id == own ? "-" : id) " " first[id] " " (id ~ /^tcp-/ ? "-" : id) " " (id in path ? path[id] : "-") " " sockets[best] " " pids[id];
      }
      if (n > 500) odd += n - 500;
      if (odd) print "L " odd + 0;
    }'
}

# The arguments of the script, see probe.sh.
stand_within() {
  within=
  root=
  if [ "$1" = namespace-of ]; then
    within=$2
    root=/proc/$2/root
    say within "$within"
  fi
}

look_namespaces() {
  namespaces=
  if has awk; then namespaces=$(list_namespaces); fi
  # From a container's host: its namespace and no other's.
  if [ -n "$within" ]; then namespaces=$(printf '%s\n' "$namespaces" | awk '$1 == "N" || $2 == "-"'); fi
  say netns
  printf '%s\n' "$namespaces"
  spaces=$(printf '%s\n' "$namespaces" | awk '$1 == "S" { print $2, $3, $5, $6 }')
  if [ -n "$brief" ]; then return; fi
  # What runs in each: its cgroup names the container, the pod or the unit.
  files=$(printf '%s\n' "$namespaces" | awk '$1 == "S" && $2 != "-" && $3 != "-" { n = split($7, pid, ","); for (i = 1; i <= n; i++) print "/proc/" pid[i] "/cgroup /proc/" pid[i] "/comm" }')
  if [ -n "$files" ]; then
    say netns-files
    limit 5 grep -s '' $files /dev/null
  fi
}

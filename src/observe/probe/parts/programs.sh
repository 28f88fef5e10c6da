# What the programs say of themselves: Go's build information, a jar's manifest, the name in the nearest package.json. Lines: "PID KIND VALUE".
# Files are reached through /proc/PID, so that those of a container are its own.

# A path of the command line as this process sees it.
seen_by() {
  case $2 in
    /*) if [ -e "/proc/$1/root$2" ]; then printf '%s' "/proc/$1/root$2"; else printf '%s' "$2"; fi ;;
    *) printf '%s' "/proc/$1/cwd/$2" ;;
  esac
}

go_program() {
  # Go names the section either at the head of the file or, linked by another linker, at its end; whatever lacks it is not read any further.
  { head -c 16384 "/proc/$1/exe"; tail -c 65536 "/proc/$1/exe"; } | tr -c 'a-z.\n' '\n' | grep -q -x -F .go.buildinfo || return 0
  limit 3 grep $as_text -o -m 4 -E "(path|^mod)$tab[A-Za-z0-9._~/@+-]+($tab[^$tab]*)*\$" "/proc/$1/exe" | awk -F "$tab" -v pid="$1" '
    length($0) > 400 { next }
    $1 == "path" && NF == 2 && !path { path = 1; print pid " go-main " $2 }
    $1 == "mod" && NF > 2 && !mod { mod = 1; print pid " go-module " $2 }'
}

java_program() {
  jar=$(tr '\0' '\n' < "/proc/$1/cmdline" | awk 'next_one { print; exit } $0 == "-jar" { next_one = 1 }')
  if [ -z "$jar" ]; then return 0; fi
  jar=$(seen_by "$1" "$jar")
  { if has unzip; then limit 3 unzip -p "$jar" META-INF/MANIFEST.MF
    elif has python3; then limit 3 python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("META-INF/MANIFEST.MF"))' "$jar"
    fi; } | head -c 65536 | tr -d '\r' | awk -v pid="$1" '
      # A value goes on in a line that begins with a blank.
      /^ / { line = line substr($0, 2); next }
      { flush(); line = $0 }
      END { flush() }
      function flush() {
        if (line ~ /^Main-Class: [A-Za-z0-9._$]+$/) print pid " main-class " substr(line, 13);
        else if (line ~ /^Start-Class: [A-Za-z0-9._$]+$/) print pid " start-class " substr(line, 14);
        else if (line ~ /^Implementation-Title: [A-Za-z0-9._: -]+$/) print pid " title " substr(line, 23);
        line = "";
      }'
}

node_program() {
  script=$(tr '\0' '\n' < "/proc/$1/cmdline" | awk '
    NR == 1 { next }
    skip { skip = 0; next }
    $0 ~ /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file)$/ { skip = 1; next }
    $0 ~ /^(-e|--eval|-p|--print)$/ { exit }
    $0 !~ /^-/ { print; exit }')
  case $script in
    '') folder=/proc/$1/cwd ;;
    */*) folder=$(seen_by "$1" "${script%/*}") ;;
    *) folder=/proc/$1/cwd ;;
  esac
  for up in . .. ../.. ../../.. ../../../..; do
    if [ -r "$folder/$up/package.json" ]; then
      head -c 65536 "$folder/$up/package.json" | grep -o -E "^( {0,4}|$tab|\\{ *)\"name\" *: *\"[@A-Za-z0-9._/~-]{1,214}\"" | head -n 1 | sed -e 's/"$//' -e "s/^.*\"/$1 npm-package /"
      return 0
    fi
  done
}

look_programs() {
  has awk || return 0
  if [ -z "$some_pids" ]; then return 0; fi
  tab=$(printf '\t')
  as_text=
  if echo x | grep -a -q x; then as_text=-a; fi
  say programs
  # One process of each native program; each process of an interpreter that runs many.
  limit 3 ls -l $(of_processes exe) | awk '
    match($0, /\/proc\/[0-9]+\/exe -> /) {
      split(substr($0, RSTART, RLENGTH), part, "/"); pid = part[3]; path = substr($0, RSTART + RLENGTH);
      base = path; sub(/ \(deleted\)$/, "", base); sub(/^.*\//, "", base);
      if (base ~ /^(java|jsvc)$/) { if (java++ < 40) print "java " pid }
      else if (base ~ /^(node|nodejs|bun|deno)[0-9.]*$/) { if (node++ < 40) print "node " pid }
      else if (base ~ /^(python|pypy|ruby|php|perl|dotnet|mono|beam|bash|dash|sh|busybox|postgres|mysqld|mariadbd|mongod|redis-server|nginx|haproxy|sshd|systemd)/) next;
      else if (!(path in seen) && native++ < 40) { seen[path] = 1; print "go " pid }
    }' | while read -r kind pid; do "${kind}_program" "$pid"; done
}

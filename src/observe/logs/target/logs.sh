# Leakline's reading of a host's logs. Read by sh -s after the words of src/observe/probe/words.sh; writes nothing. Works in dash, bash and BusyBox ash.
# What stands before this text: pids (processes whose logs are wanted), since (epoch seconds), file_bytes and total_bytes (at most so much of one log,
# and of all), journal_lines, may_pack, kernel (1: the kernel's own too), files_only (1: open files alone, a look soon after another), follow (" DEVICE:INODE:OFFSET ..." of what was read before): whole numbers alone.
# Answer: "leakline.logs/1 NONCE", then sections. "log KIND PID ZONE" begins a log, "name" and "how" say which, each "piece SIZE FROM ID WHAT" is followed by
# its lines, oldest piece first.
# Nothing that a host names (a path, a unit) is ever run or expanded unquoted, but for what a configuration includes: letters, figures, ._/@+- and the wildcards * and ?.
read_logs() {
begin_answer leakline.logs/1
# Clients of containers often lie here.
PATH=$PATH:/usr/local/bin
unset -v SYSTEMD_COLORS JOURNAL_STREAM 2>/dev/null
clock start
if has renice; then renice -n 5 -p $$ >/dev/null || renice 5 $$ >/dev/null; fi
choose_limit
packing=
if [ "$may_pack" = 1 ] && has gzip && has base64; then packing=1; fi
newline='
'
budget=$total_bytes
seen=' '
say zone "$(zone_in '')" "$(date +%z)"
say bootlines; grep '^btime ' /proc/stat

if has awk; then pids=$(family); fi
for pid in $pids; do
  read -r comm < "/proc/$pid/comm"
  open_files
  if [ "$files_only" = 1 ]; then continue; fi
  journal_of_process
  container_logs
  # HAProxy keeps no file open, it speaks to syslog; Redis opens its log for each line.
  case ${may_see:-0}$comm in 0* | 1redis-server | 1valkey-server) usual_files ;; 1haproxy) syslog_files ;; esac
done
kernel_log
say times
times
clock end
say end
}

# The zone that a root directory's files are written in, by its name; nothing when none is told.
zone_in() {
  zone_link=$(readlink "$1/etc/localtime")
  case $zone_link in
    */zoneinfo/*) printf '%s' "${zone_link##*/zoneinfo/}" ;;
    *) if [ -r "$1/etc/timezone" ]; then head -c 64 "$1/etc/timezone" | head -n 1 | tr -cd 'A-Za-z0-9_+/-'; fi ;;
  esac
}

# The processes that were asked for, the parent and the siblings of the same name, and the helpers that write logs for them: a web server's workers and
# its master share logs, PostgreSQL has a process for them, Apache pipes them.
family() {
  cat /proc/[0-9]*/stat | awk -v wanted="$pids" '
    {
      from = index($0, "(");
      if (!match($0, /\) [A-Za-z] -?[0-9]+ [^()]*$/)) next;
      pid = substr($0, 1, from - 2) + 0;
      name[pid] = substr($0, from + 1, RSTART - from - 1);
      split(substr($0, RSTART + 2), rest, " ");
      parent[pid] = rest[2];
    }
    END {
      count = split(wanted, list, " ");
      for (i = 1; i <= count; i++) {
        pid = list[i];
        if (!(pid in name)) continue;
        print pid; told[pid] = 1; root[pid] = 1;
        up = parent[pid];
        if ((up in name) && name[up] == name[pid] && up > 1) root[up] = 1;
      }
      for (pid in root) if (!(pid in told)) { print pid; told[pid] = 1 }
      for (pid in name) if ((parent[pid] in root) && !(pid in told) && (name[pid] == name[parent[pid]] || name[pid] ~ /^(rotatelogs|cronolog|multilog|svlogd|logger|tee|s6-log|postgres|mysqld|mariadbd)$/) && more++ < 40) print pid;
    }'
}

# $1 kind, $2 process or 0, $3 zone, $4 name, $5 how it is known.
begin_log() {
  say log "$1" "$2" "${3:--}"
  say name "$4"
  say how "$5"
}

# "DEVICE:INODE SIZE MTIME" of a file, "- 0 0" where nothing tells.
facts_of() { stat -L -c '%d:%i %s %Y' "$1" || echo '- 0 0'; }

# Its last part, unpacked: $1 file, $2 at most so many bytes.
tail_of() {
  case $1 in
    *.gz) limit 10 gzip -dc < "$1" | tail -c "$2" ;;
    *.zst) has zstd && limit 10 zstd -dcq < "$1" | tail -c "$2" ;;
    *.xz) has xz && limit 10 xz -dc < "$1" | tail -c "$2" ;;
    *.bz2) has bzip2 && limit 10 bzip2 -dc < "$1" | tail -c "$2" ;;
    *) limit 10 tail -c "$2" "$1" ;;
  esac
}
# What was appended behind $2 bytes.
rest_of() { limit 10 tail -c "+$(($2 + 1))" "$1" | head -c "$file_bytes"; }
# Whether it is text: a database's file is none.
is_text() { [ "$(tail -c 2048 "$1" | tr -d '\000' | wc -c)" = "$(tail -c 2048 "$1" | wc -c)" ]; }

# The older ones of a rotated log: "MTIME SIZE ID PATH", newest first, those written to since the wanted time alone.
rotated() {
  rotated_folder=${1%/*}
  rotated_base=${1##*/}
  rotated_stem=${rotated_base%.*}
  for each in "$1".* "$1"-* "$rotated_folder/$rotated_stem"[.-][0-9]*; do
    case $each in *"$newline"* | *.lck | *.lock | *.pid | *.swp | *'*' | "$1") continue ;; esac
    [ -f "$each" ] && [ -r "$each" ] || continue
    set -- "$1" $(facts_of "$each")
    case $seen in *" $2 "*) continue ;; esac
    if [ "$4" -ge "$since" ]; then printf '%s %s %s %s\n' "$4" "$3" "$2" "$each"; fi
  done | sort -rn | awk '!told[$3]++' | head -n 12
}

# One file with its older ones. $1 what is read (/proc/PID/fd/N reaches a deleted one), $2 its path as it is called, $3 kind, $4 process, $5 how.
emit_file() {
  case $2 in *"$newline"*) return 0 ;; esac
  set -- "$1" "$2" "$3" "$4" "$5" $(facts_of "$1")
  # $6 id, $7 size, $8 mtime
  case $seen in *" $6 "*) [ "$6" = - ] || return 0 ;; esac
  if [ "$budget" -le 0 ]; then say unread "$2"; return 0; fi
  from=
  case $follow in *" $6:"*) from=${follow##*" $6:"}; from=${from%% *} ;; esac
  if [ -n "$from" ] && [ "$from" -le "$7" ]; then
    seen="$seen$6 "
    begin_log "$3" "$4" "$(zone_in "/proc/$4/root")" "$2" "$5"
    say piece "$7" "$from" "$6" follow "$2"
    if [ "$from" -lt "$7" ]; then pack rest_of "$1" "$from"; fi
    return 0
  fi
  # Nothing written since: nothing to read, unless it is the only one and small.
  if [ "$8" -lt "$since" ] && [ "$8" != 0 ]; then return 0; fi
  is_text "$1" || return 0
  seen="$seen$6 "
  begin_log "$3" "$4" "$(zone_in "/proc/$4/root")" "$2" "$5"
  if [ "$7" -lt "$file_bytes" ]; then
    # Reached as the process reaches it: it may have a root of its own.
    reached="/proc/$4/root$2"
    [ -f "$reached" ] || reached=$2
    older=$(rotated "$reached")
    # "MTIME SIZE ROOM ID PATH", as many of the newest as there is room for; a packed one holds some ten times its size.
    chosen=$(printf '%s\n' "$older" | awk -v room=$((file_bytes - $7)) 'NF > 3 && room > 0 {
      path = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", path); print $1, $2, room, $3, path;
      room -= $2 * (path ~ /\.(gz|zst|xz|bz2)$/ ? 10 : 1) }')
    for older_id in $(printf '%s\n' "$chosen" | awk 'NF { print $4 }'); do seen="$seen$older_id "; done
    printf '%s\n' "$chosen" | sort -n | while read -r older_time older_size older_room older_id older_path; do
      [ -n "$older_path" ] || continue
      case $older_path in *.gz | *.zst | *.xz | *.bz2) ;; *) is_text "$older_path" || continue ;; esac
      say piece "$older_size" "tail:$older_room" "$older_id" rotated "$older_path"
      pack tail_of "$older_path" "$older_room"
    done
  fi
  say piece "$7" "tail:$file_bytes" "$6" current "$2"
  pack tail_of "$1" "$file_bytes"
  if [ "$7" -lt "$file_bytes" ]; then budget=$((budget - $7)); else budget=$((budget - file_bytes)); fi
}

# Files that the process has open to write to, and that are no database's.
open_files() {
  may_see=
  [ -r "/proc/$pid/fd" ] && ls "/proc/$pid/fd/" >/dev/null && may_see=1
  [ -n "$may_see" ] && has awk || return 0
  for fd in $(ls -l "/proc/$pid/fd" | awk '/ -> \// && !/ -> \/(dev|proc|sys|memfd)[\/:]/ { if (match($0, / [0-9]+ -> \//)) { print substr($0, RSTART + 1, RLENGTH - 6) } }' | head -n 300); do
    open_path=$(readlink "/proc/$pid/fd/$fd")
    [ -f "/proc/$pid/fd/$fd" ] || continue
    flags=$(sed -n 's/^flags:[^0-9]*//p' "/proc/$pid/fdinfo/$fd")
    case $flags in *[1256]) ;; *) continue ;; esac
    gone=
    case $open_path in *' (deleted)') gone=', deleted'; open_path=${open_path%' (deleted)'} ;; esac
    case ${open_path##*/} in
      *.ibd | *.ibu | ib_* | ibdata* | ibtmp* | undo_* | *binlog* | *-bin.* | aria_log* | *.aof | *.rdb | *.wal | *-wal | *-shm | *-journal | *.db | *.sqlite* | *.lck | *.lock | *.pid | *.swp | *.sst | *.ldb | MANIFEST* | *.journal | *.hprof | *.jfr | *.MA[ID] | *.MY[ID] | *.wt | WiredTiger* | *.pcap | *.core | *.tmp | *.bin | *.idx | *.cache | 0000*) continue ;;
    esac
    case $open_path in */pg_wal/* | */base/[0-9]* | */global/[0-9]*) continue ;; esac
    # A log is called so, or is what the process prints, or can only be appended to.
    case $fd in
      1 | 2) ;;
      *) case ${open_path##*/} in
           *[Ll][Oo][Gg]* | *.out | *.err | *stdout* | *stderr* | *trace* | *slow* | *access* | *error* | *audit*) ;;
           *) case $flags in *[2367]??? ) ;; *) continue ;; esac ;;
         esac ;;
    esac
    emit_file "/proc/$pid/fd/$fd" "$open_path" file "$pid" "descriptor $fd of $comm ($pid)$gone"
  done
}

journal_fields=MESSAGE,PRIORITY,_PID,SYSLOG_IDENTIFIER,SYSLOG_PID,_COMM,_HOSTNAME,_SOURCE_REALTIME_TIMESTAMP
# journalctl of the newest entries in the range; what follows are matches.
journal() { limit 10 journalctl -q --no-pager -a -o json "--output-fields=$journal_fields" --since "@$since" -n "$journal_lines" "$@" || limit 10 journalctl -q --no-pager -a -o json --since "@$since" -n "$journal_lines" "$@"; }
has_journal() {
  if [ -z "$journal_known" ]; then
    journal_known=no
    if has journalctl; then for each in /var/log/journal/*/*.journal /run/log/journal/*/*.journal; do if [ -r "$each" ]; then journal_known=yes; fi; done; fi
  fi
  [ "$journal_known" = yes ]
}
journal_of_process() {
  has_journal || return 0
  unit=$(grep -o '/[^/]*\.service' "/proc/$pid/cgroup" | tail -n 1 | tr -d /)
  case $unit in '' | user@*.service) unit= ;; esac
  case $seen in *" unit=${unit:-$pid} "*) return 0 ;; esac
  if [ -n "$unit" ]; then
    if journalctl -q --no-pager -n 1 -o cat --since "@$since" _SYSTEMD_UNIT="$unit" + _SYSTEMD_USER_UNIT="$unit" + _PID="$pid" | grep -q .; then
      seen="$seen""unit=$unit "
      begin_log journal "$pid" UTC "$unit" "the unit of $comm ($pid), in the journal"
      say piece 0 "lines:$journal_lines" - journal "$unit"
      pack journal _SYSTEMD_UNIT="$unit" + _SYSTEMD_USER_UNIT="$unit"
    fi
  elif journalctl -q --no-pager -n 1 -o cat --since "@$since" _PID="$pid" | grep -q .; then
    seen="$seen""unit=$pid "
    begin_log journal "$pid" UTC "$comm" "of process $comm ($pid), in the journal"
    say piece 0 "lines:$journal_lines" - journal "$comm"
    pack journal _PID="$pid"
  fi
}

# A container's output, from the engine's file where it may be read, else from its client.
container_logs() {
  id=$(grep -o -E '[0-9a-f]{64}' "/proc/$pid/cgroup" | tail -n 1)
  [ -n "$id" ] || return 0
  case $seen in *" $id "*) return 0 ;; esac
  seen="$seen$id "
  for each in /var/log/containers/*-"$id".log /var/lib/docker/containers/"$id/$id"-json.log /var/lib/containers/storage/overlay-containers/"$id"/userdata/ctr.log; do
    if [ -f "$each" ] && [ -r "$each" ]; then emit_file "$each" "$each" container "$pid" "output of the container of $comm ($pid)"; return 0; fi
  done
  case ${DOCKER_HOST:-} in
    unix:///*) ;;
    *) DOCKER_HOST=unix:///var/run/docker.sock ;;
  esac
  export DOCKER_HOST
  for engine in docker podman nerdctl; do
    has "$engine" || continue
    case $engine in
      docker) [ -w "${DOCKER_HOST#unix://}" ] || continue ;;
      podman) [ -d "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/libpod" ] || { [ -w /run ] && [ -d /run/libpod ]; } || continue ;;
      nerdctl) [ -w /run/containerd/containerd.sock ] || continue ;;
    esac
    limit 3 "$engine" inspect --type container --format x "$id" | grep -q x || continue
    begin_log container "$pid" "$(zone_in "/proc/$pid/root")" "$(limit 3 "$engine" inspect --type container --format '{{.Name}}' "$id" | tr -d '/\n' | head -c 200)" "$engine logs, the container of $comm ($pid)"
    say piece 0 "lines:$journal_lines" - "$engine" "$id"
    pack engine_logs "$engine" "$id"
    return 0
  done
}
engine_logs() { limit 10 "$1" logs --timestamps --since "$since" --tail "$journal_lines" "$2" 2>&1 | tail -c "$file_bytes"; }

# Where this user may not see what a process has open: the places that its configuration names, and the usual ones.
usual_files() {
  case $comm in
    nginx) named_files '^[ \t]*(access_log|error_log)[ \t]+' $(with_includes '^[ \t]*include[ \t]+' $(option_of -c) /etc/nginx/nginx.conf /usr/local/nginx/conf/nginx.conf); set -- /var/log/nginx/*.log ;;
    apache2 | httpd) named_files '^[ \t]*(ErrorLog|CustomLog|TransferLog)[ \t]+' $(with_includes '^[ \t]*[Ii]nclude([Oo]ptional)?[ \t]+' $(option_of -f) /etc/apache2/apache2.conf /etc/httpd/conf/httpd.conf /usr/local/apache2/conf/httpd.conf); set -- /var/log/apache2/*.log /var/log/httpd/*log ;;
    mysqld | mariadbd) named_files '^[ \t]*(log[-_]error|slow[-_]query[-_]log[-_]file|general[-_]log[-_]file)[ \t]*=[ \t]*' $(option_of --defaults-file) /etc/my.cnf /etc/mysql/*.cnf /etc/mysql/*/*.cnf /etc/my.cnf.d/*.cnf; set -- /var/log/mysql/*.log /var/log/mysqld.log /var/log/mariadb/*.log ;;
    postgres) postgres_files; set -- /var/log/postgresql/*.log /var/lib/pgsql/data/log/*.log /var/lib/pgsql/*/data/log/*.log ;;
    redis-server | valkey-server) named_files '^[ \t]*logfile[ \t]+' /etc/redis/*.conf /etc/redis.conf /etc/valkey/*.conf; set -- /var/log/redis/*.log /var/log/valkey/*.log ;;
    php-fpm*) set -- /var/log/php*fpm.log /var/log/php-fpm/*.log ;;
    mongod) set -- /var/log/mongodb/*.log ;;
    *) set -- ;;
  esac
  for each; do if [ -f "$each" ] && [ -r "$each" ]; then emit_file "$each" "$each" file "$pid" "the usual place of $comm"; fi; done
  syslog_files
}
# What follows an option in the process's own arguments: "-c FILE", "--defaults-file=FILE". Nothing for a path of other signs.
option_of() {
  tr '\000' '\n' < "/proc/$pid/cmdline" | awk -v option="$1" '
    { count = split($0, word, " "); for (i = 1; i <= count; i++) { if (take) value = word[i]; else if (index(word[i], option "=") == 1) value = substr(word[i], length(option) + 2); take = word[i] == option } }
    END { if (value ~ /^\/[A-Za-z0-9._\/@+-]+$/) print value }'
}
# Configuration files and those that they include, from the first that is there on, three levels deep. $1 a pattern of what stands before an included path.
with_includes() {
  include_pattern=$1
  shift
  for main; do if [ -f "$main" ] && [ -r "$main" ]; then break; fi; done
  include_root=${main%/*}
  server_root=$(awk 'tolower($1) == "serverroot" { gsub(/"/, "", $2); if ($2 ~ /^\/[A-Za-z0-9._\/@+-]+$/) print $2; exit }' "$main")
  set -- "$main"
  for level in 1 2 3 4; do
    included=
    for config; do
      case $config in *[!A-Za-z0-9._/@+-]*) continue ;; esac
      [ -f "$config" ] && [ -r "$config" ] || continue
      printf '%s\n' "$config"
      included="$included $(awk -v pattern="$include_pattern" -v root="${server_root:-$include_root}" '$0 ~ pattern { line = $0; sub(pattern, "", line); gsub(/["\047;]/, " ", line); split(line, part, " ")
        if (part[1] !~ /^[A-Za-z0-9._\/@+*?-]+$/) next; if (part[1] !~ /^\//) part[1] = root "/" part[1]; if (++many <= 40) printf "%s ", part[1] }' "$config")"
    done
    set -- $included
    [ "$#" -gt 0 ] || break
  done | awk '!told[$0]++' | head -n 60
}
# PostgreSQL's log_directory, which may be relative to its data: the files in it that were written to last.
postgres_files() {
  data=$(option_of -D)
  for config in "$(option_of --config_file)" "$(option_of --config-file)" "$data/postgresql.conf" /etc/postgresql/*/*/postgresql.conf; do
    [ -f "$config" ] && [ -r "$config" ] || continue
    folder=$(sed -n "s/^[[:blank:]]*log_directory[[:blank:]=]*'\([A-Za-z0-9._\/@+-]*\)'.*/\1/p" "$config" | tail -n 1)
    case $folder in '') continue ;; /*) ;; *) folder="${data:-${config%/*}}/$folder" ;; esac
    named=$(ls -t "$folder" | grep -E '^[A-Za-z0-9._@+-]+\.(log|csv|json)$' | head -n 4)
    for each in $named; do if [ -f "$folder/$each" ] && [ -r "$folder/$each" ]; then emit_file "$folder/$each" "$folder/$each" file "$pid" "in log_directory of $config"; fi; done
  done
}
# $1 a pattern of what stands before a path, then configuration files.
named_files() {
  pattern=$1
  shift
  for config; do
    [ -f "$config" ] && [ -r "$config" ] || continue
    for found in $(set -f; awk -v pattern="$pattern" '$0 ~ pattern { line = $0; sub(pattern, "", line); gsub(/["\047;]/, " ", line); sub(/\$\{APACHE_LOG_DIR\}/, "/var/log/apache2", line); split(line, part, " "); if (part[1] ~ /^\/[A-Za-z0-9._\/@+-]+$/) print NR ":" part[1] }' "$config" | head -n 40); do
      if [ -f "${found#*:}" ] && [ -r "${found#*:}" ]; then emit_file "${found#*:}" "${found#*:}" file "$pid" "named in $config:${found%%:*}"; fi
    done
  done
}
# A daemon that logs by syslog, where there is no journal: its lines in the files that the syslog daemon writes.
syslog_files() {
  if has_journal; then return 0; fi
  # Where rsyslog was told to write, then where it is used to.
  for each in $(cat /etc/rsyslog.conf /etc/rsyslog.d/*.conf | grep -v '^[[:blank:]]*#' | grep -o -E '[[:blank:]"-]/var/log/[A-Za-z0-9._/@+-]+' | tr -d '" \t' | sed 's/^-//' | head -n 40) "/var/log/$comm.log" /var/log/syslog /var/log/messages /var/log/daemon.log; do
    [ -f "$each" ] && [ -r "$each" ] || continue
    case $seen in *" syslog=$comm=$each "*) continue ;; esac
    seen="$seen""syslog=$comm=$each "
    tail -c 200000 "$each" | grep -a -q -F "$comm[" || continue
    begin_log file "$pid" "$(zone_in '')" "$each" "lines of $comm in the file of syslog"
    say piece 0 "tail:$file_bytes" - syslog "$each"
    pack syslog_lines "$each"
  done
}
syslog_lines() { limit 10 tail -c "$file_bytes" "$1" | grep -a -F "$comm["; }

kernel_log() {
  [ "$kernel" = 1 ] && [ "$files_only" = 0 ] || return 0
  if has_journal; then
    journalctl -q --no-pager -k -n 1 -o cat --since "@$since" | grep -q . || return 0
    begin_log kernel 0 UTC kernel "the kernel's own, in the journal"
    say piece 0 "lines:$journal_lines" - journal kernel
    pack journal -k
    return 0
  fi
  has dmesg || return 0
  dmesg | head -n 1 | grep -q . || return 0
  begin_log kernel 0 UTC kernel "the kernel's own (dmesg)"
  say piece 0 "tail:1000000" - dmesg kernel
  pack kernel_lines
}
kernel_lines() {
  read -r uptime rest < /proc/uptime
  limit 5 dmesg | tail -n 20000 | awk -v from=$((${uptime%%.*} - $(date +%s) + since)) '{ at = match($0, /^\[ *[0-9]+/) ? substr($0, 2, RLENGTH - 1) + 0 : at } at >= from'
}

read_logs "$@" </dev/null 2>/dev/null

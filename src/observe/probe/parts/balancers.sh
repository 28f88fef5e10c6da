# The configuration of the load balancers that hold sockets here: HAProxy, nginx, Envoy. Each file is a section "balancer PROGRAM PATH" of lines
# "NUMBER:TEXT", and only the lines that say who listens where, who stands behind, and how long: passwords, certificates and rules stay on the host.

# The values of options of a command line: $2 is a pattern for those whose value follows, with or without "=".
option_values() {
  # A process that renamed itself (nginx: master process /usr/sbin/nginx -c ...) has blanks between its arguments.
  tr '\0 ' '\n\n' < "/proc/$1/cmdline" | awk -v option="$2" '
    next_one { print; next_one = 0; next }
    $0 ~ "^(" option ")$" { next_one = 1; next }
    $0 ~ "^(" option ")=" { sub(/^[^=]*=/, ""); print }' | head -n 20
}

haproxy_lines() {
  awk '
    { line = $0; sub(/(^|[ \t])#.*$/, "", line) }
    line ~ /^[ \t]*(global|defaults|frontend|backend|listen|bind|server|server-template|mode|timeout|clitimeout|srvtimeout|default_backend|use_backend)([ \t]|$)/ { print NR ":" line }'
}

nginx_lines() {
  awk '
    { line = $0; sub(/(^|[ \t])#.*$/, "", line) }
    line ~ /^[ \t]*(http|stream|mail|upstream|server|server_name|location|listen|include|[a-z]+_pass|[a-z_]*timeout)([ \t{;]|$)/ { print NR ":" line; next }
    # Of anything else the braces alone count: they say what stands in what.
    { gsub(/"[^"]*"|\047[^\047]*\047|[$]\{[^}]*\}/, "", line); gsub(/[^{}]/, "", line); if (line != "") print NR ":" line }'
}

envoy_lines() {
  awk '
    /-----BEGIN/ { secret = 1 }
    secret { if (/-----END/) secret = 0; next }
    {
      line = $0;
      gsub(/"?(inline_string|inline_bytes|password|passphrase|secret|token|api_key|private_key|client_secret|authorization|cookie|value|inline_code|code|body)"?[ \t]*:[ \t]*("[^"]*"|\047[^\047]*\047|[^,}"\047 \t][^,}]*)/, "hidden: x", line);
      print NR ":" line
    }'
}

# $1 the program, $2 the process, $3 a file as that process names it.
balancer_file() {
  if [ "$balancer_files" -ge 60 ]; then return 0; fi
  file=$(seen_by "$2" "$3")
  if [ ! -f "$file" ] || [ ! -r "$file" ]; then return 0; fi
  balancer_files=$((balancer_files + 1))
  say balancer "$1" "$3"
  head -c 200000 "$file" | "${1}_lines"
}

# nginx's includes: patterns of the shell's own kind, relative to the main file. Only plain names are followed.
nginx_file() {
  balancer_file nginx "$1" "$2"
  if [ "$3" -ge 3 ]; then return 0; fi
  nginx_main=$(seen_by "$1" "$2")
  for pattern in $(set -f; head -c 200000 "$nginx_main" | sed -n 's/^[[:space:]]*include[[:space:]][[:space:]]*\([A-Za-z0-9_./*?@+-]*\);.*$/\1/p' | head -n 40); do
    case $pattern in
      *mime.types | *fastcgi_params | *fastcgi.conf | *uwsgi_params | *scgi_params | *proxy_params) continue ;;
      /*) ;;
      *) pattern=$nginx_prefix/$pattern ;;
    esac
    root=/proc/$1/root
    [ -e "$root/" ] || root=
    for found in "$root"$pattern; do nginx_found=${found#"$root"}; if [ -f "$found" ]; then nginx_file "$1" "$nginx_found" $(($3 + 1)); fi; done
  done
}

look_balancers() {
  has awk || return 0
  if [ -z "$some_pids" ]; then return 0; fi
  balancer_files=0
  known_files=' '
  # "PID program", of those that hold sockets; the workers of one program share their files.
  balancers=$(grep -s -x -E 'haproxy|nginx|envoy' $(of_processes comm) /dev/null | sed -n 's#^/proc/\([0-9]*\)/comm:\([a-z]*\)$#\1 \2#p' | head -n 40)
  printf '%s\n' "$balancers" | while read -r pid program; do
    case $program in
      haproxy) paths=$(option_values "$pid" -f); usual=/etc/haproxy/haproxy.cfg ;;
      nginx) paths=$(option_values "$pid" -c); usual=/etc/nginx/nginx.conf ;;
      envoy) paths=$(option_values "$pid" '-c|--config-path'); usual=/etc/envoy/envoy.yaml ;;
      *) continue ;;
    esac
    # A worker's own title names no file, and the master's does.
    if [ -z "$paths" ]; then
      parent=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")
      case $parent in '' | *[!0-9]*) ;; *) if [ "$(cat "/proc/$parent/comm")" = "$program" ]; then continue; fi ;; esac
      paths=$usual
    fi
    printf '%s\n' "$paths" | while read -r path; do printf '%s %s %s\n' "$pid" "$program" "$path"; done
  done | awk '{ key = $0; sub(/^[0-9]+ /, "", key); if (!(key in seen)) { seen[key] = 1; print } }' | {
    # In the shell that counts the files.
    while read -r pid program path; do
      case $program in
        haproxy)
          folder=$(seen_by "$pid" "$path")
          if [ -d "$folder" ]; then for each in "$folder"/*.cfg; do balancer_file haproxy "$pid" "$path/${each##*/}"; done; else balancer_file haproxy "$pid" "$path"; fi
          ;;
        nginx) nginx_prefix=${path%/*}; nginx_file "$pid" "$path" 0 ;;
        envoy) balancer_file envoy "$pid" "$path" ;;
      esac
    done
  }
}

# What things are called: the resolver's search domains, the machine's own names, the units of the processes, the ports in /etc/services; and, when
# asked for, names from DNS and the service variables of a Kubernetes pod. Files only, unless $resolve says to ask.

# The first thousand processes that hold sockets, as arguments: $1 is a file of /proc/PID.
of_processes() {
  for pid in $some_pids; do printf '/proc/%s/%s ' "$pid" "$1"; done
}

# Endpoints in use, of the first 20,000 rows: lines "port N" and, most used first, "peer ADDRESS". Nothing but digits, dots, colons and hex goes on.
in_use() {
  { if has ss && [ -z "$ss_failed" ]; then limit 3 ss -tan; else limit 3 netstat -tan; fi; } | head -n 20000 | awk '
    function port_of(end) { sub(/^.*:/, "", end); return end; }
    {
      for (i = 4; i <= NF && i <= 5; i++) { port = port_of($i); if (port ~ /^[0-9]+$/ && !(port in ports)) ports[port] = 1; }
      if (NF < 5 || $1 == "LISTEN" || $6 == "LISTEN") next;
      peer = $5; sub(/:[0-9*]*$/, "", peer); gsub(/[][]/, "", peer); sub(/^::ffff:/, "", peer); sub(/%.*$/, "", peer);
      if (peer ~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/ || peer ~ /^[0-9a-fA-F:]+:[0-9a-fA-F:]*$/) if (peer !~ /^127\./ && peer != "::1" && peer != "::") peers[peer]++;
    }
    END {
      for (port in ports) print "port " port;
      for (n = 0; n < 64; n++) {
        best = ""; for (peer in peers) if (best == "" || peers[peer] > peers[best]) best = peer;
        if (best == "") break;
        print "peer " best; delete peers[best];
      }
    }'
}

look_names() {
  some_pids=$(printf '%s\n' $pids | head -n 1000)
  say resolver
  grep -s -E '^[[:space:]]*(search|domain)[[:space:]]' /etc/resolv.conf | head -n 20

  say machine-names
  grep -s '' /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/class/dmi/id/board_asset_tag /var/lib/cloud/data/instance-id /dev/null | head -c 2000
  # cloud-init's facts for everybody (it keeps the sensitive ones in another file); of them these names and no more.
  for file in /run/cloud-init/instance-data.json; do
    if [ -r "$file" ]; then
      head -c 1000000 "$file" | grep -o -E '"(cloud_name|cloud_id|instance_id|local_hostname|region|availability_zone|machine_type|instance_type)": *"[A-Za-z0-9._:/ -]{1,100}"' | head -n 40 | sed "s#^#$file:#"
    fi
  done

  has awk || return 0
  say units
  if [ -n "$some_pids" ]; then
    units=$(limit 3 cat $(of_processes cgroup) | awk -F/ '
      { for (i = NF; i > 1; i--) if ($i ~ /^[A-Za-z0-9@._:-]+\.service$/) { if (!($i in seen) && n < 100) { seen[$i] = 1; n++; print $i } break } }')
    set --
    for unit in $units; do
      case $unit in *@*) unit=${unit%%@*}@.service ;; esac
      for folder in /etc/systemd/system /run/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
        if [ -r "$folder/$unit" ]; then set -- "$@" "$folder/$unit"; break; fi
      done
    done
    if [ $# -gt 0 ]; then limit 2 grep -s -m 1 '^Description=' "$@" /dev/null | head -c 20000; fi
  fi

  say services
  used=$(in_use)
  if [ -r /etc/services ]; then
    { printf '%s\n' "$used"; cat /etc/services; } | awk '
      $1 == "port" && NF == 2 && $2 !~ /\// { ports[$2] = 1; next }
      $1 == "peer" && NF == 2 { next }
      $2 ~ /^[0-9]+\/tcp$/ { port = $2; sub(/\/tcp$/, "", port); if (port in ports && !(port in named)) { named[port] = 1; print port " " $1 } }' | head -n 2000
  fi

  if [ -n "$resolve" ] && has getent && has timeout; then
    say reverse-dns
    for peer in $(printf '%s\n' "$used" | sed -n 's/^peer //p'); do limit 3 getent hosts "$peer" & done
    wait
  fi

  if [ -n "$service_environment" ] && [ -n "$some_pids" ]; then
    # The environment of a process is full of secrets. Only addresses and ports that Kubernetes itself puts there leave the host.
    say service-environment
    limit 3 cat $(of_processes environ) | tr '\0' '\n' | grep -E '^[A-Z][A-Z0-9_]*_(SERVICE_HOST=(([0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:]+)|SERVICE_PORT(_[A-Z0-9_]+)?=[0-9]{1,5})$' | sort -u | head -n 4000
  fi
}

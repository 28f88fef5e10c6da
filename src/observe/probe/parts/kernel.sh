# The kernel's counters and settings.
look_kernel() {
  say counters
  cat /proc/net/netstat /proc/net/snmp
  say settings
  sys=/proc/sys
  grep -s '' $sys/net/ipv4/ip_local_port_range $sys/net/core/somaxconn $sys/net/ipv4/tcp_fin_timeout $sys/net/ipv4/tcp_keepalive_time \
    $sys/net/ipv4/tcp_keepalive_intvl $sys/net/ipv4/tcp_keepalive_probes $sys/net/ipv4/tcp_max_tw_buckets $sys/net/ipv4/tcp_tw_reuse \
    $sys/net/ipv4/tcp_abort_on_overflow $sys/net/ipv4/tcp_max_syn_backlog $sys/net/ipv4/tcp_syncookies $sys/net/ipv4/tcp_max_orphans \
    $sys/net/ipv4/tcp_retries2 $sys/net/ipv4/tcp_synack_retries $sys/net/ipv4/tcp_syn_retries $sys/net/core/netdev_max_backlog \
    $sys/net/netfilter/nf_conntrack_max $sys/net/netfilter/nf_conntrack_count $sys/fs/file-max $sys/fs/file-nr $sys/fs/nr_open /dev/null
}

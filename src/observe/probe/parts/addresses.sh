# The names that /etc/hosts gives, and the host's own addresses.
look_addresses() {
  say hosts
  cat "$root/etc/hosts"
  say addresses
  if has ip && limit 3 ip -o addr show; then :; else cat /proc/net/fib_trie /proc/net/if_inet6; fi
}

# A brief look, for a watch that has looked whole before: what changes from second to second, and nothing that stays. Its answer is probe.sh's, with
# fewer sections; what they tell is carried over on our side. The parts that it calls are the same.
# What the whole look found out stands before this text, whole numbers alone: uid, limit_form, gnu_find and ss_form (who looks, and what works on
# this host), known_pids (the processes that are known) and known_ticks (none of them was started later).

# Every process that holds sockets by /proc/PID/stat; all facts of those that no look before knew, or that go by the number of one that is gone.
look_changed_processes() {
  stats=$(printf '%s\n' "$walked" | awk -v known="$known_pids" -v since="$known_ticks" '
    BEGIN { n = split(known, each, " "); for (i = 1; i <= n; i++) seen[each[i]] = 1; }
    $1 == "P" && $4 > 0 {
      file = "/proc/" $2 "/stat"; text = ""; said = "";
      while ((getline line < file) > 0) { said = said file ":" line "\n"; text = text line; }
      close(file);
      sub(/^.*\) /, "", text); split(text, field, " ");
      # All facts of a fresh one are read below, this file among them: twice in one answer it would be one text.
      if (!($2 in seen) || field[20] + 0 > since + 0) fresh = fresh " " $2; else printf "%s", said;
    }
    END { print "fresh" fresh }')
  say files
  printf '%s\n' "${stats%fresh*}"
  set -- ${stats##*fresh}
  if [ $# -gt 0 ] && [ $# -le 1000 ]; then portion "$@"; fi
}

look() {
begin_answer leakline.probe/1
clock start
if has renice; then renice -n 5 -p $$ >/dev/null || renice 5 $$ >/dev/null; fi
limit_by "$limit_form"
brief=1
say brief
stand_within "$@"

look_namespaces
choose_packing
pack look_sockets
look_descriptors
pack show_descriptors
look_changed_processes
look_kernel

say times
times
clock end
say end
}
look "$@" </dev/null 2>/dev/null

/**
 * The line that a guarded script prints first. What comes before it is not the script's: greetings of start-up files, or the words of
 * something that is no shell at all. Written in two halves, so that a device that echoes its input does not say it by accident.
 */
export const BEGIN_LINE = "leakline-script-begins\n";

/**
 * The script as it goes to `sh -s`, with a guard that ends it when our side goes away.
 *
 * sshd does not end a command when its channel closes without a terminal: a hanging `sleep` would stay. So standard input stays open as long
 * as we want the script; the guard (a background shell, builtins only, nothing on disk) waits for its end, whether we close it or the
 * connection breaks, and then kills the script's process group. The whole script stands in braces: the shell has read all of it before the
 * first command runs, so the guard can take over standard input and the script itself reads /dev/null.
 *
 * Killing a group is right only when it is this session's own, so the guard checks that its leader is this shell (sshd calls setsid, and sudo
 * makes a group where it has a terminal of its own), or one of those that started it for our command: the login shell, sudo, doas. Otherwise it
 * ends this shell alone. The guard is started twice removed, so that a `wait` in the script does not wait for it, and it holds no output, so
 * that the channel ends with the script.
 */
export function guardScript(script: string): string {
  return `{
exec 9<&0 </dev/null
echo leakline-"script-begins"
( (
  exec >/dev/null 2>&1
  ours=
  read -r stat </proc/$$/stat
  set -- \${stat##*) }
  group=$3
  if [ "$group" = "$$" ]; then ours=$group; fi
  for step in 1 2 3 4; do
    if [ -n "$ours" ]; then break; fi
    up=$2
    case "$(tr '\\000' ' ' </proc/"$up"/cmdline)" in
      *"-c sh -s "* | *"-c sudo -n /bin/sh -s "* | *"-c doas -n /bin/sh -s "* | "sudo -n /bin/sh -s " | "doas -n /bin/sh -s ") ;;
      *) break ;;
    esac
    if [ "$up" = "$group" ]; then ours=$group; fi
    read -r stat </proc/"$up"/stat || break
    set -- \${stat##*) }
  done
  while read -r line; do :; done <&9
  exec 9<&-
  if [ -n "$ours" ]; then kill -KILL "-$ours"; fi
  kill -KILL "$$"
) & )
exec 9<&-
${script}
exit
}
`;
}

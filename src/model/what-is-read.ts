/** One thing that a look reads of a host. The README and the panel show the list; a test holds each part of the probe to an entry here. */
export interface ReadFact {
  /** The script that reads it: a part of the probe (`observe/probe/parts/PART.sh`), or `logs` (`observe/logs/target/logs.sh`). */
  readonly part: string;
  /** In words, as both show it. */
  readonly text: string;
  /** Only when the user asks for it. */
  readonly asked: boolean;
}

const usual = (part: string, text: string): ReadFact => ({ part, text, asked: false });
const asked = (part: string, text: string): ReadFact => ({ part, text, asked: true });

export const WHAT_IS_READ: readonly ReadFact[] = [
  usual("sockets", "the socket tables: ss, else netstat, else /proc/net/tcp, and the kernel's counts of sockets"),
  usual("namespaces", "the network namespaces, what names them, and the socket tables in them: entered as root, else as /proc shows them to everybody"),
  usual("descriptors", "/proc/PID/fd: how many descriptors a process holds, and which of them are sockets; never a file's name"),
  usual("dead", "the tables of the other protocols, to tell descriptors whose socket is gone"),
  usual("processes", "of processes that hold sockets: name, program file, command line (secrets hidden), working directory, cgroup, user, limits, start"),
  usual("programs", "what such a program says of itself: Go's build information, a jar's manifest, the name in package.json"),
  usual("kernel", "/proc/net/netstat and /proc/net/snmp, and some sysctls of TCP"),
  usual("addresses", "/etc/hosts and the host's own addresses"),
  usual("names", "search domains of /etc/resolv.conf, descriptions of systemd units, names of ports in /etc/services, the cloud's name for the machine from files"),
  usual("balancers", "of HAProxy, nginx and Envoy where they hold sockets: the lines of their configuration that say who listens, who stands behind, and the time limits"),
  usual("containers", "the containers of docker, podman, nerdctl and CRI: id, name, image, labels of compose and Kubernetes, process, addresses; never their environment"),
  usual("logs", "when something is wrong, logs of the processes concerned and of proxies and databases beside them, secrets hidden: files that they have open to write to and the rotated ones, the journal, container output, kernel messages; at most 64 MB of the time in question"),
  asked("names", "reverse DNS of far ends, asked by the host's own resolver"),
  asked("names", "service addresses and ports of Kubernetes in processes' environments, and nothing else of them"),
];

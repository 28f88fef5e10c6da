import { holdsAddress, isCount } from "./columns";
import type { EndpointReader } from "./endpoint-reader";
import { LsofFiles, readLsofStates, unescapeCommand } from "./lsof-files";
import type { LineReader, SnapshotDraft } from "./snapshot-draft";

const FORMAT = "lsof";

/** FD column: a number with its mode and lock letters (`*482u` when it is too wide), or the word for a file that has no descriptor. */
const FD = String.raw`cwd|rtd|txt|mem|mmap|DEL|NOFD|ltx|jld|ctty|twd|err|pd|tr|v86|m86|tr|fp\.|L\d{2}|M\d{2}|\*?\d+[rwu-]?[a-zA-Z]?`;
const TYPE = String.raw`IPv[46]|inet6?|sock|unix|UNIX|UNIXs?|REG|DIR|CHR|BLK|FIFO|LINK|LNK|PIPE|KQUEUE|PSXSHM|PSXSEM|ATALK|systm|NPOLICY|NEXUS|CHAN|a_inode|netlink|pack|raw6?|rte|key|ndrv|unknown|DEL|SHM|DOOR|PORT|STSO|EVENTS|FSEVENTS|CTLD|V(?:REG|DIR|CHR|BLK|FIFO|LNK|BAD)|G(?:DIR|REG|CHR)|PCHR|PAS|PCWD|PAXV|PROC|eventf|eventpoll|inotify|signalfd|timerfd|mqueue|pidfd|anon_inode`;
/** Where the columns that every option leaves alone begin: `COMMAND PID [TID TASKCMD] [CONTEXT] [PGID] [PPID] USER` stands before, `DEVICE ... NAME` behind. */
const FILE_COLUMNS = new RegExp(String.raw`\s(?:(${FD})\s+(${TYPE})|(NOFD))(?=\s|$)`);
/** The same for the rows that matter, many times faster. */
const INTERNET_COLUMNS = /\s(\*?\d+[rwu-]?[a-zA-Z]?)\s+(IPv[46])(?=\s)/;
const OWNER_COLUMNS = /^\S+\s+\d+\s/;
/** `DEVICE [SIZE/OFF] [NLINK] NODE NAME` of an Internet socket. */
const INET = /^(?:(\S+)\s+)?(?:\S+\s+){0,2}?(TCP6?|UDP6?|UDPLITE|SCTP|ICMP|ICMPV6|ICMP6|RAW|HOPOPTS?|\d{1,3})(?:\s+(.*))?$/;
const HEADING = /^\s*COMMAND\s+PID\s.*\bNAME\s*$/;

/**
 * Reads lsof's own table, of Linux, macOS, FreeBSD and Solaris, any options. Sources: lsof(8) and lsof's print.c. Rows of other files than
 * sockets are understood: they say what a process runs and where.
 */
export class LsofTableReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #files: LsofFiles;
  /** The heading's names of the columns between PID and USER, in their order; null without a heading. */
  #middle: readonly string[] | null = null;

  constructor(draft: SnapshotDraft, endpoints: EndpointReader) {
    this.#draft = draft;
    this.#files = new LsofFiles(FORMAT, draft, endpoints);
  }

  read(line: string): boolean {
    if (HEADING.test(line)) {
      this.#draft.endTable();
      const words = line.trim().split(/\s+/);
      this.#middle = words.slice(2, Math.max(2, words.findIndex((word) => word === "USER" || word === "FD")));
      return true;
    }
    // -r and +r repeat the listing, with this between.
    if (line.startsWith("=======") && !holdsAddress(line)) {
      if (!this.#draft.rows.has(FORMAT)) return false;
      this.#draft.endTable();
      return true;
    }
    if (/^lsof: (?:WARNING|status error|no pwd entry|avoiding)/.test(line) || /^ {6}Output information may be incomplete\.?\s*$/.test(line)) return true;
    if (line.length > 8192 || !OWNER_COLUMNS.test(line)) return false;
    const columns = INTERNET_COLUMNS.exec(line) ?? FILE_COLUMNS.exec(line);
    if (columns === null) return false;
    const [command = "", pid = "", ...others] = line.slice(0, columns.index).trimEnd().split(/\s+/);
    const user = others.pop();
    if (user === undefined) return false;
    const [whole, fdText = "", type = "", refused = ""] = columns;
    const rest = line.slice(columns.index + whole.length).trim();
    const fd = /^\d{1,15}/.exec(fdText)?.[0] ?? (fdText.startsWith("*") || refused !== "" ? null : fdText);
    const owner = {
      pid: Number(pid), command: unescapeCommand(command), parentPid: this.#middleNumber(others, "PPID"), uid: isCount(user) ? Number(user) : user === "root" ? 0 : null, fd, type,
    };
    if (!Number.isSafeInteger(owner.pid)) return false;
    if (/^(?:IPv[46]|inet6?)$/.test(type)) {
      const inet = INET.exec(rest);
      if (inet === null) return false;
      const [, device, protocol = "", printed = ""] = inet;
      const named = /^(.*?)(?:\s*\(([^()]*)\))?$/.exec(printed.trim());
      const name = named?.[1] ?? "";
      if (!this.#files.add({ ...owner, device: device ?? null, inode: null, protocol, name, ...readLsofStates(named?.[2] ?? "") })) return false;
    } else {
      const sock = type === "sock" ? /(?:^|\s)(\d{1,15})\s+((?:protocol:|can't identify protocol).*)$/.exec(rest) : null;
      const name = sock?.[2] ?? /(?:^|\s)(\/.*)$/.exec(rest)?.[1] ?? rest;
      this.#files.add({ ...owner, device: null, inode: sock === null ? null : Number(sock[1]), protocol: null, name, state: null, recvQueue: null, sendQueue: null });
    }
    this.#draft.addRow(FORMAT);
    return true;
  }

  finish(): void {
    this.#files.finish();
  }

  /** A figure of the columns between PID and USER. TID and TASKCMD are blank for a process's main thread, so columns count from the right. */
  #middleNumber(words: readonly string[], column: string): number | null {
    if (this.#middle === null) return null;
    const at = this.#middle.indexOf(column);
    if (at === -1) return null;
    const word = words[words.length - (this.#middle.length - at)];
    return word !== undefined && /^\d+$/.test(word) ? Number(word) : null;
  }
}

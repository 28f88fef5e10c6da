import WORDS from "../../probe/words.sh";
import READ from "./logs.sh";

/** What is wanted of a target's logs. Everything that goes into the script is a whole number. */
export interface LogRequest {
  /** Processes whose logs are wanted; their families' are read with them. */
  readonly pids: readonly number[];
  /** Epoch milliseconds on the target's clock: what is older matters to nobody. */
  readonly sinceMs: number;
  /** At most so many bytes of one log, the newest; and of all. */
  readonly fileBytes: number;
  readonly totalBytes: number;
  /** At most so many entries of a journal or of a container's client. */
  readonly entries: number;
  readonly pack: boolean;
  readonly kernel: boolean;
  /** Open files alone: what can only be asked for its whole range again was asked a moment ago. */
  readonly filesOnly: boolean;
  /** How far files were read before: `DEVICE:INODE` and bytes. */
  readonly follow: ReadonlyMap<string, number>;
}

const FILE_ID = /^\d+:\d+$/;

/** The script for `sh -s`. Throws RangeError for what is no whole number. */
export function logsScript(request: LogRequest): string {
  const whole = (value: number): string => {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`a whole number is wanted, not ${value}`);
    return String(value);
  };
  const follow = [...request.follow].map(([id, bytes]) => {
    if (!FILE_ID.test(id)) throw new RangeError(`no file's number: ${id}`);
    return `${id}:${whole(bytes)}`;
  });
  return [
    `pids="${request.pids.map(whole).join(" ")}"`,
    `since=${whole(Math.max(0, Math.floor(request.sinceMs / 1000)))}`,
    `file_bytes=${whole(request.fileBytes)}`,
    `total_bytes=${whole(request.totalBytes)}`,
    `journal_lines=${whole(request.entries)}`,
    `may_pack=${request.pack ? "1" : "0"}`,
    `kernel=${request.kernel ? "1" : "0"}`,
    `files_only=${request.filesOnly ? "1" : "0"}`,
    `follow=" ${follow.join(" ")} "`,
    WORDS,
    READ,
  ].join("\n");
}

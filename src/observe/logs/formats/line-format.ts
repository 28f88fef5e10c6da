import type { LogLevel } from "../../../model/log";
import { Stamp } from "../stamp";

/** What the head of a line says. One object is filled again and again. */
export class LineScan {
  readonly stamp = new Stamp();
  hasStamp = false;
  level: LogLevel | null = null;
  /** The message is the line from here to `messageEnd`, unless `message` says otherwise. */
  messageAt = 0;
  messageEnd = 0;
  /** The message where it is no piece of the line. */
  message: string | null = null;

  begin(line: string, at: number): void {
    this.hasStamp = false;
    this.level = null;
    this.messageAt = at;
    this.messageEnd = line.length;
    this.message = null;
  }
}

/** A way to write log lines. */
export interface LineFormat {
  /** As `LogSource.format` names it. */
  readonly id: string;
  /** Whether a record of this format begins at `at` of the line. Fills `scan`, which has begun there. */
  read(line: string, at: number, scan: LineScan): boolean;
  /** The named values of such a record. */
  fields(line: string, at: number, out: Record<string, string>): void;
}

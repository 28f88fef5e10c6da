import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../dist/leakline.js", import.meta.url));

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bundled command as a user would: plain Node, one file. Standard input is closed or the given text. */
export function leakline(args: readonly string[], options: { cwd?: string; env?: Record<string, string>; input?: string; timeLimitMs?: number; uid?: number } = {}): Promise<CommandResult> {
  if (!existsSync(PROGRAM)) throw new Error("dist/leakline.js is not there: run `npm run compile` first");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      timeout: options.timeLimitMs ?? 120_000,
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

/** The parts of `leakline.investigation/1` that the labs look at. */
export interface InvestigationDocument {
  readonly schema: string;
  readonly diagnoses: readonly {
    readonly cause: string;
    readonly title: string;
    readonly confidence: string;
    readonly count: number;
    readonly direction: string | null;
    readonly states: Record<string, number>;
    readonly process: { readonly pid: number; readonly name: string; readonly commandLine: string | null } | null;
    readonly service: { readonly name: string; readonly kind: string; readonly port: number | null; readonly how: string } | null;
    readonly peerIdleTimeoutMs: number | null;
    readonly leakMoments: readonly string[];
    readonly evidence: readonly { readonly supports: boolean; readonly text: string }[];
  }[];
  readonly suspects: readonly { readonly rank: number; readonly file: string; readonly line: number; readonly symbol: string; readonly kind: string; readonly cause: string; readonly rule: string }[];
  readonly findings: readonly { readonly file: string; readonly rule: string; readonly symbol: string; readonly range: { readonly start: { readonly line: number } } }[];
}

export function investigationOf(result: CommandResult): InvestigationDocument {
  if (result.status !== 1) throw new Error(`leakline ended with status ${result.status}, 1 (something found) was expected\n${result.stderr}\n${result.stdout.slice(0, 2_000)}`);
  return JSON.parse(result.stdout) as InvestigationDocument;
}

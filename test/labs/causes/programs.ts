import type { ChildProcess } from "node:child_process";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { InvestigationDocument } from "../leakline-command";
import type { ServiceRig } from "../service-rig";
import { sleep } from "../service-rig";

/** Debian's own Python: the programs here need nothing beside it. */
export const PYTHON = "/usr/bin/python3";

export function program(name: string): string {
  return fileURLToPath(new URL(`./programs/${name}.py`, import.meta.url));
}

/** Starts one of the small programs; gives its pid. */
export function startProgram(rig: ServiceRig, label: string, name: string, args: readonly (string | number)[]): number {
  return pidOf(rig.start(label, PYTHON, [program(name), ...args.map(String)]), label);
}

export function pidOf(child: ChildProcess, label: string): number {
  if (child.pid === undefined) throw new Error(`${label} did not start`);
  return child.pid;
}

/** Sockets in a state (ss(8) names) that match a filter of ss, such as `dport = 80`. */
export async function countSockets(rig: ServiceRig, state: string, filter: string): Promise<number> {
  const { stdout } = await rig.run("ss", ["-tanH", "state", state, filter]);
  return stdout.split("\n").filter((line) => line.trim() !== "").length;
}

/** Waits until the scene stands; a busy machine gets the time it needs. */
export async function until(what: string, holds: () => Promise<boolean>, limitMs = 90_000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(200)) if (await holds()) return;
  throw new Error(`waited ${limitMs / 1_000} s in vain for: ${what}`);
}

/** A client that sends a request and gives up after a while, or (null) never. */
export function impatientClient(port: number, patienceMs: number | null, host = "127.0.0.1"): Socket {
  const socket = connect({ port, host });
  socket.on("error", () => {});
  socket.write("GET /slow HTTP/1.1\r\nHost: here\r\n\r\n");
  if (patienceMs !== null) setTimeout(() => socket.destroy(), patienceMs).unref();
  return socket;
}

export type Diagnosed = InvestigationDocument["diagnoses"][number];

export function diagnosesOf(document: InvestigationDocument, pid: number): readonly Diagnosed[] {
  return document.diagnoses.filter((diagnosis) => diagnosis.process?.pid === pid);
}

/** The one cause that is said of this process; fails when there is none, another, or one more. */
export function onlyDiagnosis(document: InvestigationDocument, pid: number): Diagnosed {
  const said = diagnosesOf(document, pid);
  expect(said.map((diagnosis) => diagnosis.cause), JSON.stringify(said, null, 1)).toHaveLength(1);
  return said[0] as Diagnosed;
}

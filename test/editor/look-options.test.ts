import { expect, test, vi } from "vitest";
import type { CommandParts } from "../../src/editor/commands/command";

const editor = vi.hoisted(() => ({ isTrusted: true }));
vi.mock("vscode", () => ({ workspace: editor }));
const { lookOptions } = await import("../../src/editor/commands/look-options");

const partsThat = (readLogs: boolean): CommandParts => ({ prompts: {}, settings: () => ({ timeLimitMs: 30_000, choices: {}, readLogs, sshClient: "auto", elevation: null }) }) as unknown as CommandParts;
const { signal } = new AbortController();

test.each([
  { isTrusted: true, readLogs: true, logs: "when-stuck" },
  { isTrusted: true, readLogs: false, logs: undefined },
  { isTrusted: false, readLogs: true, logs: undefined },
  { isTrusted: false, readLogs: false, logs: undefined },
])("logs of a host are read where the person wants it and trusts the workspace: $isTrusted, $readLogs", ({ isTrusted, readLogs, logs }) => {
  editor.isTrusted = isTrusted;
  expect(lookOptions(partsThat(readLogs), "/srv/shop", signal).logs).toBe(logs);
});

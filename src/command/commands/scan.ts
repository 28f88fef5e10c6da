import type { Command } from "commander";
import { Option } from "commander";
import type { Investigation } from "../../model/investigation";
import type { CommandRoom } from "../command-room";
import { pause } from "../pause";
import type { AccessOptions, LookLimitOptions } from "../target-options";
import { accessOf, accessOptions, limitOf, lookLimitOptions, placeOf, positive, TARGETS } from "../target-options";
import { waitAfterFailure } from "../try-again";

interface ScanCommandOptions extends AccessOptions, LookLimitOptions {
  readonly resolve: boolean;
  readonly serviceEnvironment: boolean;
  readonly logs: boolean;
  readonly workspace?: string;
  readonly watch: boolean;
  readonly interval: number;
  readonly looks?: number;
  readonly json: boolean;
  readonly engine: "wasm" | "native";
  readonly withoutRule?: string[];
}

/** `scan`: one look at a target, or one every few seconds until interrupted. */
export function addScanCommand(program: Command, room: CommandRoom): void {
  const command = program
    .command("scan")
    .description("look at a host's sockets and say why they are stuck, and which line can cause it")
    .argument("[target]", TARGETS, "local")
    .addOption(room.workspace())
    .option("--watch", "look again every --interval seconds until interrupted; growth shows after the second look", false)
    .addOption(new Option("--interval <seconds>", "between two looks").default(5).argParser(positive))
    .addOption(new Option("--looks <n>", "end after this many looks (with --watch: no end unless given)").argParser(positive));
  for (const option of accessOptions()) command.addOption(option);
  command.addOption(room.json());
  for (const option of lookLimitOptions()) command.addOption(option);
  command
    .option("--resolve", "ask the host's resolver for the names of the far ends (it sends DNS queries)", false)
    .option("--service-environment", "read the addresses of Kubernetes services out of the processes' environments, and nothing else of them", false)
    .option("--no-logs", "leave the logs alone: of the processes that something is wrong with, and of proxies and databases beside them, they are read otherwise")
    .addOption(room.engine())
    .addOption(room.withoutRule())
    .action(async (target: string, options: ScanCommandOptions) =>
      room.withInvestigator(options, async (investigator) => {
        const { signal } = room;
        const place = placeOf(target, options);
        const looks = options.looks ?? (options.watch ? Number.POSITIVE_INFINITY : 1);
        let previous: Investigation | null = null;
        let failures = 0;
        let waitMs = 0;
        for (let turn = 1; turn <= looks; turn += 1) {
          if (waitMs > 0 && !(await pause(waitMs, signal))) break;
          waitMs = options.interval * 1_000;
          const scanned: Promise<Investigation> = investigator.scan(place, {
            workspaceRoot: options.workspace ?? null,
            prompts: room.prompts,
            access: accessOf(options),
            keepConnection: looks > 1,
            previous,
            signal,
            timeLimitMs: options.timeLimit * 1_000,
            choices: { resolve: options.resolve, serviceEnvironment: options.serviceEnvironment },
            ...(options.logs ? { logs: "when-stuck" as const } : {}),
            ...limitOf(options),
            onProgress: room.onProgress,
          });
          try {
            previous = await scanned;
            failures = 0;
          } catch (error) {
            // Ctrl-C is how a watch ends: what it saw last has been shown.
            if (options.watch && previous !== null && signal.aborted) return;
            // What was reached once will be reached again: a watch outlives a restart of its host.
            failures += 1;
            const wait = options.watch && previous !== null ? waitAfterFailure(error, failures) : null;
            if (wait === null) throw error;
            room.tell(`${error instanceof Error ? error.message : String(error)} Looking again in ${wait / 1000} s.`);
            waitMs = wait;
            turn -= 1;
            continue;
          }
          if (options.watch || turn === looks) await room.report(previous, options.json);
        }
      }),
    );
}

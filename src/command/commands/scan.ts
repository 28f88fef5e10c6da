import type { Command } from "commander";
import { Option } from "commander";
import type { Investigation } from "../../model/investigation";
import type { ScanOptions } from "../../investigate/investigator";
import { Failure } from "../../model/failure";
import type { Picture } from "../../report/talk-picture";
import type { CommandRoom } from "../command-room";
import { openFile, readAll } from "../files";
import { pictureOption } from "../picture-option";
import { pause } from "../pause";
import type { AccessOptions, LookLimitOptions } from "../target-options";
import { accessOf, accessOptions, limitOf, lookLimitOptions, positive, TARGETS } from "../target-options";
import { readHostList, targetsOf } from "../target-set";
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
  readonly hosts?: string;
  readonly format?: Picture;
  readonly engine: "wasm" | "native";
  readonly withoutRule?: string[];
}

/** `scan`: one look at a target, or one every few seconds until interrupted. */
export function addScanCommand(program: Command, room: CommandRoom): void {
  const command = program
    .command("scan")
    .description("look at a host's sockets and say why they are stuck, and which line can cause it")
    .argument("[target...]", `${TARGETS}; several are looked at together; 'web-*' stands for the aliases of ~/.ssh/config that it matches (default: local)`)
    .option("--hosts <file>", "more targets and patterns, one a line, or - for standard input")
    .addOption(room.workspace())
    .option("--watch", "look again every --interval seconds until interrupted; growth shows after the second look", false)
    .addOption(new Option("--interval <seconds>", "between two looks").default(5).argParser(positive))
    .addOption(new Option("--looks <n>", "end after this many looks (with --watch: no end unless given)").argParser(positive));
  for (const option of accessOptions()) command.addOption(option);
  command.addOption(room.json());
  command.addOption(pictureOption());
  for (const option of lookLimitOptions()) command.addOption(option);
  command
    .option("--resolve", "ask the host's resolver for the names of the far ends (it sends DNS queries)", false)
    .option("--service-environment", "read the addresses of Kubernetes services out of the processes' environments, and nothing else of them", false)
    .option("--no-logs", "leave the logs alone: of the processes that something is wrong with, and of proxies and databases beside them, they are read otherwise")
    .addOption(room.engine())
    .addOption(room.withoutRule())
    .action(async (words: string[], options: ScanCommandOptions) =>
      room.withInvestigator(options, async (investigator) => {
        const { signal } = room;
        const listed = options.hosts === undefined ? [] : readHostList(await readAll(await openFile(options.hosts, room)));
        const all = [...words, ...listed];
        const places = await targetsOf(all.length > 0 || options.hosts !== undefined ? all : ["local"], options, room.configuredHosts);
        const [place] = places;
        if (place === undefined) throw new Failure("usage", `${options.hosts}: no target in it`, "Write targets into it, one a line.");
        const looks = options.looks ?? (options.watch ? Number.POSITIVE_INFINITY : 1);
        let previous: Investigation | null = null;
        let failures = 0;
        let waitMs = 0;
        for (let turn = 1; turn <= looks; turn += 1) {
          if (waitMs > 0 && !(await pause(waitMs, signal))) break;
          waitMs = options.interval * 1_000;
          const how: ScanOptions = {
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
          };
          const scanned: Promise<Investigation> = places.length === 1 ? investigator.scan(place, how) : investigator.scanSet(places, how);
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
          if (options.watch || turn === looks) await room.report(previous, options.json, options.format);
        }
      }),
    );
}

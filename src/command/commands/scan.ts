import type { Command } from "commander";
import { Option } from "commander";
import { Failure } from "../../model/failure";
import type { Picture } from "../../report/talk-picture";
import type { CommandRoom } from "../command-room";
import { openFile, readAll } from "../files";
import { pictureOption } from "../picture-option";
import type { AccessOptions, LookLimitOptions } from "../target-options";
import { accessOf, accessOptions, duration, limitOf, lookLimitOptions, positive, TARGETS } from "../target-options";
import { readHostList, targetsOf } from "../target-set";
import type { ScanShared } from "../watch-target";
import { watchTargets } from "../watch-target";

interface ScanCommandOptions extends AccessOptions, LookLimitOptions {
  readonly resolve: boolean;
  readonly serviceEnvironment: boolean;
  readonly logs: boolean;
  readonly workspace?: string;
  readonly watch: boolean;
  readonly interval: number;
  readonly looks?: number;
  /** Milliseconds. */
  readonly for?: number;
  readonly record?: string;
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
    .addOption(new Option("--interval <seconds>", "between two looks; longer where a look costs the host more than a tenth of it").default(5).argParser(positive))
    .addOption(new Option("--looks <n>", "end after this many looks (with --watch: no end unless given)").argParser(positive))
    .addOption(new Option("--for <duration>", "with --watch: end after this time (90s, 10m, 2h, 1d)").argParser(duration).implies({ watch: true }))
    .addOption(new Option("--record <file>", "with --watch: write each look to this file (of several targets one file each, named after it); `leakline open FILE...` shows it again").implies({ watch: true }));
  for (const option of accessOptions()) command.addOption(option);
  command.addOption(room.json());
  command.addOption(pictureOption());
  for (const option of lookLimitOptions()) command.addOption(option);
  command
    .option("--resolve", "ask the host's resolver for the names of the far ends (it sends DNS queries)", false)
    .option("--service-environment", "read the addresses of Kubernetes services out of the processes' environments, and nothing else of them", false)
    .option("--no-logs", "leave the logs alone: of the processes that something is wrong with, and of proxies and databases beside them, they are read otherwise")
    .addOption(room.engine())
    .addOption(room.memory())
    .addOption(room.withoutRule())
    .action(async (words: string[], options: ScanCommandOptions) =>
      room.withInvestigator(options, async (investigator) => {
        const { signal } = room;
        const listed = options.hosts === undefined ? [] : readHostList(await readAll(await openFile(options.hosts, room)));
        const all = [...words, ...listed];
        const places = await targetsOf(all.length > 0 || options.hosts !== undefined ? all : ["local"], options, room.configuredHosts);
        const [place] = places;
        if (place === undefined) throw new Failure("usage", `${options.hosts}: no target in it`, "Write targets into it, one a line.");
        const shared: ScanShared = {
          workspaceRoot: options.workspace ?? null,
          prompts: room.prompts,
          access: accessOf(options),
          signal,
          timeLimitMs: options.timeLimit * 1_000,
          choices: { resolve: options.resolve, serviceEnvironment: options.serviceEnvironment },
          ...(options.logs ? { logs: "when-stuck" as const } : {}),
          ...limitOf(options),
          onProgress: room.onProgress,
        };
        const again = options.watch || (options.looks ?? 1) > 1;
        if (again) await watchTargets(investigator, places, room, { ...options, shared });
        else await room.report(await (places.length === 1 ? investigator.scan(place, { ...shared, previous: null }) : investigator.scanSet(places, { ...shared, previous: null })), options.json, options.format);
      }),
    );
}

import type { Command } from "commander";
import { Option } from "commander";
import type { Picture } from "../../report/talk-picture";
import type { CommandRoom } from "../command-room";
import { openFile } from "../files";
import { logZoneOption, zoneOf } from "../log-options";
import { pictureOption } from "../picture-option";
import { moment } from "../target-options";

/** `open`: captures and saved investigations, explained. */
export function addOpenCommand(program: Command, room: CommandRoom): void {
  program
    .command("open")
    .description("explain captures (ss, netstat, Get-NetTCPConnection, /proc/net/tcp; several: oldest first) saved investigations, preserved scenes, or the record of a watch, with logs of the same time beside them")
    .argument("<file...>", "files, or - for standard input")
    .addOption(room.workspace())
    .addOption(room.json())
    .addOption(pictureOption())
    .addOption(new Option("--from <time>", "of a record, the looks from this time on (2026-03-01T12:00, UTC)").argParser(moment))
    .addOption(new Option("--to <time>", "of a record, the looks up to this time").argParser(moment))
    .addOption(logZoneOption())
    .addOption(room.engine())
    .addOption(room.memory())
    .addOption(room.withoutRule())
    .action(async (files: string[], options: { logZone?: string; from?: number; to?: number; workspace?: string; json: boolean; format?: Picture; engine: "wasm" | "native"; withoutRule?: string[] }) =>
      room.withInvestigator(options, async (investigator) => {
        const opened = await Promise.all(files.map((file) => openFile(file, room)));
        const range = { ...(options.from === undefined ? {} : { fromMs: options.from }), ...(options.to === undefined ? {} : { toMs: options.to }) };
        await room.report(await investigator.open(opened, { workspaceRoot: options.workspace ?? null, signal: room.signal, onProgress: room.onProgress, ...range, ...zoneOf(options) }), options.json, options.format);
      }),
    );
}

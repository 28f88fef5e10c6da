import type { Command } from "commander";
import type { Picture } from "../../report/talk-picture";
import type { CommandRoom } from "../command-room";
import { openFile } from "../files";
import { logZoneOption, zoneOf } from "../log-options";
import { pictureOption } from "../picture-option";

/** `open`: captures and saved investigations, explained. */
export function addOpenCommand(program: Command, room: CommandRoom): void {
  program
    .command("open")
    .description("explain captures (ss, netstat, Get-NetTCPConnection, /proc/net/tcp; several: oldest first) or saved investigations and preserved scenes, with logs of the same time beside them")
    .argument("<file...>", "files, or - for standard input")
    .addOption(room.workspace())
    .addOption(room.json())
    .addOption(pictureOption())
    .addOption(logZoneOption())
    .addOption(room.engine())
    .addOption(room.withoutRule())
    .action(async (files: string[], options: { logZone?: string; workspace?: string; json: boolean; format?: Picture; engine: "wasm" | "native"; withoutRule?: string[] }) =>
      room.withInvestigator(options, async (investigator) => {
        const opened = await Promise.all(files.map((file) => openFile(file, room)));
        await room.report(await investigator.open(opened, { workspaceRoot: options.workspace ?? null, signal: room.signal, onProgress: room.onProgress, ...zoneOf(options) }), options.json, options.format);
      }),
    );
}

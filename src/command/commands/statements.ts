import { resolve } from "node:path";
import type { Command } from "commander";
import { writeLines, writeStatements } from "../statement-documents";
import { textOfLines, textOfStatements } from "../statement-text";
import type { CommandRoom } from "../command-room";
import { openFile } from "../files";
import { logZoneOption, zoneOf } from "../log-options";

/** `statements`: what a workspace can log. `locate-line`: from the lines of a log to the statements that wrote them. */
export function addStatementCommands(program: Command, room: CommandRoom): void {
  program
    .command("statements")
    .description("list what the code can log: each statement with its message, level and function")
    .argument("[dir]", "folder", ".")
    .addOption(room.json())
    .addOption(room.engine())
    .addOption(room.memory())
    .action(async (dir: string, options: { json: boolean; engine: "wasm" | "native" }) =>
      room.withInvestigator(options, async (investigator) => {
        const workspace = await investigator.statements(resolve(room.cwd, dir), { signal: room.signal, onProgress: room.onProgress });
        await room.say(options.json ? writeStatements(workspace) : textOfStatements(workspace));
      }),
    );

  program
    .command("locate-line")
    .description("for each line of a log the statement that wrote it, with the values in it, and its stack traces' places")
    .argument("<file>", "a log (also packed), or - for standard input")
    .addOption(room.workspace())
    .addOption(room.json())
    .addOption(logZoneOption())
    .addOption(room.engine())
    .addOption(room.memory())
    .action(async (file: string, options: { workspace?: string; json: boolean; logZone?: string; engine: "wasm" | "native" }) =>
      room.withInvestigator(options, async (investigator) => {
        const lines = await investigator.locateLines(await openFile(file, room), options.workspace ?? room.cwd, { signal: room.signal, onProgress: room.onProgress, ...zoneOf(options) });
        await room.say(options.json ? writeLines(lines) : textOfLines(lines));
      }),
    );
}

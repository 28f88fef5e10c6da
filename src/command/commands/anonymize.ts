import { resolve } from "node:path";
import type { Command } from "commander";
import { writeInvestigation } from "../../protocol/investigation-file";
import type { CommandRoom } from "../command-room";
import { openFile, writeNewFile } from "../files";

/** `anonymize`: a saved investigation that can be shown to others. */
export function addAnonymizeCommand(program: Command, room: CommandRoom): void {
  program
    .command("anonymize")
    .description("copy a saved investigation without addresses, names and code, to show it to others")
    .argument("<file>", "a saved investigation, or - for standard input")
    .requiredOption("-o, --output <file>", "file to write (must not exist)")
    .action(async (file: string, options: { output: string }) =>
      room.withInvestigator({}, async (investigator) => {
        const opened = await investigator.open([await openFile(file, room)], { workspaceRoot: null, signal: room.signal, onProgress: room.onProgress });
        await writeNewFile(resolve(room.cwd, options.output), options.output, writeInvestigation(investigator.anonymize(opened)));
        room.tell(`wrote ${options.output} without addresses, names and code`);
      }),
    );
}

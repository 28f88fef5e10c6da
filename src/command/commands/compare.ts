import type { Command } from "commander";
import { Failure } from "../../model/failure";
import { writeComparison } from "../../protocol/comparison-file";
import { textOfComparison } from "../../report/comparison-text";
import type { CommandRoom } from "../command-room";
import { openFile } from "../files";

/** `compare`: what has changed between two preserved scenes or saved investigations. */
export function addCompareCommand(program: Command, room: CommandRoom): void {
  program
    .command("compare")
    .description("what appeared, went and grew between two preserved scenes or saved investigations: causes, sockets, processes, settings, counters; ends with 1 when something got worse")
    .argument("<before>", "the earlier one")
    .argument("<after>", "the later one, or - for standard input")
    .addOption(room.json())
    .action(async (before: string, after: string, options: { json: boolean }) =>
      room.withInvestigator({}, async (investigator) => {
        if (before === "-" && after === "-") throw new Failure("usage", "both files are standard input", "Name one of them.");
        const files = await Promise.all([before, after].map((file) => openFile(file, room))) as [Awaited<ReturnType<typeof openFile>>, Awaited<ReturnType<typeof openFile>>];
        const comparison = await investigator.compare(files[0], files[1], { workspaceRoot: null, signal: room.signal, onProgress: room.onProgress });
        await room.say([options.json ? writeComparison(comparison) : textOfComparison(comparison)]);
        room.found(comparison.worse);
      }),
    );
}

import type { Command } from "commander";
import { READABLE_CAPTURES } from "../../investigate/create-investigator";
import { Failure } from "../../model/failure";
import { countStates } from "../../model/snapshot";
import { writeSnapshot } from "../../protocol/investigation-file";
import { textOfSnapshot } from "../../report/text";
import type { CommandRoom } from "../command-room";
import { openFile } from "../files";

/** `parse`: one capture, as a snapshot. */
export function addParseCommand(program: Command, room: CommandRoom): void {
  program
    .command("parse")
    .description("read one capture")
    .argument("<file>", "a file, or - for standard input")
    .addOption(room.json())
    .action(async (file: string, options: { json: boolean }) =>
      room.withInvestigator({}, async (investigator) => {
        const snapshot = await investigator.parse(await openFile(file, room), room.signal);
        await room.say(options.json ? writeSnapshotLine(writeSnapshot(snapshot)) : [textOfSnapshot(snapshot)]);
        if (Object.keys(countStates(snapshot)).length === 0 && snapshot.sockets.length === 0) {
          throw new Failure("notUnderstood", `${file}: no socket in it (${snapshot.skipped.length} lines not understood)`, READABLE_CAPTURES);
        }
      }),
    );
}

function* writeSnapshotLine(chunks: Iterable<string>): Generator<string> {
  yield* chunks;
  yield "\n";
}

import type { Command } from "commander";
import { READABLE_CAPTURES } from "../../investigate/create-investigator";
import { Failure } from "../../model/failure";
import { countStates } from "../../model/snapshot";
import { writeSnapshot } from "../../protocol/investigation-file";
import { writeLog } from "../../protocol/log-documents";
import { textOfSnapshot } from "../../report/text";
import { textOfLog } from "../../report/log-text";
import type { CommandRoom } from "../command-room";
import { openFile } from "../files";
import { logZoneOption, zoneOf } from "../log-options";

/** `parse`: one capture, as a snapshot; or one log, as its records. */
export function addParseCommand(program: Command, room: CommandRoom): void {
  program
    .command("parse")
    .description("read one capture, or one log (also packed)")
    .argument("<file>", "a file, or - for standard input")
    .addOption(room.json())
    .addOption(logZoneOption())
    .action(async (file: string, options: { json: boolean; logZone?: string }) =>
      room.withInvestigator({}, async (investigator) => {
        const parsed = await investigator.parse(await openFile(file, room), { signal: room.signal, ...zoneOf(options) });
        if (parsed.kind === "log") {
          await room.say(options.json ? writeLog(parsed.records) : textOfLog(parsed.records));
          return;
        }
        const { snapshot } = parsed;
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

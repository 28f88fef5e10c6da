import { resolve } from "node:path";
import type { Command } from "commander";
import type { Investigation } from "../../model/investigation";
import { writeInvestigation } from "../../protocol/investigation-file";
import type { CommandRoom } from "../command-room";
import { writeNewFile } from "../files";
import { pause } from "../pause";
import type { AccessOptions, LookLimitOptions } from "../target-options";
import { accessOf, accessOptions, limitOf, lookLimitOptions, placeOf, TARGETS } from "../target-options";

/** `preserve`: the scene, kept before a restart takes it away. */
export function addPreserveCommand(program: Command, room: CommandRoom): void {
  const command = program
    .command("preserve")
    .description("keep the scene before a restart: two looks, with all that they can tell, in one file")
    .argument("[target]", TARGETS, "local")
    .requiredOption("-o, --output <file>", "file to write (must not exist)");
  for (const option of [...accessOptions(), ...lookLimitOptions()]) command.addOption(option);
  command.action(async (target: string, options: AccessOptions & LookLimitOptions & { output: string }) =>
    room.withInvestigator({}, async (investigator) => {
      const { signal, onProgress } = room;
      const scan = (previous: Investigation | null): Promise<Investigation> =>
        investigator.scan(placeOf(target, options), {
          workspaceRoot: null, prompts: room.prompts, access: accessOf(options), previous, signal, timeLimitMs: options.timeLimit * 1_000, ...limitOf(options), onProgress,
        });
      const first = await scan(null);
      await pause(3_000, signal);
      const second = await scan(first);
      await writeNewFile(resolve(room.cwd, options.output), options.output, writeInvestigation(second));
      room.tell(`kept two looks at ${second.targets.join(", ")} in ${options.output}`);
      room.found(second.diagnoses.length > 0);
    }),
  );
}

import { resolve } from "node:path";
import type { Command } from "commander";
import { writeScene } from "../../investigate/scene/write-scene";
import type { PreservedFacts } from "../../model/preserved";
import { writeInvestigation } from "../../protocol/investigation-file";
import { textOfInvestigation } from "../../report/text";
import type { CommandRoom } from "../command-room";
import { mustBeNew, writeNewFile } from "../files";
import type { AccessOptions, LookLimitOptions } from "../target-options";
import { accessOf, accessOptions, limitOf, lookLimitOptions, placeOf, TARGETS } from "../target-options";

interface PreserveCommandOptions extends AccessOptions, LookLimitOptions {
  readonly output: string;
  readonly workspace?: string;
  readonly engine: "wasm" | "native";
}

/** `preserve`: the scene, kept before a restart takes it away. */
export function addPreserveCommand(program: Command, room: CommandRoom): void {
  const command = program
    .command("preserve")
    .description("keep the scene before a restart: two looks, what the descriptors of the processes in question point at, their threads, limits, the machine's settings, in one file that opens anywhere; reads only, within --time-limit")
    .argument("[target]", TARGETS, "local")
    .requiredOption("-o, --output <file>", "file to write (must not exist): a zip archive with checksums; named .json, one JSON document")
    .addOption(room.workspace());
  for (const option of [...accessOptions(), ...lookLimitOptions()]) command.addOption(option);
  command.addOption(room.engine()).addOption(room.memory()).action(async (target: string, options: PreserveCommandOptions) =>
    room.withInvestigator(options, async (investigator) => {
      const file = resolve(room.cwd, options.output);
      await mustBeNew(file, options.output);
      const kept = await investigator.preserve(placeOf(target, options), {
        workspaceRoot: options.workspace ?? null, prompts: room.prompts, access: accessOf(options), signal: room.signal, timeLimitMs: options.timeLimit * 1_000, ...limitOf(options),
        onProgress: room.onProgress,
      });
      const bytes = options.output.toLowerCase().endsWith(".json") ? null : writeScene(kept, { version: room.version, report: textOfInvestigation(kept) });
      await writeNewFile(file, options.output, bytes === null ? writeInvestigation(kept) : [bytes]);
      room.tell(`kept ${sayKept(kept.snapshots.length)} at ${kept.targets.join(", ")} in ${options.output}${bytes === null ? "" : ` (${sayBytes(bytes.length)})`}`);
      if (kept.preserved !== undefined) for (const line of costLines(kept.preserved)) room.tell(line);
      room.found(kept.diagnoses.length > 0);
    }),
  );
}

function sayKept(looks: number): string {
  return looks === 1 ? "one look" : `${looks === 2 ? "two" : looks} looks`;
}

function sayBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function costLines({ beganMs, endedMs, cost, unfinished }: PreservedFacts): string[] {
  const cpu = cost.targetCpuMs === null ? "" : `, ${(cost.targetCpuMs / 1000).toFixed(2)} s of its CPU`;
  const sent = cost.bytes === null ? "" : `, ${sayBytes(cost.bytes)} sent`;
  return [`it took ${((endedMs - beganMs) / 1000).toFixed(1)} s and cost the host ${(cost.wallMs / 1000).toFixed(1)} s of looking${cpu}${sent}; nothing was written there`,
    ...unfinished.map(({ what, why, remedy }) => `not kept: ${what}: ${why}. ${remedy}`)];
}

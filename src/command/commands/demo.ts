import type { Command } from "commander";
import { Option } from "commander";
import type { CommandRoom } from "../command-room";
import { pause } from "../pause";

/** `demo`: leaking services of our own on loopback, scanned like any other. */
export function addDemoCommand(program: Command, room: CommandRoom): void {
  program
    .command("demo")
    .description("start the built-in leaking services on loopback and scan them")
    .addOption(room.json())
    .addOption(new Option("--keep", "leave the services running until interrupted").default(false))
    .action(async (options: { json: boolean; keep: boolean }) =>
      room.withInvestigator({}, async (investigator) => {
        const { signal, onProgress } = room;
        onProgress({ phase: "reach", text: "Starting the demo's services (about 8 s)" });
        const demo = await room.startDemo(signal);
        try {
          await room.report(
            await investigator.scan({ kind: "local" }, { workspaceRoot: demo.workspace, prompts: room.prompts, previous: null, logs: "when-stuck", signal, timeLimitMs: 30_000, onProgress }),
            options.json,
          );
          if (options.keep) {
            room.tell(`the demo runs; its workspace is ${demo.workspace}; Ctrl-C ends it`);
            await pause(24 * 3_600_000, signal);
          }
        } finally {
          await demo.stop();
        }
      }),
    );
}

import { rmSync } from "node:fs";

/** What a test container holds besides the leaking program: BusyBox under its usual names, `cat` alone, nothing. */
export type Content = "with-shell" | "with-cat" | "bare";

/** A real engine of the test's own, whose client takes its settings from environment variables: who calls the plain program gets this one. */
export interface ContainerRig {
  readonly engine: "docker" | "podman";
  readonly environment: Readonly<Record<string, string>>;
  /** Runs the engine's client and gives what it prints. */
  cli(...args: string[]): Promise<string>;
  /** Starts a container and waits until its program says that it leaks. Gives the id. */
  leak(name: string, content: Content, count: number, ...options: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Waits until the leaking program has said so. */
export async function untilLeaking(rig: Pick<ContainerRig, "cli">, name: string): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    if ((await rig.cli("logs", name)).includes("leaking")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} does not leak`);
}

/** Removes an engine's folder; engines tidy up behind a container in the background, and make folders anew while they do. */
export async function removeFolder(folder: string): Promise<void> {
  for (let round = 0; ; round += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (round === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

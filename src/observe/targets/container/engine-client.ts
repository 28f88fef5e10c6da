import { Failure } from "../../../model/failure";
import type { ContainerEngine } from "../../../model/target";
import type { Host } from "../reach";
import { oneLine } from "./begun-script";
import type { Asking } from "./client";
import { ask, where } from "./client";

/** A container that runs, as its engine tells. */
export interface RunningContainer {
  /** 64 hexadecimal digits: names can move to another container, an id cannot. */
  readonly id: string;
  readonly name: string;
  /** Of its first process, on the machine where the engine runs. */
  readonly pid: number;
}

/** A Go template of `inspect`, for docker and podman alike: named fields alone, so that no environment and no health check's output is ever sent. */
const INSPECT = "[{{json .ID}},{{json .Name}},{{json .State.Status}},{{json .State.Pid}}]";
/** As many names as fit into a sentence. */
const NAMES_SHOWN = 8;

/**
 * Asks docker or podman for a container.
 *
 * @throws Failure `toolMissing`, `denied`, `unreachable`, `notFound`, `notRunning`, `timeout`, `cancelled`, `answerBroken`.
 */
export async function findContainer(host: Host, engine: ContainerEngine, name: string, asking: Asking): Promise<RunningContainer> {
  const answer = await ask(host, [engine, "inspect", "--type", "container", "--format", INSPECT, name], asking);
  const known = answer.exitCode === 0 ? readInspected(answer.output) : null;
  if (known === null) {
    if (answer.exitCode === 0) throw new Failure("answerBroken", `\`${engine} inspect\` ${where(host)} gave no container in: ${oneLine(answer.output)}`, `Look at what \`${engine} inspect ${name}\` prints there.`);
    throw engineFailure(engine, answer.stderr, host) ?? (await notFound(host, engine, name, answer.stderr, asking));
  }
  if (known.status !== "running" || known.pid === 0) {
    const remedy = known.status === "paused"
      ? `Its processes stand still; \`${engine} unpause ${known.name}\` lets them go on. The host sees its sockets meanwhile: scan the host.`
      : `Its sockets went with it. \`${engine} ps\` lists what runs.`;
    throw new Failure("notRunning", `${engine}://${name} does not run (${known.status}).`, remedy);
  }
  return { id: known.id, name: known.name, pid: known.pid };
}

/** The names of containers that run; empty when the client is not there or does not answer. Never throws but `cancelled`. */
export async function runningContainers(host: Host, engine: ContainerEngine, asking: Asking): Promise<string[]> {
  try {
    const answer = await ask(host, [engine, "ps", "--format", "{{.Names}}"], asking);
    return answer.exitCode === 0 ? namesIn(answer.output) : [];
  } catch (error) {
    if (error instanceof Failure && error.reason !== "cancelled") return [];
    throw error;
  }
}

function readInspected(output: string): (RunningContainer & { readonly status: string }) | null {
  // What start-up files of a host print may stand before it.
  for (const line of output.split("\n")) {
    if (!line.startsWith("[")) continue;
    let fields: unknown;
    try {
      fields = JSON.parse(line);
    } catch {
      continue;
    }
    if (!Array.isArray(fields)) continue;
    const [id, name, status, pid] = fields as unknown[];
    if (typeof id !== "string" || !/^[0-9a-f]{64}$/.test(id) || typeof name !== "string" || typeof status !== "string" || !Number.isSafeInteger(pid)) continue;
    return { id, name: oneLine(name.replace(/^\//, "")), status: oneLine(status), pid: Math.max(0, Number(pid)) };
  }
  return null;
}

function namesIn(output: string): string[] {
  return output.split("\n").flatMap((line) => line.split(",").map((name) => name.trim())).filter((name) => /^[a-z0-9][a-z0-9_.-]*$/i.test(name));
}

/** The failures of the client and its daemon, by what they print; null when it is about the container itself. */
export function engineFailure(engine: ContainerEngine, said: string, host: Host): Failure | null {
  const told = oneLine(said);
  if (/permission denied/i.test(said) && /(daemon|socket|\.sock|dial unix)/i.test(said)) {
    return new Failure("denied", `This user may not talk to ${engine} ${where(host)}: ${told}`, engine === "docker"
      ? "Run as a user of the group docker, as root, or against a rootless daemon (DOCKER_HOST, docker context use rootless)."
      : "Run as the user who started the container, or as root when root did.");
  }
  if (/is the docker daemon running|cannot connect to (?:the docker daemon|podman)|unable to connect to podman|error during connect|connection refused|connect: no such file|i\/o timeout|no such host|failed to connect to the docker API/i.test(said)) {
    return new Failure("unreachable", `${engine} does not answer ${where(host)}: ${told}`, engine === "docker"
      ? "Start the daemon, or point the client at it: DOCKER_HOST, or `docker context use`."
      : "Start its service, or point the client at it: CONTAINER_HOST, or `podman system connection default`.");
  }
  return null;
}

async function notFound(host: Host, engine: ContainerEngine, name: string, said: string, asking: Asking): Promise<Failure> {
  if (/multiple|more than one|ambiguous/i.test(said)) {
    return new Failure("notFound", `${engine}://${name}: several containers' ids begin with ${name}.`, "Write more of the id, or the container's name.");
  }
  if (!/no such (?:container|object)|not found|no container with/i.test(said)) {
    return new Failure("answerBroken", `\`${engine} inspect ${name}\` failed ${where(host)}: ${oneLine(said)}`, `Try it by hand there; \`${engine} ps\` lists what runs.`);
  }
  const names = await runningContainers(host, engine, asking);
  const near = names.filter((one) => one.toLowerCase().includes(name.toLowerCase()));
  const shown = (near.length > 0 ? near : names).slice(0, NAMES_SHOWN);
  const listed = shown.length === 0 ? `No container runs there as far as this user sees.` : `${near.length > 0 ? "Names like it" : "What runs"}: ${shown.join(", ")}${(near.length > 0 ? near : names).length > shown.length ? ", ..." : ""}.`;
  return new Failure("notFound", `No container ${name} ${where(host)}, says ${engine}.`, engine === "podman" ? `${listed} Each user has containers of their own.` : listed);
}

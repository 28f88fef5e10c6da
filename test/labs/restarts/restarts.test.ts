import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { createInvestigator } from "../../../src/investigate/create-investigator";
import type { Diagnosis } from "../../../src/model/diagnosis";
import type { Investigation } from "../../../src/model/investigation";
import { openLocal } from "../../../src/observe/targets/local";
import { PYTHON } from "../causes/programs";
import { freePorts, sleep } from "../service-rig";

/**
 * A service that leaks is restarted three times, sooner each time because it is asked for more; and the same service, mended, is restarted as often
 * for deploys. Time is counted in looks, so that a busy machine changes nothing.
 */
const SHOP = fileURLToPath(new URL("./shop.py", import.meta.url));

let stock: Server;
let shop: Shop | null = null;
const open = new Set<Socket>();
afterEach(async () => {
  await shop?.end();
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => stock.close(resolve));
});

/** One life of the service. */
class Shop {
  #died = false;

  private constructor(readonly process: ChildProcess, readonly client: Socket, readonly answers: AsyncIterator<string>) {
    process.once("exit", () => {
      this.#died = true;
    });
  }

  static async start(port: number, stockPort: number, way: "leaks" | "closes"): Promise<Shop> {
    const process = spawn(PYTHON, [SHOP, String(port), String(stockPort), way], { stdio: "ignore" });
    for (let tries = 0; ; tries += 1) {
      const client = connect(port, "127.0.0.1");
      client.on("error", () => {});
      try {
        await once(client, "connect");
        return new Shop(process, client, createInterface({ input: client })[Symbol.asyncIterator]());
      } catch (error) {
        if (tries > 100) throw error;
        await sleep(50);
      }
    }
  }

  get died(): boolean {
    return this.#died;
  }

  /** Orders, each answered before the next; ends early when the service dies of one. */
  async order(count: number): Promise<void> {
    for (let order = 0; order < count && !this.#died; order += 1) {
      this.client.write("refund\n");
      const { done } = await this.answers.next();
      if (done === true) {
        if (!this.#died) await once(this.process, "exit");
        return;
      }
    }
  }

  async end(): Promise<void> {
    this.client.destroy();
    if (this.#died) return;
    const gone = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await gone;
  }
}

/** The story of one service, looked at after each round of orders; a new process is started whenever the old one is gone. */
async function watchShop(way: "leaks" | "closes", ordersARound: readonly number[], roundsUntilDeploy: number | null, lastRounds: number): Promise<{ investigation: Investigation; restarts: number }> {
  stock = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("data", () => socket.write("in stock\n"));
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => stock.listen(0, "127.0.0.1", resolve));
  const [port = 0] = await freePorts(1);
  const stockPort = (stock.address() as AddressInfo).port;
  const unused = (): never => {
    throw new Error("nothing is located here");
  };
  const investigator = createInvestigator({ reach: () => Promise.resolve(openLocal()), locator: unused, textEngine: unused, ruleFiles: [], now: Date.now });
  let investigation: Investigation | null = null;
  const look = async (): Promise<void> => {
    investigation = await investigator.scan({ kind: "local" }, {
      workspaceRoot: null, prompts: { ask: unused, confirm: unused } as never, previous: investigation, keepConnection: true, signal: new AbortController().signal, timeLimitMs: 60_000, onProgress: () => {},
    });
  };
  try {
    let restarts = 0;
    for (const [period, orders] of ordersARound.entries()) {
      shop = await Shop.start(port, stockPort, way);
      const last = period === ordersARound.length - 1;
      const rounds = last ? lastRounds : (roundsUntilDeploy ?? 1000);
      for (let round = 0; round < rounds && !shop.died; round += 1) {
        await shop.order(orders);
        if (!shop.died) await look();
      }
      if (last) break;
      await shop.end();
      restarts += 1;
      // The new process's start must be another one: /proc tells it in hundredths of a second, and the looks are a second apart at the most.
      await sleep(300);
    }
    return { investigation: investigation as unknown as Investigation, restarts };
  } finally {
    await investigator.dispose();
  }
}

const ofShop = (investigation: Investigation): readonly Diagnosis[] => investigation.diagnoses.filter(({ process }) => process?.commandLine?.includes("shop.py") === true);

describe("restarts", () => {
  test("of a service that leaks until it dies, sooner each time: the leak behind them is named, with its periods", async () => {
    const { investigation, restarts } = await watchShop("leaks", [2, 4, 11, 11], null, 5);
    expect(restarts).toBe(3);
    const diagnosis = ofShop(investigation).find(({ cause }) => cause === "restart-masks-leak");
    expect(diagnosis, JSON.stringify(investigation.timeline?.events)).toMatchObject({ confidence: "high", severity: "critical", direction: "outbound" });
    expect(diagnosis?.endpoint?.port).toBe((stock.address() as AddressInfo).port);
    const periods = diagnosis?.evidence.find(({ supports, text }) => supports && text.includes("shorter than the one before"))?.figure?.split(", ");
    expect(periods).toHaveLength(3);
    expect(investigation.timeline?.events.filter(({ kind, text }) => kind === "restart" && /python/.test(text))).toHaveLength(3);
    const descriptors = investigation.timeline?.series.find(({ subject }) => subject.kind === "descriptors" && /python/.test(subject.process) && subject.pid === diagnosis?.process?.pid);
    expect(descriptors?.limits?.at(-1)).toBe(70);
    expect(diagnosis?.evidence.some(({ supports, text }) => supports && text.includes("none was used again"))).toBe(true);
  });

  test("of a service without a leak, for three deploys: nothing is named", async () => {
    const { investigation, restarts } = await watchShop("closes", [6, 8, 11, 11], 6, 6);
    expect(restarts).toBe(3);
    expect(investigation.timeline?.events.filter(({ kind }) => kind === "restart").length).toBeGreaterThanOrEqual(3);
    expect(ofShop(investigation).map(({ cause }) => cause)).toEqual([]);
  });
});

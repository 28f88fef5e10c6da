import { expect, test } from "vitest";
import type { TargetStanding } from "../../src/investigate/investigator";
import { lookAtSet, lookTold } from "../../src/investigate/scan-set";
import { Failure } from "../../src/model/failure";
import type { Target } from "../../src/model/target";

const hosts = ["web-1", "web-2", "db-1"].map((host): Target => ({ kind: "ssh", host, user: null, port: null }));

test("of several targets each one's end is told, and the one that fails is named beside the looks of the others", async () => {
  const told: TargetStanding[] = [];
  const { looks, unreached } = await lookAtSet(hosts, new AbortController().signal, (target) => lookTold(target, (standing) => void told.push(standing), () => {
    if (target.kind === "ssh" && target.host === "web-2") throw new Failure("unreachable", "no route", "Check it.");
    return Promise.resolve({ target });
  }));
  expect(looks.map(({ target }) => target)).toEqual([hosts[0], hosts[2]]);
  expect(unreached).toEqual([{ target: "ssh://web-2", why: "no route", remedy: "Check it." }]);
  expect([...told].sort((one, other) => one.target.localeCompare(other.target))).toEqual([
    { target: "ssh://db-1", state: "seen", text: null }, { target: "ssh://web-1", state: "seen", text: null }, { target: "ssh://web-2", state: "unreached", text: "no route" },
  ]);
});

test("a person who cancels did not make a host unreachable", async () => {
  const told: TargetStanding[] = [];
  const cancelled = new Failure("cancelled", "cancelled", "");
  await expect(lookTold(hosts[0] as Target, (standing) => void told.push(standing), () => Promise.reject(cancelled))).rejects.toBe(cancelled);
  expect(told).toEqual([]);
});

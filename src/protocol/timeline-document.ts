import * as z from "zod";
import { TCP_STATES } from "../model/tcp-state";
import { TIMELINE_EVENT_KINDS } from "../model/timeline";
import type { Timeline } from "../model/timeline";

// `timeline` of `leakline.investigation/1`: written as the model has it, and read back here.

const state = z.enum(TCP_STATES);
const endpoint = z.object({ address: z.string(), port: z.number().int().nonnegative().nullable(), zone: z.string().nullable() });
const pid = z.number().int().nonnegative();
const figure = z.number().nullable();

const subject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("state"), state }),
  z.object({ kind: z.literal("group"), group: z.string(), state, pid: pid.nullable(), process: z.string().nullable(), endpoint, service: z.string().nullable() }),
  z.object({ kind: z.literal("accept-queue"), endpoint }),
  z.object({ kind: z.literal("descriptors"), pid, process: z.string() }),
  z.object({ kind: z.literal("local-ports"), endpoint }),
  z.object({ kind: z.literal("pool"), pid, process: z.string(), endpoint, service: z.string(), file: z.string(), line: pid }),
]);

export const timelineDocument = z
  .object({
    timesMs: z.array(z.number()),
    series: z.array(z.object({ subject, label: z.string(), values: z.array(figure), limits: z.array(figure).nullable() })),
    events: z.array(z.object({ kind: z.enum(TIMELINE_EVENT_KINDS), timeMs: z.number(), untilMs: figure, text: z.string() })),
    trends: z.array(z.object({
      series: z.number().int().nonnegative(), verdict: z.enum(["grows", "plateau", "falls", "sawtooth", "unclear"]), ratePerSecond: figure, rateLow: figure, rateHigh: figure,
      secondsLeft: figure, secondsLeftLow: figure, secondsLeftHigh: figure, confidence: z.enum(["high", "medium", "low"]), text: z.string(),
    })),
    onOurClock: z.literal(true).exactOptional(),
  })
  .superRefine((value: Timeline, context) => {
    value.series.forEach(({ values, limits }, at) => {
      for (const [name, column] of [["values", values], ["limits", limits]] as const) {
        if (column !== null && column.length !== value.timesMs.length) context.addIssue({ code: "custom", path: ["series", at, name], message: `${column.length} entries for ${value.timesMs.length} looks` });
      }
    });
    value.trends.forEach(({ series }, at) => {
      if (series >= value.series.length) context.addIssue({ code: "custom", path: ["trends", at, "series"], message: `index ${series} points past the end (${value.series.length} entries)` });
    });
  });

/** `past` of `leakline.investigation/1`: beside the time line. */
export const pastDocument = z.object({
  looks: z.number().int().nonnegative(),
  series: z.array(z.object({ key: z.string(), lineage: z.string().nullable() })),
  gaps: z.array(z.number().int().nonnegative()),
  restarts: z.array(z.object({ lineage: z.string(), name: z.string(), timeMs: z.number(), beforePid: pid, afterPid: pid, beforeStartedMs: figure, afterStartedMs: figure })),
  services: z.array(z.object({ pid, lineage: z.string() })),
});

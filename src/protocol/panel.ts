import * as z from "zod/mini";
import { LOG_LEVELS } from "../model/log";
import { TCP_STATES } from "../model/tcp-state";
import { TIMELINE_EVENT_KINDS } from "../model/timeline";

/**
 * What the Investigation panel and its host say to each other. The host keeps the case and sends what a person reads at a glance;
 * sockets come in pages, only when they are looked at. Everything here is text and figures, never markup.
 */

const state = z.enum(TCP_STATES);
const confidence = z.enum(["high", "medium", "low"]);
const index = z.int().check(z.nonnegative());

const place = z.object({ file: z.string(), line: z.int().check(z.positive()), column: z.int().check(z.positive()) });
export type Place = z.infer<typeof place>;

const stateCount = z.object({ state, count: z.int() });
export type StateCount = z.infer<typeof stateCount>;

const suspect = z.object({
  rank: z.int(),
  score: z.number(),
  symbol: z.string(),
  kind: z.string(),
  rule: z.string(),
  /** What is wrong there, in a sentence. */
  message: z.string(),
  diagnosis: index,
  place,
  reasons: z.array(z.object({ points: z.number(), text: z.string() })),
  path: z.array(z.object({ place, label: z.string() })),
});
export type PanelSuspect = z.infer<typeof suspect>;

const evidence = z.object({ supports: z.boolean(), text: z.string(), figure: z.nullable(z.string()), sockets: z.int() });

const diagnosis = z.object({
  cause: z.string(),
  title: z.string(),
  severity: z.enum(["critical", "warning", "notice"]),
  confidence,
  count: z.int(),
  states: z.array(stateCount),
  direction: z.nullable(z.enum(["inbound", "outbound"])),
  process: z.nullable(z.object({ pid: z.int(), name: z.string(), commandLine: z.nullable(z.string()) })),
  service: z.nullable(z.object({ name: z.string(), how: z.string() })),
  peerIdleMs: z.nullable(z.number()),
  evidence: z.array(evidence),
  advice: z.array(z.string()),
  /** Sockets that can be shown. */
  sockets: z.int(),
  /** Epoch milliseconds on the target's clock, ascending; the first `MAX_MOMENTS`. */
  leakMomentsMs: z.array(z.number()),
});
export type PanelDiagnosis = z.infer<typeof diagnosis>;

/** Leak moments of one diagnosis that are sent along, to be marked on the time line. */
export const MAX_MOMENTS = 2000;

/** A stretch of time, epoch milliseconds on the target's clock, both ends within. */
const range = z.object({ fromMs: z.number(), toMs: z.number() });
export type TimeRange = z.infer<typeof range>;

export const SERIES_KINDS = ["state", "group", "accept-queue", "descriptors", "pool", "local-ports"] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

const timeline = z.object({
  range,
  looks: z.int(),
  /** What can be drawn; the figures come by `timeline`. `last` and `limit` are those of the last look that told. */
  series: z.array(z.object({ kind: z.enum(SERIES_KINDS), state: z.nullable(state), label: z.string(), last: z.nullable(z.number()), limit: z.nullable(z.number()) })),
  events: z.array(z.object({ kind: z.enum(TIMELINE_EVENT_KINDS), timeMs: z.number(), untilMs: z.nullable(z.number()), text: z.string() })),
  trends: z.array(z.object({ series: index, verdict: z.enum(["grows", "plateau", "falls", "sawtooth", "unclear"]), confidence, text: z.string() })),
});
export type PanelTimeline = z.infer<typeof timeline>;

const statement = z.object({ place, symbol: z.string(), template: z.string() });

const logs = z.object({
  sources: z.array(z.object({
    name: z.string(), how: z.string(), format: z.string(), assumptions: z.array(z.string()), records: z.int(), leftUnread: z.nullable(z.string()), skipped: z.int(),
    range: z.nullable(range),
  })),
  /** Events that the case keeps; they come in pages by `logs`. */
  events: z.int(),
  signatures: z.array(z.object({ title: z.string(), means: z.string(), count: z.int(), range: z.nullable(range) })),
  correlations: z.array(z.object({ diagnosis: index, text: z.string(), template: z.string(), statement: z.nullable(statement) })),
});
export type PanelLogs = z.infer<typeof logs>;

/** Who talks to whom. Indices are those of the case's own picture. */
const talk = z.object({
  nodes: z.array(z.object({ kind: z.enum(["service", "remote", "clients"]), label: z.string(), host: z.nullable(z.string()) })),
  edges: z.array(z.object({ from: index, to: index, count: z.int(), stuck: z.int(), states: z.array(stateCount), why: z.array(z.string()), sockets: z.int() })),
});
export type PanelTalk = z.infer<typeof talk>;

/** Why there is no suspect to show. */
export const NO_SUSPECT_REASONS = ["no-workspace", "not-trusted", "no-diagnosis", "nothing-found"] as const;

const panelCase = z.object({
  /** The host's own name where it told one, else the target. */
  name: z.string(),
  target: z.string(),
  /** Milliseconds since the epoch, our clock; null for a capture that does not tell. */
  takenAtMs: z.nullable(z.number()),
  tookMs: z.number(),
  /** What the look cost the target; null: a capture, or not measured. Milliseconds of CPU, bytes as they came and unpacked. */
  cost: z.nullable(z.object({ cpuMs: z.nullable(z.number()), bytes: z.nullable(z.number()), rawBytes: z.nullable(z.number()) })),
  looks: z.int(),
  live: z.boolean(),
  sockets: z.int(),
  /** Of them those that the target counted and did not list. */
  counted: z.int(),
  states: z.array(stateCount),
  diagnoses: z.array(diagnosis),
  suspects: z.array(suspect),
  noSuspect: z.nullable(z.enum(NO_SUSPECT_REASONS)),
  workspace: z.nullable(z.object({ name: z.string(), files: z.int(), findings: z.int(), givenUp: z.int() })),
  /** What the machines are called by those who run them (`instance id`, `i-0abc`), and the file that says so. `host` is null where the case has one only. */
  machineNames: z.array(z.object({ host: z.nullable(z.string()), what: z.string(), value: z.string(), from: z.string() })),
  missing: z.array(z.object({ what: z.string(), why: z.string(), remedy: z.string() })),
  /** Files of the workspace that were not read for names and endpoints. */
  leftOut: z.object({ count: z.int(), first: z.array(z.object({ file: z.string(), reason: z.string() })) }),
  /** What a preserved scene holds besides; null: the case is none. */
  kept: z.nullable(z.object({
    beganMs: z.number(), tookMs: z.number(), processes: z.int(), descriptors: z.int(), threads: z.int(), limits: z.int(), settings: z.int(),
    unfinished: z.array(z.object({ what: z.string(), why: z.string(), remedy: z.string() })),
    damaged: z.array(z.object({ part: z.string(), why: z.string() })),
  })),
  skipped: z.object({ count: z.int(), first: z.array(z.object({ line: z.int(), text: z.string(), reason: z.string() })) }),
  /** True when the case came back after a reload without its sockets, because they were too many to keep. */
  socketsNotKept: z.boolean(),
  groups: z.int(),
  /** null: one look, no time line. */
  timeline: z.nullable(timeline),
  /** null: no log was read. */
  logs: z.nullable(logs),
  /** null: nobody talks, or a file of an earlier version. */
  talk: z.nullable(talk),
});
export type PanelCase = z.infer<typeof panelCase>;

const activity = z.object({ title: z.string(), step: z.string() });
export type PanelActivity = z.infer<typeof activity>;

/** What the rows are narrowed to. Indices are those of the case. */
const filter = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("state"), state }),
  z.object({ kind: z.literal("diagnosis"), diagnosis: index }),
  z.object({ kind: z.literal("evidence"), diagnosis: index, evidence: index }),
  z.object({ kind: z.literal("edge"), edge: index }),
]);
export type RowFilter = z.infer<typeof filter>;

const query = z.object({
  filter: z.nullable(filter),
  /** Only sockets that were last used, or whose peer hung up, in this time. null: all. */
  range: z.nullable(range),
  /** Part of an address, port, process or service name; several words must all occur. */
  text: z.string().check(z.maxLength(200)),
  /** Groups that are open. Under a filter or text every group is open except those listed in `closed`. */
  open: z.array(index),
  closed: z.array(index),
});
export type RowQuery = z.infer<typeof query>;

export const EMPTY_QUERY: RowQuery = { filter: null, range: null, text: "", open: [], closed: [] };

const ownerWord = z.enum(["owned", "none", "hidden", "not-asked"]);

const groupRow = z.object({
  kind: z.literal("group"),
  group: index,
  open: z.boolean(),
  /** The target's name where the case has several; null: one only. */
  host: z.nullable(z.string()),
  direction: z.nullable(z.enum(["inbound", "outbound"])),
  process: z.nullable(z.string()),
  pid: z.nullable(z.int()),
  /** The container that the process runs in. */
  container: z.nullable(z.string()),
  endpoint: z.string(),
  /** The network namespace by its name; null: the look's own. */
  namespace: z.nullable(z.string()),
  service: z.nullable(z.string()),
  how: z.nullable(z.string()),
  /** Of the sockets that pass the query. */
  count: z.int(),
  states: z.array(stateCount),
});
const socketRow = z.object({
  kind: z.literal("socket"),
  state: z.nullable(z.string()),
  protocol: z.string(),
  local: z.string(),
  remote: z.string(),
  recvQueue: z.nullable(z.number()),
  sendQueue: z.nullable(z.number()),
  ownership: ownerWord,
  /** `shopd (812) fd 14`; empty when nobody is known. */
  owner: z.string(),
  lastSendMs: z.nullable(z.number()),
  lastReceiveMs: z.nullable(z.number()),
  lastAckMs: z.nullable(z.number()),
  timer: z.nullable(z.string()),
  cgroup: z.nullable(z.string()),
});
const row = z.discriminatedUnion("kind", [groupRow, socketRow]);
export type GroupRow = z.infer<typeof groupRow>;
export type SocketRow = z.infer<typeof socketRow>;
export type PanelRow = z.infer<typeof row>;

const panelState = z.object({
  /** Grows with every change of the case; rows of another revision are void. */
  revision: z.int(),
  activity: z.nullable(activity),
  case: z.nullable(panelCase),
  query,
  /** Translations by their English text; empty for English. */
  words: z.record(z.string(), z.string()),
  locale: z.string(),
});
export type PanelState = z.infer<typeof panelState>;

/** What a button of the panel may ask for. Nothing else can be run from there. */
export const PANEL_COMMANDS = [
  "scanThisMachine", "scanHost", "lookAgain", "watchTarget", "openFile", "saveInvestigation", "preserveScene", "analyzeWorkspace", "cancel", "startDemo", "openFolder", "manageTrust",
] as const;
export type PanelCommand = (typeof PANEL_COMMANDS)[number];

/** Rows of one answer at most. */
export const MAX_PAGE = 500;

/** Points of one line at most: more than a wide screen has pixels are never seen. */
export const MAX_POINTS = 4000;

const logQuery = z.object({
  range: z.nullable(range),
  text: z.string().check(z.maxLength(200)),
  /** This level and those above it; null: all, also those without one. */
  level: z.nullable(z.enum(LOG_LEVELS)),
});
export type LogQuery = z.infer<typeof logQuery>;

const logRow = z.object({
  timeMs: z.nullable(z.number()),
  level: z.nullable(z.enum(LOG_LEVELS)),
  source: z.string(),
  line: z.int(),
  message: z.string(),
  /** The whole record where it has more than its message. */
  text: z.nullable(z.string()),
  statement: z.nullable(statement),
});
export type LogRow = z.infer<typeof logRow>;

export const PANEL_METHODS = {
  /** The view is there: give it everything. */
  ready: { params: z.object({}), result: panelState },
  rows: {
    params: z.object({ revision: z.int(), query, from: index, count: z.int().check(z.nonnegative(), z.maximum(MAX_PAGE)) }),
    result: z.object({ revision: z.int(), total: z.int(), sockets: z.int(), cut: z.boolean(), from: index, rows: z.array(row) }),
  },
  /**
   * The figures of the time line in a stretch of time, at most `points` for each series. Looks that are merged into one point give it
   * their highest value, so that no peak is lost, and their lowest limit.
   */
  timeline: {
    params: z.object({ revision: z.int(), range, points: z.int().check(z.minimum(2), z.maximum(MAX_POINTS)) }),
    result: z.object({
      revision: z.int(), timesMs: z.array(z.number()), values: z.array(z.array(z.nullable(z.number()))), limits: z.array(z.nullable(z.array(z.nullable(z.number())))),
      /** Looks behind the most crowded point. */
      merged: z.int(),
    }),
  },
  /** Events of the logs that pass the query. */
  logs: {
    params: z.object({ revision: z.int(), query: logQuery, from: index, count: z.int().check(z.nonnegative(), z.maximum(MAX_PAGE)) }),
    result: z.object({ revision: z.int(), total: z.int(), from: index, rows: z.array(logRow) }),
  },
  /** Shows the place in an editor, with the cursor on it. */
  reveal: { params: place, result: z.object({}) },
  run: { params: z.object({ command: z.enum(PANEL_COMMANDS) }), result: z.object({}) },
  /** Keeps the query for the next time the view is shown. */
  remember: { params: z.object({ query }), result: z.object({}) },
} as const;
export type PanelMethods = typeof PANEL_METHODS;

export const panelEventSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("state"), state: panelState }),
  z.object({ kind: z.literal("activity"), activity: z.nullable(activity) }),
]);
export type PanelEvent = z.infer<typeof panelEventSchema>;

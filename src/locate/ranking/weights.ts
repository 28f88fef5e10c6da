import type { Confidence, Finding } from "../../model/finding";

/**
 * All weights of the ranking, in points of a hundred. What can reach a hundred: a finding of the first kind that the cause looks for,
 * that speaks to the very service, in the code of the very process, on a certain path, by a sure rule. What logs add can go beyond: it is
 * shown as a hundred, and stands before the others.
 */
export const WEIGHTS = {
  /** By the kind's place in the diagnosis's `lookFor`; places beyond the last count as the last. */
  explainsCause: [40, 32, 24, 16],
  speaksToService: {
    /** The same product, or the family that the rule names (a `database` rule, and mysql stands there). */
    same: 20,
    /** Inbound causes: the process holds connections to a service of that kind. */
    processSpeaksToKind: 12,
    /** Inbound causes: the process holds connections to something whose kind nobody knows. */
    processSpeaksToUnknown: 6,
    /** Another family stands there. */
    other: -25,
    /** Another product of the same family stands there, known by more than its port. */
    otherProduct: -15,
  },
  inProcess: {
    /** Times the fit, 0 to 1. */
    fit: 20,
    /** Another module of the workspace fits, and this one does not. */
    elsewhere: -12,
    /** A native process, and the code is for an interpreter: it may still be embedded. */
    unlikely: -30,
    /** The process cannot run this language. */
    cannot: -35,
  },
  pathCertainty: { path: 10, call: 8, raise: 3 } satisfies Record<Finding["grade"], number>,
  /** Times how much of the leak moments the line explains, see `leak-line.ts`. */
  logLine: {
    /** The statement stands in the finding's function. */
    itself: 45,
    /** One, two, three calls away. */
    byCalls: [30, 15, 8],
    /** The line is known, and the finding is nowhere near. */
    elsewhere: -20,
  },
  /** Times the share of the leak moments. With `recentChange` less than what a path is more than a guess: they settle what stands equal. */
  stack: { line: 4, function: 3 },
  /** The first that fits: at most so many days before the look. */
  recentChange: [{ days: 3, points: 2 }, { days: 21, points: 1 }],
  /** A finding made of the log line alone: of the kind that the cause looks for first, which nobody knows. */
  explainsByLineAlone: 20,
  confidence: { high: 10, medium: 5, low: 0 } satisfies Record<Confidence, number>,
} as const;

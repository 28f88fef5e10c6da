import { describe, expect, it } from "vitest";
import { judgeMatch } from "../../../src/observe/targets/ssh/match-criteria";

const subject = { host: "web.example.com", originalHost: "web", user: "deploy", localUser: "me", tag: "work", final: false };

describe("Match", () => {
  it.each([
    ["all", true], ["ALL", true], ["!all", false], ["host web.example.com", true], ["host web", false], ["host *.example.com,x", true], ["host *,!web.*", false],
    ["!host web", true], ["!host *", false], ["originalhost web", true], ["user root,deploy", true], ["user deploy localuser you", false], ["localuser me user deploy", true],
    ["host \"web.example.com\"", true], ["host=web.example.com", true],
    ["exec \"true\"", "undecided"], ["exec \"true\" host other", false], ["host other exec true", false], ["host web.example.com exec true", "undecided"], ["!exec false", "undecided"],
    ["final", false], ["!final", true], ["canonical", false], ["final exec true", false], ["!canonical exec true", "undecided"], ["tagged work", true], ["tagged play", false], ["localnetwork 10.0.0.0/8", "undecided"], ["host", "undecided"], ["", "undecided"],
  ] as const)("%s is %s", (criteria, expected) => {
    expect(judgeMatch(criteria, subject)).toBe(expected);
  });

  it.each([["final", true], ["!final", false], ["final host other", false], ["canonical", true], ["final host *.example.com", true]] as const)("in the second reading %s is %s", (criteria, expected) => {
    expect(judgeMatch(criteria, { ...subject, final: true })).toBe(expected);
  });
});

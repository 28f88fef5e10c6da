import { describe, expect, it } from "vitest";
import { historiesOf, lastLooks, placeName } from "../../src/model/histories";
import { look } from "../explain/look-builder";

const at = (target: string, hostname: string | null, format = "probe:ss"): ReturnType<typeof look> => look([], { source: { format, target, takenAt: null }, hostname });

describe("whose history a look is", () => {
  it("each target has its own, in the order of its looks, however they are mixed", () => {
    const looks = [at("ssh://a", "a"), at("ssh://b", "b"), at("ssh://a", "a"), at("local", "c"), at("ssh://b", "b")];
    expect(historiesOf(looks)).toEqual([[0, 2], [1, 4], [3]]);
    expect(lastLooks(looks)).toEqual([2, 4, 3]);
  });

  it("captures opened together are one host's, whatever their files are called", () => {
    expect(historiesOf([at("a.txt", null, "ss"), at("b.txt", "web", "ss"), at("c.txt", null, "netstat-linux")])).toEqual([[0, 1, 2]]);
  });

  it("captures that name two hosts are two", () => {
    expect(historiesOf([at("a.txt", "web-1", "ss"), at("b.txt", "web-2", "ss"), at("c.txt", "web-1", "ss")])).toEqual([[0, 2], [1]]);
  });

  it("no look, no history", () => {
    expect(historiesOf([])).toEqual([]);
  });

  it("names a place as a person does", () => {
    expect(placeName(at("ssh://root@web-1:22", "ip-10-0-0-1"))).toBe("root@web-1:22");
    expect(placeName(at("local", "mine"))).toBe("mine");
    expect(placeName(at("a.txt", null, "ss"))).toBe("a.txt");
  });
});

import { Option } from "commander";
import { PICTURES } from "../report/talk-picture";

/** Of commands that end with a case: the picture of who talks to whom instead of the report. */
export function pictureOption(): Option {
  return new Option("--format <format>", "who talks to whom, stuck edges marked, for Graphviz or Mermaid, instead of the report").choices(PICTURES).conflicts("json");
}

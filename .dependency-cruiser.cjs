// The arrows of the house (docs/architecture.md): editor, report, cli -> investigate -> {observe, explain, locate} -> model.
const room = (name) => `^src/${name}/`;
const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from: { path: from }, to });

module.exports = {
  forbidden: [
    forbid("no-cycles", "one way only", "^(src|webview)", { circular: true }),
    forbid("model-imports-nothing", "the words stand alone", room("model"), { pathNot: room("model") }),
    forbid("observe-meets-others-in-model", "observe, explain and locate do not import each other", room("observe"), {
      path: "^src/", pathNot: "^src/(observe|model)/|^src/ambient",
    }),
    forbid("explain-meets-others-in-model", "observe, explain and locate do not import each other", room("explain"), {
      path: "^src/", pathNot: "^src/(explain|model)/",
    }),
    forbid("locate-meets-others-in-model", "observe, explain and locate do not import each other", room("locate"), {
      path: "^src/", pathNot: "^src/(locate|model|protocol)/|^src/ambient",
    }),
    forbid("explain-is-pure", "no I/O, no clock", room("explain"), { dependencyTypes: ["core"] }),
    forbid("flow-knows-no-language", "the solver is written once", room("locate/flow"), { path: "^src/locate/(languages|parsing|rules/libraries)" }),
    forbid("languages-know-no-solver", "a language file lowers, nothing else", room("locate/languages"), {
      path: "^src/locate/", pathNot: "^src/locate/(languages|flow/flow-model|parsing/syntax)",
    }),
    forbid("investigate-composes", "use cases compose the rooms below", room("investigate"), { path: "^src/(editor|report|cli|extension)" }),
    forbid("report-shows", "a report reads an Investigation", room("report"), { path: "^src/(editor|observe|explain|locate|cli|extension)" }),
    forbid("protocol-is-shared", "messages only", room("protocol"), { path: "^src/", pathNot: "^src/(protocol|model)/" }),
    forbid("the-demo-is-a-guest", "the rooms that find the answer know nothing of the demo", room("(observe|explain|locate|investigate|report|protocol)"), { path: "^src/(demo|command)/" }),
    forbid("the-demo-stands-alone", "it leaks; it explains nothing", room("demo"), { path: "^src/", pathNot: "^src/(demo|model)/|^src/ambient" }),
    forbid("only-editor-touches-vscode", "vscode lives in editor/ and extension.ts", "^src", { path: "(^|/)(@types/)?vscode(/|$)" }),
    forbid("webview-talks-in-messages", "the panel shares only model and protocol", "^webview", { path: "^src/", pathNot: "^src/(model|protocol)/" }),
    forbid("nobody-knows-the-wiring", "extension.ts and cli.ts know everybody; nobody knows them", "^src/.+/", { path: "^src/(extension|cli)\\.ts$" }),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};
// vscode is allowed from editor/ and extension.ts only.
module.exports.forbidden.find((rule) => rule.name === "only-editor-touches-vscode").from.pathNot = "^src/(editor/|extension\\.ts$)";

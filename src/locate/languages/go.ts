import roleFile from "./go.scm";
import type { Language } from "./language";
import { lowerGo } from "./lower-go";

/** Go, by the language specification and tree-sitter-go 0.25. */
export const go: Language = {
  id: "go",
  name: "Go",
  extensions: [".go"],
  grammar: "tree-sitter-go",
  roles: roleFile,
  traits: {
    id: "go",
    callsRaise: false,
    neverReturn: [
      { call: "panic", raises: true },
      { call: "os.Exit", raises: false },
      { call: "log.Fatal", raises: false },
      { call: "log.Fatalf", raises: false },
      { call: "log.Fatalln", raises: false },
      { call: "log.Panic", raises: true },
      { call: "log.Panicf", raises: true },
      { call: "log.Panicln", raises: true },
      { call: "log.Logger.Fatal", raises: false },
      { call: "log.Logger.Fatalf", raises: false },
      { call: "log.Logger.Fatalln", raises: false },
      { call: "log.Logger.Panic", raises: true },
      { call: "log.Logger.Panicf", raises: true },
      { call: "log.Logger.Panicln", raises: true },
      { call: "runtime.Goexit", raises: true },
      { call: "syscall.Exit", raises: false },
      { call: "testing.T.Fatal", raises: true },
      { call: "testing.T.Fatalf", raises: true },
      { call: "testing.T.FailNow", raises: true },
      { call: "testing.T.Skip", raises: true },
      { call: "testing.T.Skipf", raises: true },
      { call: "testing.T.SkipNow", raises: true },
      { call: "testing.B.Fatal", raises: true },
      { call: "testing.B.Fatalf", raises: true },
      { call: "testing.B.FailNow", raises: true },
      { call: "testing.TB.Fatal", raises: true },
      { call: "testing.TB.Fatalf", raises: true },
      { call: "testing.TB.FailNow", raises: true },
    ],
    errorResults: true,
    coroutineDecorators: [],
    freesUnreachable: false,
    structuralInterfaces: true,
  },
  generated: ["**/vendor/**", "**/node_modules/**", "**/testdata/**", "**/*.pb.go", "**/*.pb.gw.go", "**/zz_generated*.go", "**/third_party/**"],
  // The streams that a service's clients give (protoc-gen-go-grpc).
  declarations: ["**/*_grpc.pb.go"],
  // `go help generate`: the line that marks generated source.
  generatedMarks: ["// Code generated "],
  releaseForm: "defer",
  lower: lowerGo,
};

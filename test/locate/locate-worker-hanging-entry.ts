import { LANGUAGES } from "../../src/locate/languages/registry";
import { runLocateWorker } from "../../src/locate/parsing/locate-worker";
import { wasmFromNodeModules } from "../../src/locate/parsing/wasm-from-node-modules";

declare const NODE_MODULES_OF: string;

/** Languages that do on demand what must never cost more than one file: hang, end the thread, throw. */
runLocateWorker(
  wasmFromNodeModules(NODE_MODULES_OF),
  LANGUAGES.map((language) => ({
    ...language,
    lower: (input) => {
      while (input.text.includes("HANG FOR EVER"));
      if (input.text.includes("END THE THREAD")) process.exit(7);
      if (input.text.includes("THROW")) throw new RangeError("thrown by the test");
      return language.lower(input);
    },
  })),
);

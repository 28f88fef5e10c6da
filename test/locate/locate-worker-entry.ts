import { runLocateWorker } from "../../src/locate/parsing/locate-worker";
import { wasmFromNodeModules } from "../../src/locate/parsing/wasm-from-node-modules";

/** The program of the test worker. It lies in a temporary folder, so it is told where the packages are. */
declare const NODE_MODULES_OF: string;

runLocateWorker(wasmFromNodeModules(NODE_MODULES_OF));

import { Failure } from "../../../src/model/failure";
import { openLocal } from "../../../src/observe/targets/local";
import type { Host } from "../../../src/observe/targets/reach";

/** A host without some of its programs, as a laptop with a client for an engine elsewhere is one. */
export function without(host: Host, ...programs: string[]): Host {
  return {
    ...host,
    command: (request) =>
      request.argv.some((word) => programs.includes(word))
        ? Promise.reject(new Failure("toolMissing", `${request.argv[0]} could not be started here: ENOENT`, "install it"))
        : host.command(request),
  };
}

export function localWithout(...programs: string[]): Host {
  return without(openLocal(), ...programs);
}

/** This machine, as a user without any right. */
export function localAsNobody(): Host {
  const host = openLocal();
  return { ...host, command: (request) => host.command({ ...request, argv: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", ...request.argv] }) };
}

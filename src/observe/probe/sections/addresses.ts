import type { Snapshot } from "../../../model/snapshot";
import { readHostsFile, readOwnAddresses } from "../target-names";
import type { SectionFamily } from "./section-family";

/** `hosts` (/etc/hosts) and `addresses` (`ip -o addr`, or the kernel's own tables). */
export class AddressSections implements SectionFamily {
  readonly sections = ["hosts", "addresses"];
  readonly #hosts: string[] = [];
  readonly #addresses: string[] = [];

  read(section: string, line: string): void {
    (section === "hosts" ? this.#hosts : this.#addresses).push(line);
  }

  complete(snapshot: Snapshot): Snapshot {
    return {
      ...snapshot,
      hostNames: [...snapshot.hostNames, ...readHostsFile(this.#hosts.join("\n"))],
      ownAddresses: readOwnAddresses(this.#addresses.join("\n")),
    };
  }
}

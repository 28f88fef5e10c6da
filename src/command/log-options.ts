import { Option } from "commander";

/** `--log-zone`: what nobody can read out of stamps without a zone. */
export function logZoneOption(): Option {
  return new Option("--log-zone <zone>", "the zone of logs whose stamps name none: Europe/Berlin, +02:00 (UTC is assumed, and said)");
}

export function zoneOf({ logZone }: { readonly logZone?: string }): { readonly logZone?: string } {
  return logZone === undefined ? {} : { logZone };
}

import { formatEndpoint } from "../../model/endpoint";
import type { Endpoint } from "../../model/endpoint";
import type { Investigation } from "../../model/investigation";
import type { KeptPast } from "../../model/past";
import type { Timeline, TimelineEvent, TimeSeries } from "../../model/timeline";
import type { Pseudonyms } from "./pseudonyms";
import { anonymousProcess } from "./snapshot-words";

/**
 * What is left of looks that the case no longer holds, without whose it is: figures, times and restarts stay under the names that the replaced snapshots
 * have. Pools (their size is in somebody's code) are left out, as are sentences that others wrote. null: nothing is left.
 */
export function anonymousPast({ timeline, past }: Investigation, pseudonyms: Pseudonyms): { readonly timeline: Timeline; readonly past: KeptPast } | null {
  if (timeline === undefined || past === undefined) return null;
  const kept = timeline.series.flatMap((one, at) => {
    const { key, lineage } = past.series[at] ?? { key: "", lineage: null };
    const named = anonymousSeries(one, key, lineage, pseudonyms);
    return named === null ? [] : [{ ...named, lineage }];
  });
  const restarts = past.restarts.map((restart) => ({ ...restart, name: anonymousProcess(restart.name, pseudonyms) }));
  const events = timeline.events.flatMap((event): TimelineEvent[] => (event.kind === "gap" ? [{ ...event, text: "not looked at" }] : []));
  events.push(...restarts.map((restart): TimelineEvent => ({
    kind: "restart", timeMs: restart.timeMs, untilMs: null, text: `${restart.name} was started anew (pid ${restart.beforePid}, now ${restart.afterPid})`,
  })));
  return {
    timeline: { timesMs: timeline.timesMs, series: kept.map(({ series }) => series), events, trends: [] },
    past: { ...past, restarts, series: kept.map(({ key, lineage }) => ({ key, lineage })) },
  };
}

function anonymousSeries(series: TimeSeries, before: string, lineage: string | null, pseudonyms: Pseudonyms): { readonly key: string; readonly series: TimeSeries } | null {
  const { subject } = series;
  const place = (namespace: string): string => (namespace === "" ? "" : pseudonyms.name("namespace", namespace));
  const ends = (endpoint: Endpoint): Endpoint => ({ ...endpoint, address: pseudonyms.address(endpoint.address), zone: endpoint.zone === null ? null : pseudonyms.interface(endpoint.zone) });
  switch (subject.kind) {
    case "state":
      return { key: `state ${subject.state}`, series };
    case "descriptors": {
      const process = anonymousProcess(subject.process, pseudonyms);
      return { key: `descriptors ${lineage ?? ""}`, series: { ...series, subject: { ...subject, process }, label: `descriptors of ${process}` } };
    }
    case "accept-queue": {
      const endpoint = ends(subject.endpoint);
      return { key: `queue ${formatEndpoint(endpoint)}`, series: { ...series, subject: { kind: "accept-queue", endpoint }, label: `accept queue of ${formatEndpoint(endpoint)}` } };
    }
    case "group": {
      // As `groupKey` puts it together.
      const [way = "?", service = "-", namespace = ""] = subject.group.split(" ");
      const endpoint = ends(subject.endpoint);
      const group = `${way} ${service} ${place(namespace)} ${formatEndpoint(endpoint)}`;
      const process = subject.process === null ? null : anonymousProcess(subject.process, pseudonyms);
      const label = `${process ?? "nobody's"}${way === "I" ? ", in on" : " to"} ${formatEndpoint(endpoint)}, ${subject.state}`;
      return { key: `group ${group} ${subject.state}`, series: { ...series, subject: { ...subject, group, process, endpoint, service: null }, label } };
    }
    case "local-ports": {
      const endpoint = ends(subject.endpoint);
      const [, namespace = ""] = before.split(" ");
      return { key: `ports ${place(namespace)} ${formatEndpoint(endpoint)}`, series: { ...series, subject: { kind: "local-ports", endpoint }, label: `local ports towards ${formatEndpoint(endpoint)}` } };
    }
    case "pool":
      return null;
  }
}

import { AddressSections } from "./addresses";
import { BalancerSections } from "./balancers";
import { ContainerSections } from "./containers";
import { KernelSections } from "./kernel";
import { NameSections } from "./names";
import { ProgramSections } from "./programs";
import type { NamespaceSections } from "./namespaces";
import type { SectionFamily } from "./section-family";

/** The families of one answer, fresh. Those behind the namespaces find them named. */
export function createSectionFamilies(namespaces: NamespaceSections): readonly SectionFamily[] {
  return [new KernelSections(), new AddressSections(), namespaces, new NameSections(), new ProgramSections(), new BalancerSections(), new ContainerSections()];
}

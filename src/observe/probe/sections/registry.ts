import { AddressSections } from "./addresses";
import { BalancerSections } from "./balancers";
import { KernelSections } from "./kernel";
import { NameSections } from "./names";
import { ProgramSections } from "./programs";
import type { SectionFamily } from "./section-family";

/** The families of one answer, fresh. */
export function createSectionFamilies(): readonly SectionFamily[] {
  return [new KernelSections(), new AddressSections(), new NameSections(), new ProgramSections(), new BalancerSections()];
}

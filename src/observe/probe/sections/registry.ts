import { AddressSections } from "./addresses";
import { KernelSections } from "./kernel";
import type { SectionFamily } from "./section-family";

/** The families of one answer, fresh. */
export function createSectionFamilies(): readonly SectionFamily[] {
  return [new KernelSections(), new AddressSections()];
}

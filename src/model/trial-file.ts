/** Tests, examples and documents name hosts and set sizes too, but nobody deploys them. `file` relative to the workspace. */
export function isTrialFile(file: string): boolean {
  return /(^|\/)(tests?|testdata|spec|examples?|fixtures|docs?|__tests__)\/|_test\.|\.(test|spec)\.|(^|\/)test_/.test(file);
}

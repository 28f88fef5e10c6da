/** One file of a configuration that may be spread over several. */
export interface ConfigText {
  readonly file: string;
  readonly text: string;
}

// What TSX adds to TypeScript, and what of it reads otherwise.
import type { Props } from "./props";
const generic = <T,>(x: T): T => x;
const page = <Page<Props> title="x" {...props} on:click={() => go()} data-x='&amp;'>text &nbsp; {value as string} {/* nothing */}<Inner.Part /><svg:path /><></></Page>;
export default function Component({ a, b }: Props): JSX.Element { return a ? <b>{f(b)}</b> : <i />; }

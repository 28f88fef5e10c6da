/** What an element is told. Event handlers are functions, everything else is text; there is no way to pass markup or a style attribute. */
export interface Attributes {
  readonly class?: string | undefined;
  readonly id?: string;
  readonly title?: string | undefined;
  readonly role?: string;
  readonly tabindex?: number;
  readonly aria?: Readonly<Record<string, string | number | boolean>>;
  readonly data?: Readonly<Record<string, string | number>>;
  readonly disabled?: boolean;
  readonly appearance?: "primary" | "secondary" | "icon";
  readonly placeholder?: string;
  readonly onClick?: (event: MouseEvent) => void;
}

export type Child = Node | string | number | null | undefined | false;

type Tag =
  | "article" | "button" | "code" | "details" | "div" | "h1" | "h2" | "h3" | "header" | "li" | "ol" | "p" | "section" | "span" | "summary" | "ul"
  | "vscode-button" | "vscode-progress-ring" | "vscode-text-field";

/** Makes an element. Strings become text nodes: whatever a host said stays text. */
export function h(tag: Tag, attributes: Attributes, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  if (attributes.class !== undefined) element.className = attributes.class;
  if (attributes.id !== undefined) element.id = attributes.id;
  if (attributes.title !== undefined && attributes.title !== "") element.title = attributes.title;
  if (attributes.role !== undefined) element.setAttribute("role", attributes.role);
  if (attributes.tabindex !== undefined) element.tabIndex = attributes.tabindex;
  if (attributes.appearance !== undefined) element.setAttribute("appearance", attributes.appearance);
  if (attributes.placeholder !== undefined) element.setAttribute("placeholder", attributes.placeholder);
  if (attributes.disabled === true) element.setAttribute("disabled", "");
  for (const [name, value] of Object.entries(attributes.aria ?? {})) element.setAttribute(`aria-${name}`, String(value));
  for (const [name, value] of Object.entries(attributes.data ?? {})) element.dataset[name] = String(value);
  if (attributes.onClick !== undefined) element.addEventListener("click", attributes.onClick);
  // A plain button submits forms unless told otherwise.
  if (element instanceof HTMLButtonElement) element.type = "button";
  element.append(...children.flatMap((child) => (child === null || child === undefined || child === false ? [] : [typeof child === "number" ? String(child) : child])));
  return element;
}

import { ACCESS } from "./access";
import { HAPROXY } from "./haproxy";
import { JSON_LINES } from "./json";
import { KLOG } from "./klog";
import type { LineFormat } from "./line-format";
import { LOGFMT } from "./logfmt";
import { NGINX_ERROR } from "./nginx-error";
import { STAMPED } from "./stamped";

/** Asked in this order: what more must be true for comes first. */
export const LINE_FORMATS: readonly LineFormat[] = [JSON_LINES, KLOG, NGINX_ERROR, HAPROXY, ACCESS, LOGFMT, STAMPED];

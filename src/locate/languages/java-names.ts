/** Types that every file sees without an import (Java SE, package java.lang), of those that a rule or a person could care about. */
const JAVA_LANG = new Set([
  "AutoCloseable", "Runnable", "Thread", "ThreadLocal", "Process", "ProcessBuilder", "Runtime", "System", "Iterable", "Object", "String", "StringBuilder", "Integer", "Long", "Boolean", "Double", "Float",
  "Short", "Byte", "Character", "Number", "Math", "Class", "ClassLoader", "Exception", "RuntimeException", "Throwable", "Error", "IllegalStateException", "IllegalArgumentException",
  "InterruptedException", "NullPointerException", "UnsupportedOperationException", "CharSequence", "Comparable", "Cloneable", "Enum", "Record", "Void", "Override", "Deprecated", "FunctionalInterface", "ScopedValue",
]);

export function isJavaLang(name: string): boolean {
  return JAVA_LANG.has(name);
}

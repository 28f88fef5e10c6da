/**
 * What a `catch` takes. The compiler makes a `try` list the checked exceptions of the calls in it: a handler of the root of a library's
 * exceptions takes what its calls raise, so that nobody is told of a way on which something else comes up from below.
 */
const TAKES_ALL = new Set(["Exception", "Throwable"]);
const TAKES_CALLS = new Set([
  "RuntimeException", "IOException", "SQLException", "HibernateException", "PersistenceException", "DataAccessException", "JedisException", "MongoException", "JMSException", "NamingException",
  "GeneralSecurityException", "UncheckedIOException", "MessagingException", "RestClientException", "RedisException",
]);

export function caughtBy(catches: readonly string[]): { readonly catchesAll: boolean; readonly catchesCalls: boolean } {
  const short = catches.map((name) => name.slice(name.lastIndexOf(".") + 1));
  return { catchesAll: short.some((name) => TAKES_ALL.has(name)), catchesCalls: short.some((name) => TAKES_CALLS.has(name)) };
}

/** What a `catch` takes, by the short names of its types. */
const TAKES_ALL = new Set(["Exception", "Throwable"]);
/** Roots of what libraries throw: their handlers take what the calls in the `try` raise. */
const TAKES_CALLS = new Set([
  "Error", "ErrorException", "RuntimeException", "PDOException", "mysqli_sql_exception", "QueryException", "DBALException", "DriverException", "ORMException", "RedisException", "PredisException", "GuzzleException",
  "RequestException", "TransferException", "ClientException", "ConnectException", "TransportExceptionInterface", "ExceptionInterface", "SoapFault", "DatabaseException", "DbException",
]);

export function caughtByPhp(catches: readonly string[]): { readonly catchesAll: boolean; readonly catchesCalls: boolean } {
  const short = catches.map((name) => name.slice(name.lastIndexOf(".") + 1));
  return { catchesAll: short.some((name) => TAKES_ALL.has(name)), catchesCalls: short.some((name) => TAKES_CALLS.has(name)) };
}

/**
 * What a `catch` takes. Nothing in C# says what a call throws: a handler of the root of a library's exceptions takes what its calls raise,
 * so that nobody is told of a way on which something else comes up from below.
 */
const TAKES_ALL = new Set(["Exception", "SystemException"]);
const TAKES_CALLS = new Set([
  "DbException", "SqlException", "NpgsqlException", "PostgresException", "MySqlException", "SqliteException", "OracleException", "DbUpdateException", "IOException", "HttpRequestException", "WebException",
  "SocketException", "RedisException", "RedisConnectionException", "MongoException", "RabbitMQClientException", "BrokerUnreachableException", "RpcException", "RequestFailedException", "ServiceBusException",
  "AggregateException", "ExternalException",
]);

/** `filtered`: there is a `when`, which may say no. */
export function caughtBy(catches: readonly string[], filtered: boolean): { readonly catchesAll: boolean; readonly catchesCalls: boolean } {
  const short = catches.map((name) => name.slice(name.lastIndexOf(".") + 1));
  if (filtered) return { catchesAll: false, catchesCalls: false };
  return { catchesAll: short.length === 0 || short.some((name) => TAKES_ALL.has(name)), catchesCalls: short.some((name) => TAKES_CALLS.has(name)) };
}

/** What the Windows probe prints, written after the cmdlets' reference: there is no Windows here to take it from. */
export function windowsAnswer(options: { readonly netstat?: boolean } = {}): string {
  const mark = "@0f8fad5b-d9cb-469f-a165-70867728950e";
  const table = options.netstat === true ? [
    `${mark} failed sockets The term 'Get-NetTCPConnection' is not recognized`, `${mark} sockets netstat`,
    "", "Aktive Verbindungen", "", "  Proto  Lokale Adresse         Remoteadresse          Status           PID",
    "  TCP    0.0.0.0:8080           0.0.0.0:0              ABHÖREN         4312", "  TCP    10.0.0.5:49801         10.0.0.7:5432          SCHLIESSEN_WARTEN   4312", `${mark} status 0`,
  ] : [
    `${mark} sockets get-nettcpconnection`, "\"LocalAddress\",\"LocalPort\",\"RemoteAddress\",\"RemotePort\",\"State\",\"OwningProcess\",\"CreationTime\"",
    "\"0.0.0.0\",\"8080\",\"0.0.0.0\",\"0\",\"Listen\",\"4312\",\"2025-11-24T16:00:01.0000000Z\"", "\"10.0.0.5\",\"49801\",\"10.0.0.7\",\"5432\",\"CloseWait\",\"4312\",\"2025-11-24T16:02:01.0000000Z\"",
    "\"10.0.0.5\",\"49802\",\"10.0.0.7\",\"5432\",\"TimeWait\",\"0\",\"\"", `${mark} status 0`,
  ];
  return [
    `leakline.windows/1 ${mark.slice(1)}`, `${mark} system Microsoft Windows NT 10.0.20348.0`, `${mark} hostname WIN01`, `${mark} administrator True`, `${mark} clock sockets 4001000`,
    ...table,
    `${mark} processes`, "{\"pid\":4,\"parent\":0,\"name\":\"System\",\"exe\":null,\"command\":null,\"started\":null,\"threads\":180,\"handles\":2900}",
    "{\"pid\":4312,\"parent\":812,\"name\":\"shop.exe\",\"exe\":\"C:\\\\Program Files\\\\Shop\\\\shop.exe\",\"command\":\"\\\"C:\\\\Program Files\\\\Shop\\\\shop.exe\\\" --db postgres://shop:hunter2@db/shop\",\"started\":1764000000000,\"threads\":12,\"handles\":340}",
    `${mark} addresses`, "10.0.0.5", "fe80::1%12", `${mark} ports 49152 16384`, `${mark} hosts`, "# a comment", "10.0.0.7  db.internal", `${mark} cpu 420`, `${mark} end`, "",
  ].join("\n");
}

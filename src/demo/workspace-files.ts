import readme from "./workspace/README.md";
import gatewayApp from "./workspace/gateway/app.py";
import gatewayBilling from "./workspace/gateway/billing.py";
import gatewayRequirements from "./workspace/gateway/requirements.txt";
import shopdModule from "./workspace/shopd/go.mod";
import shopdMain from "./workspace/shopd/main.go";
import shopdDesk from "./workspace/shopd/orders/desk.go";
import shopdUpdate from "./workspace/shopd/orders/update.go";

export interface DemoPorts {
  /** The load balancer in front of the database: it hangs up on idle connections. */
  readonly database: number;
  readonly gateway: number;
  readonly billing: number;
}

/** The demo's workspace: path -> text. The configuration names the ports that the demo's programs really use. */
export function demoWorkspace(ports: DemoPorts): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", readme],
    ["shopd/go.mod", shopdModule],
    ["shopd/main.go", shopdMain],
    ["shopd/orders/desk.go", shopdDesk],
    ["shopd/orders/update.go", shopdUpdate],
    ["shopd/.env", `# The database stands behind a load balancer that hangs up on idle connections.\nSHOP_DSN=shop:demo@tcp(127.0.0.1:${ports.database})/shop\nDATABASE_URL=mysql://shop:demo@127.0.0.1:${ports.database}/shop\n`],
    ["gateway/app.py", gatewayApp],
    ["gateway/billing.py", gatewayBilling],
    ["gateway/requirements.txt", gatewayRequirements],
    ["gateway/.env", `PORT=${ports.gateway}\nBILLING_URL=http://127.0.0.1:${ports.billing}\n`],
  ]);
}

import { expect, it } from "vitest";
import { userSshEnvironment } from "../../../src/observe/targets/ssh/user-environment";

it("finds the agent where the system keeps it, and none where there is none", () => {
  expect(userSshEnvironment({ SSH_AUTH_SOCK: "/run/a" }, "/home/me", "linux")).toEqual({ home: "/home/me", agentSocket: "/run/a", variables: { SSH_AUTH_SOCK: "/run/a" } });
  expect(userSshEnvironment({ SSH_AUTH_SOCK: "" }, "/home/me", "linux").agentSocket).toBeNull();
  expect(userSshEnvironment({}, "/home/me", "darwin").agentSocket).toBeNull();
  expect(userSshEnvironment({}, "C:\\Users\\me", "win32").agentSocket).toBe("\\\\.\\pipe\\openssh-ssh-agent");
});

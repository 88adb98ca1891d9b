/** A connection whose handshake had failed went on in plain, so secrets could leave it. */
import assert from "node:assert/strict";
import net from "node:net";
import { evaluateNet } from "../support/lua_net.ts";

Deno.test("nothing is written or read any more when a TLS handshake has failed", async () => {
  let received = "";
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.write("220 no TLS here\r\n"));
    socket.on("data", (data) => received += data.toString("latin1"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ended = new Promise<void>((resolve) =>
    server.once("connection", (socket) => socket.once("close", resolve))
  );
  const results = await evaluateNet(
    `
    local c = dial(PORT)
    local refused = c:ssl_upgrade_socket({})
    local written, read = c:write("secret"), c:read("\\n")
    c:close()
    return refused, written, read`,
    { PORT: (server.address() as net.AddressInfo).port },
  );
  await ended;
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  assert.deepEqual(results, [-1, -1, undefined]);
  assert.doesNotMatch(received, /secret/);
});

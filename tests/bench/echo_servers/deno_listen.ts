/** Echoes bytes with Deno.listen. Prints its port. */
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
for await (const connection of listener) {
  connection.setNoDelay(true);
  echo(connection).catch(() => connection.close());
}

async function echo(connection: Deno.TcpConn): Promise<void> {
  const bytes = new Uint8Array(65536);
  for (;;) {
    const count = await connection.read(bytes);
    if (count === null) break;
    await connection.write(bytes.subarray(0, count));
  }
  connection.close();
}

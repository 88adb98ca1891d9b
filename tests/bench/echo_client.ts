/**
 * The load for net_bench.ts: connections that each send 64 bytes, wait for their echo, and begin
 * again. Arguments: port, number of connections, seconds. Prints round trips per second and the
 * 99th percentile in milliseconds. With `reconnect` as the number, one connection for each echo.
 */
import { strerror } from "../../runtime/posix/posix_error.ts";
import { Eventer } from "../../runtime/eventer/eventer.ts";
import {
  connectSocket,
  openSocket,
  rawAddress,
  setSocketOption,
  waitConnect,
} from "../../runtime/net/socket.ts";
import { PENDING, Stream } from "../../runtime/net/stream.ts";
import { EAGAIN } from "../../runtime/posix/constants.ts";

const [port, connections, seconds] = Deno.args;
const eventer = new Eventer({ exclusive: true });
const address = rawAddress("inet", "127.0.0.1", Number(port))!;
const message = "x".repeat(63) + "\n";
const reconnect = connections === "reconnect";
const times: number[] = [];
let running = true;
let count = 0;

function open(ready: (stream: Stream) => void): void {
  const fd = openSocket("inet", "tcp");
  if (fd < 0) throw new Error("Cannot open a socket");
  setSocketOption(fd, "TCP_NODELAY", 1);
  const connected = (error = 0) => {
    if (error !== 0) throw new Error(`Cannot connect: ${strerror(error)}`);
    ready(Stream.of(eventer, fd));
  };
  const result = connectSocket(fd, address);
  if (result === 0) connected();
  else if (result !== -EAGAIN) throw new Error(`Cannot connect: ${result}`);
  else waitConnect(eventer, fd, address, undefined, connected);
}

function exchange(stream: Stream): void {
  const start = eventer.now();
  stream.write(message);
  const done = (line: string | undefined) => {
    if (line !== message) throw new Error(`Got ${line?.length} bytes back`);
    count++;
    if ((count & 15) === 0) times.push(eventer.now() - start);
    if (!running) return;
    if (!reconnect) return exchange(stream);
    stream[Symbol.dispose]();
    open(exchange);
  };
  const line = stream.read("\n");
  if (line === PENDING) stream.waitRead("\n", done);
  else eventer.post(() => done(line));
}

for (let index = 0; index < (reconnect ? 1 : Number(connections)); index++) {
  open(exchange);
}
const start = eventer.now();
eventer.timer(Number(seconds) * 1000, () => {
  running = false;
  const rate = count / (eventer.now() - start) * 1000;
  times.sort((a, b) => a - b);
  console.log(
    rate.toFixed(0),
    times[Math.floor(times.length * 0.99)]?.toFixed(2),
  );
  Deno.exit(0);
});

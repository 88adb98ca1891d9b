/** Echoes lines with runtime/net alone, without Lua. Prints its port. */
import { Eventer } from "../../../runtime/eventer/eventer.ts";
import {
  acceptSocket,
  bindSocket,
  listenSocket,
  openSocket,
  rawAddress,
  socketName,
} from "../../../runtime/net/socket.ts";
import { PENDING, Stream } from "../../../runtime/net/stream.ts";

const eventer = new Eventer({ exclusive: true });
const listener = openSocket("inet", "tcp");
bindSocket(listener, rawAddress("inet", "127.0.0.1", 0)!);
listenSocket(listener, 128);
const name = socketName(listener);
console.log(name !== undefined && "port" in name ? name.port : 0);

function serve(stream: Stream): void {
  for (;;) {
    const line = stream.read("\n");
    if (line === PENDING) break;
    if (line === undefined) return stream[Symbol.dispose]();
    stream.write(line);
  }
  stream.waitRead("\n", (line) => {
    if (line === undefined) return stream[Symbol.dispose]();
    stream.write(line);
    serve(stream);
  });
}

function accept(): void {
  eventer.waitFd(listener, "read", () => {
    const fd = acceptSocket(listener);
    if (fd >= 0) serve(Stream.of(eventer, fd));
    accept();
  });
}
accept();

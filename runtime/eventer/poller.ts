/**
 * The choice of a poller: the one place that knows which platforms have one.
 */

import { platform, platformName } from "../posix/platform.ts";
import { EpollPoller } from "./epoll.ts";
import type { Poller } from "./poller_interface.ts";

/**
 * Opens the running platform's poller.
 *
 * @returns The poller; dispose of it.
 * @throws {Deno.errors.NotSupported} On a platform that has none.
 * @throws {PosixError} When the kernel refuses, for example with EMFILE.
 */
export function openPoller(): Poller {
  if (platform?.epollEvent !== undefined) return new EpollPoller();
  throw new Deno.errors.NotSupported(
    `Cannot create an eventer on ${platformName}: supported is Linux on x86_64 and aarch64`,
  );
}

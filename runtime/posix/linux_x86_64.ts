/**
 * Linux on x86_64 with the GNU C library: what is peculiar to this processor.
 *
 * epoll_event is packed here: 12 bytes, the data right behind the events.
 */

import { linuxConstants, linuxErrorNames } from "./linux.ts";
import { linuxSocketOptions } from "./linux_socket_options.ts";
import type { Platform } from "./platform_description.ts";

/** Linux on x86_64. */
export const linuxX64: Platform = {
  libc: "libc.so.6",
  errnoLocation: "__errno_location",
  errorNames: linuxErrorNames,
  constants: { ...linuxConstants, O_NOFOLLOW: 0o400000 },
  socketOptions: linuxSocketOptions,
  epollEvent: { words: 3, events: 0, data: 1 },
};

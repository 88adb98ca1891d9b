/**
 * Linux on aarch64 with the GNU C library: what is peculiar to this processor.
 *
 * epoll_event is naturally aligned here: 16 bytes, the data behind four bytes of padding.
 */

import { linuxConstants, linuxErrorNames } from "./linux.ts";
import { linuxSocketOptions } from "./linux_socket_options.ts";
import type { Platform } from "./platform_description.ts";

/** Linux on aarch64. */
export const linuxArm64: Platform = {
  libc: "libc.so.6",
  errnoLocation: "__errno_location",
  errorNames: linuxErrorNames,
  constants: { ...linuxConstants, O_NOFOLLOW: 0o100000 },
  socketOptions: linuxSocketOptions,
  epollEvent: { words: 4, events: 0, data: 2 },
};

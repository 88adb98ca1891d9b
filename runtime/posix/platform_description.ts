/**
 * The shape of a platform's description: types only, so that the descriptions and the file that
 * chooses among them need not import each other.
 */

/** Where the kernel puts the parts of `struct epoll_event`, in 32-bit words. */
export interface EpollEventLayout {
  /** Words from one event to the next. */
  readonly words: number;
  /** The word that holds `events`. */
  readonly events: number;
  /** The word that holds the low half of `data`. */
  readonly data: number;
}

/** One operating system on one processor. */
export interface Platform {
  /** The C library's file name, as `dlopen` finds it. */
  readonly libc: string;
  /** The C library's function that returns the address of this thread's `errno`. */
  readonly errnoLocation: string;
  /** Names of error numbers; the index is the number. */
  readonly errorNames: readonly (string | undefined)[];
  /** Constants of the C headers by name. */
  readonly constants: Readonly<Record<string, number>>;
  /** Options of `setsockopt` that take an int: level and number, by name. */
  readonly socketOptions: Readonly<Record<string, readonly [number, number]>>;
  /** The layout of `struct epoll_event`; absent where there is no epoll. */
  readonly epollEvent?: EpollEventLayout;
}

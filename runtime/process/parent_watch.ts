/**
 * Sees to it that children do not survive this process when it dies without a chance to end them,
 * as by SIGKILL.
 *
 * A small shell reads the pids of children from a pipe and kills those that are left when the pipe
 * ends, which it does with this process, however that comes. (PR_SET_PDEATHSIG would be the
 * kernel's way, but has to be set between fork and exec, where nothing of ours runs.) The shell is
 * nobody's child: it is orphaned at once, so that there is nothing to wait for, and it ends by
 * itself. Children of children are not its business. The invariant: a pid is taken back as soon as
 * the child's status is taken, for from then on the number may be a stranger's.
 */
import { binaryBytes } from "../posix/bytes.ts";
import {
  close,
  openDescriptors,
  pipe,
  setNonblocking,
  write,
} from "../posix/descriptors.ts";
import { spawn } from "../posix/spawn.ts";
import { PosixError } from "../posix/posix_error.ts";
import { reap } from "./reap.ts";

/**
 * Lines: `+ pid` is a child, `- pid` is none any more, `= 0` leaves all alone. Background jobs of
 * a shell get /dev/null as their input, hence the detour over 3.
 */
const SCRIPT = `
cd / && exec 3<&0 >/dev/null 2>&1
{
  trap '' HUP INT QUIT TERM TSTP
  children=
  while read -r change pid; do
    case $change in
    +) children="$children $pid" ;;
    -)
      left=
      for child in $children; do [ "$child" = "$pid" ] || left="$left $child"; done
      children=$left
      ;;
    =) children= ;;
    esac
  done
  [ -z "$children" ] || kill -KILL $children
} <&3 3<&- &
`;

/** How long the shell may take to go into the background, in milliseconds. */
const START_LIMIT = 5000;

/** The watch over the children of one loop. */
export class ParentWatch implements Disposable {
  readonly #fd: number;

  /**
   * Starts the shell. Blocks the thread for some milliseconds.
   *
   * @throws {PosixError} When there are too few descriptors or processes, or no /bin/sh.
   * @throws {Deno.errors.NotFound} When there is no /proc.
   */
  constructor() {
    // What is open to all children must not be held open by the shell.
    const others = [...openDescriptors().keys()].filter((fd) => fd > 2);
    const { readFd, writeFd } = pipe({ nonblocking: false });
    // In the environment, so that a list of processes shows a line that explains itself.
    const command =
      `eval "$WATCH" # ends the children of process ${Deno.pid} when it dies`;
    const pid = spawn(
      "/bin/sh",
      ["sh", "-c", command],
      [`WATCH=${SCRIPT}`],
      [readFd, 1, 2],
      others.filter((fd) => fd !== readFd),
    );
    close(readFd);
    if (pid < 0) {
      close(writeFd);
      throw new PosixError("spawn", -pid, "/bin/sh");
    }
    reap(pid, START_LIMIT);
    // Rather a child without protection than a program that hangs.
    setNonblocking(writeFd, true);
    this.#fd = writeFd;
  }

  /**
   * Begins to watch over a child.
   *
   * @param pid The child.
   */
  add(pid: number): void {
    this.#tell(`+ ${pid}\n`);
  }

  /**
   * Ends watching over a child. Call it right when its status has been taken.
   *
   * @param pid The child.
   */
  remove(pid: number): void {
    this.#tell(`- ${pid}\n`);
  }

  /** Leaves all children alone from now on. */
  leaveAll(): void {
    this.#tell("= 0\n");
  }

  #tell(line: string): void {
    write(this.#fd, binaryBytes(line));
  }

  /** Ends the shell, which kills the children that have not been removed. */
  [Symbol.dispose](): void {
    close(this.#fd);
  }
}

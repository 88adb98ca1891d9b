/**
 * Files, folders and what the system calls itself. All of it blocks the
 * thread, and nothing suspends. Descriptors are the kernel's numbers, not
 * eventer objects, and children inherit them. Specification:
 * mtev-lua-api.md §12.
 *
 * Names go to the kernel byte by byte, up to the first NUL, as from C.
 */
import {
  acquireLockFile,
  releaseLockFile,
} from "../../runtime/files/lock_file.ts";
import { makeParentFolders } from "../../runtime/files/parent_folders.ts";
import { binaryBytes } from "../../runtime/posix/bytes.ts";
import {
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
} from "../../runtime/posix/constants.ts";
import { close, write } from "../../runtime/posix/descriptors.ts";
import { readFolder } from "../../runtime/posix/directories.ts";
import {
  chmod,
  currentFolder,
  lstat,
  mkdir,
  open,
  realpath,
  rmdir,
  unlink,
} from "../../runtime/posix/files.ts";
import { errno } from "../../runtime/posix/libc.ts";
import { strerror } from "../../runtime/posix/posix_error.ts";
import { uname } from "../../runtime/posix/uname.ts";
import {
  type Args,
  checkString,
  looseNumber,
  raise,
  toInt32,
  toNumberArgument,
  toStringArgument,
} from "../args.ts";
import { definer } from "../define.ts";
import { type HostResult, multi, NOTHING } from "../host.ts";
import { isFunction, isTruthy, type LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** The global constants. */
const CONSTANTS: Readonly<Record<string, number>> = {
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
};

/** The permissions of a file that is created without saying which. */
const DEFAULT_MODE = 0o666;

/** Adds the family to `mtev`, and its constants to the globals. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);
  for (const [name, value] of Object.entries(CONSTANTS)) {
    state.globals.set(name, value);
  }

  /** A string argument, the only way to call a function with another. */
  function onlyString(args: Args, count: number, message: string): string {
    const text = args.length === count ? toStringArgument(args[0]) : undefined;
    return text ?? raise(state, message);
  }

  /** An integer argument as C takes it: nil and what is no number are 0. */
  function integer(args: Args, index: number): number {
    return toInt32(Math.trunc(looseNumber(args[index])));
  }

  /**
   * @lua fd, errno, message = mtev.open(path, flags, mode)
   * Opens a file. Children that are spawned inherit the descriptor.
   * @param path string: the file
   * @param flags integer: `O_` constants, combined with `bit.bor`
   * @param mode? integer: the permissions of a file that is created, less the umask; 438 (octal 666) without it
   * @return integer: the descriptor, or -1
   * @return integer: the error number, on failure
   * @return string: the system's error text, on failure
   * @error `bad call to mtev.open` unless there are two or three arguments
   * @suspends no
   * @example local fd = mtev.open("log", bit.bor(O_WRONLY, O_CREAT, O_APPEND), 420)
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "open", (...args) => {
    if (args.length < 2 || args.length > 3) {
      raise(state, "bad call to mtev.open");
    }
    const path = checkString(state, args, 0);
    const mode = args.length === 3 ? integer(args, 2) : DEFAULT_MODE;
    const fd = open(path, integer(args, 1), mode);
    return fd >= 0 ? fd : multi(-1, -fd, strerror(-fd));
  });

  /**
   * @lua written, errno = mtev.write(fd, str)
   * Writes to a descriptor, once: perhaps less than all.
   * @param fd integer: the descriptor
   * @param str string: the bytes
   * @return integer: how many bytes were written, or -1
   * @return integer: the error number on failure, else nil
   * @error `bad parameters to mtev.write(fd, str)` unless there are a number and a string
   * @suspends no
   * @example mtev.write(fd, "hello\n")
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "write", (...args) => {
    const fd = toNumberArgument(args[0]);
    const text = toStringArgument(args[1]);
    if (args.length !== 2 || fd === undefined || text === undefined) {
      raise(state, "bad parameters to mtev.write(fd, str)");
    }
    const bytes = binaryBytes(text);
    const count = write(toInt32(Math.trunc(fd)), bytes);
    const error = errno();
    return count < 0 ? multi(-1, error) : multi(count, undefined);
  });

  /**
   * @lua mtev.close(fd)
   * Closes a descriptor. Whether there is such a one is not told.
   * @param fd integer: the descriptor
   * @error `bad call to mtev.close` unless there is one number
   * @suspends no
   * @example mtev.close(fd)
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "close", (...args) => {
    const fd = toNumberArgument(args[0]);
    if (args.length !== 1 || fd === undefined) {
      raise(state, "bad call to mtev.close");
    }
    close(toInt32(Math.trunc(fd)));
    return NOTHING;
  });

  /**
   * @lua result, errno = mtev.chmod(path, mode)
   * Changes the permissions of a file or folder.
   * @param path string: the file; symbolic links are followed
   * @param mode integer: the permissions, such as 420 (octal 644)
   * @return integer: 0, or -1
   * @return integer: the error number on failure, else nil
   * @error `bad call to mtev.chmod(file, mode)` unless there are a string and a number
   * @suspends no
   * @example mtev.chmod("secret", 384)
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "chmod", (...args) => {
    const message = "bad call to mtev.chmod(file, mode)";
    const path = onlyString(args, 2, message);
    if (toNumberArgument(args[1]) === undefined) raise(state, message);
    const result = chmod(path, integer(args, 1));
    return result < 0 ? multi(-1, -result) : multi(0, undefined);
  });

  /**
   * @lua ok, errno, message = mtev.unlink(path)
   * Removes a file's name.
   * @param path string: the file; a symbolic link itself is removed
   * @return boolean: whether it worked
   * @return integer: the error number, on failure
   * @return string: the system's error text, on failure
   * @error `bad call to mtev.unlink` unless there is one string
   * @suspends no
   * @example mtev.unlink("log")
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "unlink", (...args) => {
    return outcome(unlink(onlyString(args, 1, "bad call to mtev.unlink")));
  });

  /**
   * @lua ok, errno, message = mtev.rmdir(path)
   * Removes an empty folder.
   * @param path string: the folder
   * @return boolean: whether it worked
   * @return integer: the error number, on failure
   * @return string: the system's error text, on failure
   * @error `bad call to mtev.rmdir` unless there is one string
   * @suspends no
   * @example mtev.rmdir("cache")
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "rmdir", (...args) => {
    return outcome(rmdir(onlyString(args, 1, "bad call to mtev.rmdir")));
  });

  /**
   * @lua ok, errno, message = mtev.mkdir(path, mode)
   * Creates a folder.
   * @param path string: the folder
   * @param mode integer: its permissions, less the umask; 493 is octal 755
   * @return boolean: whether it worked
   * @return integer: the error number, on failure
   * @return string: the system's error text, on failure
   * @error `bad call to mtev.mkdir` unless there are two arguments
   * @suspends no
   * @example mtev.mkdir("cache", 493)
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "mkdir", (...args) => {
    const path = onlyString(args, 2, "bad call to mtev.mkdir");
    return outcome(mkdir(path, integer(args, 1)));
  });

  /**
   * @lua ok, errno, message = mtev.mkdir_for_file(path, mode)
   * Creates all folders on the way to a file that are missing, but not what
   * the last component names.
   * @param path string: the file, with a slash behind at least one folder
   * @param mode integer: the permissions of each new folder, less the umask
   * @return boolean: whether all are there now
   * @return integer: the error number, on failure; 2 for a path that names no folder
   * @return string: the system's error text, on failure
   * @error `bad call to mtev.mkdir_for_file` unless there are two arguments
   * @suspends no
   * @example mtev.mkdir_for_file("var/log/today", 493)
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "mkdir_for_file", (...args) => {
    const path = onlyString(args, 2, "bad call to mtev.mkdir_for_file");
    return outcome(makeParentFolders(cut(path), integer(args, 1)));
  });

  /**
   * @lua status, errno, message = mtev.stat(path)
   * Tells what the system knows of a file. A symbolic link is not followed.
   * @param path string: the file; a number is taken for a name too
   * @return table: `dev`, `ino`, `mode`, `nlink`, `uid`, `gid`, `rdev` and `size`, or nil
   * @return integer: the error number, on failure
   * @return string: the system's error text, on failure
   * @error `bad call to mtev.stat` unless there is one argument
   * @error `mtev.stat expects a filename or descriptor`
   * @suspends no
   * @example print(mtev.stat("log").size)
   * @source mtev-lua-api.md §12
   * @compat differs: numbers are complete, not cut to 32 bits
   */
  define(mtev, "stat", (...args) => {
    if (args.length !== 1) raise(state, "bad call to mtev.stat");
    if (args[0] === undefined) return undefined;
    const path = toStringArgument(args[0]) ??
      raise(state, "mtev.stat expects a filename or descriptor");
    const status = lstat(path);
    if (typeof status === "number") {
      return multi(undefined, -status, strerror(-status));
    }
    const table = state.newTable();
    for (const [name, value] of Object.entries(status)) table.set(name, value);
    return table;
  });

  /**
   * @lua names = mtev.readdir(path, filter)
   * Lists a folder, in the folder's own order.
   * @param path string: the folder
   * @param filter? function: called with each name; only those stay for which it returns a true value
   * @return table: an array of names, `.` and `..` among them; nil if the folder cannot be read
   * @error `bad call to mtev.readdir` unless there are one or two arguments
   * @error `mtev.readdir second argument must be a function`
   * @error what the filter raises; it cannot suspend
   * @suspends no
   * @example local hidden = mtev.readdir(".", function(name) return name:find("^%.") end)
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "readdir", (...args) => {
    const filter = args[1];
    const path = toStringArgument(args[0]);
    if (path === undefined || args.length > 2) {
      raise(state, "bad call to mtev.readdir");
    }
    if (filter !== undefined && !isFunction(filter)) {
      raise(state, "mtev.readdir second argument must be a function");
    }
    const names = readFolder(path);
    if (typeof names === "number") return undefined;
    const table = state.newTable();
    let count = 0;
    for (const name of names) {
      if (filter !== undefined && !isTruthy(state.call(filter, name)[0])) {
        continue;
      }
      table.set(++count, name);
    }
    return table;
  });

  /**
   * @lua path = mtev.getcwd()
   * The current folder of the process.
   * @return string: an absolute path; nil if the folder has been removed
   * @suspends no
   * @example print(mtev.getcwd())
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "getcwd", () => pathOrNil(currentFolder()));

  /**
   * @lua resolved = mtev.realpath(path)
   * Resolves symbolic links, `.` and `..`.
   * @param path string: a file or folder that is there
   * @return string: its absolute path, or nil
   * @error `bad call to mtev.realpath` unless there is one string
   * @suspends no
   * @example print(mtev.realpath("."))
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "realpath", (...args) => {
    return pathOrNil(
      realpath(onlyString(args, 1, "bad call to mtev.realpath")),
    );
  });

  /**
   * @lua fd = mtev.lockfile_acquire(path)
   * Locks a file against other processes, creating it if it is missing. Does
   * not wait. The lock ends with the process at the latest; a process that
   * has it may acquire it again.
   * @param path string: the file, created for the user alone
   * @return integer: a descriptor for `mtev.lockfile_release`, or -1
   * @error `bad call to mtev.lockfile_acquire` unless there is one string
   * @suspends no
   * @example if mtev.lockfile_acquire("service.lock") < 0 then os.exit(1) end
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "lockfile_acquire", (...args) => {
    const path = onlyString(args, 1, "bad call to mtev.lockfile_acquire");
    return Math.max(-1, acquireLockFile(path));
  });

  /**
   * @lua result = mtev.lockfile_release(fd)
   * Unlocks a file and closes it. The file stays.
   * @param fd integer: what `mtev.lockfile_acquire` returned
   * @return integer: 0, or -1
   * @error `bad call to mtev.lockfile_release` unless there is one number
   * @suspends no
   * @example mtev.lockfile_release(fd)
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "lockfile_release", (...args) => {
    const fd = toNumberArgument(args[0]);
    if (args.length !== 1 || fd === undefined) {
      raise(state, "bad call to mtev.lockfile_release");
    }
    return Math.max(-1, releaseLockFile(toInt32(Math.trunc(fd))));
  });

  /**
   * @lua names = mtev.uname()
   * What the system calls itself.
   * @return table: `sysname`, `nodename`, `release`, `version` and `machine`
   * @suspends no
   * @example print(mtev.uname().sysname)
   * @source mtev-lua-api.md §12
   * @compat same
   */
  define(mtev, "uname", () => {
    const table = state.newTable();
    for (const [name, value] of Object.entries(uname())) table.set(name, value);
    return table;
  });
}

/** true; or false with the error. */
function outcome(result: number): HostResult {
  return result === 0 ? true : multi(false, -result, strerror(-result));
}

function pathOrNil(path: string | number): string | undefined {
  return typeof path === "string" ? path : undefined;
}

/** The part of a name that C would see. */
function cut(path: string): string {
  const end = path.indexOf("\0");
  return end < 0 ? path : path.slice(0, end);
}

/**
 * Constants of the C headers that the project uses, with the running platform's values.
 *
 * On a platform that nobody has described every value is -1: nothing can be called there, and the
 * call itself says so (platform.ts), so that merely importing a file never fails.
 */

import { platform } from "./platform.ts";

function constant(name: string): number {
  if (platform === undefined) return -1;
  const value = platform.constants[name];
  if (value === undefined) {
    throw new ReferenceError(
      `Cannot find constant "${name}": the platform's description lacks it`,
    );
  }
  return value;
}

function errorNumber(name: string): number {
  return platform === undefined ? -1 : platform.errorNames.indexOf(name);
}

/** The call would block: wait for the descriptor and try again. */
export const EAGAIN = errorNumber("EAGAIN");
/** No such descriptor. */
export const EBADF = errorNumber("EBADF");
/** It is there already. */
export const EEXIST = errorNumber("EEXIST");
/** A signal interrupted the call: try again. */
export const EINTR = errorNumber("EINTR");
/** An argument makes no sense. */
export const EINVAL = errorNumber("EINVAL");
/** No such file, or no such entry. */
export const ENOENT = errorNumber("ENOENT");
/** Not permitted; from `epoll_ctl`: this kind of file is always ready. */
export const EPERM = errorNumber("EPERM");
/** Nobody reads the other end any more. */
export const EPIPE = errorNumber("EPIPE");
/** Somebody has the address already. */
export const EADDRINUSE = errorNumber("EADDRINUSE");
/** The connection was given up before it was accepted. */
export const ECONNABORTED = errorNumber("ECONNABORTED");
/** The connection is being made: wait until the descriptor is writable. */
export const EINPROGRESS = errorNumber("EINPROGRESS");
/** The process has too many descriptors. */
export const EMFILE = errorNumber("EMFILE");
/** The system has too many open files. */
export const ENFILE = errorNumber("ENFILE");
/** The kernel has no room. */
export const ENOBUFS = errorNumber("ENOBUFS");
/** There is no memory. */
export const ENOMEM = errorNumber("ENOMEM");
/** The socket has no peer. */
export const ENOTCONN = errorNumber("ENOTCONN");
/** It took too long. */
export const ETIMEDOUT = errorNumber("ETIMEDOUT");
/** The peer reset the connection. */
export const ECONNRESET = errorNumber("ECONNRESET");
/** No such child. */
export const ECHILD = errorNumber("ECHILD");
/** No such process. */
export const ESRCH = errorNumber("ESRCH");

/** The clock that never jumps, for `clock_gettime` and timerfds. */
export const CLOCK_MONOTONIC = constant("CLOCK_MONOTONIC");
/** The wall clock, for `clock_gettime`. */
export const CLOCK_REALTIME = constant("CLOCK_REALTIME");
/** `eventfd`: close on exec. */
export const EFD_CLOEXEC = constant("EFD_CLOEXEC");
/** `eventfd`: never block. */
export const EFD_NONBLOCK = constant("EFD_NONBLOCK");
/** epoll: an error is pending; always reported. */
export const EPOLLERR = constant("EPOLLERR");
/** epoll: both directions have ended; always reported. */
export const EPOLLHUP = constant("EPOLLHUP");
/** epoll: readable. */
export const EPOLLIN = constant("EPOLLIN");
/** epoll: writable. */
export const EPOLLOUT = constant("EPOLLOUT");
/** `epoll_create1`: close on exec. */
export const EPOLL_CLOEXEC = constant("EPOLL_CLOEXEC");
/** `epoll_ctl`: add a descriptor. */
export const EPOLL_CTL_ADD = constant("EPOLL_CTL_ADD");
/** `epoll_ctl`: remove a descriptor. */
export const EPOLL_CTL_DEL = constant("EPOLL_CTL_DEL");
/** `epoll_ctl`: change a descriptor's interest. */
export const EPOLL_CTL_MOD = constant("EPOLL_CTL_MOD");
/** `fcntl`: the close-on-exec flag. */
export const FD_CLOEXEC = constant("FD_CLOEXEC");
/** `fcntl`: duplicate, close on exec. */
export const F_DUPFD_CLOEXEC = constant("F_DUPFD_CLOEXEC");
/** `fcntl`: read the descriptor flags. */
export const F_GETFD = constant("F_GETFD");
/** `fcntl`: read the status flags. */
export const F_GETFL = constant("F_GETFL");
/** `fcntl`: set the descriptor flags. */
export const F_SETFD = constant("F_SETFD");
/** `fcntl`: set the status flags. */
export const F_SETFL = constant("F_SETFL");
/** `pipe2`, `open`: close on exec. */
export const O_CLOEXEC = constant("O_CLOEXEC");
/** `pipe2`, `open`, status flag: never block. */
export const O_NONBLOCK = constant("O_NONBLOCK");
/** `getrlimit`: number of descriptors. */
export const RLIMIT_NOFILE = constant("RLIMIT_NOFILE");
/** `getrlimit`: bytes of stack. */
export const RLIMIT_STACK = constant("RLIMIT_STACK");
/** `timerfd_create`: close on exec. */
export const TFD_CLOEXEC = constant("TFD_CLOEXEC");
/** `timerfd_create`: never block. */
export const TFD_NONBLOCK = constant("TFD_NONBLOCK");
/** `timerfd_settime`: the time is absolute. */
export const TFD_TIMER_ABSTIME = constant("TFD_TIMER_ABSTIME");
/** `socket`: IPv4. */
export const AF_INET = constant("AF_INET");
/** `socket`: IPv6. */
export const AF_INET6 = constant("AF_INET6");
/** `socket`: local, addressed by paths. */
export const AF_UNIX = constant("AF_UNIX");
/** `send`: no SIGPIPE. */
export const MSG_NOSIGNAL = constant("MSG_NOSIGNAL");
/** `shutdown`: no more is read or written. */
export const SHUT_RDWR = constant("SHUT_RDWR");
/** `socket`: close on exec. */
export const SOCK_CLOEXEC = constant("SOCK_CLOEXEC");
/** `socket`: datagrams. */
export const SOCK_DGRAM = constant("SOCK_DGRAM");
/** `socket`: never block. */
export const SOCK_NONBLOCK = constant("SOCK_NONBLOCK");
/** `socket`: a stream. */
export const SOCK_STREAM = constant("SOCK_STREAM");
/** `getsockopt`: options of any socket. */
export const SOL_SOCKET = constant("SOL_SOCKET");
/** `getsockopt`: the pending error, which reading it clears. */
export const SO_ERROR = constant("SO_ERROR");
/** `statx`: a name without a slash in front is looked up in the current folder. */
export const AT_FDCWD = constant("AT_FDCWD");
/** `statx`: of a symbolic link itself. */
export const AT_SYMLINK_NOFOLLOW = constant("AT_SYMLINK_NOFOLLOW");
/** `statx`: what the descriptor itself is, with an empty name. */
export const AT_EMPTY_PATH = constant("AT_EMPTY_PATH");
/** `fcntl`: lock or unlock a part of a file, without waiting. */
export const F_SETLK = constant("F_SETLK");
/** A lock's type: none. */
export const F_UNLCK = constant("F_UNLCK");
/** A lock's type: exclusive. */
export const F_WRLCK = constant("F_WRLCK");
/** `open`: every write goes to the end. */
export const O_APPEND = constant("O_APPEND");
/** `open`: create the file if it is missing. */
export const O_CREAT = constant("O_CREAT");
/** `open`: with O_CREAT, fail if it is there. */
export const O_EXCL = constant("O_EXCL");
/** `open`: fail if the name is a symbolic link. */
export const O_NOFOLLOW = constant("O_NOFOLLOW");
/** `open`: for reading. */
export const O_RDONLY = constant("O_RDONLY");
/** `open`: for reading and writing. */
export const O_RDWR = constant("O_RDWR");
/** `open`: a write returns when the bytes are on the disk. */
export const O_SYNC = constant("O_SYNC");
/** `open`: empty the file. */
export const O_TRUNC = constant("O_TRUNC");
/** `open`: for writing. */
export const O_WRONLY = constant("O_WRONLY");
/** A file's kind: block device. */
export const S_IFBLK = constant("S_IFBLK");
/** A file's kind: character device. */
export const S_IFCHR = constant("S_IFCHR");
/** A file's kind: folder. */
export const S_IFDIR = constant("S_IFDIR");
/** A file's kind: named pipe. */
export const S_IFIFO = constant("S_IFIFO");
/** A file's kind: symbolic link. */
export const S_IFLNK = constant("S_IFLNK");
/** The bits of a mode that tell the file's kind. */
export const S_IFMT = constant("S_IFMT");
/** A file's kind: plain file. */
export const S_IFREG = constant("S_IFREG");
/** A file's kind: socket. */
export const S_IFSOCK = constant("S_IFSOCK");
/** `poll`: writable. */
export const POLLOUT = constant("POLLOUT");
/** The signal that ends a process whatever it does. */
export const SIGKILL = constant("SIGKILL");
/** The signal that asks a process to end. */
export const SIGTERM = constant("SIGTERM");
/** The number of the system call `pidfd_open`, the same on every processor. */
export const SYS_pidfd_open = constant("SYS_pidfd_open");
/** `waitpid`: tell of continued children too. */
export const WCONTINUED = constant("WCONTINUED");
/** `waitpid`: do not block. */
export const WNOHANG = constant("WNOHANG");
/** `waitpid`: tell of stopped children too. */
export const WUNTRACED = constant("WUNTRACED");
/** `getsockopt`: options of TCP. */
export const IPPROTO_TCP = constant("IPPROTO_TCP");
/** `ioctl`: how many bytes the peer has not acknowledged. */
export const SIOCOUTQ = constant("SIOCOUTQ");
/** `getsockopt`: the state of a TCP connection. */
export const TCP_INFO = constant("TCP_INFO");

/**
 * Gives up the rights that the process was started with for those of another
 * user and group. Specification: runtime.md §1.13.
 */
import {
  groupNumber,
  setFurtherGroups,
  setGroup,
  setUser,
  userNumber,
} from "../posix/accounts.ts";
import { strerror } from "../posix/posix_error.ts";

/** Rights that cannot be had. Its message is a binary string. */
export class PrivilegeError extends Error {
  override readonly name = "PrivilegeError";
}

/**
 * Goes on with the rights of a user and a group: the group first, since the
 * user may not change it.
 *
 * @param user A name or number, a binary string.
 * @param group Likewise.
 * @throws {PrivilegeError} When one is unknown or the system refuses.
 */
export function dropPrivileges(
  user: string | undefined,
  group: string | undefined,
): void {
  const uid = numberOf("user", user, userNumber);
  const gid = numberOf("group", group, groupNumber);
  if (gid !== undefined) {
    check(setGroup(gid), `cannot become group '${group}'`);
  }
  if (uid === undefined) return;
  if (gid !== undefined && !isNumber(user!)) {
    check(
      setFurtherGroups(user!, gid),
      `cannot take the groups of user '${user}'`,
    );
  }
  check(setUser(uid), `cannot become user '${user}'`);
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

function numberOf(
  kind: string,
  account: string | undefined,
  lookUp: (name: string) => number | undefined,
): number | undefined {
  if (account === undefined) return undefined;
  const number = isNumber(account) ? Number(account) : lookUp(account);
  if (number === undefined) {
    throw new PrivilegeError(`unknown ${kind} '${account}'`);
  }
  return number;
}

function check(result: number, action: string): void {
  if (result < 0) throw new PrivilegeError(`${action}: ${strerror(-result)}`);
}

/**
 * Makes the process what a configuration file wants it to be, before anything
 * runs: its folder is checked, the lock taken, rights are given up. Specification:
 * runtime.md §0.2, §1.12, §1.13; the sentences: runtime-observed.md.
 */
import { encodeText } from "../lua/text.ts";
import type { Configuration } from "../runtime/conf/configuration.ts";
import type { ConfSection } from "../runtime/conf/section.ts";
import { confInteger } from "../runtime/conf/values.ts";
import { stat } from "../runtime/posix/files.ts";
import { strerror } from "../runtime/posix/posix_error.ts";
import { StartError } from "./start_error.ts";

const EXIT_START = 2;

/** The status when a part of the process cannot be set up. */
const EXIT_SETUP = 255;

/**
 * Makes the process what a configuration wants it to be: checks its folder,
 * takes the lock, gives up rights.
 *
 * @param rights What `-u` and `-g` say instead.
 * @throws {StartError} When something of it cannot be had.
 */
export async function setUpProcess(
  configuration: Configuration,
  rights: {
    readonly user: string | undefined;
    readonly group: string | undefined;
  },
): Promise<void> {
  const { findSections } = await import("../runtime/conf/section.ts");
  const [root] = findSections(configuration, "/*");
  checkEventer(configuration, findSections(configuration, "//eventer/config"));
  const folder = root?.text("@workingdir");
  if (folder !== undefined && typeof stat(folder) === "number") {
    throw new StartError([`Failed to resolve path: ${folder}`], EXIT_SETUP);
  }
  const lock = root?.text("@lockfile");
  if (lock !== undefined) await takeLock(lock);
  const security = findSections(
    configuration,
    "/*/security | /*/include/security",
  ).findLast((section) => !section.isOff());
  await setRights(security, rights);
}

function checkEventer(
  configuration: Configuration,
  configs: readonly ConfSection[],
): void {
  const implementation = configuration.get("//eventer/@implementation");
  if (implementation !== undefined && implementation !== "epoll") {
    throw new StartError(
      [`Cannot choose eventer ${implementation}`],
      EXIT_SETUP,
    );
  }
  for (const config of configs) {
    for (const [name, value] of config.hash("self::config")) {
      if (name.startsWith("jobq_")) checkJobQueue(name, value);
      if (KNOWN_EVENTER.test(name)) continue;
      configuration.report(
        "error/conf",
        `Warning: unknown eventer config '${name}'`,
      );
    }
  }
}

/** Names that an eventer's configuration may have, with effect or without. */
const KNOWN_EVENTER =
  /^(?:concurrency|debugging|rlim_nofiles|show_(?:loop|jobq)_callbacks_threshold|loop_.*|jobq_.*|default_(?:queue_threads|jobq_ordering|ca_chain)|ssl_(?:ctx_cache_expiry|dhparam(?:1024|2048)_file))$/;

/** A queue has `concurrency[,min[,max…]]` threads; here jobs need none. */
function checkJobQueue(name: string, value: string): void {
  const [concurrency = 0, min = 0, max = 0] = value.split(",").map(confInteger);
  if (concurrency >= Math.max(1, min) && (max === 0 || concurrency <= max)) {
    return;
  }
  throw new StartError([
    `eventer jobq '${
      name.slice("jobq_".length)
    }' must have reasonable concurrency`,
    "Cannot configure eventer",
  ], EXIT_SETUP);
}

/** The descriptor stays open, and the lock held, until the process ends. */
async function takeLock(path: string): Promise<void> {
  const { acquireLockFile } = await import("../runtime/files/lock_file.ts");
  const fd = acquireLockFile(path);
  if (fd < 0) {
    throw new StartError(
      [`Failed to acquire lock: ${path}: ${strerror(-fd)}`],
      EXIT_SETUP,
    );
  }
}

async function setRights(
  security: ConfSection | undefined,
  rights: {
    readonly user: string | undefined;
    readonly group: string | undefined;
  },
): Promise<void> {
  if (security?.text("@chrootpath") !== undefined) {
    throw new StartError(
      ["security: chrootpath is not supported"],
      EXIT_START,
    );
  }
  if ((security?.sections("capabilities//capability").length ?? 0) > 0) {
    throw new StartError(
      ["security: capabilities are not supported"],
      EXIT_START,
    );
  }
  await dropRights(
    rights.user === undefined
      ? security?.text("@user")
      : encodeText(rights.user),
    rights.group === undefined
      ? security?.text("@group")
      : encodeText(rights.group),
  );
}

/**
 * Gives up the rights of the user and group for those of others.
 *
 * @throws {StartError} When they cannot be had.
 */
export async function dropRights(
  user: string | undefined,
  group: string | undefined,
): Promise<void> {
  if (user === undefined && group === undefined) return;
  const { dropPrivileges, PrivilegeError } = await import(
    "../runtime/process/privileges.ts"
  );
  try {
    dropPrivileges(user, group);
  } catch (error) {
    if (!(error instanceof PrivilegeError)) throw error;
    throw new StartError([`luamtev: ${error.message}`], EXIT_START);
  }
}

/**
 * The running platform: what differs from one operating system and processor to the next, as data.
 *
 * One file per platform describes it (linux_x86_64.ts, linux_aarch64.ts); this file only picks the
 * running one. It opens no library and calls nothing. A platform is added by writing its file and
 * adding one line to `platforms`.
 */

import { linuxArm64 } from "./linux_aarch64.ts";
import { linuxX64 } from "./linux_x86_64.ts";
import type { Platform } from "./platform_description.ts";

const platforms: Readonly<Record<string, Platform>> = {
  "linux-aarch64": linuxArm64,
  "linux-x86_64": linuxX64,
};

/** The running platform's name, such as `linux-x86_64`. */
export const platformName = `${Deno.build.os}-${Deno.build.arch}`;

/** The running platform, or undefined when nobody has described it yet. */
export const platform: Platform | undefined = platforms[platformName];

/**
 * The running platform, for callers that cannot do without.
 *
 * @returns The platform's description.
 * @throws {Deno.errors.NotSupported} When the platform has no description.
 */
export function requiredPlatform(): Platform {
  if (platform !== undefined) return platform;
  throw new Deno.errors.NotSupported(
    `Cannot use the operating system's calls on ${platformName}: supported are ${
      Object.keys(platforms).join(" and ")
    }`,
  );
}

/** Calls on names of files against the real kernel. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import {
  EBADF,
  EEXIST,
  ENOENT,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_WRONLY,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
} from "../../../runtime/posix/constants.ts";
import { close } from "../../../runtime/posix/descriptors.ts";
import { readFolder } from "../../../runtime/posix/directories.ts";
import {
  chmod,
  currentFolder,
  type FileStatus,
  fstat,
  lstat,
  mkdir,
  open,
  realpath,
  rmdir,
  stat,
  unlink,
} from "../../../runtime/posix/files.ts";
import { errorName } from "../../../runtime/posix/posix_error.ts";
import { uname } from "../../../runtime/posix/uname.ts";
import { withFolder } from "../../support/folder.ts";

function create(path: string, mode = 0o644): void {
  const fd = open(path, O_CREAT | O_EXCL | O_WRONLY, mode);
  assert.ok(fd >= 0, `open gave ${errorName(-fd)}`);
  close(fd);
}

function status(result: FileStatus | number): FileStatus {
  assert.notEqual(typeof result, "number");
  return result as FileStatus;
}

Deno.test("open() creates, refuses what is there and reports what is missing", () => {
  withFolder((folder) => {
    create(`${folder}/a`);
    const flags = O_CREAT | O_EXCL | O_WRONLY;
    assert.equal(open(`${folder}/a`, flags, 0o644), -EEXIST);
    assert.equal(open(`${folder}/b`, O_RDONLY, 0), -ENOENT);
  });
});

Deno.test("open() with O_NOFOLLOW refuses a symbolic link", () => {
  withFolder((folder) => {
    Deno.symlinkSync("nowhere", `${folder}/link`);
    const result = open(`${folder}/link`, O_RDONLY | O_NOFOLLOW, 0);
    assert.equal(errorName(-result), "ELOOP");
  });
});

Deno.test("names with spaces, newlines and bytes that are no UTF-8 go through as they are", () => {
  withFolder((folder) => {
    const names = ["a b", "a\nb", "\xff\xfe\x80", "\xc3\xa4", "-rf *"];
    for (const name of names) create(`${folder}/${name}`);
    const listed = readFolder(folder);
    assert.ok(Array.isArray(listed));
    assert.deepEqual(listed.sort(), [".", "..", ...names].sort());
    for (const name of names) assert.equal(unlink(`${folder}/${name}`), 0);
    assert.deepEqual((readFolder(folder) as string[]).sort(), [".", ".."]);
  });
});

Deno.test("readFolder() lists 5,000 entries once each", () => {
  withFolder((folder) => {
    const names = Array.from({ length: 5000 }, (_, i) => `entry ${i}`);
    for (const name of names) create(`${folder}/${name}`);
    const listed = readFolder(folder) as string[];
    assert.deepEqual(listed.sort(), [".", "..", ...names].sort());
  });
});

Deno.test("readFolder() reports what is no folder", () => {
  withFolder((folder) => {
    create(`${folder}/file`);
    assert.equal(errorName(-Number(readFolder(`${folder}/file`))), "ENOTDIR");
    assert.equal(readFolder(`${folder}/none`), -ENOENT);
  });
});

Deno.test("stat() agrees with node:fs on files, folders and devices", () => {
  withFolder((folder) => {
    create(`${folder}/file`);
    Deno.truncateSync(`${folder}/file`, 3 * 2 ** 32 + 1);
    for (const path of [`${folder}/file`, folder, "/dev/null", "/proc"]) {
      const ours = status(stat(path));
      const { dev, ino, mode, nlink, uid, gid, rdev, size } = statSync(path);
      const theirs = { dev, ino, mode, nlink, uid, gid, rdev, size };
      assert.deepEqual(ours, theirs, path);
    }
  });
});

Deno.test("lstat() tells of a dangling link itself, stat() that nothing is there", () => {
  withFolder((folder) => {
    Deno.symlinkSync("nowhere", `${folder}/link`);
    const link = status(lstat(`${folder}/link`));
    assert.equal(link.mode & S_IFMT, S_IFLNK);
    assert.equal(link.size, "nowhere".length);
    assert.equal(stat(`${folder}/link`), -ENOENT);
    assert.equal(realpath(`${folder}/link`), -ENOENT);
  });
});

Deno.test("fstat() tells of an open file, whatever has its name", () => {
  withFolder((folder) => {
    const path = `${folder}/file`;
    const fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600);
    try {
      const { ino } = status(stat(path));
      unlink(path);
      create(path, 0o600);
      assert.deepEqual(
        [status(fstat(fd)).ino, status(fstat(fd)).nlink],
        [ino, 0],
      );
    } finally {
      close(fd);
    }
    assert.equal(fstat(fd), -EBADF);
  });
});

Deno.test("mkdir(), rmdir() and chmod() change what stat() tells", () => {
  withFolder((folder) => {
    const path = `${folder}/sub`;
    assert.equal(mkdir(path, 0o700), 0);
    assert.equal(mkdir(path, 0o700), -EEXIST);
    assert.equal(status(stat(path)).mode, S_IFDIR | 0o700);
    create(`${path}/file`, 0o600);
    assert.equal(status(stat(`${path}/file`)).mode, S_IFREG | 0o600);
    assert.equal(chmod(`${path}/file`, 0o444), 0);
    assert.equal(status(stat(`${path}/file`)).mode, S_IFREG | 0o444);
    assert.equal(errorName(-rmdir(path)), "ENOTEMPTY");
    assert.equal(errorName(-unlink(path)), "EISDIR");
    unlink(`${path}/file`);
    assert.equal(rmdir(path), 0);
    assert.equal(chmod(path, 0), -ENOENT);
  });
});

Deno.test("realpath() resolves links and refuses too long names", () => {
  withFolder((folder) => {
    mkdir(`${folder}/\xe9`, 0o700);
    Deno.symlinkSync(".", `${folder}/link`);
    assert.equal(
      realpath(`${folder}/link/./\xe9/../\xe9`),
      `${folder}/\xe9`,
    );
    assert.equal(
      errorName(-Number(realpath("x".repeat(5000)))),
      "ENAMETOOLONG",
    );
  });
});

Deno.test("currentFolder() is Deno's", () => {
  assert.equal(currentFolder(), Deno.cwd());
});

Deno.test("uname() agrees with the shell's", () => {
  const { stdout } = new Deno.Command("uname", { args: ["-snrvm"] })
    .outputSync();
  const { sysname, nodename, release, version, machine } = uname();
  assert.equal(
    `${sysname} ${nodename} ${release} ${version} ${machine}\n`,
    new TextDecoder().decode(stdout),
  );
});

/**
 * Splits a command line as POSIX `getopt` does: clusters (`-dn4`), values
 * attached or in the next word, `--` ends the options, and so does the first
 * word that is none; and words that begin with `--`. Not node:util's
 * `parseArgs`, which costs start-up time and cannot go on after an unknown
 * option (docs/decisions.md).
 */

/** A command line, taken apart. */
export interface ParsedOptions {
  /**
   * Options in order; `value` for those that take one. A long option that takes
   * none, known or not, is one whole word: `--version`.
   */
  readonly options: readonly {
    readonly letter: string;
    readonly value: string | undefined;
  }[];
  /** What is wrong, in the C library's words, one sentence each. */
  readonly complaints: readonly string[];
  /** All from the first word that is no option. */
  readonly operands: readonly string[];
}

/**
 * Parses `words`.
 *
 * @param letters The known options; a colon follows one that takes a value.
 * @param long The long options that take a value: attached (`--eval=code`) or
 * in the next word.
 */
export function getopt(
  words: readonly string[],
  letters: string,
  long: readonly string[] = [],
): ParsedOptions {
  const options: { letter: string; value: string | undefined }[] = [];
  const complaints: string[] = [];
  let next = 0;
  while (next < words.length) {
    const word = words[next]!;
    if (word === "--") {
      next++;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    next++;
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const name = equals < 0 ? word : word.slice(0, equals);
      if (!long.includes(name)) {
        options.push({ letter: word, value: undefined });
        continue;
      }
      const value = equals < 0 ? words[next++] : word.slice(equals + 1);
      if (value === undefined) {
        complaints.push(`option '${name}' requires an argument`);
      } else {
        options.push({ letter: name, value });
      }
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      const known = letter === ":" ? -1 : letters.indexOf(letter);
      if (known < 0) {
        complaints.push(`invalid option -- '${letter}'`);
      } else if (letters[known + 1] !== ":") {
        options.push({ letter, value: undefined });
      } else {
        const value = i + 1 < word.length ? word.slice(i + 1) : words[next++];
        if (value === undefined) {
          complaints.push(`option requires an argument -- '${letter}'`);
        } else {
          options.push({ letter, value });
        }
        break;
      }
    }
  }
  return { options, complaints, operands: words.slice(next) };
}

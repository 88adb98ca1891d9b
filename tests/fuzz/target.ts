/**
 * What a fuzz target is, and the loop that feeds it: documents damaged at
 * random, the same ones for the same seed. A target may refuse a document with
 * its own error and must do nothing else; the first other error ends the run
 * and carries the document.
 */

/** A parser, and what to give it. */
export interface Target {
  readonly name: string;
  /** Documents to damage. Without any, the target is skipped. */
  readonly seeds: readonly string[];
  /** What damage is made of, besides bytes. */
  readonly tokens: readonly string[];
  /** Parses a document, a binary string, and checks what can be checked. */
  readonly run: (text: string) => void | Promise<void>;
  /** Whether an error is the refusal of a document. */
  readonly refuses: (error: unknown) => boolean;
  /** Why there are no seeds, if there are none. */
  readonly missing?: string;
}

/** How much to feed: whichever limit comes first. */
export interface FuzzLimits {
  readonly seed: number;
  readonly documents?: number;
  readonly seconds?: number;
}

/** What a run did. */
export interface FuzzCounts {
  readonly documents: number;
  readonly refused: number;
}

/** A document that a target neither took nor refused. */
export class FuzzError extends Error {
  override readonly name = "FuzzError";

  /**
   * @param target The target's name
   * @param document What it was given
   * @param cause What it threw
   */
  constructor(target: string, readonly document: string, cause: unknown) {
    super(`Cannot parse ${target}: ${JSON.stringify(document)}`, { cause });
  }
}

/**
 * Feeds a target with damaged documents.
 *
 * @param target The target
 * @param limits When to stop
 * @returns How many documents it was given, and how many it refused
 * @throws {FuzzError} For the first document that went otherwise
 */
export async function fuzz(
  target: Target,
  { seed, documents: most = Infinity, seconds = Infinity }: FuzzLimits,
): Promise<FuzzCounts> {
  const random = randomFrom(seed);
  const end = performance.now() + seconds * 1000;
  let documents = 0, refused = 0;
  if (target.seeds.length === 0) return { documents, refused };
  for (; documents < most && performance.now() < end; documents++) {
    const text = damage(target, random);
    try {
      await target.run(text);
    } catch (error) {
      if (!target.refuses(error)) {
        throw new FuzzError(target.name, text, error);
      }
      refused++;
    }
  }
  return { documents, refused };
}

/** A generator of numbers from 0 up to a limit, the same for a seed (xorshift). */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function damage(
  { seeds, tokens }: Target,
  random: (limit: number) => number,
): string {
  let text = seeds[random(seeds.length)]!;
  for (let count = 1 + random(3); count > 0; count--) {
    const at = random(text.length + 1);
    const removed = random(2) * random(12);
    const added = random(2) === 0
      ? tokens[random(tokens.length)]!.repeat(random(8) === 0 ? 100 : 1)
      : String.fromCharCode(random(256));
    text = text.slice(0, at) + added + text.slice(at + removed);
  }
  return text;
}

/**
 * The configuration of a process, loaded when it is first asked for: libxml2
 * takes 50 ms, and most programs never ask.
 */
import { loadXmlLibrary } from "../xml/library.ts";
import { Configuration } from "./configuration.ts";

/** See the head of this file. */
export class ConfigurationSource implements Disposable {
  readonly #text: () => string | Promise<string>;
  #configuration: Configuration | undefined;
  #loading: Promise<Configuration> | undefined;

  /** @param text Makes the document, a binary string. Called once at the most. */
  constructor(text: () => string | Promise<string>) {
    this.#text = text;
  }

  /** The configuration, unless it would have to be loaded first. */
  loaded(): Configuration | undefined {
    return this.#configuration;
  }

  /**
   * The configuration.
   *
   * @throws {XmlParseError} When the document is not well-formed.
   */
  load(): Promise<Configuration> {
    return this.#loading ??= this.#load();
  }

  async #load(): Promise<Configuration> {
    const library = await loadXmlLibrary();
    return this.#configuration = new Configuration(
      library,
      await this.#text(),
    );
  }

  /** Frees the document. */
  [Symbol.dispose](): void {
    this.#configuration?.[Symbol.dispose]();
    this.#configuration = undefined;
  }
}

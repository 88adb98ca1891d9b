/**
 * The configuration of a process, loaded when it is first asked for: libxml2
 * takes 50 ms, and most programs never ask.
 */
import type {
  Configuration,
  ConfigurationOrigin,
  ConfReport,
} from "./configuration.ts";

/** See the head of this file. */
export class ConfigurationSource implements Disposable {
  readonly #origin: () => ConfigurationOrigin | Promise<ConfigurationOrigin>;
  /** Receives what is wrong with the configuration but no reason to stop. */
  report: ConfReport = () => {};
  #configuration: Configuration | undefined;
  #loading: Promise<Configuration> | undefined;

  /** @param origin Tells where the document is. Called once at the most. */
  constructor(
    origin: () => ConfigurationOrigin | Promise<ConfigurationOrigin>,
  ) {
    this.#origin = origin;
  }

  /** The configuration, unless it would have to be loaded first. */
  loaded(): Configuration | undefined {
    return this.#configuration;
  }

  /**
   * The configuration.
   *
   * @throws {ConfError} When its file cannot be read or is not well-formed.
   * @throws {XmlParseError} When its text is not well-formed.
   */
  load(): Promise<Configuration> {
    return this.#loading ??= this.#load();
  }

  async #load(): Promise<Configuration> {
    const { loadXmlLibrary } = await import("../xml/library.ts");
    const { Configuration } = await import("./configuration.ts");
    return this.#configuration = new Configuration(
      await loadXmlLibrary(),
      await this.#origin(),
      (stream, line) => this.report(stream, line),
    );
  }

  /** Frees the document. */
  [Symbol.dispose](): void {
    this.#configuration?.[Symbol.dispose]();
    this.#configuration = undefined;
  }
}

/**
 * The configuration that luamtev makes up when it is given none, as `-T`
 * prints it. Specification: mtev-lua-api.md §16.3.
 */

/** What the configuration is made of. */
export interface ConfigurationValues {
  readonly concurrency: number;
  readonly modules: string;
  readonly path: string;
  readonly cpath: string;
  /** The module to run. */
  readonly module: string;
  /** Its entry function. */
  readonly entry: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);
}

/** Returns the configuration as an XML document. */
export function generatedConfiguration(values: ConfigurationValues): string {
  const { concurrency } = values;
  const [modules, path, cpath, module, entry] = [
    values.modules,
    values.path,
    values.cpath,
    values.module,
    values.entry,
  ].map(escapeXml);
  return `<?xml version="1.0" encoding="utf8" standalone="yes"?>
<cli>
  <eventer>
    <config>
      <concurrency>${concurrency}</concurrency>
    </config>
  </eventer>
  <modules directory="${modules}">
    <generic image="lua_mtev" name="lua_general">
      <config>
        <Cpreloads>LuaMtevDirect,hostcli</Cpreloads>
        <directory>${path}</directory>
        <cpath>${cpath}</cpath>
        <lua_module>${module}</lua_module>
        <lua_function>${entry}</lua_function>
        <tragedy_terminates>true</tragedy_terminates>
      </config>
    </generic>
  </modules>
  <logs dedup_seconds="0">
    <console_output>
      <outlet name="stderr"/>
      <log name="error"/>
    </console_output>
    <components>
      <error>
        <outlet name="stderr"/>
        <log name="error/cli"/>
        <log name="error/lua"/>
      </error>
      <debug>
        <outlet name="stderr"/>
        <log name="debug" disabled="true"/>
        <log name="debug/eventer" disabled="true"/>
        <log name="debug/memory" disabled="true"/>
        <log name="debug/cli" disabled="true"/>
        <log name="debug/lua" disabled="true"/>
        <log name="notice" disabled="true"/>
      </debug>
    </components>
  </logs>
</cli>
`;
}

/**
 * What libmtev's manual describes of configurations, with examples of our own:
 * Environment, Inheritance, Includes, Shatter, Eventer; and that configurations
 * with the parts that are not there yet load. Logging is in tests/runtime/log.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Configuration } from "../../../runtime/conf/configuration.ts";
import {
  type ConfSection,
  findSections,
} from "../../../runtime/conf/section.ts";
import { loadXmlLibrary } from "../../../runtime/xml/library.ts";
import { luamtev, TestFolder } from "../../support/luamtev.ts";

const library = await loadXmlLibrary();

function section(configuration: Configuration, path: string): ConfSection {
  const [found] = findSections(configuration, path);
  ok(found, path);
  return found;
}

Deno.test("Environment: values and sections", async () => {
  using folder = new TestFolder();
  const file = folder.write(
    "app.conf",
    `<cli><modules>
      <generic image="lua_mtev" name="lua_general" require_env="!MANUAL_OFF"/></modules>
      <listeners><listener port="ENV:2222:{MANUAL_PORT}"/>
      <target url="http://localhost:ENV:2222:{MANUAL_PORT}/"/></listeners></cli>`,
  );
  const module = folder.module(`function main()
    print(mtev.conf("//listener/@port"), mtev.conf("//target/@url"))
    os.exit(0)
  end`);
  const given = await luamtev(["-c", file, module], {
    env: { MANUAL_PORT: "80" },
  });
  const embedded = "http://localhost:ENV:2222:{MANUAL_PORT}/";
  strictEqual(given.stdout, `80\t${embedded}\n`);
  const unset = await luamtev(["-c", file, module]);
  strictEqual(unset.stdout, `2222\t${embedded}\n`);
  const off = await luamtev(["-c", file, module], { env: { MANUAL_OFF: "" } });
  strictEqual(off.code, 2);
});

Deno.test("Inheritance, simple: attributes and hashes of a, b and c", () => {
  using configuration = new Configuration(library, {
    text:
      `<x><a foo="bar"><config><key1>val a 1</key1><key2>val a 2</key2></config>
      <b quux="baz"><config><key1>val b 1</key1><key3>val b 3</key3></config>
      <c foo="meme"/></b></a></x>`,
  });
  const [a, b, c] = ["//a", "//b", "//c"].map((path) =>
    section(configuration, path)
  );
  const attributes = (name: string) =>
    [a, b, c].map((one) => one!.inherited(name));
  deepStrictEqual(attributes("foo"), ["bar", "bar", "meme"]);
  deepStrictEqual(attributes("quux"), [undefined, "baz", "baz"]);
  const hash = (one: ConfSection | undefined) =>
    Object.fromEntries(one!.hash("config"));
  deepStrictEqual(hash(a), { key1: "val a 1", key2: "val a 2" });
  const below = { key1: "val b 1", key2: "val a 2", key3: "val b 3" };
  deepStrictEqual(hash(b), below);
  deepStrictEqual(hash(c), below);
});

Deno.test("Inheritance, complex: a named hash from elsewhere", () => {
  using configuration = new Configuration(library, {
    text:
      `<x><outer><config name="A"><key1>a</key1><key2>b</key2><key3>c</key3></config>
      <inner><config name="C" inherit="bob"><key1>AAA</key1><key4>DDD</key4></config></inner></outer>
      <y><z><config name="B" id="bob"><key2>bobB</key2><key5>bobE</key5></config></z></y></x>`,
  });
  const hash = (path: string) =>
    Object.fromEntries(section(configuration, path).hash("config"));
  deepStrictEqual(hash("//outer"), { key1: "a", key2: "b", key3: "c" });
  deepStrictEqual(hash("//inner"), {
    key1: "AAA",
    key2: "bobB",
    key3: "c",
    key4: "DDD",
    key5: "bobE",
  });
});

Deno.test("Includes: a child's root is absorbed, a snippet has none", () => {
  using folder = new TestFolder();
  folder.write(
    "application.conf",
    `<root><include file="child.conf"/><include file="snippet.conf" snippet="true"/></root>`,
  );
  folder.write("child.conf", `<child><foo></foo><bar></bar></child>`);
  folder.write("snippet.conf", `<baz></baz>\n<quux></quux>`);
  using configuration = new Configuration(library, {
    path: `${folder.path}/application.conf`,
  });
  deepStrictEqual(configuration.list("/root/include/*", "name()"), [
    "foo",
    "bar",
    "baz",
    "quux",
  ]);
  ok(configuration.set("/root/include/bar", "changed"));
  ok(configuration.set("/root/include/quux", "changed"));
  ok(
    Deno.readTextFileSync(`${folder.path}/child.conf`)
      .includes("<bar>changed</bar>"),
  );
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/snippet.conf`),
    "<baz/>\n<quux>changed</quux>\n",
  );
});

Deno.test("Shatter: nodes below an element lie in a folder", () => {
  using folder = new TestFolder();
  const main = `<root><checks backingstore="checks.d"/></root>`;
  folder.write("application.conf", main);
  const path = `${folder.path}/application.conf`;
  {
    using configuration = new Configuration(library, { path });
    ok(configuration.set("/root/checks/check", ""));
    ok(configuration.set("/root/checks/check/@target", "10.0.0.1"));
  }
  strictEqual(Deno.readTextFileSync(path), main);
  using configuration = new Configuration(library, { path });
  strictEqual(configuration.get("/root/checks/check/@target"), "10.0.0.1");
});

Deno.test("Eventer: every key of the manual is known", async () => {
  using folder = new TestFolder();
  const file = folder.write(
    "app.conf",
    `<cli><eventer implementation="epoll"><config>
      <debugging>1</debugging><show_loop_callbacks_threshold>10</show_loop_callbacks_threshold>
      <show_jobq_callbacks_threshold>10</show_jobq_callbacks_threshold>
      <rlim_nofiles>1024</rlim_nofiles><default_queue_threads>10</default_queue_threads>
      <concurrency>3</concurrency><loop_io>2,1.5</loop_io><jobq_db>4,1,8,gc,100,lifo</jobq_db>
      <default_jobq_ordering>lifo</default_jobq_ordering><default_ca_chain>/ca.pem</default_ca_chain>
      <ssl_ctx_cache_expiry>5</ssl_ctx_cache_expiry><ssl_dhparam1024_file/><ssl_dhparam2048_file/>
      </config></eventer>
      <modules><generic image="lua_mtev" name="lua_general"/></modules></cli>`,
  );
  const module = folder.module(`function main()
    print(mtev.eventer_loop_concurrency())
    os.exit(0)
  end`);
  const { code, stdout, stderr } = await luamtev(["-c", file, module]);
  deepStrictEqual({ code, stdout, stderr }, {
    code: 0,
    stdout: "3\n",
    stderr: "",
  });
});

Deno.test("Watchdog, Managed, Listeners and Modules load", async () => {
  using folder = new TestFolder();
  const file = folder.write(
    "app.conf",
    `<cli><watchdog glider="/usr/bin/true" tracedir="/tmp" retries="3" span="10" save_trace_output="false"/>
      <managed><application exec="/bin/sleep" arg0="sleep" user="nobody" group="nogroup" dir="/"
        environment="false" stdout="notice" stderr="error"><arg>100</arg><env>PATH</env><env>A=1</env></application></managed>
      <listeners><sslconfig><layer>tlsv1.2</layer><ciphers>HIGH</ciphers></sslconfig>
        <consoles type="mtev_console" require_env="CONSOLE"><listener address="/tmp/none" /></consoles>
        <listener type="http_rest_api" address="*" port="8888" ssl="on" backlog="10" fanout="true" accept_thread="off">
        <config><document_root>/tmp</document_root></config></listener></listeners>
      <rest><acl><rule type="allow" url="^/"/></acl></rest>
      <modules directory="/none"><generic image="lua_mtev" name="lua_general"/>
        <generic image="lua_mtev" name="lua_web"><config><mount_x>mod:GET:/x/</mount_x></config></generic>
        <loader image="lua" name="lua"><config><directory>/none/?.lua</directory></config>
          <module loader="lua" name="x" object="y"/></loader>
        <generic image="zipkin_jaeger" name="zipkin_jaeger"/></modules></cli>`,
  );
  const module = folder.module("function main() print('up') os.exit(0) end");
  const { code, stdout, stderr } = await luamtev(["-c", file, module]);
  deepStrictEqual({ code, stdout, stderr: stderr.split("\n") }, {
    code: 0,
    stdout: "up\n",
    stderr: [
      "Could not load loader lua:lua: modules of C are not supported",
      "Could not load generic zipkin_jaeger:zipkin_jaeger: modules of C are not supported",
      "",
    ],
  });
});

/**
 * Loops. In the resumable version a loop whose body contains sites becomes
 * jumps; one whose only site is the interrupt check at its head stays a loop,
 * with the place to resume in front of it.
 */
import type { Statement, Variable } from "./ast.ts";
import { emitAdjusted } from "./emit_call.ts";
import { emitCondition, numeral } from "./emit_expression.ts";
import { type Emitter, SiteKind } from "./emitter.ts";
import { isNumeric } from "./infer.ts";

type While = Extract<Statement, { kind: "while" | "repeat" }>;
type NumericFor = Extract<Statement, { kind: "numericFor" }>;
type GenericFor = Extract<Statement, { kind: "genericFor" }>;

/** Runs `emit` and records whether the part `node` of a loop has sites. */
function part(emitter: Emitter, node: object, emit: () => void): void {
  emitter.track(node, emit);
}

/** `while condition do body end` */
export function emitWhile(emitter: Emitter, loop: While): void {
  const jumps = emitter.resumable && emitter.hasSites(loop.body);
  if (jumps) {
    const head = emitter.newLabel();
    const past = emitter.newLabel();
    emitter.write(`case ${head}:`);
    emitter.interruptSite(loop.line);
    emitter.write(`case ${emitter.site}:`);
    const mark = emitter.temporaryMark();
    const condition = emitCondition(emitter, loop.condition);
    emitter.releaseTo(mark);
    emitter.write(`if(!${condition})${emitter.jump(past)}`);
    emitBody(emitter, loop, emitter.jump(past));
    emitter.write(`${emitter.jump(head)}case ${past}:`);
    return;
  }
  const label = emitter.loopLabel();
  const head = emitter.capture(() => emitter.interruptSite(loop.line));
  if (emitter.resumable) emitter.write(`case ${emitter.site}:`);
  emitter.write(`${label}:for(;;){${head}`);
  // The condition belongs to the loop: its sites keep it from staying one.
  part(emitter, loop.body, () => {
    const mark = emitter.temporaryMark();
    const condition = emitCondition(emitter, loop.condition);
    emitter.releaseTo(mark);
    emitter.write(`if(!${condition})break;`);
    emitBody(emitter, loop, `break ${label};`);
  });
  emitter.write("}");
}

function emitBody(
  emitter: Emitter,
  { body, line }: While | NumericFor | GenericFor,
  leave: string,
): void {
  emitter.loops.push({ leave });
  emitter.visit.block(emitter, body);
  emitter.loops.pop();
  if (emitter.hooked) emitter.write(`R.hookLoop(${line});`);
}

/** `repeat body until condition`; the condition sees the body's locals. */
export function emitRepeat(emitter: Emitter, loop: While): void {
  const jumps = emitter.resumable && emitter.hasSites(loop.body);
  const past = jumps ? emitter.newLabel() : 0;
  const head = jumps ? emitter.newLabel() : 0;
  const label = emitter.loopLabel();
  const check = emitter.capture(() => emitter.interruptSite(loop.line));
  const leave = jumps ? emitter.jump(past) : `break ${label};`;
  if (jumps) emitter.write(`case ${head}:${check}case ${emitter.site}:`);
  else {
    if (emitter.resumable) emitter.write(`case ${emitter.site}:`);
    emitter.write(`${label}:for(;;){${check}`);
  }
  part(emitter, loop.body, () => {
    const scope = emitter.scopeMark();
    emitter.loops.push({ leave });
    emitter.visit.statements(emitter, loop.body, 0);
    emitter.loops.pop();
    const mark = emitter.temporaryMark();
    const condition = emitCondition(emitter, loop.condition);
    emitter.releaseTo(mark);
    emitter.write(`if(${condition})${leave}`);
    if (emitter.hooked) emitter.write("R.hookLoop(0);");
    emitter.leaveTo(scope);
  });
  emitter.write(jumps ? `${emitter.jump(head)}case ${past}:` : "}");
}

/** `for v = start, limit, step do body end` */
export function emitNumericFor(emitter: Emitter, loop: NumericFor): void {
  const { variable, start, limit, step } = loop;
  const direct = !emitter.isBoxed(variable) && !variable.assigned;
  const mark = emitter.temporaryMark();
  const scope = emitter.scopeMark();
  const parts = [start, limit, ...(step === undefined ? [] : [step])];
  const [first, last, by = "1"] = emitAdjusted(emitter, parts, parts.length);
  let index = variable.js;
  if (direct) emitter.locals.push(index);
  else index = emitter.hidden("i");
  const constantLimit = limit.kind === "number";
  const constantStep = step === undefined || step.kind === "number";
  const n = constantLimit ? last! : emitter.hidden("n");
  const d = constantStep ? by : emitter.hidden("d");
  emitter.write(`${index}=${first};`);
  if (!constantLimit) emitter.write(`${n}=${last};`);
  if (!constantStep) emitter.write(`${d}=${by};`);
  emitter.releaseTo(mark);
  emitForCheck(emitter, loop, index, n, d);
  emitter.enter(index, "(for index)");
  emitter.enter(n, "(for limit)");
  emitter.enter(d, "(for step)");

  const stepValue = step === undefined
    ? 1
    : step.kind === "number"
    ? step.value
    : undefined;
  const test = stepValue === undefined
    ? `(${d}>0?${index}<=${n}:${index}>=${n})`
    : stepValue > 0
    ? `${index}<=${n}`
    : `${index}>=${n}`;
  const advance = stepValue === 1
    ? `${index}++`
    : `${index}+=${stepValue === undefined ? d : numeral(stepValue)}`;
  const body = (leave: string) => {
    const inner = emitter.scopeMark();
    if (!direct) emitter.declare(variable, index);
    emitter.enter(variable.js, variable.name);
    emitBody(emitter, loop, leave);
    emitter.leaveTo(inner);
  };
  if (emitter.resumable && emitter.hasSites(loop.body)) {
    const head = emitter.newLabel();
    const past = emitter.newLabel();
    emitter.write(`case ${head}:`);
    emitter.interruptSite(loop.line);
    emitter.write(`case ${emitter.site}:if(!(${test}))${emitter.jump(past)}`);
    body(emitter.jump(past));
    emitter.write(`${advance};${emitter.jump(head)}case ${past}:`);
  } else {
    const label = emitter.loopLabel();
    const head = emitter.capture(() => emitter.interruptSite(loop.line));
    if (emitter.resumable) emitter.write(`case ${emitter.site}:`);
    emitter.write(`${label}:for(;${test};${advance}){${head}`);
    part(emitter, loop.body, () => body(`break ${label};`));
    emitter.write("}");
  }
  emitter.leaveTo(scope);
}

/** Makes sure that a loop's bounds are numbers. */
function emitForCheck(
  emitter: Emitter,
  { start, limit, step, line }: NumericFor,
  index: string,
  n: string,
  d: string,
): void {
  const checks: string[] = [];
  const unknown: string[] = [];
  const check = (numeric: boolean, js: string, which: number) => {
    if (numeric) return;
    checks.push(`typeof ${js}!=="number"`);
    unknown.push(`${js}=R.forNumber(${js},${which});`);
  };
  check(isNumeric(start), index, 0);
  check(isNumeric(limit), n, 1);
  check(step === undefined || isNumeric(step), d, 2);
  if (checks.length === 0) return;
  emitter.beginSite(line);
  emitter.write(`if(${checks.join("||")}){${unknown.join("")}}`);
}

/** `for a, b in explist do body end` */
export function emitGenericFor(emitter: Emitter, loop: GenericFor): void {
  const { variables, values, line } = loop;
  const mark = emitter.temporaryMark();
  const scope = emitter.scopeMark();
  const [f, s, c, it] = ["f", "s", "c", "it"].map((name) =>
    emitter.hidden(name)
  ) as [string, string, string, string];
  const texts = emitAdjusted(emitter, values, 3);
  emitter.write(`${f}=${texts[0]};${s}=${texts[1]};${c}=${texts[2]};`);
  emitter.write(`${it}=iterate(${f},${s},${c});`);
  emitter.releaseTo(mark);
  emitter.enter(f, "(for generator)");
  emitter.enter(s, "(for state)");
  emitter.enter(c, "(for control)");
  emitter.enter(it, undefined);
  emitter.facts.calls = true;

  const jumps = emitter.resumable;
  const head = jumps ? emitter.newLabel() : 0;
  const past = jumps ? emitter.newLabel() : 0;
  const enter = jumps ? emitter.newLabel() : 0;
  const label = emitter.loopLabel();
  const leave = jumps ? emitter.jump(past) : `break ${label};`;
  emitter.write(jumps ? `case ${head}:` : `${label}:for(;;){`);
  emitter.interruptSite(line);
  if (jumps) emitter.write(`case ${emitter.site}:`);

  for (const variable of variables) emitter.locals.push(variable.js);
  const known = assignAll(
    emitter,
    variables,
    (i) => i === 0 ? `${it}.k` : i === 1 ? `${it}.v` : "undefined",
  );
  const fast = `if(!${it}.step())${leave}${known}`;
  emitter.write(
    jumps
      ? `if(${it}!==undefined){${fast}${emitter.jump(enter)}}`
      : `if(${it}!==undefined){${fast}}else{`,
  );
  const value = emitter.reserve();
  const next = `(typeof ${f}==="function"?${f}:R.C(${f}))`;
  const called = emitter.hooked ? `X.hookLeaf(${next})` : next;
  emitter.operation(
    line,
    undefined,
    value,
    (v) => `(${v}=${called}(${s},${c}))===null`,
    SiteKind.Call,
    "X.r=undefined;",
  );
  emitter.write(`if(${value}===undefined)${leave}${c}=${value};`);
  emitter.write(
    assignAll(
      emitter,
      variables,
      (i) => i === 0 ? value : `(X.r===undefined?undefined:X.r[${i}])`,
    ),
  );
  emitter.write(jumps ? `case ${enter}:` : "}");
  emitter.releaseTo(mark);
  for (const variable of variables) emitter.enter(variable.js, variable.name);
  emitBody(emitter, loop, leave);
  emitter.write(jumps ? `${emitter.jump(head)}case ${past}:` : "}");
  emitter.leaveTo(scope);
}

function assignAll(
  emitter: Emitter,
  variables: readonly Variable[],
  value: (index: number) => string,
): string {
  return variables.map((variable, i) =>
    emitter.isBoxed(variable)
      ? `${variable.js}=new Box(${value(i)});`
      : `${variable.js}=${value(i)};`
  ).join("");
}

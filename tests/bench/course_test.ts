/** The committed times of the chapters are of all chapters, and say of which machine. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import type { CourseRecord } from "../../bench/course/main.ts";
import { earlierRecord } from "../../bench/_record.ts";
import { chapterFiles } from "../../tools/chapters.ts";

const record = await earlierRecord("course.json") as CourseRecord | undefined;

Deno.test({
  name: "bench/results/course.json has the time of every chapter, the machine and the date",
  ignore: record === undefined,
  async fn() {
    const { seconds, date, machine, profile, backend, versions, load } = record!;
    const names = (await chapterFiles()).map((file) => basename(file, ".ipynb"));
    assert.deepEqual(Object.keys(seconds), names, "run deno task bench course");
    for (const name of names) assert.ok(seconds[name] > 0, name);
    assert.match(date, /^\d{4}-\d\d-\d\d$/);
    assert.ok(machine.processor.length > 0 && machine.cores > 0);
    assert.equal(profile, "quick");
    assert.ok(backend.length > 0 && versions.polytask.length > 0);
    assert.ok(load.before >= 0 && load.after >= 0);
  },
});

import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { movielens, tasksByGroup } from "../../../lib/data/mod.ts";
import { sum, testOnRealData } from "../_real.ts";

// Figures taken from the files with pandas.
testOnRealData(
  "movielens-latest-small",
  "ratings, films, genres and the first rating",
  async () => {
    const { dataset, users, films, genres } = await movielens({ unseen: 0 });
    deepStrictEqual([dataset.size, users, films.length, genres.length], [100836, 610, 9742, 20]);
    strictEqual(sum(dataset.target("rating").values), 353083);
    strictEqual(sum(dataset.target("liked").values), 48580);
    strictEqual(sum(dataset.target("seen").values), 100836);
    const { user, film } = dataset.inputs;
    strictEqual(new Set(film.values).size, 9724);
    deepStrictEqual([user.values[0], films[film.values[0]]], [428, "Copycat (1995)"]);
    strictEqual(dataset.target("rating").values[0], 4);
    const drama = genres.indexOf("Drama");
    const seen = new Set<number>();
    for (let row = 0; row < dataset.size; row++) {
      if (dataset.inputs.genres.values[row * 20 + drama]) seen.add(film.values[row]);
    }
    ok(seen.size > 4300 && seen.size <= 4361);
  },
);

testOnRealData("movielens-latest-small", "films not rated are really not rated", async () => {
  const { dataset, films } = await movielens({ unseen: 2, seed: 3 });
  strictEqual(dataset.size, 3 * 100836);
  deepStrictEqual([dataset.labelCount("rating"), dataset.labelCount("liked")], [100836, 100836]);
  const { values: seen } = dataset.target("seen");
  const pair = (row: number) =>
    dataset.inputs.user.values[row] * films.length + dataset.inputs.film.values[row];
  const rated = new Set<number>();
  for (let row = 0; row < dataset.size; row++) if (seen[row]) rated.add(pair(row));
  strictEqual(rated.size, 100836);
  for (let row = 0; row < dataset.size; row++) if (!seen[row]) ok(!rated.has(pair(row)));
  const again = await movielens({ unseen: 2, seed: 3 });
  deepStrictEqual(again.dataset.inputs.film.values, dataset.inputs.film.values);
});

testOnRealData("movielens-latest-small", "a task for every user", async () => {
  const { dataset, users } = await movielens({ unseen: 0 });
  const tasks = tasksByGroup(dataset, "liked", "user");
  const names = Object.keys(tasks.targets);
  deepStrictEqual([names.length, names[0]], [users, "user 428"]);
  // Counted with pandas: the ratings of user 1 (here 0), of user 414 (here 413), and all; likes of 1.
  deepStrictEqual(["user 0", "user 413"].map((name) => tasks.labelCount(name)), [232, 2698]);
  strictEqual(sum(names.map((name) => tasks.labelCount(name))), 100836);
  const { values, mask } = tasks.target("user 0");
  strictEqual(sum(Array.from(values).filter((_, row) => mask![row])), 200);
  const some = tasksByGroup(dataset, "rating", "user", { groups: [413, 0] });
  deepStrictEqual(Object.keys(some.targets), ["user 413", "user 0"]);
});

Deno.test("a number of films that cannot be is refused", async () => {
  await rejects(movielens({ unseen: -1 }), /unseen must be a whole number from 0 to 20, but is -1/);
});

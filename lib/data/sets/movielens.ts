import type { Column } from "../column.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { TextTable } from "../formats/_csv.ts";
import { Random } from "../../math/random.ts";
import { parsedOnce } from "../_parsed_cache.ts";
import { numberTarget } from "./_table_set.ts";

/** Options of {@linkcode movielens}. */
export interface MovielensOptions extends DataOptions {
  /** Films that were not rated, drawn at random for each rated one of a user. Default 1. */
  readonly unseen?: number;
  /** Seed of the films that were not rated. Default 0. */
  readonly seed?: number | string;
}

/** The inputs of {@linkcode movielens}. */
export type MovielensInput = "user" | "film" | "genres";

/** The targets of {@linkcode movielens}. */
export type MovielensTarget = "seen" | "liked" | "rating";

/** What {@linkcode movielens} gives. */
export interface Movielens {
  /** All pairs of user and film, in the order of time; pairs that were not rated follow their own. */
  readonly dataset: MultiTaskDataset<MovielensInput, MovielensTarget>;
  /** Number of users; `user` is below it. */
  readonly users: number;
  /** Titles; `film` is an index of it. */
  readonly films: readonly string[];
  /** Names of the genres, in the order of the input `genres`. */
  readonly genres: readonly string[];
}

const RATINGS = "movielens-latest-small/ratings.csv";
const MOVIES = "movielens-latest-small/movies.csv";
const LIKED_FROM = 4;

/**
 * MovieLens latest-small (September 2018): ratings of films.
 *
 * Records: 100,836 ratings by 610 users of 9,742 films (9,724 of them rated), and for each rating
 * `unseen` films that the user has not rated. Inputs: `user` (index), `film` (index) and `genres`
 * `[20]` (0 or 1). Targets: `seen` (1: rated), `liked` (1: rated 4 or more; missing when not seen)
 * and `rating` (0.5 to 5 stars; missing when not seen). Group: `user`;
 * `tasksByGroup(dataset, "liked", "user")` makes a task of every user (`"user 428"`), or of those that
 * `groups` names: each task costs a byte a row.
 *
 * Licence: GroupLens: research use, may be passed on under the same conditions, no commercial use
 * without permission. Cite: F. M. Harper, J. A. Konstan. The MovieLens Datasets: History and
 * Context. ACM TiiS 5(4):19, 2015. doi:10.1145/2827872.
 *
 * Known traps: not rated is not the same as not seen; drawn films may be liked ones that the user
 * never rated. Ratings are missing not at random: people rate what they expected to like. A random
 * split lets a model look into the future; the order of time allows an honest one.
 *
 * @param options `unseen`, `seed`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function movielens(options: MovielensOptions = {}): Promise<Movielens> {
  const { unseen = 1, seed = 0 } = options;
  if (!Number.isInteger(unseen) || unseen < 0 || unseen > 20) {
    throw new RangeError(`unseen must be a whole number from 0 to 20, but is ${unseen}.`);
  }
  const key = { name: "movielens", version: 1, sources: [RATINGS, MOVIES] };
  const { arrays, notes } = await parsedOnce(key, options, () => parseMovielens(options));
  const random = Random.stream(seed, "MovieLens films not rated");
  const ratings = arrays.rating.length;
  const rows = ratings * (1 + unseen);
  const user = new Int32Array(rows);
  const film = new Int32Array(rows);
  const rating = new Float32Array(rows).fill(NaN);
  const rated = new Set<number>();
  const films = notes.films.length;
  for (let at = 0; at < ratings; at++) rated.add(arrays.user[at] * films + arrays.film[at]);
  for (let at = 0, row = 0; at < ratings; at++) {
    user.fill(arrays.user[at], row, row + 1 + unseen);
    film[row] = arrays.film[at];
    rating[row++] = arrays.rating[at];
    for (let more = 0; more < unseen; more++) {
      do film[row] = random.integer(films); while (rated.has(user[row] * films + film[row]));
      row++;
    }
  }
  const isSeen = (stars: number) => !Number.isNaN(stars);
  const width = notes.genres.length;
  const genres = new Uint8Array(rows * width);
  film.forEach((index, row) => {
    genres.set(arrays.genres.subarray(index * width, (index + 1) * width), row * width);
  });
  const index = (values: Int32Array): Column => ({ values, shape: [] });
  const dataset = MultiTaskDataset.from({
    inputs: { user: index(user), film: index(film), genres: { values: genres, shape: [width] } },
    targets: {
      seen: numberTarget(rating.map((stars) => isSeen(stars) ? 1 : 0)),
      liked: numberTarget(rating.map((stars) => isSeen(stars) ? Number(stars >= LIKED_FROM) : NaN)),
      rating: numberTarget(rating),
    },
    groups: { user },
    name: "MovieLens latest-small",
    description: "MovieLens: ratings of films by 610 users (Harper and Konstan 2015).",
  });
  return { dataset, users: notes.users, films: notes.films, genres: notes.genres };
}

async function parseMovielens(options: DataOptions) {
  const [movies, ratings] = await Promise.all(
    [MOVIES, RATINGS].map(async (file) =>
      TextTable.parse(await readDataFile(file, options), { file })
    ),
  );
  const lists = movies.text("genres").map((list) => list.split("|"));
  const genres = [...new Set(lists.flat())].sort();
  const flags = new Uint8Array(movies.rows * genres.length);
  lists.forEach((list, row) => {
    for (const genre of list) flags[row * genres.length + genres.indexOf(genre)] = 1;
  });
  const userNames = [...new Set(ratings.text("userId"))];
  const time = ratings.text("timestamp").map(Number);
  const order = Int32Array.from(time.keys()).sort((one, other) =>
    time[one] - time[other] || one - other
  );
  const inOrder = <Values extends Int32Array | Float32Array>(values: Values) =>
    values.map((_, at) => values[order[at]]) as Values;
  return {
    arrays: {
      user: inOrder(ratings.codes("userId", userNames)),
      film: inOrder(ratings.codes("movieId", movies.text("movieId"))),
      rating: inOrder(ratings.numbers("rating")),
      genres: flags,
    },
    notes: { users: userNames.length, films: [...movies.text("title")], genres },
  };
}

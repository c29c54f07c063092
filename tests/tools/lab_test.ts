/** `task lab` as a user runs it, with a home folder of the test's own that holds Jupyter folders. */
import assert from "node:assert/strict";
import { exists, filesUnder } from "../../tools/files.ts";
import { KERNELSPEC } from "../../tools/notebook_source.ts";
import { paths } from "../../tools/paths.ts";

const READY = 90_000;

/** Files of a user who has Jupyter with a kernel of their own. */
const OWN: Readonly<Record<string, string>> = {
  ".jupyter/jupyter_lab_config.py": "c.ServerApp.port = 1\nraise SystemExit('the own settings')\n",
  ".local/share/jupyter/kernels/own/kernel.json":
    '{"argv": ["own"], "display_name": "Own", "language": "own"}',
};

async function contents(folder: string): Promise<Record<string, string>> {
  const files = await filesUnder(folder);
  const entries = files.map(async (file) => [
    file.slice(folder.length + 1),
    await Deno.readTextFile(file),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** The command of the task, as `deno.json` has it. */
async function labCommand(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(paths.configuration));
  return tasks.lab.command.split(" ").slice(1);
}

Deno.test({
  name: "task lab serves the course with polytask's kernel and leaves the user's folders alone",
  ignore: Deno.build.os === "windows" || !await exists(paths.python),
  async fn() {
    const home = `${paths.made}/test-lab-${crypto.randomUUID().slice(0, 8)}`;
    for (const [name, text] of Object.entries(OWN)) {
      const path = `${home}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    const token = crypto.randomUUID();
    const lab = new Deno.Command(paths.deno, {
      args: [
        ...await labCommand(),
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",
        `--IdentityProvider.token=${token}`,
      ],
      cwd: paths.root,
      clearEnv: true,
      env: { HOME: home, PATH: Deno.env.get("PATH")!, DENO_DIR: `${paths.made}/test-lab-deno` },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let log = "";
    const ready = Promise.withResolvers<string>();
    const reading = (async () => {
      for await (const text of lab.stderr.pipeThrough(new TextDecoderStream())) {
        log += text;
        const origin = log.match(/http:\/\/127\.0\.0\.1:\d+(?=\/lab)/)?.[0];
        if (origin) ready.resolve(origin);
      }
      ready.reject(new Error(`JupyterLab ended before it was ready:\n${log}`));
    })();
    const timer = setTimeout(() => ready.reject(new Error(`JupyterLab hangs:\n${log}`)), READY);
    try {
      const origin = await ready.promise;
      // JupyterLab writes its address a little before it listens there.
      const listening = Date.now() + READY;
      for (;;) {
        try {
          await (await fetch(`${origin}/api`)).body?.cancel();
          break;
        } catch (error) {
          if (Date.now() > listening) throw error;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
      const ask = async (path: string, init: RequestInit = {}) => {
        const headers = { authorization: `token ${token}` };
        const answer = await fetch(`${origin}/api/${path}`, { ...init, headers });
        const text = await answer.text();
        assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
        return text === "" ? undefined : JSON.parse(text);
      };
      const { default: preferred, kernelspecs } = await ask("kernelspecs");
      assert.equal(preferred, KERNELSPEC.name);
      assert.deepEqual(kernelspecs[KERNELSPEC.name].spec.argv[0], paths.deno);
      assert.equal(kernelspecs.own, undefined);
      const { content } = await ask("contents");
      const names = content.map(({ name }: { name: string }) => name);
      assert.ok(names.includes("00_start_here.ipynb"), `${names}`);
      const kernel = await ask("kernels", {
        method: "POST",
        body: JSON.stringify({ name: KERNELSPEC.name }),
      });
      await ask(`kernels/${kernel.id}`, { method: "DELETE" });
    } finally {
      clearTimeout(timer);
      // What a closed terminal sends; JupyterLab must end with the task.
      lab.kill("SIGTERM");
      await Promise.all([reading, lab.status]);
    }
    assert.deepEqual(await contents(home), OWN);
    await Deno.remove(home, { recursive: true });
    await Deno.remove(`${paths.made}/test-lab-deno`, { recursive: true }).catch(() => {});
  },
});

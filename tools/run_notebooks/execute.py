"""Executes one notebook on its Jupyter kernel and writes it with its outputs.

  execute.py JOB        JOB is a JSON file, see `Job` in mod.ts

Tells what happens as one JSON object a line on standard output:

  {"event": "cell", "cell": 3}                    a cell starts (position among all cells, from 1)
  {"event": "done", "cell": 3, "seconds": 1.2}    it has ended, its outputs are complete
  {"event": "failed", "cell": 3, ...}             it failed: kind, name, message, traceback
  {"event": "finished", "probe": {...}}           the executed notebook is written

The exit code is 0 for "finished", 1 for "failed", 2 when the kernel could not be started.
"""

import asyncio
import json
import os
import queue
import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async

# The kernel announces that it is idle before the last output of a flood is on its way.
GRACE_SECONDS = 0.15
# A flood may take this long to read after the cell has ended.
FLOOD_SECONDS = 600


def tell(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)


class Client(NotebookClient):
    """An nbclient that waits for late outputs and puts each into the cell that made it."""

    def __init__(self, notebook: nbformat.NotebookNode, **options: object) -> None:
        super().__init__(notebook, **options)
        self.owners: dict[str, tuple[nbformat.NotebookNode, int]] = {}

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index) -> None:
        """Reads what comes while a cell runs, and until nothing more comes after it."""
        self.owners[parent_msg_id] = (cell, cell_index)
        while await self.read_message(timeout=None) != parent_msg_id:
            pass
        await self.read_until_quiet()

    async def read_until_quiet(self) -> None:
        """Reads on until nothing has come for the grace period."""
        while True:
            try:
                await self.read_message(timeout=GRACE_SECONDS)
            except queue.Empty:
                return

    async def read_message(self, timeout: float | None) -> str | None:
        """Gives a message to the cell that caused it; returns which request it ends, if any."""
        message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=timeout))
        request = message["parent_header"].get("msg_id")
        if request not in self.owners:
            return None
        try:
            self.process_message(message, *self.owners[request])
        except CellExecutionComplete:
            return request
        return None

    def output(self, outs, msg, display_id, cell_index):
        """Text that continues the last output is added to it, as notebook editors do."""
        last = outs[-1] if outs else None
        if (
            msg["msg_type"] == "stream"
            and last is not None
            and last["output_type"] == "stream"
            and last["name"] == msg["content"]["name"]
        ):
            last["text"] += msg["content"]["text"]
            return last
        return super().output(outs, msg, display_id, cell_index)

    async def _check_raise_for_error(self, cell, cell_index, exec_reply) -> None:
        """Failures are reported by `run`, which also knows what a syntax error looks like."""

    async def hidden(self, code: str) -> list[dict]:
        """Runs code that belongs to no cell; gives back what it shows."""
        message_id = self.kc.execute(code, silent=False, store_history=False)
        shown = []
        while True:
            message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=60))
            if message["parent_header"].get("msg_id") != message_id:
                continue
            if message["msg_type"] == "status":
                if message["content"]["execution_state"] == "idle":
                    break
            else:
                shown.append(message)
        await ensure_async(self.kc.shell_channel.get_msg(timeout=60))
        return shown


def failure(cell: nbformat.NotebookNode) -> dict | None:
    """What a failed cell says, or nothing when it did not fail (or was meant to)."""
    if "raises-exception" in cell.metadata.get("tags", []):
        return None
    for output in cell.outputs:
        if output.output_type == "error":
            return {
                "name": output.ename,
                "message": output.evalue,
                "traceback": list(output.traceback),
            }
    return None


async def run(job: dict, kernel_log) -> int:
    notebook = nbformat.read(job["notebook"], as_version=4)
    client = Client(
        notebook,
        kernel_name=job["kernel"],
        resources={"metadata": {"path": job["folder"]}},
        timeout=job["cellSeconds"],
        interrupt_on_timeout=False,
        iopub_timeout=FLOOD_SECONDS,
        raise_on_iopub_timeout=True,
        startup_timeout=120,
        shutdown_kernel="immediate",
        record_timing=False,
    )
    started = time.monotonic()
    seconds: list[float | None] = [None] * len(notebook.cells)
    index = 0
    try:
        async with client.async_setup_kernel(stdout=kernel_log, stderr=kernel_log):
            await client.hidden(job["before"])
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type != "code":
                    continue
                tell("cell", cell=index + 1)
                begin = time.monotonic()
                await client.async_execute_cell(cell, index)
                seconds[index] = round(time.monotonic() - begin, 3)
                problem = failure(cell)
                if problem is not None:
                    tell("failed", cell=index + 1, kind="error", **problem)
                    return 1
                tell("done", cell=index + 1, seconds=seconds[index])
            await client.read_until_quiet()
            probe = probe_result(await client.hidden(job["after"]))
    except CellTimeoutError:
        tell("failed", cell=index + 1, kind="timeout", seconds=job["cellSeconds"])
        return 1
    except DeadKernelError:
        tell("failed", cell=index + 1, kind="dead", log=tail(job["kernelLog"]))
        return 1
    except (NoSuchKernel, RuntimeError) as problem:
        tell("failed", cell=0, kind="start", message=str(problem), log=tail(job["kernelLog"]))
        return 2
    write(notebook, job, probe, seconds, time.monotonic() - started)
    tell("finished", probe=probe)
    return 0


def probe_result(messages: list[dict]) -> dict:
    for message in messages:
        text = message["content"].get("text", "")
        if message["msg_type"] == "stream" and text.startswith("{"):
            return json.loads(text)
    return {}


def tail(path: str) -> str:
    lines = Path(path).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "\n".join(line for line in lines if '"deno jupyter" is unstable' not in line)[-2000:]


def write(notebook, job: dict, probe: dict, seconds: list, total: float) -> None:
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        # The hidden cells counted too.
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    own = notebook.metadata.get("polytask", {})
    notebook.metadata["polytask"] = {
        **own,
        **job["facts"],
        **probe,
        "seconds": round(total, 3),
        "cellSeconds": seconds,
        "executedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    nbformat.validate(notebook)
    target = Path(job["executed"])
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def main() -> int:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with open(job["kernelLog"], "wb") as kernel_log:
        return asyncio.run(run(job, kernel_log))


if __name__ == "__main__":
    sys.exit(main())

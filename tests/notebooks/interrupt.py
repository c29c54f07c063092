"""Presses the stop button while `fit` trains: prints as JSON what the kernel does then."""

import json
import queue
import sys
import time

from jupyter_client.manager import KernelManager

BEFORE = """
import { classification, data, encoders, fit, hardSharing, useBackend } from "polytask";
await useBackend();
const { train } = data.strokeDigits({ seed: 7, train: 600, validation: 0, test: 0 });
const model = hardSharing({
  encoder: encoders.mlp({ units: [16] }),
  tasks: [classification("digit", { classes: 10 })],
});
"""
TRAIN = """
const history = await fit(model, train, {
  epochs: 100_000,
  observer: { step: ({ step }) => { if (step === 3) console.log("trains"); } },
});
console.log(history.stopped);
"""
AFTER = """
console.log(history.steps.length > 0, history.steps.length < 100_000);
"""


def run(client, code, on_output=lambda text: None, seconds=90):
    """Runs a cell; returns what it prints, and how the kernel says that it ended."""
    message_id = client.execute(code)
    printed = ""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["parent_header"].get("msg_id") != message_id:
            continue
        content = message["content"]
        if message["msg_type"] == "stream":
            printed += content["text"]
            on_output(content["text"])
        elif message["msg_type"] == "error":
            printed += f"{content['ename']}: {content['evalue']}"
        elif message["msg_type"] == "status" and content["execution_state"] == "idle":
            return {"printed": printed, "ended": True}
    return {"printed": printed, "ended": False}


manager = KernelManager(kernel_name="polytask-deno")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    before = run(client, BEFORE)
    train = run(client, TRAIN, lambda text: manager.interrupt_kernel() if "trains" in text else None)
    after = run(client, AFTER)
    alive = manager.is_alive()
    print(json.dumps({"before": before, "train": train, "after": after, "alive": alive}))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)

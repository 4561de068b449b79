#!/usr/bin/python3
"""The standard networks of micrographia-cli bench in PyTorch.

Same architecture, losses, patch and batch as engine/compute/bench.c (group
norm, 1x1 convolution + nearest upsampling), AdamW with the same settings; the
variant "classic" has batch norm and transposed convolutions instead, as most
published U-Nets do. One network a process, so that the peak resident memory is
its own: prints one JSON line for each network and variant.

usage: bench-torch.py [--networks u3,care,stardist,tiny] [--variants same,classic]
                      [--malloc default,tuned] [--threads 2] [--steps 5] [--channels-last]
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import time

NETWORKS = {
    # name: batch, patch, depth, base, kernel, norm, features, residual
    "u3": (4, 256, 3, 32, 3, True, 0, False),
    "care": (16, 128, 2, 32, 5, False, 0, True),
    "stardist": (4, 256, 3, 32, 3, False, 128, False),
    "tiny": (2, 64, 2, 8, 3, True, 0, False),
}
# glibc maps and unmaps every large tensor in each step unless told otherwise
TUNED = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "100000000000",
    "MALLOC_TOP_PAD_": "500000000",
}


def build(name, variant):
    import torch
    from torch import nn
    import torch.nn.functional as F

    _, _, depth, base, kernel, norm, features, residual = NETWORKS[name]
    classic = variant == "classic"

    def level(c_in, c_out):
        parts = []
        for i in range(2):
            parts.append(nn.Conv2d(c_in if i == 0 else c_out, c_out, kernel, padding=kernel // 2, bias=not norm))
            if norm:
                parts.append(nn.BatchNorm2d(c_out) if classic else nn.GroupNorm(min(8, c_out), c_out))
            parts.append(nn.ReLU(inplace=True))
        return nn.Sequential(*parts)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            channels = [base << i for i in range(depth + 1)]
            self.down = nn.ModuleList([level(1 if i == 0 else channels[i - 1], c) for i, c in enumerate(channels)])
            self.narrow = nn.ModuleList(
                [
                    nn.ConvTranspose2d(2 * c, c, 2, stride=2) if classic else nn.Conv2d(2 * c, c, 1)
                    for c in channels[:-1]
                ]
            )
            self.up = nn.ModuleList([level(2 * c, c) for c in channels[:-1]])
            self.features = nn.Conv2d(base, features, 3, padding=1) if features else None
            width = features or base
            self.head = nn.Conv2d(width, 1, 1)
            self.rays = nn.Conv2d(width, 32, 1) if name == "stardist" else None

        def forward(self, image):
            x, skips = image, []
            for i, block in enumerate(self.down):
                x = block(x)
                if i < depth:
                    skips.append(x)
                    x = F.max_pool2d(x, 2)
            for i in reversed(range(depth)):
                x = self.narrow[i](x)
                if not classic:
                    x = F.interpolate(x, scale_factor=2, mode="nearest")
                x = self.up[i](torch.cat([x, skips[i]], 1))
            if self.features is not None:
                x = F.relu(self.features(x), inplace=True)
            y = self.head(x)
            if residual:
                y = y + image
            return (y, self.rays(x)) if self.rays is not None else (y,)

    def loss(outputs, target):
        if name == "stardist":
            return F.binary_cross_entropy_with_logits(outputs[0], target) + (outputs[1] - target).abs().mean()
        if name == "care":
            return F.l1_loss(outputs[0], target)
        return F.mse_loss(outputs[0], target)

    return Net(), loss


def measure(name, variant, options):
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    batch, size = NETWORKS[name][:2]
    net, loss_of = build(name, variant)
    image, target = torch.rand(batch, 1, size, size), torch.rand(batch, 1, size, size)
    if options.channels_last:
        net = net.to(memory_format=torch.channels_last)
        image = image.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-2)
    start_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(net(image), target)
        loss.backward()
        optimizer.step()
        return loss

    def median(function, n):
        wall, cpu = [], []
        for _ in range(n + 1):
            begin, cpu_begin = time.perf_counter(), time.process_time()
            function()
            wall.append(time.perf_counter() - begin)
            cpu.append(time.process_time() - cpu_begin)
        return sorted(wall[1:])[n // 2], sorted(cpu[1:])[n // 2]

    n = options.steps if size > 64 else 20 * options.steps
    train, train_cpu = median(lambda: step().item(), n)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with torch.no_grad():
        infer, _ = median(lambda: net(image)[0].sum().item(), n)
    pixels = batch * size * size / 1e6
    return {
        "name": name,
        "variant": variant,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "channels_last": options.channels_last,
        "parameters": sum(p.numel() for p in net.parameters()),
        "train_step_s": train,
        "train_cpu_s": train_cpu,
        "train_mpix_s": pixels / train,
        "infer_mpix_s": pixels / infer,
        "start_rss_bytes": start_rss * 1024,
        "peak_rss_bytes": peak * 1024,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--variants", default="same,classic")
    parser.add_argument("--malloc", default="default,tuned")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        name, variant = options.one.split(":")
        print(json.dumps(measure(name, variant, options)))
        return 0
    for name in options.networks.split(","):
        for variant in options.variants.split(","):
            for malloc in options.malloc.split(","):
                command = [sys.executable, __file__, "--one", name + ":" + variant]
                command += ["--threads", str(options.threads), "--steps", str(options.steps)]
                command += ["--channels-last"] if options.channels_last else []
                env = dict(os.environ, **(TUNED if malloc == "tuned" else {}))
                run = subprocess.run(command, env=env, capture_output=True, text=True)
                if run.returncode != 0:
                    sys.stderr.write(run.stderr)
                    return 1
                print(json.dumps(dict(json.loads(run.stdout), malloc=malloc)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Records what PyTorch computes, for tests/ops/golden.c to compare with.

Usage: /usr/bin/python3 tests/golden/gen-unet.py   (Debian's python3-torch)

Writes unet-step.txt and ops.txt beside itself. Everything is computed in double
precision; inputs come from a formula that tests/ops/golden.c repeats, so that
only summaries need to be kept: of each tensor its size, sum, sum of squares and
its first, middle and last value.

A gradient jumps where a ReLU, a maximum or an absolute difference changes sides,
and rounding alone may decide that. So the images are chosen: the first of
"image0", "image1", ... with no value closer to such a point than MARGIN. Put the
name it prints into tests/ops/golden-tests.c.
"""

import pathlib
import zlib

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
MARGIN = 1e-4  # relative to the values' root mean square
ACTS = [lambda x: x, F.relu, lambda x: F.leaky_relu(x, 0.01), torch.sigmoid]


def uniform(name, shape):
    """Values in [-1, 1), exact in float32: a mixing hash of index and name."""
    n = int(np.prod(shape))
    h = np.arange(n, dtype=np.uint32) + np.uint32(zlib.crc32(name.encode()))
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x7FEB352D)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x846CA68B)
    h ^= h >> np.uint32(16)
    values = (h >> np.uint32(8)).astype(np.float64) / 2.0**23 - 1.0
    return values.reshape(shape)


def tensor(values):
    return torch.tensor(values.astype(np.float32).astype(np.float64), dtype=torch.float64)


def parameter(name, shape):
    u = uniform(name, shape)
    if name.endswith(".weight"):
        u = u * np.sqrt(6.0 / (shape[2] * shape[3]))
    elif name.endswith(".gamma"):
        u = 1.0 + 0.2 * u
    else:
        u = 0.2 * u
    return tensor(u)


def image_like(name, shape, kind):
    """What a kind of loss takes as its target; a quarter of the weights is 0."""
    u = uniform(name, shape)
    if kind in ("bce", "dice", "weight"):
        u = 0.5 + 0.5 * u
        u = np.where(u < 0.25, 0.0, u) if kind == "weight" else u
    elif kind == "ce":
        chosen = np.floor((u[..., :1] + 1.0) * 0.5 * shape[-1])
        u = (np.arange(shape[-1]) == chosen).astype(np.float64)
    return tensor(u)


def summary(name, values):
    v = values.detach().numpy().ravel()
    figures = [v.sum(), (v * v).sum(), v[0], v[len(v) // 2], v[-1]]
    return " ".join([name, str(len(v))] + ["%.12g" % x for x in figures])


def loss(kind, scale, pred, target, weight):
    """Tensors are (N, 1, H, W, C) as in the engine."""
    if kind == "dice":
        p = torch.sigmoid(pred)
        both = (weight * p * target).sum(dim=(0, 1, 2, 3))
        each = (weight * p).sum(dim=(0, 1, 2, 3)) + (weight * target).sum(dim=(0, 1, 2, 3))
        return scale * (1 - ((2 * both + 1) / (each + 1)).mean())
    if kind == "ce":
        values = -(target * F.log_softmax(pred, dim=-1)).sum(dim=-1, keepdim=True)
    elif kind == "bce":
        values = F.binary_cross_entropy_with_logits(pred, target, reduction="none")
    elif kind == "mse":
        values = (pred - target) ** 2
    else:
        values = (pred - target).abs()
    return scale * (weight * values.mean(dim=-1, keepdim=True)).sum() / weight.sum()


class Net:
    """The engine's U-Net; activations are NHWC at the ends, NCHW inside."""

    def __init__(self, n, size, n_in, depth, base, kernel, n_convs, groups, n_features, residual):
        self.n, self.size, self.n_in, self.depth, self.base = n, size, n_in, depth, base
        self.kernel, self.n_convs, self.groups = kernel, n_convs, groups
        self.n_features, self.residual = n_features, residual
        self.params = {}
        self.nearest = np.inf

    def keep_clear(self, distance, values):
        """Notes the smallest distance from a point where a gradient jumps."""
        if distance.numel() > 0:
            self.nearest = min(self.nearest, float(distance.abs().min() / values.pow(2).mean().sqrt()))

    def relu(self, x):
        self.keep_clear(x.detach(), x.detach())
        return F.relu(x)

    def max_pool(self, x):
        n, c, h, w = x.shape
        cells = x.detach().reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 1, 2, 4, 3, 5).reshape(-1, 4)
        top = cells.topk(2, dim=1).values
        self.keep_clear((top[:, 0] - top[:, 1])[top[:, 0] > 0], cells)
        return F.max_pool2d(x, 2)

    def param(self, name, shape):
        if name not in self.params:
            self.params[name] = parameter(name, shape).requires_grad_()
        return self.params[name]

    def conv(self, x, name, k, n_out, bias):
        n_in = x.shape[1]
        w = self.param(name + ".weight", (1, 1, k * k, n_in, n_out))
        b = self.param(name + ".bias", (1, 1, 1, 1, n_out)).reshape(-1) if bias else None
        return F.conv2d(x, w.reshape(k, k, n_in, n_out).permute(3, 2, 0, 1), b, padding=k // 2)

    def layer(self, x, name, n_out):
        if self.groups == 0:
            return self.relu(self.conv(x, name, self.kernel, n_out, True))
        x = self.conv(x, name, self.kernel, n_out, False)
        gamma = self.param(name + ".gamma", (1, 1, 1, 1, n_out)).reshape(-1)
        beta = self.param(name + ".beta", (1, 1, 1, 1, n_out)).reshape(-1)
        return self.relu(F.group_norm(x, self.groups, gamma, beta, eps=1e-5))

    def level(self, x, side, level):
        for i in range(self.n_convs):
            x = self.layer(x, "%s%d.%d" % (side, level, i), self.base << level)
        return x

    def features(self, image):
        x, skips = image[:, 0].permute(0, 3, 1, 2), []
        for level in range(self.depth):
            skips.append(self.level(x, "enc", level))
            x = self.max_pool(skips[-1])
        x = self.level(x, "enc", self.depth)
        for level in reversed(range(self.depth)):
            x = self.conv(x, "up%d" % level, 1, self.base << level, True)
            x = torch.cat([F.interpolate(x, scale_factor=2, mode="nearest"), skips[level]], dim=1)
            x = self.level(x, "dec", level)
        return self.layer(x, "features", self.n_features) if self.n_features else x

    def heads(self, image, names):
        x, out = self.features(image), []
        for name, channels in names:
            y = self.conv(x, name, 1, channels, True).permute(0, 2, 3, 1)[:, None]
            out.append(y + image[..., :channels] if self.residual else y)
        return out


def train(title, net, heads, losses, image_name, n_steps=2):
    lines = []
    shape = (net.n, 1, net.size, net.size)
    image = tensor(uniform(image_name, shape + (net.n_in,)))
    weight = image_like("weight", shape + (1,), "weight")
    net.heads(image, heads)
    decayed = [p for name, p in net.params.items() if name.endswith(".weight")]
    others = [p for name, p in net.params.items() if not name.endswith(".weight")]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.01, betas=(0.9, 0.999), eps=1e-3)
    for step in range(n_steps):
        outputs = net.heads(image, heads)
        if net.nearest < MARGIN:
            return None
        values = []
        for i, (head, kind, scale) in enumerate(losses):
            target = image_like("target%d" % i, tuple(outputs[head].shape), kind)
            if kind == "mae":
                net.keep_clear((outputs[head] - target).detach(), outputs[head].detach())
            values.append(loss(kind, scale, outputs[head], target, weight))
            lines.append(summary("%s.step%d.loss%d" % (title, step, i), values[-1].reshape(1)))
        optimizer.zero_grad()
        sum(values).backward()
        for name, p in net.params.items():
            if step == 0:
                lines.append(summary("%s.%s.grad" % (title, name), p.grad))
            p.grad *= 0.5
        optimizer.step()
    for name, p in net.params.items():
        lines.append(summary("%s.%s.updated" % (title, name), p))
    return lines if net.nearest >= MARGIN else None


def train_clear(title, network, heads, losses):
    for i in range(100000):
        lines = train(title, Net(*network), heads, losses, "image%d" % i)
        if lines is not None:
            print("%s: image%d" % (title, i))
            return lines
    raise SystemExit("no image keeps clear of every jump")


def unet_lines():
    losses = [(0, "ce", 0.5), (0, "dice", 1.0), (1, "bce", 1.0), (2, "mse", 0.25), (2, "mae", 1.0)]
    norm = (2, 16, 1, 2, 8, 3, 2, 8, 0, False)
    plain = (2, 16, 2, 1, 8, 5, 1, 0, 16, True)
    return (train_clear("norm", norm, [("class", 3), ("seed", 1), ("distance", 2)], losses)
            + train_clear("plain", plain, [("clean", 2)], [(0, "mse", 1.0)]))


def op_lines():
    lines = []
    for kind, channels in [("bce", 2), ("ce", 4), ("mse", 3), ("mae", 3), ("dice", 3)]:
        shape = (2, 1, 5, 7, channels)
        pred = tensor(uniform("pred", shape)).requires_grad_()
        weight = image_like("weight", shape[:4] + (1,), "weight")
        value = loss(kind, 0.7, pred, image_like("target", shape, kind), weight)
        value.backward()
        lines += [summary("loss-%s.value" % kind, value.reshape(1)), summary("loss-%s.pred.grad" % kind, pred.grad)]
    for kernel in (1, 3, 5, 7):
        for act in range(4):
            x = tensor(uniform("x", (2, 1, 6, 9, 3))).requires_grad_()
            w = parameter("w.weight", (1, 1, kernel * kernel, 3, 5)).requires_grad_()
            b = parameter("b.bias", (1, 1, 1, 1, 5)).requires_grad_()
            y = F.conv2d(x[:, 0].permute(0, 3, 1, 2), w.reshape(kernel, kernel, 3, 5).permute(3, 2, 0, 1),
                         b.reshape(-1), padding=kernel // 2)
            y = ACTS[act](y.permute(0, 2, 3, 1)[:, None])
            target = tensor(uniform("target", tuple(y.shape)))
            loss("mse", 1.0, y, target, torch.ones_like(y[..., :1])).backward()
            name = "conv%d-act%d" % (kernel, act)
            lines += [summary(name + ".value", y), summary(name + ".x.grad", x.grad),
                      summary(name + ".w.weight.grad", w.grad), summary(name + ".b.bias.grad", b.grad)]
    for groups in (1, 3, 6):
        for act in range(4):
            x = tensor(uniform("x", (2, 1, 6, 9, 6))).requires_grad_()
            gamma = parameter("g.gamma", (1, 1, 1, 1, 6)).requires_grad_()
            beta = parameter("b.beta", (1, 1, 1, 1, 6)).requires_grad_()
            y = F.group_norm(x[:, 0].permute(0, 3, 1, 2), groups, gamma.reshape(-1), beta.reshape(-1), eps=1e-5)
            y = ACTS[act](y.permute(0, 2, 3, 1)[:, None])
            target = tensor(uniform("target", tuple(y.shape)))
            loss("mse", 1.0, y, target, torch.ones_like(y[..., :1])).backward()
            name = "norm%d-act%d" % (groups, act)
            lines += [summary(name + ".value", y), summary(name + ".x.grad", x.grad),
                      summary(name + ".g.gamma.grad", gamma.grad), summary(name + ".b.beta.grad", beta.grad)]
    return lines


def main():
    header = "# PyTorch %s, by gen-unet.py: name, count, sum, sum of squares, first, middle, last\n" % torch.__version__
    (HERE / "unet-step.txt").write_text(header + "\n".join(unet_lines()) + "\n")
    (HERE / "ops.txt").write_text(header + "\n".join(op_lines()) + "\n")


main()

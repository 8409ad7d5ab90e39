"""The jobs that device_times timed, written plainly in PyTorch, on the same device: a table.

Usage: gpu_check.py DEVICE DTYPE FILE, where FILE holds what device_times printed. Called by
packaging/gpu-check.
"""

import sys
import time

import torch
import torch.nn.functional as F


class Gpt2:
    """GPT-2 of random weights; only its speed matters."""

    def __init__(self, layers, heads, width, vocabulary, device, dtype):
        self.layers, self.heads, self.width = layers, heads, width
        generator = torch.Generator(device=device).manual_seed(1)

        def weight(*shape):
            return torch.randn(*shape, generator=generator, device=device, dtype=dtype) * 0.02

        d = width
        self.wte, self.wpe = weight(vocabulary, d), weight(1024, d)
        self.blocks = [
            {
                "g1": 1 + weight(d), "b1": weight(d), "qkv": weight(d, 3 * d), "b_qkv": weight(3 * d),
                "o": weight(d, d), "b_o": weight(d), "g2": 1 + weight(d), "b2": weight(d),
                "in": weight(d, 4 * d), "b_in": weight(4 * d), "out": weight(4 * d, d), "b_out": weight(d),
            }
            for _ in range(layers)
        ]
        self.gain, self.bias = 1 + weight(d), weight(d)

    def parameters(self):
        yield from (self.wte, self.wpe, self.gain, self.bias)
        for block in self.blocks:
            yield from block.values()

    def split(self, t):
        """[B, T, d] as [B, H, T, D]."""
        return t.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def embed(self, tokens):
        return self.wte[tokens] + self.wpe[: tokens.shape[1]]

    def qkv(self, block, x):
        n = F.layer_norm(x, (self.width,), block["g1"], block["b1"])
        return [self.split(t) for t in (n @ block["qkv"] + block["b_qkv"]).chunk(3, -1)]

    def z(self, block, x):
        return F.scaled_dot_product_attention(*self.qkv(block, x), is_causal=True)

    def attention_out(self, block, z):
        return z.transpose(1, 2).flatten(2) @ block["o"] + block["b_o"]

    def activation(self, block, x):
        n = F.layer_norm(x, (self.width,), block["g2"], block["b2"])
        return F.gelu(n @ block["in"] + block["b_in"], approximate="tanh")

    def mlp(self, block, x):
        return self.activation(block, x) @ block["out"] + block["b_out"]

    def block(self, block, x):
        x = x + self.attention_out(block, self.z(block, x))
        return x + self.mlp(block, x)

    def run(self, x, first=0):
        for block in self.blocks[first:]:
            x = self.block(block, x)
        return x

    def logits(self, x):
        return F.layer_norm(x, (self.width,), self.gain, self.bias) @ self.wte.t()


def forward(model, tokens):
    return model.logits(model.run(model.embed(tokens)))


def training(model, tokens):
    for parameter in model.parameters():
        parameter.grad = None
    logits = forward(model, tokens)
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1).float(), tokens[:, 1:].flatten())
    loss.backward()
    return loss.item()


def attribution(model, tokens):
    """DLA and direct effect of every head, MLP, bias and embedding at every position."""
    parts, x = [model.wte[tokens], model.wpe[: tokens.shape[1]].unsqueeze(0)], model.embed(tokens)
    for block in model.blocks:
        z = model.z(block, x)
        W = block["o"].unflatten(0, (model.heads, -1))
        parts += list(torch.einsum("bhtd,hdm->hbtm", z, W)) + [block["b_o"].expand_as(x)]
        x = x + model.attention_out(block, z)
        mlp = model.mlp(block, x)
        parts += [mlp - block["b_out"], block["b_out"].expand_as(x)]
        x = x + mlp
    logits = model.logits(x)
    values = logits.gather(-1, tokens.unsqueeze(-1)) - logits.mean(-1, keepdim=True)
    direction = (model.wte[tokens] - model.wte.mean(0)) * model.gain
    scale = (x.var(-1, unbiased=False) + 1e-5).sqrt()
    whole = F.layer_norm(x, (model.width,))
    effects = []
    for part in parts:
        centred = part - part.mean(-1, keepdim=True)
        dla = (centred * direction).sum(-1) / scale
        without = F.layer_norm(x - part, (model.width,))
        effects.append(torch.stack([dla, ((whole - without) * direction).sum(-1)]))
    return torch.stack(effects).float().cpu(), values.cpu()


def metric(model, x):
    n = F.layer_norm(x[:, -1], (model.width,), model.gain, model.bias)
    return (n @ (model.wte[11] - model.wte[22])).float()


def resid_pre(model, clean, corrupt):
    """Each position of each layer on its own, the positions of a layer in one batch."""
    source, x, effects = model.embed(clean), model.embed(corrupt), []
    T = x.shape[1]
    at = torch.arange(T, device=x.device)
    for layer, block in enumerate(model.blocks):
        patched = x.repeat(T, 1, 1)
        patched[at, at] = source[0]
        effects.append(metric(model, model.run(patched, layer)))
        source, x = model.block(block, source), model.block(block, x)
    return (torch.stack(effects) - metric(model, x)).cpu()


def z_by_position(model, clean, corrupt):
    """Each head at each position of each layer, the positions of a head in one batch."""
    source, x, effects = model.embed(clean), model.embed(corrupt), []
    T = x.shape[1]
    at = torch.arange(T, device=x.device)
    for layer, block in enumerate(model.blocks):
        z, other = model.z(block, x), model.z(block, source)
        for head in range(model.heads):
            patched = z.repeat(T, 1, 1, 1)
            patched[at, head, at] = other[0, head]
            stream = x + model.attention_out(block, patched)
            effects.append(metric(model, model.run(stream + model.mlp(block, stream), layer + 1)))
        source, x = model.block(block, source), model.block(block, x)
    return (torch.stack(effects) - metric(model, x)).cpu()


def generation(model, prompt, count):
    """Greedy, on kept keys and values."""
    x, kept = model.embed(prompt), []
    for block in model.blocks:
        kept.append(model.qkv(block, x)[1:])
        x = model.block(block, x)
    written, position = [], prompt.shape[1]
    for _ in range(count):
        written.append(int(model.logits(x[:, -1:])[0, 0].argmax()))
        x = (model.wte[written[-1]] + model.wpe[position]).view(1, 1, -1)
        for layer, block in enumerate(model.blocks):
            q, k, v = model.qkv(block, x)
            kept[layer] = [torch.cat(pair, 2) for pair in zip(kept[layer], (k, v))]
            z = F.scaled_dot_product_attention(q, *kept[layer])
            x = x + model.attention_out(block, z)
            x = x + model.mlp(block, x)
        position += 1
    return written


def best(job, device, seconds):
    """The best of several, after one that warms up."""

    def wait():
        if device.startswith("cuda"):
            torch.cuda.synchronize()

    job()
    times = []
    while len(times) < 20 and (not times or sum(times) < seconds):
        wait()
        start = time.perf_counter()
        job()
        wait()
        times.append(time.perf_counter() - start)
    return min(times)


def sequence(length, step, vocabulary, device):
    ids = [(7 + step * (p + 1)) % vocabulary for p in range(length)]
    return torch.tensor([ids], device=device)


def plain_job(model, name, numbers, vocabulary, device):
    """What is to be timed, and what the table calls it."""
    if name in ("forward", "training"):
        tokens = torch.randint(vocabulary, (numbers[0], numbers[1]), device=device)
        work = forward if name == "forward" else training
        title = "forward pass" if name == "forward" else "loss and gradients"
        return lambda: work(model, tokens), f"{title}, {numbers[0]} x {numbers[1]} tokens"
    if name == "dla":
        tokens = sequence(numbers[0], 31, vocabulary, device)
        return lambda: attribution(model, tokens), f"attribution, {numbers[0]} positions"
    if name in ("resid_pre", "z"):
        clean, corrupt = (sequence(numbers[0], step, vocabulary, device) for step in (31, 37))
        work = resid_pre if name == "resid_pre" else z_by_position
        return lambda: work(model, clean, corrupt), f"exact sweep of {name}, {numbers[0]} tokens"
    prompt = sequence(numbers[0], 31, vocabulary, device)
    return lambda: generation(model, prompt, numbers[1]), f"generation, {numbers[1]} tokens"


def main():
    device, dtype, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        first, *jobs = [line.split() for line in file]
    layers, heads, width, vocabulary = map(int, first[1:])
    model = Gpt2(layers, heads, width, vocabulary, device, getattr(torch, dtype))
    print(f"\n{dtype}, {layers} x {width}, on {device}; ms, the best of several")
    print(f"{'':36}{'residuum':>10}{'PyTorch':>10}{'ratio':>8}")
    for name, *numbers, seconds in jobs:
        for parameter in model.parameters():
            parameter.requires_grad_(name == "training")
        job, title = plain_job(model, name, list(map(int, numbers)), vocabulary, device)
        with torch.set_grad_enabled(name == "training"):
            plain = best(job, device, 1.5 if width > 64 else 0.0)
        own = float(seconds)
        print(f"{title:36}{1e3 * own:10.2f}{1e3 * plain:10.2f}{own / plain:8.2f}", flush=True)


if __name__ == "__main__":
    main()

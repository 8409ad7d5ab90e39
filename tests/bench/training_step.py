#!/usr/bin/env python3
"""One training step written plainly in PyTorch, timed: what `trainingStep` of residuum_bench does.

GPT-2 small's size, float32, batch 4 x 256, dropout 0.1, the spread at every site, the auxiliary loss,
clipping, AdamW. Prints milliseconds and tokens per second. Arguments: threads, device.
Without PyTorch it says so and ends well.
"""
import sys
import time

try:
    import torch
    from torch.nn import functional as F
except ImportError:
    print("training_step.py: PyTorch is not installed; its step is not timed")
    sys.exit(0)

LAYERS, HEADS, WIDTH, CONTEXT, VOCABULARY = 12, 12, 768, 1024, 50257
BATCH, LENGTH, DROPOUT, AUXILIARY = 4, 256, 0.1, 0.1


def spread(x):
    return torch.sqrt(x.var(-1, unbiased=False) + 1e-5)


def attend(q, k, v):
    if hasattr(F, "scaled_dot_product_attention"):  # from PyTorch 2.0 on
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=DROPOUT)
    scores = q @ k.transpose(2, 3) / q.shape[-1] ** 0.5
    later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
    return F.dropout(scores.masked_fill(later, float("-inf")).softmax(-1), DROPOUT) @ v


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.c_attn = torch.nn.Linear(WIDTH, 3 * WIDTH)
        self.c_proj = torch.nn.Linear(WIDTH, WIDTH)
        self.c_fc = torch.nn.Linear(WIDTH, 4 * WIDTH)
        self.mlp_proj = torch.nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x, spreads):
        spreads.append(spread(x.detach()).mean())
        q, k, v = self.c_attn(self.ln_1(x)).split(WIDTH, dim=2)
        q, k, v = (t.view(*t.shape[:2], HEADS, -1).transpose(1, 2) for t in (q, k, v))
        z = attend(q, k, v)
        z = z.transpose(1, 2).reshape(x.shape)
        x = x + F.dropout(self.c_proj(z), DROPOUT)
        spreads.append(spread(x.detach()).mean())
        post = F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh")
        return x + F.dropout(self.mlp_proj(post), DROPOUT)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = torch.nn.Embedding(VOCABULARY, WIDTH)
        self.wpe = torch.nn.Embedding(CONTEXT, WIDTH)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(LAYERS))
        self.ln_f = torch.nn.LayerNorm(WIDTH)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                torch.nn.init.normal_(parameter, std=0.02)

    def loss(self, tokens):
        spreads = []
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = F.dropout(self.wte(tokens) + self.wpe(places), DROPOUT)
        for block in self.blocks:
            x = block(x, spreads)
        each = spread(x)
        spreads.append(each.detach().mean())
        auxiliary = ((each - each[:, 1:].detach().mean()) ** 2).mean()
        logits = F.linear(self.ln_f(x[:, :-1]), self.wte.weight)
        return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten()) + AUXILIARY * auxiliary


def main():
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    device = sys.argv[2] if len(sys.argv) > 2 else "cpu"
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = Model().to(device)
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01},
                                   {"params": others, "weight_decay": 0.0}], lr=1e-5)
    tokens = torch.randint(0, VOCABULARY, (BATCH, LENGTH), device=device)
    best = float("inf")
    for step in range(4):
        begin = time.perf_counter()
        model.loss(tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if device != "cpu":
            torch.cuda.synchronize()
        if step > 0:
            best = min(best, time.perf_counter() - begin)
    print(f"PyTorch {torch.__version__}, {device}, {counted(threads)}: a step {1e3 * best:.0f} ms, "
          f"{BATCH * LENGTH / best:.0f} tokens/s")


def counted(threads):
    return f"{threads} thread{'' if threads == 1 else 's'}"


if __name__ == "__main__":
    main()

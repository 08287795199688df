r"""
# Parameter groups and state

An optimizer in torch owns two things: groups of parameters, with the hyper-parameters for each, and
a memory for each parameter.

For those who are new to torch: how do two layers get different learning rates, and where does an
optimizer keep what it remembers? In the dictionaries `param_groups` and `state`. Both are plain
data that you may read, write and save; the [optimizers here](../../labml_optim/optimizer.py) keep
them as `torch.optim` does.

## Groups

**`param_groups`** is a list of dictionaries. Each has the list `params` of the parameters that it
governs, and beside it the hyper-parameters for them: `lr`, `betas`, `eps` and whatever else the
optimizer knows. They are plain data, read again at each step. So two layers can have different
learning rates, a scheduler writes a new `lr` into the groups, and a change takes effect at the next
step.

>>> import torch
>>> from labml_optim import Adam
>>> slow, fast = torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)
>>> optimizer = Adam([
...     {'params': slow.parameters(), 'lr': 1e-4},
...     {'params': fast.parameters(), 'weight_decay': 0.1},
... ])
>>> for group in optimizer.param_groups:
...     print(group['lr'], group['betas'], group['weight_decay'])
0.0001 (0.9, 0.999) 0.0
0.001 (0.9, 0.999) 0.1

## State

**`state`** is a dictionary from parameters to what the optimizer remembers about each. It starts
empty. A parameter gets its entry when it first has a gradient, and from then on it counts its own
steps: one that has no gradient in a step does not count it, and its bias correction stays right.

>>> for t in range(3):
...     optimizer.zero_grad()
...     hidden = slow(torch.ones(1, 3))
...     if t == 1:
...         hidden = hidden.detach()  # `slow` gets no gradient
...     fast(hidden).sum().backward()
...     optimizer.step()
>>> optimizer.state[slow.weight]['step']
2
>>> optimizer.state[fast.weight]['step']
3
>>> sorted(optimizer.state[fast.weight])
['exp_avg', 'exp_avg_sq', 'step']

## How steps are counted

The keys are those of `torch.optim`, so a checkpoint written there can be read here, and the [other
way round](../../labml_optim/_checkpoint.py). One thing differs. Our `step` is a Python `int`, exact
for ever. torch counts in a float32 tensor, which cannot count past $2^{24}$: there, adding one
changes nothing.

>>> count = torch.tensor(2.0 ** 24)
>>> bool(count + 1 == count)
True

An `int` cannot be shared between processes. So where the moments are shared, because the parameter
lies in shared memory or the optimizer was sent to another process, the count is a tensor beside
them. A subclass may also make it one in `init_state`.
"""

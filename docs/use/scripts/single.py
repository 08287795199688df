r"""
# One process

The loop that the other scripts spread over processes.
"""

from task import arguments, loss, network, save

from labml_optim import AdaBelief


def main() -> None:
    given = arguments()
    model = network()
    optimizer = AdaBelief(model.parameters(), lr=0.01, weight_decay=0.01, fused=given.fused)
    for t in range(given.steps):
        optimizer.zero_grad()
        loss(model, t).backward()
        optimizer.step()
    save(model.parameters(), given.weights)


if __name__ == "__main__":
    main()

"""Hold PyTorch files of ours against PyTorch itself.

    python3 Tests/Interop/check_pytorch.py FILE [--counting] [--equal OTHER] [--rewrite NEW] [--resume]

Loads FILE with `weights_only=True`, plainly and mapped into memory, and holds both against each other.
--counting expects each tensor under "tensors" to have the bytes 0, 1, 2 … (booleans: 0, 1, 0 …), `scalar` to be 1;
--equal finds the same keys, types, shapes and bits in OTHER, a PyTorch or safetensors file;
--rewrite saves what was loaded with torch.save;
--resume loads a training checkpoint into PyTorch's AdamW as CoreNet does, and takes a step.
Exits with 0 if all agree, 1 if not, and 77 with a reason if PyTorch is not installed.
"""

import argparse
import sys

SKIPPED = 77


def flat(value, name=""):
    """The tensors with the keys that lead to them."""
    import torch

    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, (list, tuple)):
        for key, inner in enumerate(value):
            yield from flat(inner, f"{name}.{key}" if name else str(key))


def bits(tensor):
    import torch

    return tensor.detach().contiguous().reshape(-1).view(torch.uint8).tolist() if tensor.numel() else []


def compare(ours, theirs, faults, what):
    ours, theirs = dict(flat(ours)), dict(flat(theirs))
    if list(ours) != list(theirs) and set(ours) != set(theirs):
        faults.append(f"{what}: keys {sorted(set(ours) ^ set(theirs))[:8]}")
    for name in ours.keys() & theirs.keys():
        a, b = ours[name], theirs[name]
        if a.dtype != b.dtype or a.shape != b.shape or bits(a) != bits(b):
            faults.append(f"{what}: {name}: {a.dtype} {tuple(a.shape)}, {b.dtype} {tuple(b.shape)}")


def resume(state, faults):
    """CoreNet's way: matrices in one group, vectors in another, both in the model's order."""
    import torch

    names = list(state["model_state_dict"])
    parameters = [torch.nn.Parameter(state["model_state_dict"][name].clone()) for name in names]
    groups = [[(n, p) for n, p in zip(names, parameters) if (p.ndim == 1) == is_vector] for is_vector in (False, True)]
    optimizer = torch.optim.AdamW(
        [{"params": [p for _, p in group], "weight_decay": decay} for group, decay in zip(groups, (0.1, 0.0))], lr=1.0)
    optimizer.load_state_dict(state["optim_state_dict"])
    count = 0
    for name, parameter in groups[0] + groups[1]:
        own = optimizer.state[parameter]
        count = own["step"].item()
        if own["exp_avg"].shape != parameter.shape or own["exp_avg_sq"].shape != parameter.shape:
            faults.append(f"{name}: moments of shape {tuple(own['exp_avg'].shape)}")
        if (own["exp_avg_sq"] < 0).any():
            faults.append(f"{name}: a negative mean of squares")
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    if any(optimizer.state[p]["step"].item() != count + 1 for p in parameters):
        faults.append("updates are not counted on")
    if not all(torch.isfinite(p).all() for p in parameters):
        faults.append("weights are not finite after a step")
    for key in ("iterations", "epoch", "best_metric", "is_interval_ckpt", "gradient_scaler_state_dict"):
        if key not in state:
            faults.append(f"{key} is missing")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("file")
    arguments.add_argument("--counting", action="store_true")
    arguments.add_argument("--equal")
    arguments.add_argument("--rewrite")
    arguments.add_argument("--resume", action="store_true")
    arguments = arguments.parse_args()
    try:
        import torch
    except ImportError as error:
        print(f"skipped: {error}")
        sys.exit(SKIPPED)
    faults = []
    plain = torch.load(arguments.file, weights_only=True)
    compare(plain, torch.load(arguments.file, weights_only=True, mmap=True), faults, "mapped")
    tensors = dict(flat(plain))
    if arguments.counting:
        for name, tensor in plain["tensors"].items():
            expected = list(range(tensor.numel() * tensor.element_size()))
            if tensor.dtype == torch.bool:
                expected = [value % 2 for value in expected]
            if name == "scalar":
                expected = [0, 0, 128, 63]
            if bits(tensor) != expected or (name not in ("scalar", "empty") and str(tensor.dtype) != f"torch.{name}"):
                faults.append(f"{name}: {tensor.dtype}, bytes {bits(tensor)[:8]}")
    if arguments.equal:
        if arguments.equal.endswith(".safetensors"):
            from safetensors.torch import load_file

            other = load_file(arguments.equal)
        else:
            other = torch.load(arguments.equal, weights_only=True)
        compare(plain, other, faults, arguments.equal)
    if arguments.resume:
        resume(plain, faults)
    if arguments.rewrite:
        torch.save(plain, arguments.rewrite)
    for fault in faults:
        print("differs:", fault)
    print(f"held against PyTorch {torch.__version__}: {len(tensors)} tensors, {len(faults)} differences")
    sys.exit(1 if faults else 0)


main()

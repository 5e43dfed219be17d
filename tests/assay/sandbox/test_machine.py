"""Code for a GPU, a compiler or workers runs where there is none, or says what to write."""

import pytest

from assay.sandbox.machine import NOTE
from assay.verdict import Raised

GPU = {
    "tensors moved": "o = torch.ones(2); x = x.cuda() + o.to('cuda:0') + o.to(torch.device('mps'))",
    "tensors made": "x = x + torch.ones(2, device='cuda') * 2",
    "a module moved": "torch.nn.Linear(2, 2).cuda().to(torch.device('cuda'))(x.float()); x = x + 2",
    "the default device": "torch.set_default_device('cuda'); x = x + torch.ones(2) * 2",
    "a default for a block": "with torch.device('cuda'): x = x + torch.ones(2) * 2",
    "a generator": "g = torch.Generator(device='cuda').manual_seed(0); torch.rand(2, generator=g); "
    "assert isinstance(g, torch.Generator); x = x + 2",
    "a file": "torch.save(x, 'x.pt'); x = torch.load('x.pt', map_location='cuda') + 2",
    "a guard": "d = 'cuda' if torch.cuda.is_available() else 'cpu'; x = x.to(d) + 2",
    "synchronising": "torch.cuda.synchronize(); torch.cuda.empty_cache(); x = (x + 2).cuda()",
    "derivatives": "y = x.cuda().clone().requires_grad_(); (y**2).sum().backward(); x = x + y.grad",
}


@pytest.mark.parametrize("body", GPU.values(), ids=GPU)
def test_what_asks_for_a_gpu_runs_on_the_cpu_with_a_note(student_of, body):
    student = student_of(f"import torch\ndef f(x):\n    {body}\n    return x\n")
    import torch

    found = student.f(torch.ones(2, dtype=torch.float64))
    assert found.tolist() == [3.0, 3.0]
    assert student.notes == (() if "is_available" in body else (NOTE,))


def test_what_only_a_gpu_can_do_says_that_there_is_none(student_of):
    with pytest.raises(Raised, match="there is no GPU on this machine: write device='cpu'"):
        student_of("import torch\ndef f(): return torch.cuda.get_device_name()\n").f()


@pytest.mark.parametrize(
    "text",
    [
        "@torch.compile\ndef f(): return torch.ones(1).item()\n",
        "@torch.compile(mode='max-autotune', fullgraph=True)\ndef f(): return 1.0\n",
        "def f():\n    m = torch.nn.Identity(); m.compile()\n"
        "    return torch.compile(m, backend='inductor')(torch.ones(1)).item()\n",
        "@torch.jit.script\ndef g(x: torch.Tensor): return x + 1\n"
        "def f(): return g(torch.zeros(1)).item()\n",
        "from torch.utils.data import DataLoader, TensorDataset\ndef f():\n"
        "    data = TensorDataset(torch.ones(4))\n"
        "    loader = DataLoader(data, batch_size=2, num_workers=2, persistent_workers=True)\n"
        "    return sum(x.sum().item() for (x,) in loader) / 4\n",
        "from concurrent.futures import ThreadPoolExecutor\ndef f():\n"
        "    with ThreadPoolExecutor(2) as pool:\n        return sum(pool.map(float, [1, 0]))\n",
        "from multiprocessing.pool import ThreadPool\ndef f():\n"
        "    with ThreadPool(2) as pool:\n        return sum(pool.map(float, [1, 0]))\n",
        "import multiprocessing as mp\nlock, ready = mp.Lock(), mp.Event()\ndef f():\n"
        "    with lock:\n        ready.set()\n    return float(ready.is_set())\n",
        "from multiprocessing.dummy import Pool\ndef f(): return Pool(2).map(float, [1])[0]\n",
    ],
)
def test_compilers_and_workers_are_done_without(student_of, text):
    assert student_of(f"import torch\n{text}").f() == 1.0


def test_torch_can_still_import_what_an_optimiser_needs(student_of):
    student = student_of(
        "import torch\n"
        "device = 'cuda' if torch.cuda.is_available() else 'cpu'\n"
        "def f():\n"
        "    import torch._dynamo.trace_rules as rules\n"
        "    rules.get_torch_obj_rule_map()\n"
        "    x = torch.ones(2, requires_grad=True)\n"
        "    optimiser = torch.optim.SGD([x], lr=0.5)\n"
        "    x.sum().backward()\n"
        "    optimiser.step()\n"
        "    return x.detach()\n"
    )
    with student.patience(60.0):
        assert student.f().tolist() == [0.5, 0.5]

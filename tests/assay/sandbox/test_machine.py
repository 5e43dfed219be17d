"""Code for a GPU, a compiler or workers runs where there is none, or says what to write."""

import pytest
import torch

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
    "old types": "y = torch.cuda.DoubleTensor([1, 1]); n = torch.cuda.LongTensor(2).fill_(1); "
    "assert isinstance(y, torch.cuda.DoubleTensor); x = x + y + n",
    "conversion to old types": "y = x.type(torch.cuda.FloatTensor); "
    "x = y + x.type('torch.cuda.LongTensor') * 2",
    "an old default": "torch.set_default_tensor_type('torch.cuda.DoubleTensor'); "
    "x = x + torch.ones(2) * 2; assert torch.ones(1).dtype == torch.float64; "
    "torch.set_default_tensor_type(torch.cuda.FloatTensor); torch.ones(1).add_(1)",
    "a number": "x = x.to(0) + torch.ones(2, device=0) + x.cuda(0); "
    "torch.nn.Linear(2, 2).to(0).to(device=0)",
    "a device by number": "d = torch.device('cuda', 0); x = x.to(d) + torch.ones(2, device=d); "
    "assert x.device == d == torch.device(0) == torch.device('cuda:0'); x = x.to(d.index or 0) + 1",
    "pinned memory": "x = x.pin_memory() + torch.ones(2, pin_memory=True).cuda() * 2",
    "times": "a, b = (torch.cuda.Event(enable_timing=True) for _ in 'ab'); a.record(); b.record(); "
    "torch.cuda.synchronize(); assert a.elapsed_time(b) >= 0 and b.query(); x = x + 2",
    "streams": "s = torch.cuda.Stream(); s.wait_stream(torch.cuda.current_stream())\n"
    "    with torch.cuda.stream(s): x = x + 2\n    s.synchronize(); x.record_stream(s)",
    "a device for a block": "\n    with torch.cuda.device(0): x = x + 2\n"
    "    x += torch.cuda.current_device()",
    "what it is": "print('GPU: ' + torch.cuda.get_device_name(0)); x = x + 2; "
    "p = torch.cuda.get_device_properties(0); print(f'{p.name} {p.total_memory / 1e9:.1f}'); "
    "major, _ = torch.cuda.get_device_capability()",
    "memory": "torch.cuda.reset_peak_memory_stats(); print(torch.cuda.memory_summary()); "
    "x = x + 2 + torch.cuda.max_memory_allocated() / 2**20",
    "random numbers": "torch.cuda.manual_seed_all(0); s = torch.cuda.get_rng_state()\n"
    "    torch.cuda.set_rng_state(s)\n"
    "    with torch.random.fork_rng(devices=[0]): torch.rand(2)\n    x = x + 2",
    "mixed precision": "scaler = torch.cuda.amp.GradScaler(); o = torch.ones(2).cuda()\n"
    "    with torch.cuda.amp.autocast(), torch.autocast('cuda'): x = x + scaler.scale(o * 2)",
    "several GPUs": "m = torch.nn.DataParallel(torch.nn.Linear(2, 2).cuda(), device_ids=[0]); "
    "m(x.float()); x = x + 2",
    "marks for a profiler": "torch.cuda.nvtx.range_push('f')\n"
    "    with torch.cuda.nvtx.range('g'): x = x + 2",
    "another maker's": "torch.mps.synchronize(); torch.mps.empty_cache(); "
    "x = x + 2 + torch.mps.current_allocated_memory()",
    "derivatives": "y = x.cuda().clone().requires_grad_(); (y**2).sum().backward(); x = x + y.grad",
}


@pytest.mark.parametrize("body", GPU.values(), ids=GPU)
def test_what_asks_for_a_gpu_runs_on_the_cpu_with_a_note(student_of, body):
    student = student_of(f"import torch\ndef f(x):\n    {body}\n    return x\n")
    found = student.f(torch.ones(2, dtype=torch.float64))
    assert found.tolist() == [3.0, 3.0]
    assert student.notes == (() if "is_available" in body else (NOTE,))


def test_what_only_a_gpu_can_do_says_that_there_is_none(student_of):
    with pytest.raises(Raised, match="there is no GPU on this machine: write device='cpu'"):
        student_of("import torch\ndef f(): return torch.cuda.CUDAGraph()\n").f()


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

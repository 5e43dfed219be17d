"""What is beside tensors in torch.cuda has an empty value here, or fails as before."""

import torch

from assay.sandbox import gpu


def test_what_fails_for_want_of_a_gpu_gives_the_empty_value_of_its_type(monkeypatch):
    said: list[str] = []
    before = torch.cuda.make_graphed_callables
    for name in ("get_device_name", "mem_get_info", "current_device", "make_graphed_callables"):
        monkeypatch.setattr(torch.cuda, name, getattr(torch.cuda, name))
        gpu.replace(torch.cuda, name, lambda: said.append("used"))
    values = [torch.cuda.get_device_name(0), torch.cuda.mem_get_info(), torch.cuda.current_device()]
    assert values == ["cpu", (0, 0), 0]
    assert set(said) == {"used"}
    assert torch.cuda.make_graphed_callables is before


def test_events_measure_time_and_streams_are_empty():
    start, end = gpu.Event(enable_timing=True), gpu.Event()
    end.record()
    assert 0 <= start.elapsed_time(end) < 10_000
    assert gpu.Stream(priority=1).query()
    assert gpu.Stream().record_event(end) is end
    with gpu.Idle(0) as device:
        assert device.wait_stream(None) is None


def test_of_a_device_nothing_is_known_but_its_name():
    properties = gpu.Properties()
    assert (properties.name, properties.total_memory, properties.major) == ("cpu", 0, 0)

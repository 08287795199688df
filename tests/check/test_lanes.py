"""The language of the kernel for CUDA, in one lane: what it has no value for is refused by name."""

import pytest

from checks.engines import lanes
from checks.engines.lanes import Lane, float64, int32, int64, pointer_type
from sidenotes.check.proof.ground import Refused


def at(cells, dtype=float64):
    address = Lane(lanes.Memory().address(cells), int64)
    return address.to(pointer_type(int64)).to(pointer_type(dtype), bitcast=True)


NUMBER, WHOLE = Lane(1.5, float64), Lane(3, int64)
CASES = {
    "tl.dot has no exact value": lambda: lanes.Language().dot(NUMBER, NUMBER),
    "tl.float16 has no": lambda: NUMBER.to(lanes.Language().float16),
    "float64 as int32 has no": lambda: NUMBER.to(int32),
    "float64 as int64 has no": lambda: NUMBER.to(int64, bitcast=True),
    "mul with pointer to float64": lambda: at([NUMBER]) * 2,
    "truediv of int64 and int64": lambda: WHOLE / WHOLE,
    "mod of float64 and int64": lambda: NUMBER % 2,
    "and_ of float64 and int64": lambda: NUMBER & 1,
    "behind the end of a tensor": lambda: lanes.load(at([NUMBER]), Lane(False, lanes.int1)),
    "there is no element 1": lambda: lanes.load(at([NUMBER]) + 1),
    "int64 is read as float64": lambda: lanes.load(at([WHOLE])),
    "float64 leads to no memory": lambda: lanes.load(NUMBER),
    "int64 is stored as float64": lambda: lanes.store(at([NUMBER]), WHOLE),
    "either float64 or int64": lambda: lanes.where(NUMBER > 1, NUMBER, WHOLE),
    "a minimum of float64": lambda: lanes.minimum(NUMBER, 1),
    "the root of 1.5": lambda: lanes.sqrt(NUMBER),
}


@pytest.mark.parametrize("reason", CASES)
def test_what_has_no_exact_value_is_refused_by_name(reason):
    with pytest.raises(Refused, match=reason.replace(".", r"\.")):
        CASES[reason]()


def test_what_is_stored_is_loaded():
    cells = [NUMBER, NUMBER]
    lanes.store(at(cells) + 1, NUMBER * 2 - 1)
    assert [cell.value for cell in cells] == [1.5, 2.0]
    assert lanes.load(at(cells) + 1).value == 2.0

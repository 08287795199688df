"""C++ and CUDA are read as C is, with classes, namespaces, templates and raw strings."""

import pytest
from law import check_columns, check_tiling

from sidenotes.languages.registry import C, language

PROGRAM = """\
// The means.
namespace means {

// A mean.
template <typename T> class Mean : public Base<T> {
 public:
  // Begins at 0.
  explicit Mean(T beta) : beta_(beta), value_{0} { }

  bool operator==(const Mean& other) const { return value_ == other.value_; }

  // The next one.
  T update(T x) noexcept(true) {
    // A part is kept.
    value_ = beta_ * value_ + (1 - beta_) * x;
    auto f = [&](int y) {  // not a note
      // nor this
      return y;
    };
    return value_;
  }

 private:
  T beta_, value_;
};

}  // namespace means

// Outside of its class.
std::string means::Mean::name(int x) { return R"(it's // "no" comment)"; }

// A specialization.
template <> struct hash<means::Mean<int>> { };

// Two colours.
enum class Colour : int { Red, Green };

// For a graphics card.
__global__ void kernel(float* p) { p[0] = 1; }

int main() { kernel<<<1, 2>>>(p); }
"""


def outline(text, path="m.cpp"):
    sections = language(path).parse(text, path)
    check_tiling(text, sections)
    check_columns(sections)
    return [(s.name.removeprefix(f"{path}."), s.kind, s.note) for s in sections if s.note]


@pytest.mark.parametrize("suffix", ["cpp", "cc", "cxx", "hpp", "hh", "hxx", "cu", "cuh"])
def test_a_program_in_sections(suffix):
    assert language(f"m.{suffix}") is C
    assert outline(PROGRAM, f"m.{suffix}") == [
        ("means", "comment", "The means."),
        ("Mean", "class", "A mean."),
        ("Mean.Mean", "function", "Begins at 0."),
        ("Mean.update", "function", "The next one."),
        ("Mean.update.value_", "comment", "A part is kept."),
        ("means.Mean.name", "function", "Outside of its class."),
        ("hash", "class", "A specialization."),
        ("Colour", "class", "Two colours."),
        ("kernel", "function", "For a graphics card."),
    ]


RAW = [
    'auto s = R"(a " // b)";',
    'auto s = R"x(a )" )x";',
    'auto s = u8R"(a\n/* b\n)";',
    'auto s = LR"--(it\'s)--";',
]


@pytest.mark.parametrize("statement", RAW)
def test_a_raw_string_is_one_token(statement):
    assert outline(f"{statement}\n// A note.\nint x;\n") == [("x", "comment", "A note.")]


def test_a_string_without_an_end_is_an_error_with_its_line():
    with pytest.raises(SyntaxError, match="this string is never closed") as error:
        outline('int x;\nauto s = R"(a\n')
    assert error.value.lineno == 2


LEFT_OUT = {
    "half of a string": "#if 0\n  don't \"\n  // dead\n#endif\n// A note.\nint x;\n",
    "in brackets": "#if (0)\n{ {\n#endif\n// A note.\nint x;\n",
    "with a branch": "#if 0\nit's\n#else\n// A note.\nint x;\n#endif\n",
    "nested": "#if 0\n#if A\nit's\n#endif\nit's\n#endif\n// A note.\nint x;\n",
    "behind what always holds": "#if 1\n// A note.\nint x;\n#else\nit's\n#endif\n",
    "in a later branch": "#ifdef A\nint y;\n#elif 0\nit's\n#endif\n// A note.\nint x;\n",
    "to the end": "// A note.\nint x;\n#if 0\nit's\n",
}


@pytest.mark.parametrize("text", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_never_compiled_is_code_whatever_it_is(text):
    assert outline(text, "m.c") == [("x", "comment", "A note.")]


def test_what_may_be_compiled_is_read():
    with pytest.raises(SyntaxError, match="never closed"):
        outline("#if A\nit's\n#endif\n", "m.c")

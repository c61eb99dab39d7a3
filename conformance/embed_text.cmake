# Writes OUTPUT, a C++ source that defines `std::string_view FUNCTION()` to return
# the text of INPUT, so that an installed program needs no file beside it.
#   cmake -D INPUT=... -D OUTPUT=... -D FUNCTION=... -P embed_text.cmake
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "#include \"conformance/embedded_texts.h\"

namespace duroxide::conformance {

std::string_view ${FUNCTION}() {
  return R\"duroxide(${text})duroxide\";
}

}  // namespace duroxide::conformance
")

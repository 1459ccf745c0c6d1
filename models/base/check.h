// A bug aborts, in release builds too: LVSLAB_CHECK states what the program relies on. It is never
// used for what a user wrote (that is a Result) nor for what a frame carries (that is a drop).
#pragma once

namespace lvslab {

/// Prints place and text to stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* text);

}  // namespace lvslab

#define LVSLAB_CHECK(condition)                                             \
  do {                                                                      \
    if (!(condition)) [[unlikely]]                                          \
      ::lvslab::check_failed(__FILE__, __LINE__, #condition);               \
  } while (false)

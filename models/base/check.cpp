#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace lvslab {

void check_failed(const char* file, int line, const char* text) {
  std::fprintf(stderr, "%s:%d: internal error: %s does not hold. Please report this.\n", file, line,
               text);
  std::abort();
}

}  // namespace lvslab

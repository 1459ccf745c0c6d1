// The conditions of test, [ ] and [[ ]].
#pragma once

#include <string>
#include <vector>

namespace lvslab::admin {

class Machine;

/// 0 true, 1 false, 2 not understood (`error` says why). `words` are without the brackets. With
/// `extended`
/// ([[ ]]) && || ( ) < > are operators and the right side of == is a pattern with backslashes.
int evaluate_test(const Machine& machine, const std::string& directory,
                  const std::vector<std::string>& words, bool extended, std::string& error);

}  // namespace lvslab::admin

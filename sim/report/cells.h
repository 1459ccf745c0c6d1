// One cell of a CSV file, quoted by RFC 4180 when it must be.
#pragma once

#include <string>
#include <string_view>

namespace lvslab::report {

std::string cell(std::string_view text);

}  // namespace lvslab::report

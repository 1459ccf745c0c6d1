#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "admin/commands/awk_machine.h"

namespace lvslab::admin {

AwkValue awk_of_number(double number) { return {{}, number, AwkValue::Kind::kNumber}; }
AwkValue awk_of_text(std::string text) { return {std::move(text), 0, AwkValue::Kind::kText}; }
AwkValue awk_from_outside(std::string text) {
  return {std::move(text), 0, AwkValue::Kind::kOutside};
}

bool awk_looks_numeric(const std::string& text, double& number) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string::npos) return false;
  const char c = text[begin];
  if (c != '+' && c != '-' && c != '.' && (c < '0' || c > '9')) return false;
  if (text.find_first_of("xXnN", begin) != std::string::npos) return false;
  char* end = nullptr;
  number = std::strtod(text.c_str() + begin, &end);
  while (*end == ' ' || *end == '\t' || *end == '\n') ++end;
  return end == text.c_str() + text.size();
}

double awk_to_number(const AwkValue& value) {
  if (value.kind == AwkValue::Kind::kNumber) return value.number;
  const std::size_t begin = value.text.find_first_not_of(" \t\n");
  if (begin == std::string::npos) return 0;
  // Decimal digits only, whatever strtod would take more.
  std::string head = value.text.substr(begin, 40);
  head = head.substr(0, head.find_first_not_of("+-.0123456789eE"));
  return std::strtod(head.c_str(), nullptr);
}

long long awk_whole(double number) {
  return std::isnan(number) ? 0 : static_cast<long long>(std::clamp(number, -9.0e18, 9.0e18));
}

std::string awk_number_text(double number) {
  char buffer[64];
  if (std::floor(number) == number && std::fabs(number) < 1e15) {
    std::snprintf(buffer, sizeof buffer, "%.0f", number == 0 ? 0.0 : number);
  } else {
    std::snprintf(buffer, sizeof buffer, "%.6g", number);
  }
  return buffer;
}

std::string awk_to_text(const AwkValue& value) {
  return value.kind == AwkValue::Kind::kNumber ? awk_number_text(value.number) : value.text;
}

bool awk_to_bool(const AwkValue& value) {
  double number = 0;
  if (value.kind == AwkValue::Kind::kNumber) return value.number != 0;
  if (value.kind == AwkValue::Kind::kOutside && awk_looks_numeric(value.text, number))
    return number != 0;
  return !value.text.empty();
}

}  // namespace lvslab::admin

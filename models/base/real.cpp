#include "base/real.h"

#include <bit>
#include <cstdint>
#include <limits>

#include "base/random.h"

namespace lvslab {

double portable_exp(double x) {
  if (x < -745.0) return 0.0;
  if (x > 709.7) return std::numeric_limits<double>::infinity();
  // x = k ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts, so that r is exact.
  const auto k = static_cast<int>(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  const double r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
  double sum = 1.0;
  for (int n = 14; n >= 1; --n) sum = 1.0 + sum * r / n;
  const auto power = [](int e) {  // 2^e for the normal range
    return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52);
  };
  return k < -1000 ? sum * power(k + 100) * power(-100) : sum * power(k - 1) * 2.0;
}

double portable_pow(double base, double exponent) {
  return portable_exp(exponent * portable_log(base));
}

}  // namespace lvslab

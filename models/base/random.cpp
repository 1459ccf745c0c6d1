#include "base/random.h"

#include <bit>

#include "base/check.h"

namespace lvslab {

double portable_log(double x) {
  LVSLAB_CHECK(x > 0);
  // x = m * 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh((m - 1) / (m + 1)).
  auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1023;
  if (exponent == -1023) {  // subnormal: scale up first
    bits = std::bit_cast<std::uint64_t>(x * 0x1.0p54);
    exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1023 - 54;
  }
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  const double z = (m - 1.0) / (m + 1.0);
  const double z2 = z * z;
  double sum = 0.0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * z2 + 1.0 / k;
  return 2.0 * z * sum + exponent * 0.6931471805599453;
}

double exponential(double u, double mean) { return -mean * portable_log(1.0 - u); }

}  // namespace lvslab

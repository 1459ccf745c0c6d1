// Chance without a sequence: a draw is a pure function of a seed and a key, so the same thing draws
// the same number whatever else happens in the run. Own mixing and own distributions, because the
// standard library's differ between implementations. The mixing function must never change: results
// are compared across versions.
#pragma once

#include <cstdint>
#include <string_view>

namespace lvslab {

/// A 64-bit finaliser (xor-shift and multiply, three rounds); bijective.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  return x;
}

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return mix(a * 0x9e3779b97f4a7c15ULL + mix(b + 0x632be59bd9b4e019ULL));
}

/// Stable hash of a name, for keys (FNV-1a, then mixed).
constexpr std::uint64_t hash_name(std::string_view name) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return mix(h);
}

/// A named stream: draw k is f(seed, name, k). Used for links and nodes.
class Random {
 public:
  constexpr Random() = default;
  constexpr Random(std::uint64_t seed, std::string_view name) : key_(mix(seed, hash_name(name))) {}
  constexpr explicit Random(std::uint64_t key) : key_(key) {}

  /// 64 random bits.
  constexpr std::uint64_t bits() { return mix(key_, counter_++); }
  /// Uniform in [0, bound); bound > 0. Multiply-shift: the bias is below 2^-32 for small bounds.
  constexpr std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits()) * bound) >> 64);
  }
  /// Uniform in [0, 1) with 53 bits.
  constexpr double unit() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t key_ = 0;
  std::uint64_t counter_ = 0;
};

/// A draw that belongs to a request: f(seed, replication, traffic, connection, request, purpose).
struct RequestKey {
  std::uint64_t seed = 1;
  std::uint32_t replication = 0;
  std::uint32_t traffic = 0;
  std::uint32_t connection = 0;
  std::uint32_t request = 0;
};

constexpr std::uint64_t draw_bits(const RequestKey& key, std::string_view purpose) {
  const std::uint64_t who = mix((std::uint64_t{key.replication} << 32) | key.traffic,
                                (std::uint64_t{key.connection} << 32) | key.request);
  return mix(mix(key.seed, hash_name(purpose)), who);
}

constexpr double draw_unit(const RequestKey& key, std::string_view purpose) {
  return static_cast<double>(draw_bits(key, purpose) >> 11) * 0x1.0p-53;
}

/// Natural logarithm by our own series: the same bits on every processor. x > 0 and finite.
double portable_log(double x);

/// Exponential with the given mean from a uniform u in [0, 1).
double exponential(double u, double mean);

}  // namespace lvslab

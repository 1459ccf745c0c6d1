// Read once for a folder's files instead of once for each. Only the build's speed hangs on it: every file still
// includes what it uses, and -DLVSLAB_PCH=OFF builds the same without.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

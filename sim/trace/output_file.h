// A file being written, through a buffer of its own.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lvslab::trace {

class OutputFile {
 public:
  static Result<OutputFile> open(const std::string& path);
  void write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), file_.get()); }
  void write(const void* bytes, std::size_t size) { std::fwrite(bytes, 1, size, file_.get()); }
  /// Whether all writes so far worked (a full disk shows here).
  bool flush() { return std::fflush(file_.get()) == 0 && std::ferror(file_.get()) == 0; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace lvslab::trace

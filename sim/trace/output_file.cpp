#include "trace/output_file.h"

#include <cerrno>
#include <cstring>

namespace lvslab::trace {

Result<OutputFile> OutputFile::open(const std::string& path) {
  OutputFile file;
  file.file_.reset(std::fopen(path.c_str(), "wb"));
  if (!file.file_)
    return fail("cannot write " + path + ": " + std::strerror(errno),
                "choose another folder with --out");
  std::setvbuf(file.file_.get(), nullptr, _IOFBF, 1 << 18);
  return file;
}

}  // namespace lvslab::trace

#include "scenario/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "scenario/limits.h"
#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

constexpr std::size_t kBlock = 1024;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// CR LF becomes LF; a lone CR stays and is refused by check().
std::string with_plain_line_ends(std::string text) {
  std::size_t to = 0;
  for (std::size_t from = 0; from < text.size(); ++from) {
    if (text[from] == '\r' && from + 1 < text.size() && text[from + 1] == '\n') continue;
    text[to++] = text[from];
  }
  text.resize(to);
  return text;
}

std::string too_large(std::size_t most) {
  return "the file is larger than " + std::to_string(most >> 20) + " MiB";
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

Error file_error(int error_number) {
  switch (error_number) {
    case ENOENT:
      return {"there is no such file", "Is the path right?"};
    case EACCES:
    case EPERM:
      return {"the file may not be read: permission denied", "Try `chmod +r` on it"};
    case EISDIR:
      return {"this is a directory, not a scenario file", "`lvslab test` takes directories"};
    case ENOTDIR:
      return {"there is no such file", "A part of the path is not a directory"};
    case ELOOP:
      return {"the file cannot be opened: its symbolic links go round in a circle", ""};
    case ENAMETOOLONG:
      return {"the file cannot be opened: its name is too long", ""};
    default:
      return {std::string("the file cannot be read: ") + std::strerror(error_number), ""};
  }
}

namespace {

Result<std::string> read_bounded(const std::string& path, std::size_t most) {
  // O_NONBLOCK: opening a pipe nobody writes to must not hang.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return tl::unexpected<Error>(file_error(errno));
  struct stat about {};
  if (::fstat(file.fd, &about) != 0) return tl::unexpected<Error>(file_error(errno));
  if (S_ISDIR(about.st_mode)) return tl::unexpected<Error>(file_error(EISDIR));
  if (!S_ISREG(about.st_mode)) {
    return fail("this is not a regular file", "Write the scenario to a file first");
  }
  if (static_cast<std::uint64_t>(about.st_size) > most) return fail(too_large(most));
  std::string text;
  std::string buffer(std::size_t{1} << 16, '\0');
  for (;;) {
    const ssize_t got = ::read(file.fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected<Error>(file_error(errno));
    if (got == 0) return text;
    text.append(buffer, 0, static_cast<std::size_t>(got));
    if (text.size() > most) return fail(too_large(most));
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  return read_bounded(path, limits::kFileBytes);
}

Result<std::string> read_data_file(const std::string& path) {
  return read_bounded(path, limits::kDataBytes);
}

Source::Source(std::string name, std::string text, std::vector<Message>& problems)
    : name_(std::move(name)) {
  if (text.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0)
    text.erase(0, kByteOrderMark.size());
  text_ = with_plain_line_ends(std::move(text));
  starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n' && i + 1 < text_.size()) starts_.push_back(i + 1);
  }
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text_.size(); at += kBlock) {
    blocks_.push_back(characters);
    characters += count_characters(std::string_view(text_).substr(at, kBlock));
  }
  check(problems);
}

void Source::check(std::vector<Message>& problems) const {
  const auto problem = [&](std::size_t offset, std::string what, std::string hint) {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const int number = static_cast<int>(after - starts_.begin());
    problems.push_back(
        {{name_, number, column(number, offset - *(after - 1))}, std::move(what), std::move(hint)});
  };
  if (text_.size() > limits::kFileBytes) {
    problems.push_back({{name_, 1, 1}, too_large(limits::kFileBytes), ""});
    return;
  }
  if (const auto bad = first_bad_utf8(text_)) {
    const std::string_view begin(text_.data(), std::min<std::size_t>(text_.size(), 2));
    if (begin == "\xff\xfe" || begin == "\xfe\xff") {
      problem(0, "the file is UTF-16, not UTF-8", "Save it as UTF-8");
    } else {
      problem(*bad, "this byte is not UTF-8 text", "Save the file as UTF-8");
    }
    return;
  }
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text_[i]);
    if (byte == 0) return problem(i, "the file contains a NUL byte", "A scenario is plain text");
    if (byte == '\r') {
      return problem(i, "a carriage return without line feed",
                     "End lines with LF or CR LF; write \"\\r\" inside quotes");
    }
    if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f) {
      return problem(i, "a control character", "Write it as \"\\xNN\" inside quotes");
    }
  }
}

std::string_view Source::line(int number) const {
  if (number < 1 || number > lines()) return {};
  const std::size_t begin = starts_[static_cast<std::size_t>(number - 1)];
  const std::size_t end = std::min(text_.find('\n', begin), text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

std::string_view Source::from(int number, std::size_t byte) const {
  if (number < 1 || number > lines()) return {};
  const std::size_t offset = starts_[static_cast<std::size_t>(number - 1)] + byte;
  return offset < text_.size() ? std::string_view(text_).substr(offset) : std::string_view();
}

std::size_t Source::characters_before(std::size_t offset) const {
  const std::size_t block = std::min(offset / kBlock, blocks_.size() - 1);
  return blocks_[block] +
         count_characters(std::string_view(text_).substr(block * kBlock, offset - block * kBlock));
}

int Source::column(int number, std::size_t byte) const {
  if (number < 1 || number > lines() || text_.empty()) return static_cast<int>(byte) + 1;
  const std::size_t begin = starts_[static_cast<std::size_t>(number - 1)];
  const std::size_t offset = std::min(begin + byte, text_.size());
  return static_cast<int>(characters_before(offset) - characters_before(begin)) + 1;
}

}  // namespace lvslab::scenario

// The ladder of one connection for a page: at most so many bytes of text, and it stops listening
// soon after the connection ended, so that a long run pays nothing for it.
#pragma once

#include <memory>
#include <string>

#include "trace/writers.h"

namespace lvslab::trace {

class LadderExcerpt final : public Watcher {
 public:
  LadderExcerpt(const Scene& scene, const Tag& connection, std::size_t most_bytes,
                const lang::Words& words = {});
  void on_record(const Record& record) override;
  /// When the run is over.
  void finish();
  const std::string& text() const { return text_; }
  bool cut() const { return cut_; }

 private:
  static constexpr std::uint64_t kTurnsAfterTheEnd = 64;
  Tag connection_;
  std::size_t most_;
  std::unique_ptr<Ladder> ladder_;  ///< null: heard enough
  std::string text_;
  std::uint64_t turns_ = 0, ended_ = 0;
  bool cut_ = false;
};

}  // namespace lvslab::trace

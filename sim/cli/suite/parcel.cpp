#include "cli/suite/parcel.h"

#include "cli/suite/packing.h"

namespace lvslab::cli {
namespace {

using report::CaseResult;
using report::Mismatch;

template <typename Way, typename Case>
void heads(Way& way, Case& result) {
  way.text(result.path);
  way.text(result.title);
  way.text(result.reason);
  way.text(result.messages);
  way.number(result.expectations);
  way.number(result.orders);
}

template <typename Way, typename Each>
void one(Way& way, Each& mismatch) {
  way.text(mismatch.place.file);
  way.text(mismatch.kind);
  way.text(mismatch.expected);
  way.text(mismatch.actual);
  way.text(mismatch.when);
  way.text(mismatch.cause);
  way.text(mismatch.reproduce);
}

}  // namespace

std::string pack(const CaseResult& result) {
  Packer packer;
  heads(packer, result);
  packer.number(static_cast<std::uint64_t>(result.status));
  packer.number(result.mismatches.size());
  for (const Mismatch& mismatch : result.mismatches) {
    one(packer, mismatch);
    packer.number(static_cast<std::uint64_t>(mismatch.place.line));
    packer.number(static_cast<std::uint64_t>(mismatch.place.column));
  }
  packer.number(result.remarks.size());
  for (const std::string& remark : result.remarks) packer.text(remark);
  return packer.take();
}

std::optional<CaseResult> unpack(std::string_view bytes) {
  Unpacker unpacker(bytes);
  CaseResult result;
  heads(unpacker, result);
  unpacker.number(result.status);
  std::uint64_t count = 0;
  unpacker.number(count);
  for (std::uint64_t i = 0; i < count && unpacker.good(); ++i) {
    Mismatch& mismatch = result.mismatches.emplace_back();
    one(unpacker, mismatch);
    unpacker.number(mismatch.place.line);
    unpacker.number(mismatch.place.column);
  }
  count = 0;
  unpacker.number(count);
  for (std::uint64_t i = 0; i < count && unpacker.good(); ++i)
    unpacker.text(result.remarks.emplace_back());
  if (!unpacker.whole()) return std::nullopt;
  return result;
}

}  // namespace lvslab::cli

#include "actors/ipfs/kubo_add.hpp"

#include "actors/ipfs/add_request.hpp"
#include "actors/ipfs/format/hash_name.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

const char* flag(bool value) {
  return value ? "true" : "false";
}

} // namespace

kubo_add::kubo_add(const add_options& options, const import_options& defaults, bool wrap)
    : options_(options), import_(import_options_of(options, defaults)), wrap_(wrap) {
  check_pin_name(options.pin_name);
}

http_fields kubo_add::arguments() const {
  auto pin = options_.pin && !options_.only_hash;
  http_fields out{{"pin", flag(pin)},
                  {"only-hash", flag(options_.only_hash)},
                  {"cid-version", std::to_string(import_.cid_version)},
                  {"hash", std::string(name_of(import_.hash))},
                  {"raw-leaves", flag(import_.uses_raw_leaves())},
                  {"chunker", import_.chunker.to_string()},
                  {"max-file-links", std::to_string(import_.max_links)},
                  {"max-hamt-fanout", std::to_string(import_.hamt_fanout)},
                  {"max-directory-links", "0"},
                  {"trickle", flag(import_.layout == file_layout::trickle)},
                  {"inline", flag(import_.inline_limit.has_value())},
                  {"inline-limit", std::to_string(import_.inline_limit.value_or(0))},
                  {"preserve-mode", flag(import_.preserve_mode)},
                  {"preserve-mtime", flag(import_.preserve_mtime)},
                  {"wrap-with-directory", flag(wrap_)},
                  {"progress", "true"}}; // so that a daemon at work is not silent
  if (pin && !options_.pin_name.empty()) out.emplace_back("pin-name", options_.pin_name);
  if (auto mode = import_.metadata.mode) out.emplace_back("mode", std::to_string(*mode));
  if (auto mtime = import_.metadata.mtime) {
    out.emplace_back("mtime", std::to_string(mtime->seconds));
    out.emplace_back("mtime-nsecs", std::to_string(mtime->nanoseconds));
  }
  return out;
}

void kubo_add::progress(const import_progress& p) {
  add_progress out{std::string(p.name), p.bytes, {}};
  if (p.done) {
    out.size = p.done->tsize;
    out.id = {p.done->id.to_string()};
  }
  std::lock_guard lock(mutex_);
  made_.push_back(std::move(out));
}

void kubo_add::expect(const content_id& root) {
  std::lock_guard lock(mutex_);
  expected_.push_back(root.to_string());
}

bool kubo_add::is_root(const add_progress& p) const {
  return p.id && (wrap_ ? p.name.empty() : p.name.find('/') == p.name.npos);
}

void kubo_add::hand_out(const std::function<void(const add_progress&)>& tell) {
  std::vector<add_progress> made;
  {
    std::lock_guard lock(mutex_);
    made.swap(made_);
  }
  for (auto& p : made)
    if (is_root(p)) roots_.push_back(std::move(p));
    else tell(p);
}

void kubo_add::follow(kubo_reply& reply, const std::function<void(const add_progress&)>& tell) {
  std::size_t confirmed = 0;
  std::string last;
  while (auto line = reply.next_line()) {
    if (auto hash = text_in(*line, "Hash"); !hash.empty()) {
      std::lock_guard lock(mutex_);
      // The lines between the roots are of what lies below the next one.
      if (confirmed < expected_.size() && hash == expected_[confirmed]) ++confirmed;
      last = std::move(hash);
    }
    if (tell) hand_out(tell);
  }
  check(reply.place(), confirmed, last);
  tell_all(tell);
}

void kubo_add::tell_all(const std::function<void(const add_progress&)>& tell) {
  if (!tell) return;
  hand_out(tell);
  for (auto& root : roots_) tell(root);
}

void kubo_add::check(const kubo_place& at, std::size_t confirmed, const std::string& last) const {
  constexpr auto advice = ": compare the section Import of its configuration with the options here; what it pinned "
                          "stays";
  if (last.empty())
    throw failure(errc::io_error, at.text() + ": it ended its reply without the CID of what was added: add it again");
  if (confirmed == expected_.size() && last == expected_.back()) return;
  if (expected_.size() == 1)
    throw failure(errc::incompatible,
                  at.text() + ": it stored the content as " + last + ", which should be " + expected_.front() + advice);
  throw failure(errc::incompatible, at.text() + ": it did not store what was added as "
                                        + expected_[std::min(confirmed, expected_.size() - 1)] + advice);
}

} // namespace pillar::ipfs::engine

#include "tools/notary/ledger_worker.hpp"

#include "interfaces/binary.hpp"
#include "tools/notary/entry_key.hpp"
#include "tools/notary/original_file.hpp"

#include <deque>
#include <span>

namespace demo {

using namespace pillar;

namespace {

constexpr auto directory_key = "directory";
constexpr std::uint32_t last_version = 99'999'999; // what a key has digits for

// Entries verified side by side. Each may hold a few pieces of 1 MiB, so this bounds the memory.
constexpr std::size_t verified_at_once = 8;

bytes bytes_of(std::string_view text) {
  auto data = std::as_bytes(std::span(text));
  return {data.begin(), data.end()};
}

std::string text_of(const bytes& data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

result<ledger::entry> decoded(const db::entry& document) {
  try {
    auto item = decode<ledger::entry>(document.value);
    if (ledger::entry_key(item.name, item.version) == document.key) return item;
    return failure(errc::damaged, "the entry under " + document.key + " belongs to another file");
  } catch (const failure& f) {
    return failure(errc::damaged, "the entry under " + document.key + " cannot be read: " + f.message());
  }
}

ledger::finding finding_of_content(errc code) {
  switch (code) {
    case errc::damaged:
    case errc::not_found:
    case errc::bad_request:
    case errc::unsupported: return ledger::finding::damaged;
    default: return ledger::finding::unknown;
  }
}

ledger::finding finding_of_signature(errc code) {
  switch (code) {
    case errc::verification_failed:
    case errc::bad_request:
    case errc::not_found: return ledger::finding::forged;
    default: return ledger::finding::unknown;
  }
}

} // namespace

struct ledger_worker::stored_entry {
  std::string key;
  result<ledger::entry> item;
  bool is_latest; // of its file
};

/// Reads the entries one after the other, a page ahead.
class ledger_worker::cursor {
public:
  explicit cursor(ledger_worker& of) : of_(of) {}

  task<std::optional<stored_entry>> next() {
    while (ready_.size() < 2 && !over_) { // the second tells whether the first is its file's latest
      auto page = co_await of_.ask(db::list{
          .prefix = std::string(ledger::entry_prefix), .after = after_, .limit = db::most_listed, .with_values = true});
      std::ranges::move(page.entries, std::back_inserter(ready_));
      over_ = !page.next;
      after_ = page.next.value_or("");
    }
    if (ready_.empty()) co_return std::nullopt;
    auto first = std::move(ready_.front());
    ready_.pop_front();
    bool is_latest = ready_.empty() || ledger::file_part(ready_.front().key) != ledger::file_part(first.key);
    co_return stored_entry{first.key, decoded(first), is_latest};
  }

private:
  ledger_worker& of_;
  std::deque<db::entry> ready_;
  std::string after_;
  bool over_ = false;
};

ledger_worker::ledger_worker(const context& ctx, std::filesystem::path directory)
    : worker(ctx), directory_(std::move(directory)) {}

task<> ledger_worker::start() {
  auto known = co_await try_ask(db::get{.key = directory_key});
  if (known) {
    auto text = text_of(known->value);
    if (text != directory_.native())
      throw failure(errc::conflict, "this ledger is about the directory " + text + " and not about "
                                        + directory_.native() + ": give each directory a data directory of its own");
  } else if (known.error().code() == errc::not_found) {
    co_await ask(db::put{.key = directory_key, .value = bytes_of(directory_.native()), .if_revision = 0});
  } else {
    throw std::move(known).error();
  }
}

task<> ledger_worker::on(ledger::enter request) {
  auto& item = request.item;
  if (item.name.empty()) throw failure(errc::bad_request, "the entry names no file");
  if (item.version == 0 || item.version > last_version)
    throw failure(errc::bad_request, "there is no version " + std::to_string(item.version) + ": the first is 1");
  auto key = ledger::entry_key(item.name, item.version);
  auto written = co_await try_ask(db::put{.key = key, .value = encode(item), .if_revision = 0});
  if (written) co_return;
  if (written.error().code() != errc::conflict) throw std::move(written).error();
  auto there = co_await ask(db::get{.key = key});
  auto known = decode<ledger::entry>(there.value);
  if (known.name == item.name && known.content == item.content) co_return;
  throw failure(errc::conflict, "version " + std::to_string(item.version) + " of " + item.name
                                    + " has been entered already, with the content " + known.content.text);
}

source<ledger::entry> ledger_worker::on(ledger::entries request) {
  cursor at{*this};
  while (auto stored = co_await at.next())
    if (stored->is_latest || !request.latest_only) co_yield std::move(stored->item).value();
}

source<ledger::verdict> ledger_worker::on(ledger::verify_all) {
  cursor at{*this};
  for (bool more = true; more;) {
    std::vector<task<ledger::verdict>> batch;
    while (more && batch.size() < verified_at_once) {
      auto stored = co_await at.next();
      more = stored.has_value();
      if (stored) batch.push_back(verify(std::move(*stored)));
    }
    auto verdicts = co_await all_of(std::move(batch));
    for (auto& v : verdicts) co_yield std::move(v);
  }
}

task<ledger::verdict> ledger_worker::verify(stored_entry stored) {
  ledger::verdict v;
  if (!stored.item) {
    v.item.name = stored.key;
    v.finding = ledger::finding::damaged;
    v.problem = stored.item.error().message();
    co_return v;
  }
  v.item = std::move(*stored.item);
  v.finding = ledger::finding::intact;
  co_await check_content(v, stored.is_latest);
  if (v.finding == ledger::finding::intact) co_await check_signature(v);
  co_return v;
}

task<> ledger_worker::check_content(ledger::verdict& v, bool compare) {
  try {
    std::optional<original_file> file;
    if (compare) file.emplace(co_await offload([&] { return original_file(directory_ / v.item.name); }));
    std::uint64_t size = 0;
    auto content = co_await ask(ipfs::cat{.path = v.item.content.text});
    while (auto piece = co_await content.next()) {
      size += piece->size();
      if (file) co_await offload([&] { file->compare(*piece); });
    }
    if (size != v.item.stamp.size)
      throw failure(errc::damaged, "IPFS gave back " + std::to_string(size) + " bytes, and "
                                       + std::to_string(v.item.stamp.size) + " were recorded");
    if (file) v.original = file->outcome(v.item);
  } catch (const failure& f) {
    v.finding = finding_of_content(f.code());
    v.problem = f.message();
  }
}

task<> ledger_worker::check_signature(ledger::verdict& v) {
  auto& s = v.item.signature;
  auto checked = co_await try_ask(
      key_manager::verify{.message = bytes_of(v.item.content.text), .signature = s.data, .signer = s.signer});
  if (checked) {
    v.signed_at = checked->made;
  } else {
    v.finding = finding_of_signature(checked.error().code());
    v.problem = checked.error().message();
  }
}

void ledger_worker::on(ledger::report request) {
  progress_ = std::move(request.now);
}

ledger::progress ledger_worker::on(const ledger::status&) {
  return progress_;
}

} // namespace demo

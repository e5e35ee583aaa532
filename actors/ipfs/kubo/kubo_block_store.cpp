#include "actors/ipfs/kubo/kubo_block_store.hpp"

#include "actors/ipfs/format/dag_pb.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <ranges>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t most_expected = 1 << 16; // CIDs, about 100 bytes each; nodes of a file have 174 or 1024 links

} // namespace

kubo_block_store::kubo_block_store(std::shared_ptr<const kubo_client> client, kubo_search search, std::stop_token stop)
    : client_(std::move(client)), search_(search), stop_(std::move(stop)) {}

kubo_request kubo_block_store::request(std::string command, const content_id& id, bool offline) const {
  kubo_request out{.command = std::move(command), .arguments = {{"arg", id.to_string()}}, .stop = stop_};
  if (offline) {
    out.arguments.emplace_back("offline", "true");
    return out;
  }
  // The daemon gives up by itself, and says so: only after that its silence means that it hangs.
  out.arguments.emplace_back("timeout", kubo_duration(search_.time));
  out.limits = client_->limits();
  if (out.limits->first_byte.count() != 0) out.limits->first_byte += search_.time;
  return out;
}

std::optional<bytes> kubo_block_store::get(const content_id& id) {
  if (auto inlined = inlined_block(id)) return bytes(inlined->begin(), inlined->end());
  if (!is_known(id.hash().function()))
    throw failure(errc::unsupported, "block " + id.to_string() + " has a hash function that cannot be verified here");
  try {
    auto block = fetch(id);
    foresee(id, block);
    return block;
  } catch (const failure& f) {
    if (f.code() == errc::not_found) return {};
    throw;
  }
}

/// The block as the daemon gives it, verified.
bytes kubo_block_store::fetch(const content_id& id) {
  auto receive = [&](kubo_reply& reply) {
    auto block = reply.content(largest_block);
    verify(id, block, "from the Kubo daemon at " + reply.place().address);
    return block;
  };
  if (auto asked = take_asked(id)) {
    try {
      return receive(*asked);
    } catch (const failure& f) {
      // Asked long ago, for a slow reader: the daemon may have closed the connection, or its time may be over.
      if (f.code() == errc::cancelled) throw;
    }
  }
  auto reply = client_->ask(request("block/get", id, search_.offline));
  return receive(reply);
}

/// The reply to a request for this block that was made ahead.
std::optional<kubo_reply> kubo_block_store::take_asked(const content_id& id) {
  std::lock_guard lock(mutex_);
  auto at = std::ranges::find(expected_, id);
  if (at == expected_.end()) {
    in_order_ = 0;
    return {};
  }
  auto is_next = at == expected_.begin();
  in_order_ = is_next ? in_order_ + 1 : 0;
  expected_.erase(expected_.begin(), at + 1); // what was passed over is not wanted any more
  std::optional<kubo_reply> found;
  if (auto asked = std::ranges::find(asked_, id, &asked_block::first); asked != asked_.end()) {
    found = std::move(asked->second);
    asked_.erase(asked);
  }
  if (!is_next)
    std::erase_if(asked_, [&](const auto& a) { return std::ranges::find(expected_, a.first) == expected_.end(); });
  ask_ahead();
  return found;
}

/// Below a node of a file, its parts come next. A directory's entries are wanted in no order that could be known.
void kubo_block_store::foresee(const content_id& id, bytes_view block) {
  if (id.codec() != codec::dag_pb) return;
  std::vector<pb_link> links;
  try {
    links = decode_dag_pb(block).links;
  } catch (const failure&) {
    return; // the reader will say it
  }
  if (links.empty() || !links.front().name.empty()) return;
  std::lock_guard lock(mutex_);
  expected_.insert(expected_.begin(), links.size(), {});
  std::ranges::transform(links, expected_.begin(), &pb_link::id);
  if (expected_.size() > most_expected) expected_.resize(most_expected);
}

/// Asks for the next blocks, once it is likely that they will be wanted. Errors are left to who wants them.
void kubo_block_store::ask_ahead() {
  if (in_order_ < 2) return;
  try {
    for (const auto& id : expected_ | std::views::take(ahead))
      if (!inlined_block(id) && std::ranges::find(asked_, id, &asked_block::first) == asked_.end())
        asked_.emplace_back(id, client_->ask_ahead(request("block/get", id, search_.offline)));
  } catch (const failure&) {
    in_order_ = 0;
  }
}

std::optional<std::uint64_t> kubo_block_store::size_of(const content_id& id) {
  if (auto inlined = inlined_block(id)) return inlined->size();
  try {
    return number_in(client_->ask(request("block/stat", id, true)).json(), "Size");
  } catch (const failure& f) {
    if (f.code() == errc::not_found) return {};
    throw;
  }
}

std::unique_ptr<write_batch> kubo_block_store::begin() {
  throw failure(errc::unsupported, "the blocks of a Kubo daemon are only read here: add content through its engine");
}

std::optional<engine::pin> kubo_block_store::find_pin(const content_id& root) {
  for (auto [type, mode] : {std::pair("recursive", pin_mode::recursive), std::pair("direct", pin_mode::direct)}) {
    kubo_request request{
        .command = "pin/ls",
        .arguments = {{"arg", root.to_string()}, {"type", type}, {"names", "true"}, {"stream", "true"}},
        .stop = stop_};
    try {
      auto reply = client_->ask(request);
      if (auto line = reply.next_line()) return engine::pin{root, mode, text_in(*line, "Name")};
    } catch (const failure& f) {
      if (f.code() != errc::not_found) throw;
    }
  }
  return {};
}

std::string kubo_block_store::identity() const {
  return text_in(client_->ask({.command = "id", .stop = stop_}).json(), "ID");
}

} // namespace pillar::ipfs::engine

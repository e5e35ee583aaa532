#include "actors/ipfs/kubo_block_store.hpp"

#include "interfaces/error.hpp"

#include <utility>

namespace pillar::ipfs::engine {

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
  bytes block;
  std::string place;
  try {
    auto reply = client_->ask(request("block/get", id, search_.offline));
    place = reply.place().address;
    block = reply.content(largest_block);
  } catch (const failure& f) {
    if (f.code() == errc::not_found) return {};
    throw;
  }
  verify(id, block, "from the Kubo daemon at " + place);
  return block;
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

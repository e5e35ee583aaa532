#include "actors/ipfs/store/dag_walk.hpp"

#include "actors/ipfs/format/block_links.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

// A block's bits, for each codec whose links are followed: that it is to be read as such, and that it was.
constexpr std::array linking_codecs{codec::dag_pb, codec_dag_cbor, codec_dag_json};

std::uint8_t wanted_bit(std::size_t codec) {
  return static_cast<std::uint8_t>(2 << codec);
}
std::uint8_t read_bit(std::size_t codec) {
  return static_cast<std::uint8_t>(16 << codec);
}
std::size_t place_of(codec c) {
  return static_cast<std::size_t>(std::ranges::find(linking_codecs, c) - linking_codecs.begin());
}

} // namespace

std::uint8_t block_marks::get(std::uint64_t number) const {
  auto at = number / page_size;
  return at < pages_.size() && pages_[at] ? (*pages_[at])[number % page_size] : std::uint8_t{0};
}

void block_marks::add(std::uint64_t number, std::uint8_t bits) {
  auto at = number / page_size;
  if (at >= pages_.size()) pages_.resize(at + 1);
  if (!pages_[at]) pages_[at] = std::make_unique<page>();
  (*pages_[at])[number % page_size] |= bits;
}

dag_walk::dag_walk(block_store& store, visitors tell, std::stop_token stop, std::size_t room)
    : store_(store), tell_(std::move(tell)), stop_(std::move(stop)), room_(room) {}

void dag_walk::walk(const content_id& root, bool recursive) {
  reach(root, recursive);
  read_waiting();
  while (std::exchange(left_over_, false)) find_left_over();
}

/// Adds bits to a block's marks; false when it had them all.
bool dag_walk::mark(const content_id& id, std::uint64_t number, std::uint8_t bits) {
  if (number == unnumbered) {
    auto& marks = unnumbered_marks_[id.hash()];
    return std::exchange(marks, marks | bits) != (marks | bits);
  }
  auto before = marks_.get(number);
  if ((before | bits) == before) return false;
  marks_.add(number, bits);
  return true;
}

void dag_walk::refuse_or_tell(const content_id& id, const failure& f) const {
  if (!tell_.unreadable || (f.code() != errc::damaged && f.code() != errc::unsupported)) throw f;
  tell_.unreadable(id, f);
}

bool dag_walk::is_followed(const content_id& id, bool recursive) {
  if (!recursive) return false;
  try {
    return may_link(id);
  } catch (const failure& f) {
    refuse_or_tell(id, f);
    return false;
  }
}

/// Reaches what a block links to.
void dag_walk::follow(const content_id& id, bytes_view block) {
  std::vector<content_id> links;
  try {
    for_each_link(id, block, [&](const content_id& link) { links.push_back(link); });
  } catch (const failure& f) {
    refuse_or_tell(id, f);
  }
  for (const auto& link : links) reach(link, true);
}

void dag_walk::reach(const content_id& id, bool recursive) {
  bool links = is_followed(id, recursive);
  if (auto inlined = inlined_block(id)) { // which is small: it cannot hold much, nor nest deep
    if (tell_.reached) tell_.reached(id);
    if (links) follow(id, *inlined);
    return;
  }
  auto number = store_.number_of(id);
  if (!number) {
    if (tell_.missing) tell_.missing(id);
    return;
  }
  if (mark(id, *number, reached_bit) && tell_.reached) tell_.reached(id);
  if (!links || !mark(id, *number, wanted_bit(place_of(id.codec())))) return;
  if (waiting_.size() >= room_ && *number != unnumbered) {
    left_over_ = true;
    return;
  }
  id.append_to(waiting_);
  waiting_.push_back(static_cast<std::byte>(id.size()));
}

void dag_walk::read_waiting() {
  while (!waiting_.empty()) {
    check_stop();
    auto size = std::to_integer<std::size_t>(waiting_.back());
    auto id = content_id::from_bytes(bytes_view(waiting_).last(size + 1).first(size));
    waiting_.resize(waiting_.size() - size - 1);
    auto number = store_.number_of(id);
    std::optional<bytes> block;
    try {
      block = store_.get(id);
    } catch (const failure& f) {
      refuse_or_tell(id, f);
      continue;
    }
    if (!number || !block) {
      if (tell_.missing) tell_.missing(id);
      continue;
    }
    mark(id, *number, read_bit(place_of(id.codec())));
    follow(id, *block);
  }
}

/// Goes on with blocks that were reached when there was no room to remember them. Rare: so much is waiting only where
/// blocks of hostile shape link to tens of thousands of others each.
void dag_walk::find_left_over() {
  store_.for_each_block([this](const content_id& id, std::uint64_t) {
    check_stop();
    auto number = store_.number_of(id);
    if (!number || *number == unnumbered) return;
    for (std::size_t at = 0; at < linking_codecs.size(); ++at) {
      auto marks = marks_.get(*number);
      if (!(marks & wanted_bit(at)) || marks & read_bit(at)) continue;
      content_id linking(1, linking_codecs[at], id.hash());
      linking.append_to(waiting_);
      waiting_.push_back(static_cast<std::byte>(linking.size()));
      read_waiting();
    }
  });
}

void dag_walk::check_stop() const {
  if (stop_.stop_requested()) throw failure(errc::cancelled, "the walk over pinned blocks was stopped");
}

void explain_unknown_need(const pin& p, const failure& f) {
  if (f.code() != errc::unsupported && f.code() != errc::damaged) throw f;
  throw failure(f.code(), "it is not known what the pin " + p.root.to_string()
                              + " needs, so no garbage is removed: " + f.message());
}

std::vector<std::optional<pinning>> find_pinnings(block_store& store, const std::vector<content_id>& ids,
                                                  std::stop_token stop) {
  std::vector<std::optional<pinning>> out(ids.size());
  std::unordered_map<multihash, std::optional<pinning>> wanted;
  for (const auto& id : ids) wanted[id.hash()];
  std::size_t left = wanted.size();
  store.for_each_pin([&](const pin& p) {
    auto at = wanted.find(p.root.hash());
    if (at == wanted.end()) return;
    auto how = p.mode == pin_mode::recursive ? pinning::kind::recursive : pinning::kind::direct;
    if (!at->second) --left;
    else if (at->second->how == pinning::kind::recursive) return; // which says more
    at->second = pinning{how, p.root, p.name};
  });
  const pin* through = nullptr;
  struct all_found {};
  dag_walk walk(store,
                {.reached =
                     [&](const content_id& id) {
                       auto at = wanted.find(id.hash());
                       if (at == wanted.end() || at->second) return;
                       at->second = pinning{pinning::kind::indirect, through->root, through->name};
                       if (--left == 0) throw all_found{};
                     },
                 .missing = {},
                 .unreadable = [](const content_id&, const failure&) {}},
                std::move(stop));
  try {
    if (left > 0)
      store.for_each_pin([&](const pin& p) {
        if (p.mode != pin_mode::recursive) return;
        through = &p;
        walk.walk(p.root, true);
      });
  } catch (const all_found&) {
  }
  for (std::size_t i = 0; i < ids.size(); ++i) out[i] = wanted[ids[i].hash()];
  return out;
}

void keep_all(block_store& store, write_batch& batch, const content_id& root, bool recursive, std::stop_token stop) {
  auto missing = [&](const content_id& id) {
    throw failure(errc::not_found, "block " + id.to_string()
                                       + (id == root ? "" : ", which " + root.to_string() + " needs,")
                                       + " is not here: add it before pinning");
  };
  dag_walk walk(store,
                {.reached =
                     [&](const content_id& id) {
                       if (!inlined_block(id) && !batch.keep(id)) missing(id);
                     },
                 .missing = missing,
                 .unreadable = {}},
                std::move(stop));
  walk.walk(root, recursive);
}

} // namespace pillar::ipfs::engine

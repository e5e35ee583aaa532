// What kubo_ipfs does with the daemon's repository: pins, single blocks, archives, statistics, garbage, pub/sub.
#include "actors/ipfs/car_verifier.hpp"
#include "actors/ipfs/guarded.hpp"
#include "actors/ipfs/hash_name.hpp"
#include "actors/ipfs/kubo_ipfs.hpp"
#include "actors/ipfs/kubo_upload.hpp"
#include "actors/ipfs/path.hpp"
#include "actors/ipfs/thread_pool.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace pillar::ipfs {

using namespace engine;

namespace {

constexpr std::size_t longest_topic = 1 << 10;   // bytes
constexpr std::size_t longest_message = 1 << 20; // bytes; what gossipsub carries
constexpr std::size_t usual_block = 1 << 20;     // bytes; Kubo before 0.40 wants to be told of larger ones

// A daemon may think about its whole repository before it says a word.
constexpr std::chrono::minutes long_silence{10};

time_limits patient(time_limits limits) {
  if (limits.first_byte.count() != 0)
    limits.first_byte = std::max<std::chrono::milliseconds>(limits.first_byte, long_silence);
  if (limits.idle.count() != 0) limits.idle = std::max<std::chrono::milliseconds>(limits.idle, long_silence);
  return limits;
}

std::string path_text(std::string_view path) {
  auto parsed = content_path::parse(path);
  auto out = "/ipfs/" + parsed.root.to_string();
  for (const auto& name : parsed.names) out += "/" + name;
  return out;
}

kubo_pin_kind kind_of(const kubo_place& at, std::string_view type) {
  if (type == "recursive") return kubo_pin_kind::recursive;
  if (type == "direct") return kubo_pin_kind::direct;
  if (type.starts_with("indirect")) return kubo_pin_kind::indirect;
  throw failure(errc::io_error, at.text() + ": it knows a kind of pin that is not known here: " + in_quotes(type));
}

const char* type_of(std::optional<kubo_pin_kind> kind) {
  if (!kind) return "all";
  constexpr std::array names{"recursive", "direct", "indirect"};
  return names.at(static_cast<std::size_t>(*kind));
}

const char* name_of(codec c) {
  if (c == codec::raw) return "raw";
  if (c == codec::dag_pb) return "dag-pb";
  throw failure(errc::unsupported, "only raw and dag-pb blocks can be put into a Kubo daemon");
}

void check_topic(std::string_view topic) {
  if (topic.empty() || topic.size() > longest_topic)
    throw failure(errc::bad_request,
                  "the topic " + in_quotes(topic) + " has " + std::to_string(topic.size()) + " bytes: use 1 to 1024");
}

} // namespace

void kubo_ipfs::pin_add(std::string_view path, bool recursive, std::string_view name, std::stop_token stop) {
  guarded([&] {
    kubo_request request{
        .command = "pin/add",
        .arguments = {{"arg", path_text(path)}, {"recursive", recursive ? "true" : "false"}, {"progress", "true"}},
        .stop = std::move(stop)};
    if (!name.empty()) request.arguments.emplace_back("name", name);
    if (options_.search.offline) request.arguments.emplace_back("offline", "true");
    auto reply = client_->open(request);
    auto pinned = false;
    std::uint64_t fetched = 0;
    auto moved = std::chrono::steady_clock::now();
    while (auto line = reply.next_line()) { // twice a second, however little happens
      pinned = member_of(*line, "Pins") != nullptr;
      auto now = std::chrono::steady_clock::now();
      if (auto count = number_in(*line, "Progress"); count > fetched) fetched = count, moved = now;
      if (!pinned && now - moved > options_.search.time)
        throw failure(errc::not_found, reply.place().text() + ": of " + std::string(path) + " it found "
                                           + std::to_string(fetched) + " blocks, and no more in the time for it");
    }
    if (!pinned) throw failure(errc::io_error, reply.place().text() + ": it ended its reply without having pinned");
  });
}

void kubo_ipfs::pin_rm(std::string_view root, bool recursive, std::stop_token stop) {
  guarded([&] {
    client_
        ->ask({.command = "pin/rm",
               .arguments = {{"arg", content_id::parse(root).to_string()}, {"recursive", recursive ? "true" : "false"}},
               .stop = std::move(stop),
               .repeatable = false})
        .json();
  });
}

void kubo_ipfs::for_each_pin(const kubo_pin_filter& filter, const std::function<void(const kubo_pin&)>& visit,
                             std::stop_token stop) {
  guarded([&] {
    kubo_request request{.command = "pin/ls",
                         .arguments = {{"type", type_of(filter.kind)}, {"names", "true"}, {"stream", "true"}},
                         .limits = patient(client_->limits()),
                         .stop = std::move(stop)};
    if (!filter.name.empty()) request.arguments.emplace_back("name", filter.name);
    auto reply = client_->open(request);
    while (auto line = reply.next_line())
      visit({{text_in(*line, "Cid")}, kind_of(reply.place(), text_in(*line, "Type")), text_in(*line, "Name")});
  });
}

bytes kubo_ipfs::block_get(std::string_view id, std::stop_token stop) {
  return guarded([&] {
    auto wanted = content_id::parse(id);
    auto block = blocks(std::move(stop))->get(wanted);
    if (!block) throw failure(errc::not_found, "the Kubo daemon has, and finds, no block " + wanted.to_string());
    return std::move(*block);
  });
}

cid kubo_ipfs::block_put(bytes_view block, codec c, bool pin, std::stop_token stop) {
  return guarded([&] {
    if (block.size() > largest_block)
      throw failure(errc::too_large,
                    "the block has " + std::to_string(block.size()) + " bytes, and 2 MiB are the most");
    const auto hash = options_.import.hash;
    content_id expected(1, c, hash_of(hash, block));
    kubo_request request{.command = "block/put",
                         .arguments = {{"cid-codec", name_of(c)},
                                       {"mhtype", std::string(engine::name_of(hash))},
                                       {"pin", pin ? "true" : "false"},
                                       {"allow-big-block", block.size() > usual_block ? "true" : "false"}},
                         .stop = std::move(stop)};
    auto reply = client_->ask(request, block);
    check_added(reply.place(), expected, text_in(reply.json(), "Key"));
    return cid{expected.to_string()};
  });
}

std::optional<std::uint64_t> kubo_ipfs::block_size(std::string_view id, std::stop_token stop) {
  return guarded([&] { return blocks(std::move(stop))->size_of(content_id::parse(id)); });
}

void kubo_ipfs::block_rm(std::string_view id, std::stop_token stop) {
  guarded([&] {
    auto reply = client_->ask({.command = "block/rm",
                               .arguments = {{"arg", content_id::parse(id).to_string()}},
                               .stop = std::move(stop),
                               .repeatable = false});
    while (auto line = reply.next_line())
      if (auto error = text_in(*line, "Error"); !error.empty()) throw failure_of_message(reply.place(), error);
  });
}

void kubo_ipfs::dag_export(std::string_view root, const std::function<void(bytes_view)>& to, std::stop_token stop) {
  guarded([&] {
    auto id = content_id::parse(root);
    kubo_request request{.command = "dag/export", .arguments = {{"arg", id.to_string()}}, .stop = std::move(stop)};
    if (options_.search.offline) request.arguments.emplace_back("offline", "true");
    auto reply = client_->open(request);
    car_verifier archive(id, to, reply.place().text());
    for (bytes piece; reply.read(piece); piece.clear()) archive.take(piece);
    archive.finish();
  });
}

kubo_imported kubo_ipfs::dag_import(const std::function<std::size_t(std::span<std::byte>)>& content, bool pin_roots,
                                    std::stop_token stop) {
  return guarded([&] {
    kubo_request request{
        .command = "dag/import",
        .arguments = {{"pin-roots", pin_roots ? "true" : "false"}, {"stats", "true"}, {"allow-big-block", "true"}},
        .limits = patient(client_->limits()),
        .stop = stop};
    kubo_upload upload(*client_, request, [&](multipart_writer& form) {
      form.file("");
      bytes buffer(256 << 10);
      while (auto size = content(buffer)) form.content(bytes_view(buffer).first(size));
    });
    kubo_imported out;
    auto& reply = upload.reply();
    auto is_whole = false;
    while (auto line = reply.next_line()) {
      if (const auto* root = member_of(*line, "Root")) {
        if (auto error = text_in(*root, "PinErrorMsg"); !error.empty()) throw failure_of_message(reply.place(), error);
        out.roots.push_back({cid_in(*root, "Cid")});
      }
      if (const auto* stats = member_of(*line, "Stats")) {
        out.blocks = number_in(*stats, "BlockCount");
        out.size = number_in(*stats, "BlockBytesCount");
        is_whole = true;
      }
    }
    if (!is_whole) throw failure(errc::io_error, reply.place().text() + ": it ended its reply before the import's end");
    return out;
  });
}

kubo_repo_stat kubo_ipfs::repo_stat(bool size_only, std::stop_token stop) {
  return guarded([&] {
    auto answer = client_
                      ->ask({.command = "repo/stat",
                             .arguments = {{"size-only", size_only ? "true" : "false"}},
                             .limits = patient(client_->limits()),
                             .stop = std::move(stop)})
                      .json();
    return kubo_repo_stat{number_in(answer, "NumObjects"), number_in(answer, "RepoSize"),
                          number_in(answer, "StorageMax"), text_in(answer, "RepoPath"), text_in(answer, "Version")};
  });
}

std::uint64_t kubo_ipfs::gc(const std::function<void(const cid&)>& removed, std::stop_token stop) {
  return guarded([&] {
    auto reply = client_->open({.command = "repo/gc",
                                .arguments = {{"stream-errors", "true"}},
                                .limits = patient(client_->limits()),
                                .stop = std::move(stop)});
    std::uint64_t count = 0;
    std::string error; // what cannot be removed is no reason to leave the rest; the first says enough
    try {
      while (auto line = reply.next_line()) {
        if (auto found = text_in(*line, "Error"); !found.empty() && error.empty()) error = std::move(found);
        auto key = cid_in(*line, "Key");
        if (key.empty()) continue;
        ++count;
        if (removed) removed({std::move(key)});
      }
    } catch (const failure&) {
      if (error.empty()) throw; // else it only says that there were some
    }
    if (!error.empty()) throw failure_of_message(reply.place(), error);
    return count;
  });
}

std::uint64_t kubo_ipfs::verify(const std::function<void(const cid&, std::string_view)>& unsound,
                                std::stop_token stop) {
  return guarded([&] {
    auto reply =
        client_->open({.command = "repo/verify", .limits = patient(client_->limits()), .stop = std::move(stop)});
    std::uint64_t count = 0, bad = 0;
    try {
      while (auto line = reply.next_line()) {
        count = std::max(count, number_in(*line, "Progress"));
        auto words = std::string_view();
        const auto* message = member_of(*line, "Msg");
        if (message && message->is_string()) words = message->get_string();
        constexpr std::string_view begin = "block "; // "block CID was corrupt (why)"
        if (!words.starts_with(begin)) continue;
        words.remove_prefix(begin.size());
        ++bad;
        unsound({std::string(words.substr(0, words.find(' ')))}, words);
      }
    } catch (const failure& f) {
      if (bad == 0 || f.message().find("corrupt") == f.message().npos) throw; // else it only counts them
    }
    return count;
  });
}

void kubo_ipfs::publish(std::string_view topic, bytes_view data, std::stop_token stop) {
  guarded([&] {
    check_topic(topic);
    if (data.size() > longest_message)
      throw failure(errc::too_large, "the message has " + std::to_string(data.size())
                                         + " bytes, and 1 MiB is the most: add it, and publish its CID");
    client_
        ->ask({.command = "pubsub/pub",
               .arguments = {{"arg", encode_multibase(base::base64url, view_of(topic))}},
               .stop = std::move(stop),
               .repeatable = false},
              data)
        .json();
  });
}

std::unique_ptr<kubo_subscription> kubo_ipfs::subscribe(std::string_view topic, kubo_subscription_options options) {
  return guarded([&] {
    check_topic(topic);
    return std::make_unique<kubo_subscription>(client_, std::string(topic), identity_.id, std::move(options));
  });
}

} // namespace pillar::ipfs

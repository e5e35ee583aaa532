// What kubo_ipfs does with the daemon's repository: blocks, archives and care.
#include "actors/ipfs/files/car_file.hpp"
#include "actors/ipfs/files/car_verifier.hpp"
#include "actors/ipfs/format/car.hpp"
#include "actors/ipfs/format/codec_name.hpp"
#include "actors/ipfs/format/hash_name.hpp"
#include "actors/ipfs/format/hasher.hpp"
#include "actors/ipfs/guarded.hpp"
#include "actors/ipfs/kubo/kubo_upload.hpp"
#include "actors/ipfs/kubo_ipfs.hpp"
#include "actors/ipfs/system/thread_pool.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs {

using namespace engine;

namespace {

constexpr std::size_t usual_block = 1 << 20;    // bytes; Kubo before 0.40 wants to be told of larger ones
constexpr std::uint64_t blocks_per_item = 1000; // of verify's progress

} // namespace

// Blocks.

block_info kubo_ipfs::block_put(bytes_view block, std::string_view codec, std::string_view hash, bool pin) {
  return guarded([&] {
    content_id expected(1, codec_of(codec), hash_of(hash_function_of(hash), block));
    if (block.size() > largest_block)
      throw failure(errc::too_large,
                    "the block has " + std::to_string(block.size()) + " bytes, and 2 MiB are the most");
    auto reply = client_->ask({.command = "block/put",
                               .arguments = {{"cid-codec", std::string(codec)},
                                             {"mhtype", std::string(hash)},
                                             {"pin", pin ? "true" : "false"},
                                             {"allow-big-block", block.size() > usual_block ? "true" : "false"}}},
                              block);
    if (auto got = text_in(reply.json(), "Key"); got != expected.to_string())
      throw failure(errc::incompatible, reply.place().text() + ": it stored the block as " + in_quotes(got)
                                            + ", which should be " + expected.to_string());
    return block_info{{expected.to_string()}, block.size()};
  });
}

bytes kubo_ipfs::block_get(const cid& id, std::stop_token stop) {
  return guarded([&] {
    auto wanted = content_id::parse(id.text);
    auto block = blocks(std::move(stop))->get(wanted);
    if (!block) throw failure(errc::not_found, "the Kubo daemon has, and finds, no block " + wanted.to_string());
    return std::move(*block);
  });
}

block_info kubo_ipfs::block_stat(const cid& id, std::stop_token stop) {
  return guarded([&] {
    auto wanted = content_id::parse(id.text);
    auto size = blocks(std::move(stop))->size_of(wanted);
    if (!size) throw failure(errc::not_found, "the Kubo daemon has no block " + wanted.to_string() + " in its store");
    return block_info{{wanted.to_string()}, *size};
  });
}

void kubo_ipfs::block_rm(const cid& id, std::stop_token stop) {
  guarded([&] {
    auto reply = client_->ask({.command = "block/rm",
                               .arguments = {{"arg", content_id::parse(id.text).to_string()}},
                               .stop = std::move(stop),
                               .repeatable = false});
    while (auto line = reply.next_line())
      if (auto error = text_in(*line, "Error"); !error.empty()) throw failure_of_message(reply.place(), error);
  });
}

// Archives.

void kubo_ipfs::dag_export(std::string_view path, const std::function<void(bytes_view)>& to, std::stop_token stop) {
  guarded([&] {
    auto id = locate(path, stop);
    kubo_request request{.command = "dag/export", .arguments = {{"arg", id.to_string()}}, .stop = std::move(stop)};
    if (options_.search.offline) request.arguments.emplace_back("offline", "true");
    auto reply = client_->open(request);
    car_verifier archive(id, to, reply.place().text());
    for (bytes piece; reply.read(piece); piece.clear()) archive.take(piece);
    archive.finish();
  });
}

namespace {

/// Sends what was read and verified on, always as CARv1: Kubo before 0.41 reads no other on this way.
void send(car_reader& archive, multipart_writer& form, ipfs::imported& sent) {
  form.file("");
  form.content(car_header(archive.roots()));
  while (auto section = archive.next()) {
    form.content(section_head(section->id, section->block.size()));
    form.content(section->block);
    ++sent.blocks;
    sent.size += section->block.size();
  }
}

} // namespace

ipfs::imported kubo_ipfs::dag_import(const std::filesystem::path& path, bool pin_roots, std::stop_token stop) {
  return guarded([&] {
    auto archive = open_car_file(files(), path, stop);
    ipfs::imported out;
    // The daemon would pin one root after the other, and look for what is missing on the network, without an end.
    kubo_upload upload(*client_,
                       {.command = "dag/import",
                        .arguments = {{"pin-roots", "false"}, {"stats", "true"}, {"allow-big-block", "true"}},
                        .limits = patient_limits(),
                        .stop = stop},
                       [&](multipart_writer& form) { send(archive, form, out); });
    auto is_whole = false;
    while (auto line = upload.reply().next_line())
      if (member_of(*line, "Stats")) is_whole = true;
    if (!is_whole)
      throw failure(errc::io_error, upload.reply().place().text() + ": it ended its reply before the import's end");
    for (const auto& root : archive.roots()) {
      out.roots.push_back({root.to_string()});
      if (pin_roots) check_complete(root, stop);
    }
    if (pin_roots)
      for (const auto& root : out.roots) pin_add(root.text, true, {}, stop);
    return out;
  });
}

/// Throws not_found unless the daemon's own store has everything below and including a root.
void kubo_ipfs::check_complete(const content_id& root, const std::stop_token& stop) const {
  auto reply = client_->open({.command = "refs",
                              .arguments = {{"arg", root.to_string()},
                                            {"recursive", "true"},
                                            {"unique", "true"},
                                            {"format", "-"}, // there is nothing to be done with them
                                            {"offline", "true"}},
                              .limits = patient_limits(),
                              .stop = stop});
  while (auto line = reply.next_line())
    if (auto error = text_in(*line, "Err"); !error.empty()) throw failure_of_message(reply.place(), error);
}

// Care.

repository_stat kubo_ipfs::repo_stat(std::stop_token stop) {
  return guarded([&] {
    auto answer = client_->ask({.command = "repo/stat", .limits = patient_limits(), .stop = std::move(stop)}).json();
    return repository_stat{number_in(answer, "NumObjects"), number_in(answer, "RepoSize"), text_in(answer, "RepoPath"),
                           text_in(answer, "Version")};
  });
}

void kubo_ipfs::gc(const std::function<void(const cid&)>& removed, std::stop_token stop) {
  guarded([&] {
    auto reply = client_->open({.command = "repo/gc",
                                .arguments = {{"stream-errors", "true"}},
                                .limits = patient_limits(),
                                .stop = std::move(stop)});
    std::string error; // what cannot be removed is no reason to leave the rest; the first says enough
    for (;;) {
      std::optional<boost::json::value> line;
      try {
        line = reply.next_line();
      } catch (const failure&) {
        if (error.empty()) throw;
        break; // the end, which only says that there were some
      }
      if (!line) break;
      if (auto found = text_in(*line, "Error"); !found.empty() && error.empty()) error = std::move(found);
      if (auto key = cid_in(*line, "Key"); !key.empty() && removed) removed({std::move(key)});
    }
    if (!error.empty()) throw failure_of_message(reply.place(), error);
  });
}

void kubo_ipfs::verify(const std::function<void(const verified&)>& tell, std::stop_token stop) {
  guarded([&] {
    auto reply = client_->open({.command = "repo/verify", .limits = patient_limits(), .stop = std::move(stop)});
    verified now;
    std::uint64_t told = 0;
    auto is_damaged = false;
    for (;;) {
      std::optional<boost::json::value> line;
      try {
        line = reply.next_line();
      } catch (const failure& f) {
        if (!is_damaged || f.message().find("corrupt") == f.message().npos) throw;
        break; // the end, which only counts them
      }
      if (!line) break;
      now.blocks = std::max(now.blocks, number_in(*line, "Progress"));
      auto words = text_in(*line, "Msg");
      constexpr std::string_view begin = "block "; // "block CID was corrupt (why)"
      if (words.starts_with(begin)) {
        words.erase(0, begin.size());
        is_damaged = true;
        tell({now.blocks, cid{words.substr(0, words.find(' '))}, words});
      } else if (now.blocks - told >= blocks_per_item) {
        told = now.blocks;
        tell(now);
      }
    }
    tell(now);
  });
}

} // namespace pillar::ipfs

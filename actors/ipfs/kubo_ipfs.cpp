#include "actors/ipfs/kubo_ipfs.hpp"

#include "actors/ipfs/describe.hpp"
#include "actors/ipfs/file_importer.hpp"
#include "actors/ipfs/file_reader.hpp"
#include "actors/ipfs/guarded.hpp"
#include "actors/ipfs/hash_name.hpp"
#include "actors/ipfs/kubo_upload.hpp"
#include "actors/ipfs/path.hpp"
#include "actors/ipfs/tree_upload.hpp"
#include "actors/ipfs/tree_writer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pillar::ipfs {

using namespace engine;

namespace {

constexpr std::size_t longest_text = 1 << 20; // bytes of add_str; longer content comes as a file

const char* flag(bool value) {
  return value ? "true" : "false";
}

/// What a tree is called on its way; the daemon tells it apart from nothing else.
std::string upload_name(const std::filesystem::path& path) {
  auto name = path.filename().string();
  return name.empty() || name == "." || name == ".." ? "tree" : name;
}

/// Reads the lines of an add to their end: the CID of the last thing that was stored, which is the root.
std::string added_root(kubo_reply& reply) {
  std::string root;
  while (auto line = reply.next_line())
    if (auto hash = text_in(*line, "Hash"); !hash.empty()) root = std::move(hash);
  return root;
}

} // namespace

kubo_ipfs::kubo_ipfs(kubo_options options, std::shared_ptr<const kubo_client> client)
    : options_(std::move(options)), client_(std::move(client)),
      hashers_(std::make_unique<thread_pool>(options_.hash_threads)) {}

kubo_ipfs::~kubo_ipfs() = default;

std::unique_ptr<kubo_ipfs> kubo_ipfs::open(kubo_options options) {
  return guarded([&] {
    options.import = checked(options.import);
    engine::name_of(options.import.hash);
    auto client = std::make_shared<const kubo_client>(options.client);
    client->check_version();
    std::unique_ptr<kubo_ipfs> engine(new kubo_ipfs(std::move(options), client));
    auto answer = client->ask({"id"}).json();
    engine->identity_ = {text_in(answer, "ID"), text_in(answer, "AgentVersion")};
    return engine;
  });
}

std::shared_ptr<kubo_block_store> kubo_ipfs::blocks(std::stop_token stop) const {
  return std::make_shared<kubo_block_store>(client_, options_.search, std::move(stop));
}

file_system& kubo_ipfs::files() const {
  return options_.files ? *options_.files : system_files();
}

/// Everything that decides a CID, so that nothing of it is left to the daemon's configuration.
http_fields kubo_ipfs::add_arguments(bool pin) const {
  const auto& import = options_.import;
  http_fields out{{"pin", flag(pin)},
                  {"cid-version", std::to_string(import.cid_version)},
                  {"hash", std::string(engine::name_of(import.hash))},
                  {"raw-leaves", flag(import.uses_raw_leaves())},
                  {"chunker", import.chunker.to_string()},
                  {"max-file-links", std::to_string(import.max_links)},
                  {"max-hamt-fanout", std::to_string(import.hamt_fanout)},
                  {"max-directory-links", "0"},
                  {"trickle", flag(import.layout == engine::file_layout::trickle)},
                  {"inline", flag(import.inline_limit.has_value())},
                  {"inline-limit", std::to_string(import.inline_limit.value_or(0))},
                  {"wrap-with-directory", "false"},
                  {"progress", "true"}}; // so that a daemon at work is not silent
  if (auto mode = import.metadata.mode) out.emplace_back("mode", std::to_string(*mode));
  if (auto time = import.metadata.mtime) {
    out.emplace_back("mtime", std::to_string(time->seconds));
    out.emplace_back("mtime-nsecs", std::to_string(time->nanoseconds));
  }
  return out;
}

void kubo_ipfs::check_added(const kubo_place& at, const content_id& expected, std::string_view got) const {
  if (got.empty())
    throw failure(errc::io_error, at.text() + ": it ended its reply without the CID of what was added: add it again");
  if (got == expected.to_string()) return;
  throw failure(errc::incompatible,
                at.text() + ": it stored the content as " + std::string(got) + ", which should be "
                    + expected.to_string()
                    + ": compare the section Import of its configuration with the options here; what it pinned stays");
}

cid kubo_ipfs::add_str(std::string_view text, bool pin) {
  return guarded([&] {
    if (text.size() > longest_text)
      throw failure(errc::too_large, "the text has " + std::to_string(text.size())
                                         + " bytes, and 1 MiB are the most: add longer content as a file");
    discarding_batch batch;
    node_writer writer(options_.import, batch);
    auto rest = text;
    auto expected = file_importer(writer, *hashers_).import([&](std::span<std::byte> to) {
      auto size = std::min(to.size(), rest.size());
      std::memcpy(to.data(), rest.data(), size);
      rest.remove_prefix(size);
      return size;
    });
    auto reply = client_->ask({.command = "add", .arguments = add_arguments(pin)}, view_of(text));
    check_added(reply.place(), expected.id, added_root(reply));
    return cid{expected.id.to_string()};
  });
}

added kubo_ipfs::add_file(const std::filesystem::path& path, const add_options& options) {
  return guarded([&] {
    content_id expected;
    added out;
    kubo_request request{.command = "add", .arguments = add_arguments(options.pin), .stop = options.stop};
    kubo_upload upload(*client_, request, [&](multipart_writer& form) {
      tree_upload tree(form, options_.import, *hashers_, upload_name(path), {}, options.stop);
      walk_tree(files(), path, options.hidden, options.stop, tree);
      expected = tree.root();
      out = {{}, tree.file_count(), tree.byte_count()};
    });
    auto root = added_root(upload.reply()); // after its end, all was sent, and what the thread wrote can be read
    check_added(upload.reply().place(), expected, root);
    out.root = {expected.to_string()};
    return out;
  });
}

added kubo_ipfs::add_stream(const std::function<std::size_t(std::span<std::byte>)>& content,
                            const add_options& options) {
  return guarded([&] {
    imported expected;
    kubo_request request{.command = "add", .arguments = add_arguments(options.pin), .stop = options.stop};
    kubo_upload upload(*client_, request, [&](multipart_writer& form) {
      discarding_batch batch;
      node_writer writer(options_.import, batch);
      form.file("");
      expected = file_importer(writer, *hashers_, options.stop).import([&](std::span<std::byte> to) {
        auto size = content(to);
        form.content(to.first(size));
        return size;
      });
    });
    auto root = added_root(upload.reply());
    check_added(upload.reply().place(), expected.id, root);
    return added{{expected.id.to_string()}, 1, expected.size};
  });
}

content_reader kubo_ipfs::open_reader(std::string_view path, std::uint64_t offset, std::optional<std::uint64_t> length,
                                      std::stop_token stop) {
  return guarded([&] {
    auto store = blocks(std::move(stop));
    auto node = load(*store, engine::resolve(*store, content_path::parse(path)));
    return content_reader(std::make_unique<file_reader>(store, std::move(node), offset, length));
  });
}

written kubo_ipfs::get_file(std::string_view path, const std::filesystem::path& into, std::string_view name,
                            std::stop_token stop) {
  return guarded([&] {
    auto parsed = content_path::parse(path);
    auto last = parsed.last_part();
    auto store = blocks(stop);
    tree_writer writer(files(), store, {}, std::move(stop));
    writer.write(engine::resolve(*store, parsed), into, name.empty() ? std::string_view(last) : name);
    return written{writer.file_count(), writer.byte_count()};
  });
}

node_stat kubo_ipfs::stat(std::string_view path, std::stop_token stop) {
  return guarded([&] {
    auto store = blocks(std::move(stop));
    return describe(load(*store, engine::resolve(*store, content_path::parse(path))));
  });
}

cid kubo_ipfs::resolve(std::string_view path, std::stop_token stop) {
  return guarded([&] {
    auto store = blocks(std::move(stop));
    return cid{engine::resolve(*store, content_path::parse(path)).to_string()};
  });
}

bool kubo_ipfs::is_pinned(std::string_view root) {
  return guarded([&] { return blocks({})->find_pin(content_id::parse(root)).has_value(); });
}

} // namespace pillar::ipfs

#include "actors/ipfs/embedded_ipfs.hpp"

#include "actors/ipfs/file_reader.hpp"
#include "actors/ipfs/memory_block_store.hpp"
#include "actors/ipfs/pack_block_store.hpp"
#include "actors/ipfs/path.hpp"
#include "actors/ipfs/tree_importer.hpp"
#include "actors/ipfs/tree_writer.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

namespace pillar::ipfs {
namespace {

using namespace engine;

constexpr std::size_t longest_text = 1 << 20; // bytes of add_str; longer content comes as a file

/// The engine's edge: whatever is thrown below leaves as a failure.
template <class Work> auto guarded(const Work& work) {
  try {
    return work();
  } catch (...) {
    throw to_failure(std::current_exception());
  }
}

cid text_id(const content_id& id) {
  return {id.to_string()};
}

ipfs::kind kind_of(const loaded_node& node) {
  if (node.id.codec() == codec::raw) return kind::raw;
  if (node.is_directory()) return kind::directory;
  return node.unixfs.type == unixfs_type::symlink ? kind::symlink : kind::file;
}

} // namespace

content_reader::content_reader(std::unique_ptr<engine::file_reader> reader) : reader_(std::move(reader)) {}
content_reader::content_reader(content_reader&&) noexcept = default;
content_reader& content_reader::operator=(content_reader&&) noexcept = default;
content_reader::~content_reader() = default;

std::optional<bytes> content_reader::next() {
  return guarded([&] { return reader_->next(); });
}

embedded_ipfs::embedded_ipfs(std::shared_ptr<engine::block_store> store, embedded_options options)
    : options_(std::move(options)), store_(std::move(store)),
      hashers_(std::make_unique<thread_pool>(options_.hash_threads)) {
  options_.import = checked(options_.import);
}

embedded_ipfs::~embedded_ipfs() = default;

std::unique_ptr<embedded_ipfs> embedded_ipfs::open(const std::filesystem::path& directory, embedded_options options) {
  return guarded([&] {
    auto store = pack_block_store::open(directory, {.segment_size = options.segment_size, .files = options.files});
    auto notes = store->notes();
    std::unique_ptr<embedded_ipfs> engine(new embedded_ipfs(std::move(store), std::move(options)));
    engine->notes_ = std::move(notes);
    return engine;
  });
}

std::unique_ptr<embedded_ipfs> embedded_ipfs::in_memory(embedded_options options) {
  return guarded([&] {
    return std::unique_ptr<embedded_ipfs>(
        new embedded_ipfs(std::make_shared<memory_block_store>(), std::move(options)));
  });
}

cid embedded_ipfs::add_str(std::string_view text, bool pin) {
  return guarded([&] {
    if (text.size() > longest_text)
      throw failure(errc::too_large, "the text has " + std::to_string(text.size())
                                         + " bytes, and 1 MiB are the most: add longer content as a file");
    auto batch = store_->begin();
    node_writer writer(options_.import, *batch);
    file_importer importer(writer, *hashers_);
    auto added = importer.import([&](std::span<std::byte> to) {
      auto size = std::min(to.size(), text.size());
      std::memcpy(to.data(), text.data(), size);
      text.remove_prefix(size);
      return size;
    });
    if (pin) batch->pin({added.id, pin_mode::recursive, ""});
    batch->commit();
    return text_id(added.id);
  });
}

added embedded_ipfs::add_file(const std::filesystem::path& path, const add_options& options) {
  return guarded([&] {
    auto batch = store_->begin();
    node_writer writer(options_.import, *batch);
    tree_importer importer(files(), writer, *hashers_, {.hidden = options.hidden}, options.stop);
    auto root = importer.add(path);
    if (options.pin) batch->pin({root.id, pin_mode::recursive, ""});
    batch->commit();
    return added{text_id(root.id), importer.file_count(), importer.byte_count()};
  });
}

content_reader embedded_ipfs::open_reader(std::string_view path, std::uint64_t offset,
                                          std::optional<std::uint64_t> length) {
  return guarded([&] {
    auto node = load(*store_, resolve(*store_, content_path::parse(path)));
    return content_reader(std::make_unique<file_reader>(store_, std::move(node), offset, length));
  });
}

written embedded_ipfs::get_file(std::string_view path, const std::filesystem::path& into, std::string_view name,
                                std::stop_token stop) {
  return guarded([&] {
    auto parsed = content_path::parse(path);
    auto last = parsed.last_part();
    tree_writer writer(files(), store_, {}, std::move(stop));
    writer.write(resolve(*store_, parsed), into, name.empty() ? std::string_view(last) : name);
    return written{writer.file_count(), writer.byte_count()};
  });
}

node_stat embedded_ipfs::stat(std::string_view path) {
  return guarded([&] {
    auto node = load(*store_, resolve(*store_, content_path::parse(path)));
    node_stat out{text_id(node.id), kind_of(node), 0, node.block.size(), node.links.size()};
    if (node.is_file()) out.size = content_size(node);
    else if (!node.is_directory()) out.size = node.data().size();
    for (const auto& link : node.links)
      if (__builtin_add_overflow(out.cumulative_size, link.tsize, &out.cumulative_size))
        refuse(node.id, "its links' sizes add up to more than there can be");
    return out;
  });
}

ipfs::identity embedded_ipfs::identity() const {
  return {store_->identity(), options_.agent};
}

bool embedded_ipfs::is_pinned(std::string_view root) {
  return guarded([&] { return store_->find_pin(content_id::parse(root)).has_value(); });
}

engine::file_system& embedded_ipfs::files() const {
  return options_.files ? *options_.files : system_files();
}

} // namespace pillar::ipfs

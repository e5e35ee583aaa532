#include "actors/ipfs/embedded_ipfs.hpp"

#include "actors/ipfs/add_request.hpp"
#include "actors/ipfs/describe.hpp"
#include "actors/ipfs/files/file_reader.hpp"
#include "actors/ipfs/files/path.hpp"
#include "actors/ipfs/files/tree_archiver.hpp"
#include "actors/ipfs/files/tree_importer.hpp"
#include "actors/ipfs/files/tree_writer.hpp"
#include "actors/ipfs/guarded.hpp"
#include "actors/ipfs/store/caching_block_store.hpp"
#include "actors/ipfs/store/discarding_batch.hpp"
#include "actors/ipfs/store/memory_block_store.hpp"
#include "actors/ipfs/store/pack_block_store.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs {

using namespace engine;

embedded_ipfs::embedded_ipfs(std::shared_ptr<block_store> store, embedded_options options)
    : options_(std::move(options)), store_(std::move(store)),
      hashers_(std::make_shared<thread_pool>(options_.hash_threads)), topics_(store_->identity()) {
  options_.import = checked(options_.import);
}

embedded_ipfs::~embedded_ipfs() = default;

std::unique_ptr<embedded_ipfs> embedded_ipfs::open(const std::filesystem::path& directory, embedded_options options) {
  return guarded([&] {
    auto pack = pack_block_store::open(
        directory,
        {.segment_size = options.segment_size, .files = options.files, .verify_threads = options.hash_threads});
    auto notes = pack->notes();
    std::shared_ptr<block_store> store = std::move(pack);
    if (options.block_cache > 0) store = std::make_shared<caching_block_store>(std::move(store), options.block_cache);
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

file_system& embedded_ipfs::files() const {
  return options_.files ? *options_.files : system_files();
}

content_id embedded_ipfs::locate(std::string_view path) const {
  return engine::resolve(*store_, content_path::parse(path));
}

// Adding.

/// One add: where its blocks go, and what is done at its end.
class embedded_ipfs::adding {
public:
  adding(embedded_ipfs& engine, const add_options& options)
      : options_(options), batch_(options.only_hash ? std::make_unique<discarding_batch>() : engine.store_->begin()),
        writer_(import_options_of(options, engine.options_.import), *batch_) {
    check_pin_name(options.pin_name);
  }
  const node_writer& writer() const { return writer_; }
  void pin(const content_id& root) {
    if (options_.pin) batch_->pin({root, pin_mode::recursive, options_.pin_name});
  }
  void commit() { batch_->commit(); }

private:
  const add_options& options_;
  std::unique_ptr<write_batch> batch_;
  node_writer writer_;
};

void embedded_ipfs::check(const add_options& options) const {
  guarded([&] {
    import_options_of(options, options_.import);
    check_pin_name(options.pin_name);
  });
}

cid embedded_ipfs::add_bytes(bytes_view content, const add_options& options) {
  return add_stream(source_of(content), options, {}).root;
}

added embedded_ipfs::add_stream(const byte_source& content, const add_options& options, std::stop_token stop) {
  return guarded([&] {
    adding add(*this, options);
    file_importer importer(add.writer(), *hashers_, std::move(stop));
    auto root = importer.import(content);
    add.pin(root.id);
    add.commit();
    return added{text_id(root.id), 1, root.size};
  });
}

added embedded_ipfs::add_files(const selection& what, const add_options& options,
                               const std::function<void(const add_progress&)>& tell, std::stop_token stop) {
  return guarded([&] {
    check_selection(what);
    adding add(*this, options);
    progress_callback progress;
    std::vector<add_progress> roots; // told at the end: then they are durable
    if (tell)
      progress = [&](const import_progress& p) {
        add_progress out{std::string(p.name), p.bytes, {}};
        if (p.done) out.size = p.done->tsize, out.id = text_id(p.done->id);
        bool is_root = p.done && (what.wrap ? p.name.empty() : p.name.find('/') == p.name.npos);
        if (is_root) roots.push_back(std::move(out));
        else tell(out);
      };
    tree_options take{.hidden = what.hidden, .ignore = ignore_rules(what.ignore)};
    tree_importer importer(files(), add.writer(), *hashers_, std::move(take), std::move(stop), progress);
    content_id last;
    if (what.wrap) add.pin(last = importer.add_wrapped(what.paths).id);
    else
      for (auto& path : what.paths) add.pin(last = importer.add(path).id);
    add.commit();
    for (auto& root : roots) tell(root);
    return added{text_id(last), importer.file_count(), importer.byte_count()};
  });
}

// Reading.

content_reader embedded_ipfs::open_reader(std::string_view path, std::uint64_t offset,
                                          std::optional<std::uint64_t> length, std::stop_token) {
  return guarded([&] {
    return content_reader(std::make_unique<file_reader>(store_, load(*store_, locate(path)), offset, length, hashers_));
  });
}

written embedded_ipfs::get_file(std::string_view path, const std::filesystem::path& into, std::string_view name,
                                std::stop_token stop) {
  return guarded([&] {
    auto parsed = content_path::parse(path);
    auto last = parsed.last_part();
    tree_writer writer(files(), store_, {}, std::move(stop), hashers_);
    writer.write(engine::resolve(*store_, parsed), into, name.empty() ? std::string_view(last) : name);
    return written{writer.file_count(), writer.byte_count()};
  });
}

void embedded_ipfs::get_archive(std::string_view path, std::string_view name, const timestamp& time,
                                const std::function<void(bytes_view)>& to, std::stop_token stop) {
  guarded([&] {
    auto parsed = content_path::parse(path);
    tree_archiver archiver(store_, time, std::move(stop), hashers_);
    archiver.write(engine::resolve(*store_, parsed), name.empty() ? parsed.last_part() : std::string(name), to);
  });
}

void embedded_ipfs::ls(std::string_view path, const std::function<void(const entry&)>& visit, std::stop_token stop) {
  guarded([&] { list_entries(store_, load(*store_, locate(path)), visit, stop); });
}

node_stat embedded_ipfs::stat(std::string_view path, std::stop_token) {
  return guarded([&] { return describe(load(*store_, locate(path))); });
}

cid embedded_ipfs::resolve(std::string_view path, std::stop_token) {
  return guarded([&] { return text_id(locate(path)); });
}

ipfs::identity embedded_ipfs::identity() {
  return {store_->identity(), options_.agent};
}

// Topics.

void embedded_ipfs::publish(std::string_view topic, bytes_view data, std::stop_token) {
  topics_.publish(topic, data);
}

std::unique_ptr<subscription> embedded_ipfs::subscribe(std::string_view topic, std::function<void()> notify,
                                                       std::stop_token) {
  return topics_.subscribe(topic, std::move(notify));
}

} // namespace pillar::ipfs

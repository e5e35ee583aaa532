#include "actors/ipfs/kubo_ipfs.hpp"

#include "actors/ipfs/add_request.hpp"
#include "actors/ipfs/describe.hpp"
#include "actors/ipfs/files/file_reader.hpp"
#include "actors/ipfs/files/path.hpp"
#include "actors/ipfs/files/tree_archiver.hpp"
#include "actors/ipfs/files/tree_writer.hpp"
#include "actors/ipfs/format/hash_name.hpp"
#include "actors/ipfs/format/multibase.hpp"
#include "actors/ipfs/guarded.hpp"
#include "actors/ipfs/kubo/kubo_upload.hpp"
#include "actors/ipfs/kubo_add.hpp"
#include "actors/ipfs/store/discarding_batch.hpp"
#include "actors/ipfs/topic_hub.hpp"
#include "actors/ipfs/tree_form.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace pillar::ipfs {

using namespace engine;

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

/// The names of a path are followed here, so that what they lead to is verified.
content_id kubo_ipfs::locate(std::string_view path, std::stop_token stop) const {
  return engine::resolve(*blocks(std::move(stop)), content_path::parse(path));
}

file_system& kubo_ipfs::files() const {
  return options_.files ? *options_.files : system_files();
}

/// For what a daemon may think about for long before it says a word: its whole repository.
time_limits kubo_ipfs::patient_limits() const {
  constexpr std::chrono::milliseconds long_silence = std::chrono::minutes(10);
  auto limits = client_->limits();
  if (limits.first_byte.count() != 0) limits.first_byte = std::max(limits.first_byte, long_silence);
  if (limits.idle.count() != 0) limits.idle = std::max(limits.idle, long_silence);
  return limits;
}

// Adding.

void kubo_ipfs::check(const add_options& options) const {
  guarded([&] { kubo_add(options, options_.import); });
}

cid kubo_ipfs::add_bytes(bytes_view content, const add_options& options) {
  return guarded([&] {
    kubo_add add(options, options_.import);
    discarding_batch batch;
    node_writer writer(add.import(), batch);
    auto root = file_importer(writer, *hashers_).import(source_of(content));
    add.expect(root.id);
    auto reply = client_->ask({.command = "add", .arguments = add.arguments()}, content);
    add.follow(reply);
    return text_id(root.id);
  });
}

added kubo_ipfs::add_files(const selection& what, const add_options& options,
                           const std::function<void(const add_progress&)>& tell, std::stop_token stop) {
  return guarded([&] {
    check_selection(what);
    const ignore_rules ignore(what.ignore);
    kubo_add add(options, options_.import, what.wrap);
    added out;
    auto import = [&](tree_listener* listener) {
      discarding_batch batch;
      node_writer writer(add.import(), batch);
      progress_callback progress;
      if (tell) progress = [&](const import_progress& p) { add.progress(p); };
      tree_importer importer(files(), writer, *hashers_, {what.hidden, ignore, listener}, stop, progress);
      auto expect = [&](const engine::imported& root) {
        add.expect(root.id);
        out.root = text_id(root.id);
      };
      if (what.wrap) expect(importer.add_wrapped(what.paths));
      else
        for (const auto& path : what.paths) expect(importer.add(path));
      out.files = importer.file_count();
      out.size = importer.byte_count();
    };
    // Kubo (to 0.39 at least) fails to hash a tree with modes or times without storing it: what is computed here is
    // all.
    if (options.only_hash && add.import().keeps_metadata()) {
      import(nullptr);
      add.tell_all(tell);
      return out;
    }
    kubo_upload upload(*client_, {.command = "add", .arguments = add.arguments(), .stop = stop},
                       [&](multipart_writer& form) {
                         tree_form listener(form, add.import());
                         import(&listener);
                       });
    add.follow(upload.reply(), tell); // after its end, all was sent, and what the thread wrote can be read
    return out;
  });
}

added kubo_ipfs::add_stream(const byte_source& content, const add_options& options, std::stop_token stop) {
  return guarded([&] {
    kubo_add add(options, options_.import);
    engine::imported root;
    kubo_upload upload(*client_, {.command = "add", .arguments = add.arguments(), .stop = stop},
                       [&](multipart_writer& form) {
                         discarding_batch batch;
                         node_writer writer(add.import(), batch);
                         form.file("");
                         root = file_importer(writer, *hashers_, stop).import([&](std::span<std::byte> to) {
                           auto size = content(to);
                           form.content(to.first(size));
                           return size;
                         });
                         add.expect(root.id);
                       });
    add.follow(upload.reply());
    return added{text_id(root.id), 1, root.size};
  });
}

// Reading.

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

void kubo_ipfs::get_archive(std::string_view path, std::string_view name, const timestamp& time,
                            const std::function<void(bytes_view)>& to, std::stop_token stop) {
  guarded([&] {
    auto parsed = content_path::parse(path);
    auto store = blocks(stop);
    tree_archiver archiver(store, time, std::move(stop));
    archiver.write(engine::resolve(*store, parsed), name.empty() ? parsed.last_part() : std::string(name), to);
  });
}

void kubo_ipfs::ls(std::string_view path, const std::function<void(const entry&)>& visit, std::stop_token stop) {
  guarded([&] {
    auto store = blocks(stop);
    auto node = load(*store, engine::resolve(*store, content_path::parse(path)));
    list_entries(std::move(store), std::move(node), visit, stop);
  });
}

node_stat kubo_ipfs::stat(std::string_view path, std::stop_token stop) {
  return guarded([&] {
    auto store = blocks(std::move(stop));
    return describe(load(*store, engine::resolve(*store, content_path::parse(path))));
  });
}

cid kubo_ipfs::resolve(std::string_view path, std::stop_token stop) {
  return guarded([&] { return text_id(locate(path, std::move(stop))); });
}

// Topics.

void kubo_ipfs::publish(std::string_view topic, bytes_view data, std::stop_token stop) {
  guarded([&] {
    check_topic(topic);
    check_message(topic, data);
    client_
        ->ask({.command = "pubsub/pub",
               .arguments = {{"arg", encode_multibase(base::base64url, view_of(topic))}},
               .stop = std::move(stop),
               .repeatable = false},
              data)
        .json();
  });
}

std::unique_ptr<subscription> kubo_ipfs::subscribe(std::string_view topic, std::function<void()> notify,
                                                   std::stop_token stop) {
  return guarded([&] {
    check_topic(topic);
    return std::make_unique<kubo_subscription>(client_, std::string(topic), identity_.id, std::move(notify),
                                               options_.reconnect, std::move(stop));
  });
}

} // namespace pillar::ipfs

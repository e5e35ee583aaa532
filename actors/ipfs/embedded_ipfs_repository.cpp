// What embedded_ipfs does with its repository: blocks, archives, pins and care.
#include "actors/ipfs/add_request.hpp"
#include "actors/ipfs/describe.hpp"
#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/ipfs/files/car_file.hpp"
#include "actors/ipfs/files/dag_export.hpp"
#include "actors/ipfs/files/path.hpp"
#include "actors/ipfs/format/block_links.hpp"
#include "actors/ipfs/format/codec_name.hpp"
#include "actors/ipfs/format/hash_name.hpp"
#include "actors/ipfs/guarded.hpp"
#include "actors/ipfs/store/block_store.hpp"
#include "actors/ipfs/store/dag_walk.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs {

using namespace engine;

namespace {

pinned described(const content_id& id, const pinning& how) {
  auto kind = how.how == pinning::kind::recursive ? pin_kind::recursive
              : how.how == pinning::kind::direct  ? pin_kind::direct
                                                  : pin_kind::indirect;
  return {text_id(id), kind, kind == pin_kind::indirect ? "" : how.name}; // the name is of the pin above
}

std::string in_words(const pinning& how) {
  switch (how.how) {
    case pinning::kind::recursive: return "recursively";
    case pinning::kind::direct: return "directly";
    case pinning::kind::indirect: return "through " + how.root.to_string();
  }
  return {};
}

[[noreturn]] void absent(const content_id& id) {
  throw failure(errc::not_found, "block " + id.to_string() + " is not here");
}

void check_stop(const std::stop_token& stop) {
  if (stop.stop_requested()) throw failure(errc::cancelled, "it was cancelled");
}

} // namespace

// Blocks.

block_info embedded_ipfs::block_put(bytes_view data, std::string_view codec, std::string_view hash, bool pin) {
  return guarded([&] {
    content_id id(1, codec_of(codec), hash_of(hash_function_of(hash), data));
    auto batch = store_->begin();
    batch->put(id, {&data, 1});
    if (pin) {
      keep_all(*store_, *batch, id, true);
      batch->pin({id, pin_mode::recursive, ""});
    }
    batch->commit();
    return block_info{text_id(id), data.size()};
  });
}

bytes embedded_ipfs::block_get(const cid& id, std::stop_token) {
  return guarded([&] {
    auto wanted = content_id::parse(id.text);
    auto block = store_->get(wanted);
    if (!block) absent(wanted);
    return std::move(*block);
  });
}

std::optional<bytes> embedded_ipfs::block_at_once(const cid& id) {
  return guarded([&] { return store_->get_at_once(content_id::parse(id.text)); });
}

block_info embedded_ipfs::block_stat(const cid& id, std::stop_token) {
  return guarded([&] {
    auto wanted = content_id::parse(id.text);
    auto size = store_->size_of(wanted);
    if (!size) absent(wanted);
    return block_info{text_id(wanted), *size};
  });
}

void embedded_ipfs::block_rm(const cid& id, std::stop_token stop) {
  guarded([&] {
    auto unwanted = content_id::parse(id.text);
    if (!store_->size_of(unwanted)) absent(unwanted);
    if (auto how = find_pinnings(*store_, {unwanted}, std::move(stop)).front())
      throw failure(errc::conflict,
                    "block " + unwanted.to_string() + " is pinned " + in_words(*how) + ": unpin that first");
    if (!store_->remove(unwanted)) absent(unwanted);
  });
}

// Archives.

void embedded_ipfs::dag_export(std::string_view path, const std::function<void(bytes_view)>& to, std::stop_token stop) {
  guarded([&] { export_dag(*store_, locate(path), to, stop); });
}

ipfs::imported embedded_ipfs::dag_import(const std::filesystem::path& archive, bool pin_roots, std::stop_token stop) {
  return guarded([&] {
    auto reader = open_car_file(files(), archive, stop);
    ipfs::imported out;
    auto batch = store_->begin();
    while (auto section = reader.next()) {
      bytes_view block = section->block;
      batch->put(section->id, {&block, 1});
      ++out.blocks;
      out.size += block.size();
    }
    for (auto& root : reader.roots()) {
      out.roots.push_back(text_id(root));
      if (!pin_roots || inlined_block(root)) continue;
      keep_all(*store_, *batch, root, true, stop);
      batch->pin({root, pin_mode::recursive, ""});
    }
    batch->commit();
    return out;
  });
}

// Pins.

cid embedded_ipfs::pin_add(std::string_view path, bool recursive, std::string_view name, std::stop_token stop) {
  return guarded([&] {
    check_pin_name(name);
    auto root = locate(path);
    auto now = store_->find_pin(root);
    if (!recursive && now && now->mode == pin_mode::recursive)
      throw failure(errc::conflict, root.to_string() + " is pinned recursively already, which includes a direct pin");
    auto batch = store_->begin();
    keep_all(*store_, *batch, root, recursive, std::move(stop));
    batch->pin({root, recursive ? pin_mode::recursive : pin_mode::direct, std::string(name)});
    batch->commit();
    return text_id(root);
  });
}

cid embedded_ipfs::pin_rm(std::string_view path, bool recursive, std::stop_token stop) {
  return guarded([&] {
    auto root = locate(path);
    auto now = store_->find_pin(root);
    if (!now) {
      auto how = find_pinnings(*store_, {root}, std::move(stop)).front();
      throw failure(errc::not_found,
                    root.to_string() + (how ? " is pinned only " + in_words(*how) : std::string(" is not pinned")));
    }
    if (!recursive && now->mode == pin_mode::recursive)
      throw failure(errc::not_found,
                    root.to_string() + " is pinned recursively, and not directly: unpin it recursively");
    auto batch = store_->begin();
    batch->unpin(root);
    batch->commit();
    return text_id(root);
  });
}

void embedded_ipfs::pin_ls(const pin_filter& filter, const std::function<void(const pinned&)>& visit,
                           std::stop_token stop) {
  guarded([&] {
    auto fits = [&](const pinned& p) {
      return (!filter.kind || *filter.kind == p.kind) && p.name.find(filter.name) != p.name.npos;
    };
    if (!filter.path.empty()) {
      auto id = locate(filter.path);
      auto how = find_pinnings(*store_, {id}, std::move(stop)).front();
      auto found = how ? described(id, *how) : pinned{};
      if (!how || !fits(found)) throw failure(errc::not_found, id.to_string() + " is not pinned, or not so");
      return visit(found);
    }
    if (filter.kind != pin_kind::indirect)
      return store_->for_each_pin([&](const engine::pin& p) {
        check_stop(stop);
        pinned one{text_id(p.root), p.mode == pin_mode::recursive ? pin_kind::recursive : pin_kind::direct, p.name};
        if (fits(one)) visit(one);
      });
    if (!filter.name.empty()) return; // they have none
    std::vector<content_id> roots;
    store_->for_each_pin([&](const engine::pin& p) {
      if (p.mode == pin_mode::recursive) roots.push_back(p.root);
    });
    dag_walk walk(*store_,
                  {.reached =
                       [&](const content_id& id) {
                         if (!store_->find_pin(id)) visit({text_id(id), pin_kind::indirect, {}});
                       },
                   .missing = {},
                   .unreadable = [](const content_id&, const failure&) {}},
                  stop);
    for (auto& root : roots) walk.walk(root, true);
  });
}

// Care.

void embedded_ipfs::gc(const std::function<void(const cid&)>& removed, std::stop_token stop) {
  guarded([&] {
    store_->collect_garbage(
        [&](const content_id& id) {
          if (removed) removed(text_id(id));
        },
        std::move(stop));
  });
}

void embedded_ipfs::verify(const std::function<void(const verified&)>& tell, std::stop_token stop) {
  guarded([&] {
    std::uint64_t read = 0;
    auto count = store_->verify_all(
        [&](const content_id& id, std::string_view problem) { tell({read, text_id(id), std::string(problem)}); },
        [&](std::uint64_t so_far) { tell({read = so_far, {}, {}}); }, std::move(stop));
    tell({count, {}, {}});
  });
}

repository_stat embedded_ipfs::repo_stat(std::stop_token) {
  return guarded([&] {
    auto all = store_->stats();
    return repository_stat{all.blocks, all.disk_bytes, all.directory,
                           all.version == 0 ? "memory" : "pillar-ipfs@" + std::to_string(all.version)};
  });
}

} // namespace pillar::ipfs

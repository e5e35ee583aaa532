// Every published and computed vector of vectors.json, through the importer.
#include "actors/ipfs/files/directory_builder.hpp"
#include "actors/ipfs/files/file_importer.hpp"
#include "actors/ipfs/format/hash_name.hpp"
#include "actors/ipfs/store/memory_block_store.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

using namespace pillar;
using namespace pillar::ipfs::engine;
namespace json = boost::json;

namespace {

const json::object& vectors() {
  static const json::value all = [] {
    std::ifstream file(PILLAR_SOURCE_DIR "/tests/actors/ipfs/files/vectors.json");
    REQUIRE(file);
    return json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  }();
  return all.as_object();
}

std::string text(const json::value& v) {
  return std::string(v.as_string());
}

bytes from_hex(std::string_view hex) {
  return *decode_multibase("f" + std::string(hex));
}

import_options options_of(const json::object& o) {
  import_options options;
  options.cid_version = o.at("cid_version").to_number<unsigned>();
  options.raw_leaves = o.at("raw_leaves").as_bool();
  options.chunker = chunker::fixed(o.at("chunk_size").to_number<std::size_t>());
  options.max_links = o.at("max_file_links").to_number<std::size_t>();
  options.hash = hash_function_of(text(o.at("hash")));
  options.hamt_fanout = o.at("hamt_fanout").to_number<std::size_t>();
  options.hamt_threshold = o.at("hamt_threshold").to_number<std::uint64_t>();
  options.hamt_estimate = o.at("hamt_estimate") == "block" ? directory_estimate::block : directory_estimate::links;
  return options;
}

unixfs_metadata metadata_of(const json::object& vector) {
  unixfs_metadata out;
  const auto* m = vector.if_contains("metadata");
  if (!m) return out;
  if (const auto* mode = m->as_object().if_contains("mode"))
    out.mode = static_cast<std::uint32_t>(std::stoul(text(*mode), nullptr, 8));
  if (const auto* seconds = m->as_object().if_contains("mtime_secs"))
    out.mtime = unixfs_time{seconds->to_number<std::int64_t>(), m->at("mtime_nsecs").to_number<std::uint32_t>()};
  return out;
}

class chacha20 {
public:
  explicit chacha20(std::string_view seed) {
    auto hash = hash_of(hash_function::sha2_256, view_of(seed));
    unsigned char iv[16] = {};
    EVP_EncryptInit_ex(context_.get(), EVP_chacha20(), nullptr,
                       reinterpret_cast<const unsigned char*>(hash.digest().data()), iv);
  }
  void fill(std::span<std::byte> to) {
    std::ranges::fill(to, std::byte{0});
    int size = 0;
    auto* at = reinterpret_cast<unsigned char*>(to.data());
    REQUIRE(EVP_EncryptUpdate(context_.get(), at, &size, at, static_cast<int>(to.size())) == 1);
  }

private:
  struct free_context {
    void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, free_context> context_{EVP_CIPHER_CTX_new()};
};

byte_source limited(std::uint64_t size, std::function<void(std::span<std::byte>, std::uint64_t)> fill) {
  return [left = size, done = std::uint64_t{0}, fill](std::span<std::byte> to) mutable {
    auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left, to.size()));
    fill(to.first(n), done);
    left -= n, done += n;
    return n;
  };
}

byte_source source_of(const json::object& input) {
  auto kind = text(input.at("kind"));
  if (kind == "text") {
    auto content = text(input.at("utf8"));
    return limited(content.size(), [content](auto to, auto at) { std::memcpy(to.data(), &content[at], to.size()); });
  }
  auto size = input.at("size").to_number<std::uint64_t>();
  if (kind == "zeros") return limited(size, [](auto to, auto) { std::ranges::fill(to, std::byte{0}); });
  if (kind == "mod251")
    return limited(size, [](auto to, auto at) {
      for (auto& byte : to) byte = static_cast<std::byte>(at++ % 251);
    });
  REQUIRE(kind == "chacha20");
  auto stream = std::make_shared<chacha20>(text(input.at("seed")));
  return limited(size, [stream](auto to, auto) { stream->fill(to); });
}

/// Counts blocks and keeps only the last small one: the 1 GiB inputs need no memory.
class last_block : public write_batch {
public:
  void put(const content_id&, block_parts block) override {
    std::lock_guard lock(mutex_);
    if (size_of(block) > 512) return;
    last_.clear();
    for (auto part : block) append(last_, part);
  }
  void pin(pillar::ipfs::engine::pin) override {}
  void unpin(const content_id&) override {}
  void commit() override {}
  const bytes& content() const { return last_; }

private:
  std::mutex mutex_;
  bytes last_;
};

imported add(const node_writer& writer, file_importer& files, const json::object& input,
             const unixfs_metadata& m = {}) {
  auto kind = text(input.at("kind"));
  if (kind == "known_node")
    return {content_id::parse(text(input.at("cid"))), input.at("tsize").to_number<std::uint64_t>(), 0};
  if (kind == "symlink") {
    auto target = text(input.at("target"));
    return writer.write_node({}, {.type = unixfs_type::symlink, .data = view_of(target), .metadata = m}, 0);
  }
  std::vector<pb_link> entries;
  auto add_entry = [&](std::string name, const imported& child) {
    entries.push_back({child.id, std::move(name), child.tsize});
  };
  auto add_text = [&](const std::string& content) {
    return files.import(source_of({{"kind", "text"}, {"utf8", content}}));
  };
  if (kind == "directory") {
    for (const auto& [name, child] : input.at("entries").as_object())
      add_entry(name, add(writer, files, child.as_object()));
  } else if (kind == "numbered_directory") {
    for (auto i = input.at("first").as_int64(); i <= input.at("last").as_int64(); ++i)
      add_entry(text(input.at("prefix")) + std::to_string(i), add_text(std::to_string(i) + "\n"));
  } else if (kind == "random_names_directory") {
    auto child = add_text(text(input.at("content")));
    auto alphabet = text(input.at("alphabet"));
    chacha20 stream(text(input.at("seed")));
    auto count = input.at("count").as_int64();
    for (std::int64_t i = 1; i <= count; ++i) {
      bytes raw(input.at(i == count ? "last_name_length" : "name_length").to_number<std::size_t>());
      stream.fill(raw);
      std::string name;
      for (auto byte : raw) name += alphabet[std::to_integer<std::size_t>(byte) % alphabet.size()];
      add_entry(name, child);
    }
  } else {
    return files.import(source_of(input), m);
  }
  return write_directory(writer, std::move(entries), m);
}

void check_imports(bool slow) {
  thread_pool pool(2);
  for (const auto& value : vectors().at("import").as_array()) {
    const auto& vector = value.as_object();
    if (vector.contains("slow") != slow) continue;
    CAPTURE(text(vector.at("id")));
    last_block blocks;
    node_writer writer(options_of(vector.at("options").as_object()), blocks);
    file_importer files(writer, pool);
    auto got = add(writer, files, vector.at("input").as_object(), metadata_of(vector));
    CHECK(got.id == content_id::parse(text(vector.at("cid"))));
    const auto& computed = vector.at("computed").as_object();
    CHECK(got.tsize == computed.at("tsize").to_number<std::uint64_t>());
    if (const auto* size = computed.if_contains("file_size")) CHECK(got.size == size->to_number<std::uint64_t>());
    if (const auto* hex = computed.if_contains("root_block_hex")) CHECK(blocks.content() == from_hex(text(*hex)));
  }
}

} // namespace

TEST_CASE("the importer gives every published CID") {
  check_imports(false);
}

TEST_CASE("the importer gives the published CIDs of inputs of a GiB" * doctest::test_suite("slow")) {
  check_imports(true);
}

TEST_CASE("single blocks hash to their published CIDs") {
  for (const auto& value : vectors().at("blocks").as_array()) {
    const auto& vector = value.as_object();
    auto block = from_hex(text(vector.at("hex")));
    content_id id(vector.at("cid_version").to_number<unsigned>(),
                  vector.at("codec") == "raw" ? codec::raw : codec::dag_pb,
                  hash_of(hash_function_of(text(vector.at("hash"))), block));
    CHECK(id.to_string() == text(vector.at("cid")));
  }
}

TEST_CASE("CIDs are written and read in every published base") {
  for (const auto& value : vectors().at("cid_text").as_array()) {
    const auto& vector = value.as_object();
    auto id = content_id::from_bytes(from_hex(text(vector.at("bytes_hex"))));
    auto check = [&](base b, const char* name) {
      CHECK(id.to_string(b) == text(vector.at(name)));
      CHECK(content_id::parse(text(vector.at(name))) == id);
    };
    check(base::base16, "base16");
    check(base::base32, "base32");
    check(base::base36, "base36");
    check(base::base58btc, "base58btc");
    check(base::base64url, "base64url");
    if (const auto* v0 = vector.if_contains("v0")) {
      auto old = content_id::parse(text(*v0));
      CHECK(old.version() == 0);
      CHECK(old.hash() == id.hash());
      CHECK(old.to_string() == text(*v0));
      CHECK(old.to_string(base::base32) == text(vector.at("base32")));
    }
  }
}

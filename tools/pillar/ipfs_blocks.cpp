#include "tools/pillar/input.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/ipfs_session.hpp"

#include <algorithm>

namespace pillar::cli {

namespace {

constexpr std::size_t largest_block = 2 << 20;

void take_cids(CLI::App& line, std::vector<std::string>& cids) {
  line.add_option("CID", cids, "The CID of a block")->required()->type_name("");
}

} // namespace

action ipfs_block_put(CLI::App& line) {
  struct request {
    std::vector<std::string> files;
    std::string codec = "raw", hash = "sha2-256";
    bool pin = false;
  };
  auto given = std::make_shared<request>();
  line.description("Stores files as single blocks, as they are");
  line.add_option("FILE", given->files, "At most 2 MiB; - or none is standard input")->type_name("");
  line.add_option("--cid-codec", given->codec, "What the CID says it is: raw (default), dag-pb, dag-cbor\nor dag-json")
      ->type_name("NAME");
  line.add_option("--mhtype", given->hash, "sha2-256 (default), sha2-512, blake2b-256 or blake3")->type_name("NAME");
  line.add_flag("--pin", given->pin, "Pin it, with everything below");
  line.footer("Example:\n  pillar ipfs block put --cid-codec dag-cbor node.cbor\n\n"
              "Prints the CID. The bytes are not looked at. With --json {\"id\", \"size\"}.");
  return [given](session& in) {
    if (given->files.empty()) given->files.emplace_back("-");
    if (std::ranges::count(given->files, "-") > 1)
      throw usage_error(errc::bad_request, "\"-\" is given twice: standard input can be read only once");
    std::vector<bytes> blocks; // before anything is opened: it may take long
    for (auto& file : given->files)
      blocks.push_back(read_input(file, largest_block, "use `pillar ipfs add`, which makes blocks of it"));
    ipfs_session ipfs(in, access::writes);
    for (auto& data : blocks) {
      const auto made = ipfs.ask(ipfs::block_put{std::move(data), given->codec, given->hash, given->pin});
      if (in.json()) in.out().json(to_json(made));
      else in.out().line(made.id.text);
    }
  };
}

action ipfs_block_get(CLI::App& line) {
  auto cid = std::make_shared<std::string>();
  line.description("Writes a block to standard output, as it is");
  line.add_option("CID", *cid, "The CID of a block")->required()->type_name("");
  line.footer("Example:\n  pillar ipfs block get bafy... > block\n\n"
              "`pillar ipfs cat` writes the content of a file. With --json the bytes in base64.");
  return [cid](session& in) {
    ipfs_session ipfs(in, access::reads);
    const auto data = ipfs.ask(ipfs::block_get{{*cid}});
    if (in.json()) in.out().json(to_json(data));
    else in.out().write(data);
  };
}

action ipfs_block_stat(CLI::App& line) {
  auto cid = std::make_shared<std::string>();
  line.description("Tells a block's size in bytes");
  line.add_option("CID", *cid, "The CID of a block")->required()->type_name("");
  line.footer("Example:\n  pillar ipfs block stat bafy...");
  return [cid](session& in) {
    ipfs_session ipfs(in, access::reads);
    const auto found = ipfs.ask(ipfs::block_stat{{*cid}});
    if (in.json()) return in.out().json(to_json(found));
    in.out().line("Key: " + found.id.text);
    in.out().line("Size: " + std::to_string(found.size));
  };
}

action ipfs_block_rm(CLI::App& line) {
  struct request {
    std::vector<std::string> cids;
    bool force = false, quiet = false;
  };
  auto given = std::make_shared<request>();
  line.description("Removes blocks that are not pinned");
  take_cids(line, given->cids);
  line.add_flag("-f,--force", given->force, "A block that is not there is no error");
  line.add_flag("-q,--quiet", given->quiet, "Print nothing about what was removed");
  line.footer("Example:\n  pillar ipfs block rm bafk...\n\n"
              "`pillar ipfs gc` removes everything that is not pinned. With --json one {\"text\": CID} for each.");
  return [given](session& in) {
    ipfs_session ipfs(in, access::reads);
    for (auto& cid : given->cids) {
      try {
        ipfs.ask(ipfs::block_rm{{cid}});
      } catch (const failure& f) {
        if (!given->force || f.code() != errc::not_found) throw;
        continue;
      }
      if (given->quiet) continue;
      if (in.json()) in.out().json(to_json(ipfs::cid{cid}));
      else in.out().line("removed " + cid);
    }
  };
}

} // namespace pillar::cli

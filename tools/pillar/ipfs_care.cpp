#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/ipfs_session.hpp"
#include "tools/pillar/progress_bar.hpp"

#include <algorithm>

namespace pillar::cli {

action ipfs_gc(CLI::App& line) {
  struct request {
    bool quiet = false, silent = false;
  };
  auto given = std::make_shared<request>();
  line.description("Removes every block that no pin keeps, and gives the disk its space back");
  line.add_flag("-q,--quiet", given->quiet, "Print only the CIDs");
  line.add_flag("--silent", given->silent, "Print nothing");
  line.footer("Example:\n  pillar ipfs gc\n\n"
              "`pillar ipfs pin ls` shows what is kept. After Ctrl-C the blocks that were told are gone, and nothing\n"
              "that is pinned is ever touched. With --json one {\"text\": CID} for each.");
  return [given](session& in) {
    ipfs_session ipfs(in, access::reads);
    auto removed = ipfs.ask(ipfs::gc{});
    while (auto id = removed.next()) {
      if (given->silent) continue;
      if (in.json()) in.out().json(to_json(*id));
      else in.out().line(given->quiet ? id->text : "removed " + id->text);
    }
  };
}

action ipfs_verify(CLI::App& line) {
  line.description("Reads every block and checks it against its CID");
  line.footer(
      "Example:\n  pillar ipfs verify\n\n"
      "Nothing is changed. Damaged blocks are told with what is wrong, and give the exit code 9: add or import\n"
      "their content again. With --json lines {\"blocks\", \"damaged\", \"problem\"}, of which the last counts all.");
  return [](session& in) {
    ipfs_session ipfs(in, access::reads);
    progress_bar bar(!in.json());
    auto checked = ipfs.ask(ipfs::verify{});
    std::uint64_t blocks = 0, damaged = 0;
    while (auto item = checked.next()) {
      blocks = std::max(blocks, item->blocks);
      damaged += item->damaged.has_value();
      if (in.json()) in.out().json(to_json(*item));
      else if (item->damaged) {
        bar.clear();
        in.out().line("block " + item->damaged->text + " was corrupt (" + item->problem + ")");
        in.out().flush();
      }
      bar.show_text(std::to_string(blocks) + " blocks processed.");
    }
    bar.clear();
    if (damaged > 0)
      throw failure(errc::damaged, "verify complete, " + std::to_string(damaged) + " of " + std::to_string(blocks)
                                       + (damaged == 1 ? " blocks is" : " blocks are")
                                       + " corrupt: add or import the content again");
    if (!in.json()) in.out().line("verify complete, all blocks validated.");
  };
}

action ipfs_repo_stat(CLI::App& line) {
  struct request {
    bool size_only = false, human = false;
  };
  auto given = std::make_shared<request>();
  line.description("Shows how much is stored, and where");
  line.add_flag("-s,--size-only", given->size_only, "Print only the size");
  line.add_flag("-H,--human", given->human, "Print the size with a unit: 1.2 GiB");
  line.footer("Example:\n  pillar ipfs repo stat --human\n\nThe size is what the store takes on its disk, in bytes.");
  return [given](session& in) {
    ipfs_session ipfs(in, access::reads);
    const auto found = ipfs.ask(ipfs::repo_stat{});
    if (in.json()) return in.out().json(to_json(found));
    const auto size = "RepoSize:   " + (given->human ? size_text(found.size) : std::to_string(found.size));
    if (given->size_only) return in.out().line(size);
    in.out().line("NumObjects: " + std::to_string(found.blocks));
    in.out().line(size);
    in.out().line("RepoPath:   " + found.path.string());
    in.out().line("Version:    " + found.version);
  };
}

action ipfs_id(CLI::App& line) {
  line.description("Shows the identity of the content store, and what program serves it");
  line.footer("Example:\n  pillar ipfs id --json");
  return [](session& in) {
    ipfs_session ipfs(in, access::writes);
    const auto found = ipfs.ask(ipfs::get_id{});
    if (in.json()) return in.out().json(to_json(found));
    in.out().fields({{"id", found.id}, {"agent", found.agent}});
  };
}

} // namespace pillar::cli

/// The program pillar. This is its whole command tree; `pillar --help` and `pillar COMMAND --help` explain it.
#include "tools/pillar/db_commands.hpp"
#include "tools/pillar/describe_command.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/key_commands.hpp"
#include "tools/pillar/program.hpp"
#include "tools/pillar/start_command.hpp"

int main(int argc, char** argv) {
  using namespace pillar::cli;
  program pillar;
  pillar.add({"start", start});
  pillar.add("ipfs", "Content by its CID: files and directories",
             {{"add", ipfs_add},
              {"cat", ipfs_cat},
              {"get", ipfs_get},
              {"ls", ipfs_ls},
              {"stat", ipfs_stat},
              {"resolve", ipfs_resolve},
              {.name = "pin",
               .meaning = "What is kept: add, rm, ls",
               .commands = {{"add", ipfs_pin_add}, {"rm", ipfs_pin_rm}, {"ls", ipfs_pin_ls}}},
              {"gc", ipfs_gc},
              {"verify", ipfs_verify},
              {"export", ipfs_export},
              {"import", ipfs_import},
              {.name = "block",
               .meaning = "Single blocks: put, get, stat, rm",
               .commands = {{"put", ipfs_block_put},
                            {"get", ipfs_block_get},
                            {"stat", ipfs_block_stat},
                            {"rm", ipfs_block_rm}}},
              {.name = "repo", .meaning = "The store as a whole: stat", .commands = {{"stat", ipfs_repo_stat}}},
              {"publish", ipfs_publish},
              {"subscribe", ipfs_subscribe},
              {"id", ipfs_id}});
  pillar.add("db", "Documents by key", {{"get", db_get}, {"put", db_put}, {"rm", db_rm}, {"ls", db_ls}}, take_space);
  pillar.add("key", "The node's keys: show, sign, verify",
             {{"show", key_show}, {"sign", key_sign}, {"verify", key_verify}});
  pillar.add({"describe", describe});
  pillar.add({"version", version});
  return pillar.run(argc, argv);
}

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
             {{"add", ipfs_add}, {"cat", ipfs_cat}, {"get", ipfs_get}, {"stat", ipfs_stat}, {"id", ipfs_id}});
  pillar.add("db", "Documents by key", {{"get", db_get}, {"put", db_put}, {"rm", db_rm}, {"ls", db_ls}}, take_space);
  pillar.add("key", "The node's keys: show, sign, verify",
             {{"show", key_show}, {"sign", key_sign}, {"verify", key_verify}});
  pillar.add({"describe", describe});
  pillar.add({"version", version});
  return pillar.run(argc, argv);
}

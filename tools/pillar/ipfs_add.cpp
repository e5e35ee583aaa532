#include "actors/standard.hpp"
#include "interfaces/ipfs.hpp"
#include "tools/pillar/added_names.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/spool_file.hpp"

namespace pillar::cli {

namespace {

namespace fs = std::filesystem;

struct add_request {
  std::vector<std::string> paths;
  bool recursive = false;
  bool quiet = false;
  bool quieter = false;
  bool pin = true;
  bool hidden = false;
};

// Found out before anything is stored.
void check_paths(const add_request& given) {
  if (std::ranges::count(given.paths, "-") > 1)
    throw usage_error(errc::bad_request, "\"-\" is given twice: standard input can be read only once");
  for (auto& path : given.paths) {
    std::error_code failed;
    if (path != "-" && fs::symlink_status(path, failed).type() == fs::file_type::directory && !given.recursive)
      throw usage_error(errc::bad_request, path + " is a directory: use -r to add it with all that is in it");
  }
}

void tell(session& in, const add_request& given, const ipfs::cid& id, const std::string& name) {
  in.out().line(given.quiet ? id.text : "added " + id.text + " " + name);
}

// The reply knows the root only, so what lies below is looked up in what was just stored.
void tell_tree(session& in, const add_request& given, const ipfs::cid& root, const fs::path& path) {
  const auto name = name_of(path);
  for_each_below(path, given.hidden, [&](const fs::path& below) {
    try {
      tell(in, given, in.ask(ipfs::stat{root.text + "/" + below.string()}).id, name + "/" + below.string());
    } catch (const failure& f) {
      if (f.code() != errc::not_found) throw; // else it came into the directory after that was read
    }
  });
}

ipfs::added store(session& in, const add_request& given, const fs::path& path) {
  return in.ask(ipfs::add_file{.path = path, .pin = given.pin, .hidden = given.hidden}, {.limit = content_limit});
}

void add(session& in, const add_request& given) {
  check_paths(given);
  auto& node = in.open(access::writes, {provide_ipfs});
  for (auto& path : given.paths) {
    const bool standard_input = path == "-";
    const auto made = standard_input ? store(in, given, spool_file(node.data()).path()) : store(in, given, path);
    const bool last = &path == &given.paths.back();
    if (given.quieter && !last) continue;
    if (in.json()) {
      in.out().json(to_json(made));
    } else {
      std::error_code failed;
      const bool tree = !standard_input && fs::symlink_status(path, failed).type() == fs::file_type::directory;
      if (tree && !given.quieter) tell_tree(in, given, made.root, path);
      tell(in, given, made.root, standard_input ? made.root.text : name_of(path));
    }
    in.out().flush(); // the next path may take long
  }
}

} // namespace

action ipfs_add(CLI::App& line) {
  auto given = std::make_shared<add_request>();
  line.description("Stores files, directories or standard input");
  line.add_option("PATH", given->paths, "Files and directories; - is standard input")->required()->type_name("");
  line.add_flag("-r,--recursive", given->recursive, "Directories, too, with all that is in them");
  line.add_flag("-q,--quiet", given->quiet, "Print only the CIDs");
  line.add_flag("-Q,--quieter", given->quieter, "Print only the CID of the last PATH");
  line.add_flag("--pin", given->pin, "Pin what is stored, so that it is kept;\n--pin=false does not (default: true)");
  line.add_flag("-H,--hidden", given->hidden, "In directories also names that begin with a dot");
  line.footer("Examples:\n"
              "  pillar ipfs add -r photos\n"
              "  tar c photos | pillar ipfs add -Q -\n\n"
              "Prints `added CID NAME` for everything stored, with the CIDs that `ipfs add` gives.\n"
              "With --json one line for each PATH.");
  return [given](session& in) {
    given->quiet |= given->quieter;
    add(in, *given);
  };
}

} // namespace pillar::cli

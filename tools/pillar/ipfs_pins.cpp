#include "tools/pillar/arguments.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/ipfs_session.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace pillar::cli {

namespace {

struct pin_list {
  std::vector<std::string> paths;
  std::string type = "all", name;
  bool quiet = false, names = false, stream = false;
};

/// What to ask for, so that together it is what was wanted: a worker lists indirect pins only when they are named.
std::vector<ipfs::pin_ls> requests_for(const pin_list& given) {
  const bool all = given.type == "all";
  std::optional<ipfs::pin_kind> kind;
  ipfs::pin_kind named{};
  if (!all && !boost::describe::enum_from_string(given.type.c_str(), named))
    throw usage_error(errc::bad_request, "ipfs pin ls: --type: \"" + given.type
                                             + "\" is no kind of pin: give all, recursive, direct or indirect");
  if (!all) kind = named;
  std::vector<ipfs::pin_ls> requests;
  for (auto& path : given.paths) requests.push_back({kind, path, given.name});
  if (!given.paths.empty()) return requests;
  requests.push_back({kind, "", given.name});
  if (all && given.name.empty()) requests.push_back({ipfs::pin_kind::indirect, "", ""}); // those have no names
  return requests;
}

void tell(ipfs_session& ipfs, const pin_list& given, const ipfs::pinned& pin) {
  if (ipfs.json()) return ipfs.out().json(to_json(pin));
  auto text = pin.id.text;
  if (!given.quiet) text += std::string(" ") + boost::describe::enum_to_string(pin.kind, "unknown");
  if (!given.quiet && (given.names || !given.name.empty()) && !pin.name.empty()) text += " " + pin.name;
  ipfs.out().line(text);
}

} // namespace

action ipfs_pin_add(CLI::App& line) {
  struct request {
    std::vector<std::string> paths;
    bool recursive = true;
    std::string name;
  };
  auto given = std::make_shared<request>();
  line.description("Keeps content from being collected");
  take_paths(line, given->paths);
  line.add_flag("-r,--recursive", given->recursive,
                "With everything below it (default: true);\n--recursive=false pins the block alone");
  line.add_option("-n,--name", given->name, "A name for the pins, of at most 255 bytes")->type_name("NAME");
  line.footer("Example:\n  pillar ipfs pin add --name holidays bafy.../photos\n\n"
              "Content that is pinned already gets the new name. With --json one {\"text\": CID} for each.");
  return [given](session& in) {
    ipfs_session ipfs(in, access::reads);
    for (auto& path : given->paths) {
      const auto id = ipfs.ask(ipfs::pin_add{path, given->recursive, given->name});
      if (in.json()) in.out().json(to_json(id));
      else in.out().line("pinned " + id.text + (given->recursive ? " recursively" : " directly"));
    }
  };
}

action ipfs_pin_rm(CLI::App& line) {
  struct request {
    std::vector<std::string> paths;
    bool recursive = true;
  };
  auto given = std::make_shared<request>();
  line.description("Lets content be collected by the next `ipfs gc`");
  take_paths(line, given->paths);
  line.add_flag("-r,--recursive", given->recursive,
                "Recursive pins, too (default: true); --recursive=false\nremoves only direct ones");
  line.footer("Example:\n  pillar ipfs pin rm bafy.../photos\n\n"
              "What is pinned through something above it stays until that is unpinned, too.");
  return [given](session& in) {
    ipfs_session ipfs(in, access::reads);
    for (auto& path : given->paths) {
      const auto id = ipfs.ask(ipfs::pin_rm{path, given->recursive});
      if (in.json()) in.out().json(to_json(id));
      else in.out().line("unpinned " + id.text);
    }
  };
}

action ipfs_pin_ls(CLI::App& line) {
  auto given = std::make_shared<pin_list>();
  line.description("Lists what is pinned, and how");
  line.add_option("PATH", given->paths, "Only these, which must be pinned")->type_name("");
  line.add_option("-t,--type", given->type, "recursive, direct, indirect (through a pin above) or all\n(default)")
      ->type_name("KIND");
  line.add_flag("-q,--quiet", given->quiet, "Print only the CIDs");
  line.add_flag("--names", given->names, "Print the names of pins, too");
  line.add_option("-n,--name", given->name, "Only pins with this in their name; prints the names")->type_name("TEXT");
  line.add_flag("-s,--stream", given->stream, "Print each as soon as it is known, which is always done");
  line.footer("Examples:\n  pillar ipfs pin ls --type recursive --names\n  pillar ipfs pin ls bafy.../photos\n\n"
              "Indirect pins are found by walking through everything that is pinned, which takes time: with\n"
              "--type recursive it is quick. With --json one {\"id\", \"kind\", \"name\"} for each.");
  return [given](session& in) {
    const auto requests = requests_for(*given);
    ipfs_session ipfs(in, access::reads);
    for (auto& request : requests) {
      auto pins = ipfs.ask(request);
      while (auto pin = pins.next()) tell(ipfs, *given, *pin);
    }
  };
}

} // namespace pillar::cli

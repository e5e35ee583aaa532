#include "tools/pillar/ipfs_commands.hpp"

#include "actors/standard.hpp"
#include "interfaces/ipfs.hpp"
#include "tools/pillar/arguments.hpp"

namespace pillar::cli {

namespace {

namespace fs = std::filesystem;

constexpr auto path_meaning = "A CID, /ipfs/CID, or a path below one: CID/name/...";

struct place {
  fs::path into;
  std::string name;
};

// As `cp` does: into a directory that exists, else under that very name.
place place_of(const std::string& output_path) {
  if (output_path.empty()) return {".", ""};
  const fs::path to = output_path;
  std::error_code failed;
  if (fs::is_directory(to, failed)) return {to, ""};
  const auto whole = to.has_filename() ? to : to.parent_path(); // "new/"
  return {whole.has_parent_path() ? whole.parent_path() : ".", whole.filename().string()};
}

std::string last_part(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

} // namespace

action ipfs_cat(CLI::App& line) {
  struct request {
    std::vector<std::string> paths;
    std::optional<std::uint64_t> offset, length;
  };
  auto given = std::make_shared<request>();
  line.description("Writes the content of files to standard output");
  line.add_option("PATH", given->paths, path_meaning)->required()->type_name("");
  take_number(line, "-o,--offset", given->offset, "Begin at this byte of each file")->type_name("BYTES");
  take_number(line, "-l,--length", given->length, "Write at most so much of each file")->type_name("BYTES");
  line.footer("Example:\n  pillar ipfs cat bafk.../notes.txt | less\n\n"
              "Everything is verified against its CID first: when some of it turns out to be damaged, what was\n"
              "written until then is right all the same.");
  return [given](session& in) {
    if (in.json()) throw usage_error(errc::bad_request, "ipfs cat writes content as it is: leave --json out");
    in.open(access::reads, {provide_ipfs});
    for (auto& path : given->paths) {
      auto content = in.ask(ipfs::cat{path, given->offset.value_or(0), given->length}, {.limit = content_limit});
      while (auto piece = content.next()) in.out().write(*piece);
    }
  };
}

action ipfs_get(CLI::App& line) {
  struct request {
    std::string path, output;
  };
  auto given = std::make_shared<request>();
  line.description("Writes a file or a whole directory tree into the file system");
  line.add_option("PATH", given->path, path_meaning)->required()->type_name("");
  line.add_option(
          "-o,--output", given->output,
          "Into this directory or, when there is none, under this\nname (default: here, under the last part of PATH)")
      ->type_name("DIR");
  line.footer("Example:\n  pillar ipfs get bafy... -o photos\n\nNothing that exists is overwritten.");
  return [given](session& in) {
    in.open(access::reads, {provide_ipfs});
    const auto to = place_of(given->output);
    const auto made = in.ask(ipfs::get_file{given->path, to.into, to.name}, {.limit = content_limit});
    if (in.json()) return in.out().json(to_json(made));
    const auto name = to.into / (to.name.empty() ? last_part(given->path) : to.name);
    in.out().line("wrote " + name.lexically_normal().string() + ": " + std::to_string(made.files)
                  + (made.files == 1 ? " file, " : " files, ") + std::to_string(made.size) + " bytes");
  };
}

action ipfs_stat(CLI::App& line) {
  auto path = std::make_shared<std::string>();
  line.description("Describes what a path leads to");
  line.add_option("PATH", *path, path_meaning)->required()->type_name("");
  line.footer("Example:\n  pillar ipfs stat bafy.../photos");
  return [path](session& in) {
    in.open(access::reads, {provide_ipfs});
    const auto found = in.ask(ipfs::stat{*path});
    if (in.json()) return in.out().json(to_json(found));
    in.out().fields({{"cid", found.id.text},
                     {"kind", boost::describe::enum_to_string(found.kind, "unknown")},
                     {"size", std::to_string(found.size)},
                     {"cumulative size", std::to_string(found.cumulative_size)},
                     {"links", std::to_string(found.links)}});
  };
}

action ipfs_id(CLI::App& line) {
  line.description("Shows the identity of the content store, and what program serves it");
  line.footer("Example:\n  pillar ipfs id --json");
  return [](session& in) {
    in.open(access::writes, {provide_ipfs});
    const auto found = in.ask(ipfs::get_id{});
    if (in.json()) return in.out().json(to_json(found));
    in.out().fields({{"id", found.id}, {"agent", found.agent}});
  };
}

} // namespace pillar::cli

#include "tools/pillar/arguments.hpp"
#include "tools/pillar/content_pieces.hpp"
#include "tools/pillar/gzip_output.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/ipfs_session.hpp"
#include "tools/pillar/new_file.hpp"
#include "tools/pillar/progress_bar.hpp"

#include <chrono>

namespace pillar::cli {

namespace {

namespace fs = std::filesystem;

struct get_request {
  std::string path, output;
  bool archive = false, compress = false;
  std::optional<std::uint64_t> level;
  std::optional<bool> progress;

  int compression_level() const { return static_cast<int>(level.value_or(gzip_output::usual_level)); }
};

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

void write_tree(session& in, const get_request& given) {
  ipfs_session ipfs(in, access::reads);
  const auto to = place_of(given.output);
  const auto name = (to.into / (to.name.empty() ? last_part(given.path) : to.name)).lexically_normal().string();
  if (!in.json()) in.out().line("Saving file(s) to " + name);
  in.out().flush(); // it may take long
  const auto made = ipfs.ask(ipfs::get_file{given.path, to.into, to.name});
  if (in.json()) return in.out().json(to_json(made));
  in.out().line("wrote " + std::to_string(made.files) + (made.files == 1 ? " file, " : " files, ")
                + std::to_string(made.size) + " bytes");
}

/// As `ipfs get` names it; a directory that is meant as one has a / at its end.
std::string archive_name(const get_request& given) {
  auto name = given.output;
  if (name.empty() || name.ends_with('/')) name += last_part(given.path);
  if (given.archive && !name.ends_with(".tar") && !name.ends_with(".tar.gz")) name += ".tar";
  if (given.compress && !name.ends_with(".gz")) name += ".gz";
  return name;
}

ipfs::timestamp now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::seconds>(since).count(), 0};
}

/// What is written: an archive, or a file's content.
content_pieces open_content(ipfs_session& ipfs, const get_request& given) {
  if (given.archive)
    return content_pieces([&, time = now()](std::uint64_t) {
      return content_pieces::opened{ipfs.ask(ipfs::get_archive{given.path, {}, time}), 0};
    });
  if (ipfs.ask(ipfs::stat{given.path}).kind == ipfs::kind::directory)
    throw usage_error(errc::bad_request, given.path + " is a directory: give --archive, too, to get all that is in it");
  return content_pieces(
      [&](std::uint64_t from) { return content_pieces::opened{ipfs.ask(ipfs::cat{given.path, from}), from}; });
}

void copy(content_pieces& content, const get_request& given, output& to, progress_bar& bar) {
  std::optional<gzip_output> compressed;
  if (given.compress) compressed.emplace(to, given.compression_level());
  std::uint64_t done = 0;
  while (auto piece = content.next()) {
    if (compressed) compressed->write(*piece);
    else to.write(*piece);
    bar.show_bytes(done += piece->size(), std::nullopt);
  }
  if (compressed) compressed->finish();
}

void write_archive(session& in, const get_request& given) {
  const bool to_output = given.output == "-";
  if (to_output && in.json()) throw usage_error(errc::bad_request, "ipfs get -o - writes content: leave --json out");
  if (to_output && in.out().is_terminal())
    throw usage_error(errc::bad_request, "an archive is binary and would disturb the terminal: write it to a file, "
                                         "with -o FILE or > FILE");
  ipfs_session ipfs(in, access::reads);
  progress_bar bar(given.progress.value_or(true));
  auto content = open_content(ipfs, given);
  if (to_output) return copy(content, given, in.out(), bar);
  const auto name = archive_name(given);
  new_file file(name);
  if (!in.json()) in.out().line("Saving archive to " + name);
  in.out().flush(); // it may take long
  copy(content, given, file.out(), bar);
  file.keep();
  bar.clear();
  const auto size = fs::file_size(name);
  if (in.json()) in.out().json({{"name", name}, {"size", size}});
  else in.out().line("wrote " + std::to_string(size) + " bytes");
}

void check(const get_request& given) {
  if (given.level && !given.compress)
    throw usage_error(errc::bad_request, "ipfs get: --compression-level has no meaning without --compress: give both");
  if (given.level && (*given.level < 1 || *given.level > 9))
    throw usage_error(errc::bad_request, "ipfs get: --compression-level: there is no level "
                                             + std::to_string(*given.level) + ": give 1 to 9");
}

} // namespace

action ipfs_get(CLI::App& line) {
  auto given = std::make_shared<get_request>();
  line.description("Writes a file or a whole directory tree into the file system, or as an archive");
  take_path(line, given->path);
  line.add_option(
          "-o,--output", given->output,
          "Into this directory or, when there is none, under this\nname (default: here, under the last part of PATH)")
      ->type_name("DIR");
  line.add_flag("-a,--archive", given->archive, "Write one archive (tar) instead; - as DIR is standard output");
  line.add_flag("-C,--compress", given->compress, "Compress the archive, or without -a the file, with gzip");
  take_number(line, "-l,--compression-level", given->level, "With -C: 1, the fastest, to 9, the smallest (default: 6)")
      ->type_name("LEVEL");
  take_choice(line, "-p,--progress", given->progress,
              "With -a or -C show how far it is, on a terminal (default);\n--progress=false does not");
  line.footer(
      "Examples:\n  pillar ipfs get bafy... -o photos\n  pillar ipfs get -a bafy... -o - | tar x\n"
      "  pillar ipfs get -aC bafy... -o photos\n\n"
      "Nothing that exists is overwritten, and nothing is left behind when it fails. Permissions and times are\n"
      "restored where they were recorded. An archive is named DIR.tar, DIR.tar.gz or DIR.gz, as `ipfs get` names it.");
  return [given](session& in) {
    check(*given);
    if (given->archive || given->compress) write_archive(in, *given);
    else write_tree(in, *given);
  };
}

} // namespace pillar::cli

#include "tools/pillar/arguments.hpp"
#include "tools/pillar/columns.hpp"
#include "tools/pillar/content_pieces.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/ipfs_session.hpp"
#include "tools/pillar/progress_bar.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <cstdio>

namespace pillar::cli {

namespace {

constexpr auto path_meaning = "A CID, /ipfs/CID, or a path below one: CID/name/...";

std::string octal(std::uint32_t mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode));
  return text;
}

std::string time_text(const ipfs::timestamp& t) {
  auto fraction = std::to_string(t.nanoseconds);
  fraction.insert(0, 9 - std::min<std::size_t>(9, fraction.size()), '0');
  return std::to_string(t.seconds) + (t.nanoseconds == 0 ? "" : "." + fraction) + " s since 1970";
}

struct cat_request {
  std::vector<std::string> paths;
  std::optional<std::uint64_t> offset, length;
  std::optional<bool> progress;
};

/// As if the files were one.
void write_contents(session& in, const cat_request& given) {
  ipfs_session ipfs(in, access::reads);
  progress_bar bar(given.progress.value_or(true) && !in.out().is_terminal());
  auto skip = given.offset.value_or(0);
  auto left = given.length;
  std::uint64_t done = 0;
  for (auto& path : given.paths) {
    if (left == 0u) break;
    std::optional<std::uint64_t> total; // at the end of this file
    if (bar.shown() || (skip > 0 && given.paths.size() > 1)) {
      const auto found = ipfs.ask(ipfs::stat{path});
      const bool further = given.paths.size() > 1 && skip >= found.size && found.kind != ipfs::kind::directory;
      if (further) {
        skip -= found.size;
        continue;
      }
      total = done + std::min(found.size - std::min(skip, found.size), left.value_or(found.size));
    }
    content_pieces content([&, length = left](std::uint64_t from) {
      auto rest = length;
      if (rest) *rest -= from;
      return content_pieces::opened{ipfs.ask(ipfs::cat{path, skip + from, rest}), from};
    });
    while (auto piece = content.next()) {
      in.out().write(*piece);
      bar.show_bytes(done += piece->size(), total);
      if (left) *left -= piece->size();
    }
    skip = 0;
  }
}

} // namespace

void take_path(CLI::App& line, std::string& path) {
  line.add_option("PATH", path, path_meaning)->required()->type_name("");
}

void take_paths(CLI::App& line, std::vector<std::string>& paths) {
  line.add_option("PATH", paths, path_meaning)->required()->type_name("");
}

action ipfs_cat(CLI::App& line) {
  auto given = std::make_shared<cat_request>();
  line.description("Writes the content of files to standard output");
  take_paths(line, given->paths);
  take_number(line, "-o,--offset", given->offset, "Leave out so much at the beginning")->type_name("BYTES");
  take_number(line, "-l,--length", given->length, "Write at most so much")->type_name("BYTES");
  take_choice(line, "-p,--progress", given->progress,
              "Show how far it is, unless the content goes to the\nterminal (default); --progress=false does not");
  line.footer("Examples:\n  pillar ipfs cat bafk.../notes.txt | less\n  pillar ipfs cat -o 1000 -l 24 QmXYZ > part\n\n"
              "Several files are one content, of which --offset and --length count the bytes. Everything is verified\n"
              "against its CID first: when some of it turns out to be damaged, what was written until then is right\n"
              "all the same.");
  return [given](session& in) {
    if (in.json()) throw usage_error(errc::bad_request, "ipfs cat writes content as it is: leave --json out");
    write_contents(in, *given);
  };
}

action ipfs_ls(CLI::App& line) {
  struct request {
    std::vector<std::string> paths;
    bool headers = false, stream = false, size = true;
  };
  auto given = std::make_shared<request>();
  line.description("Lists the entries of directories: CID, size and name");
  take_paths(line, given->paths);
  line.add_flag("-v,--headers", given->headers, "Print a line with the names of the columns first");
  line.add_flag("--size", given->size, "Print the bytes of each file; --size=false does not\n(default: true)");
  line.add_flag("-s,--stream", given->stream,
                "Print each entry as soon as it is known; else the\ncolumns are made to fit");
  line.footer(
      "Examples:\n  pillar ipfs ls bafy...\n  pillar ipfs ls bafy.../photos --json\n\n"
      "Directories have a / behind their name and a - for their size. Of a file nothing is listed. With --json\n"
      "one line for each entry, with its kind.");
  return [given](session& in) {
    ipfs_session ipfs(in, access::reads);
    for (auto& path : given->paths) {
      const bool several = given->paths.size() > 1 && !in.json();
      if (several && &path != &given->paths.front()) in.out().line("");
      if (several) in.out().line(path + ":");
      columns table(in.out(), given->stream);
      auto entries = ipfs.ask(ipfs::ls{path});
      if (given->headers && !in.json())
        table.row(given->size ? columns::cells{"Hash", "Size", "Name"} : columns::cells{"Hash", "Name"});
      while (auto entry = entries.next()) {
        if (in.json()) {
          in.out().json(to_json(*entry));
          continue;
        }
        const bool directory = entry->kind == ipfs::kind::directory;
        columns::cells row{entry->id.text};
        if (given->size) row.push_back(directory ? "-" : std::to_string(entry->size));
        row.push_back(entry->name + (directory ? "/" : ""));
        table.row(std::move(row));
      }
      table.end();
    }
  };
}

action ipfs_stat(CLI::App& line) {
  auto path = std::make_shared<std::string>();
  line.description("Describes what a path leads to");
  take_path(line, *path);
  line.footer("Example:\n  pillar ipfs stat bafy.../photos\n\n"
              "`size` counts the bytes of a file's content, `cumulative size` those of all blocks below and including\n"
              "this one, `links` those of the root block. Mode and time are printed when they were recorded.");
  return [path](session& in) {
    ipfs_session ipfs(in, access::reads);
    const auto found = ipfs.ask(ipfs::stat{*path});
    if (in.json()) return in.out().json(to_json(found));
    std::vector<std::pair<std::string_view, std::string>> fields{
        {"cid", found.id.text},
        {"kind", boost::describe::enum_to_string(found.kind, "unknown")},
        {"size", std::to_string(found.size)},
        {"cumulative size", std::to_string(found.cumulative_size)},
        {"links", std::to_string(found.links)}};
    if (found.mode) fields.emplace_back("mode", octal(*found.mode));
    if (found.mtime) fields.emplace_back("mtime", time_text(*found.mtime));
    in.out().fields(fields);
  };
}

action ipfs_resolve(CLI::App& line) {
  auto path = std::make_shared<std::string>();
  line.description("Prints the CID of what a path leads to");
  take_path(line, *path);
  line.footer("Example:\n  pillar ipfs resolve bafy.../photos/a.jpg");
  return [path](session& in) {
    ipfs_session ipfs(in, access::reads);
    const auto id = ipfs.ask(ipfs::resolve{*path});
    if (in.json()) in.out().json(to_json(id));
    else in.out().line("/ipfs/" + id.text);
  };
}

} // namespace pillar::cli

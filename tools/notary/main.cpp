/// The demo program; tools/demo builds and runs it. `notary-demo --help` explains it.
#include "interfaces/error.hpp"
#include "tools/notary/demo.hpp"
#include "tools/notary/interrupt.hpp"
#include "tools/pillar/printable.hpp"

#include <CLI/CLI.hpp>

#include <clocale>
#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "C.UTF-8"); // for the width of names in tables
  demo::demo_options options;
  std::string directory, data;
  CLI::App line{
      "Puts the files of a directory into IPFS, has their CIDs signed and records them in the DB; restarts its "
      "node and verifies everything; then shows that a spoilt block is noticed."};
  line.add_option("DIRECTORY", directory, "The directory to record")->required();
  line.add_option("--data", data, "The node's data directory; a new temporary one if not given")
      ->type_name("DIRECTORY");
  line.add_option("--rows", options.rows, "Rows of the table; 0 for all")->capture_default_str()->type_name("NUMBER");
  line.add_flag("--each", options.each, "Print a line for each entry as soon as it is durable");
  line.add_flag("--watch", options.watch, "Go on watching the directory until Ctrl-C, instead of restarting");
  line.footer("Exit code: 0 if everything was as it should be, 1 if not, 2 for wrong arguments, 130 after Ctrl-C.");
  try {
    line.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return line.exit(e) == 0 ? 0 : 2;
  }
  options.directory = directory;
  options.data = data;
  demo::note_interrupts();
  try {
    return static_cast<int>(demo::run(options));
  } catch (const std::exception& e) {
    std::fflush(stdout);
    std::fprintf(stderr, "notary-demo: %s\n", pillar::cli::printable(e.what()).c_str());
    return static_cast<int>(demo::outcome::unexpected);
  }
}

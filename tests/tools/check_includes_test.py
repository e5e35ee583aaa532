#!/usr/bin/env python3
"""tools/check-includes on small trees that are right or wrong in one way."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check-includes"


def check(files):
    """What the script prints, line by line, for a tree of {path: content}; its exit code must agree."""
    with tempfile.TemporaryDirectory() as root:
        for path, content in files.items():
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        run = subprocess.run([sys.executable, CHECK, "--root", root], stdout=subprocess.PIPE, text=True)
    lines = run.stdout.splitlines()
    assert run.returncode == (1 if lines else 0), run
    return lines


class CheckIncludes(unittest.TestCase):
    def assert_fault(self, files, place, *words):
        lines = check(files)
        self.assertEqual(len(lines), 1, lines)
        self.assertTrue(lines[0].startswith(place + ": "), lines[0])
        for word in words:
            self.assertIn(word, lines[0])

    def test_a_right_tree_has_no_fault(self):
        self.assertEqual(
            check({
                "interfaces/a.hpp": "#include <caf/fwd.hpp>\n#include <boost/describe.hpp>\n#include <vector>\n",
                "interfaces/plain.hpp": "#include <string>\n",
                "runtime/node.cpp": '#include "interfaces/a.hpp"\n#include <unistd.h>\n#include <sys/stat.h>\n',
                "runtime/log.cpp": "#include <spdlog/spdlog.h>\n",
                "actors/db/store.hpp": '#include "interfaces/plain.hpp"\n#include <sqlite3.h>\n',
                "actors/db/db_worker.cpp": '#include "actors/db/store.hpp"\n#include "interfaces/a.hpp"\n',
                "actors/standard.cpp": '#include "actors/db/store.hpp"\n#include <caf/fwd.hpp>\n',
                "tools/pillar/main.cpp": '#include "actors/db/store.hpp"\n#include <CLI/CLI.hpp>\n',
                "tests/db/store.cpp": '#include "actors/db/store.hpp"\n#include <doctest/doctest.h>\n',
            }), [])

    def test_a_lower_layer_may_not_include_a_higher_one(self):
        self.assert_fault({"interfaces/a.hpp": '\n#include "runtime/b.hpp"\n', "runtime/b.hpp": ""},
                          "interfaces/a.hpp:2", "interfaces/ may not include runtime/")
        self.assert_fault({"runtime/a.hpp": '#include "actors/standard.hpp"\n', "actors/standard.hpp": ""},
                          "runtime/a.hpp:1", "runtime/ may not include actors/")
        self.assert_fault({"actors/standard.hpp": '#include "tools/a.hpp"\n', "tools/a.hpp": ""},
                          "actors/standard.hpp:1", "actors/ may not include tools/")

    def test_a_benchmark_may_include_a_fixture_of_the_tests(self):
        fixture = {"tests/support/daemon.hpp": ""}
        self.assertEqual(check({"tools/benchmarks/a.cpp": '#include "tests/support/daemon.hpp"\n', **fixture}), [])
        self.assert_fault({"tools/pillar/a.cpp": '#include "tests/support/daemon.hpp"\n', **fixture},
                          "tools/pillar/a.cpp:1", "tools/ may not include tests/")

    def test_an_actor_may_not_include_another_actors_folder(self):
        self.assert_fault({"actors/db/x_worker.hpp": '#include "actors/ipfs/y.hpp"\n', "actors/ipfs/y.hpp": ""},
                          "actors/db/x_worker.hpp:1", "actors/db/ may not include actors/ipfs/")

    def test_rooms_of_an_actor_build_on_each_other_in_order(self):
        later = {"actors/ipfs/store/a.cpp": '#include "actors/ipfs/files/b.hpp"\n', "actors/ipfs/files/b.hpp": ""}
        self.assert_fault(later, "actors/ipfs/store/a.cpp:1", "the order is format, system, store, files, kubo")
        above = {"actors/ipfs/kubo/a.cpp": '#include "actors/ipfs/b.hpp"\n', "actors/ipfs/b.hpp": ""}
        self.assert_fault(above, "actors/ipfs/kubo/a.cpp:1", "then the folder itself")
        self.assertEqual(check({"actors/ipfs/files/a.cpp": '#include "actors/ipfs/store/b.hpp"\n',
                                "actors/ipfs/c.cpp": '#include "actors/ipfs/store/b.hpp"\n',
                                "actors/ipfs/store/b.hpp": ""}), [])

    def test_the_runtime_knows_no_contract(self):
        self.assert_fault({"runtime/a.hpp": '#include "interfaces/db.hpp"\n',
                           "interfaces/db.hpp": 'struct service : interface<"db", get> {};\n'},
                          "runtime/a.hpp:1", "no particular worker")

    def test_layers_use_only_their_libraries(self):
        self.assert_fault({"interfaces/a.hpp": "#include <spdlog/spdlog.h>\n"}, "interfaces/a.hpp:1", "spdlog")
        self.assert_fault({"runtime/node.cpp": "#include <spdlog/spdlog.h>\n"}, "runtime/node.cpp:1", "spdlog")
        self.assert_fault({"runtime/a.cpp": "#include <openssl/evp.h>\n"}, "runtime/a.cpp:1", "OpenSSL")
        self.assert_fault({"actors/db/a.cpp": "#include <doctest/doctest.h>\n"}, "actors/db/a.cpp:1", "doctest")

    def test_an_unknown_library_is_named(self):
        self.assert_fault({"tools/a.cpp": "#include <curl/curl.h>\n"}, "tools/a.cpp:1", "<curl/curl.h>", "LIBRARIES")

    def test_an_engine_reaches_no_caf_even_through_other_headers(self):
        self.assert_fault({"actors/db/store.hpp": "#include <caf/actor.hpp>\n"}, "actors/db/store.hpp:1", "<caf/actor.hpp>")
        lines = check({
            "actors/db/store.hpp": '#include "interfaces/a.hpp"\n',
            "interfaces/a.hpp": '#include "interfaces/b.hpp"\n',
            "interfaces/b.hpp": '#include "interfaces/a.hpp"\n#include <caf/actor.hpp>\n',
        })
        self.assertEqual(len(lines), 1, lines)
        self.assertIn('"interfaces/a.hpp" -> "interfaces/b.hpp" -> <caf/actor.hpp>', lines[0])

    def test_includes_are_written_from_the_root_and_exist(self):
        self.assert_fault({"runtime/a.cpp": '#include "node.hpp"\n', "runtime/node.hpp": ""},
                          "runtime/a.cpp:1", "from the root")
        self.assert_fault({"runtime/a.cpp": '#include "runtime/../runtime/node.hpp"\n', "runtime/node.hpp": ""},
                          "runtime/a.cpp:1", "from the root")
        self.assert_fault({"runtime/a.cpp": '#include "runtime/gone.hpp"\n'}, "runtime/a.cpp:1", "does not exist")
        self.assert_fault({"runtime/a.cpp": "#include <pillar/runtime/node.hpp>\n"},
                          "runtime/a.cpp:1", '"runtime/node.hpp"')

    def test_nothing_includes_a_whole_library(self):
        for header in "caf/all.hpp", "caf/io/all.hpp", "boost/asio.hpp", "boost/beast.hpp":
            self.assert_fault({"tests/a.cpp": f"#include <{header}>\n"}, "tests/a.cpp:1", "whole library")

    def test_an_application_outside_the_tree_is_left_alone(self):
        self.assertEqual(check({"tests/embed/main.cpp": "#include <pillar/pillar.hpp>\n"}), [])


if __name__ == "__main__":
    unittest.main()

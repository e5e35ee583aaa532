#!/usr/bin/env python3
"""Writes what ctest needs to know about the cases of a doctest program: list_tests.py PROGRAM PREFIX LIST.cmake

Every case becomes one test named "PREFIX: case". The words of its test suite become labels (see tests/CMakeLists.txt).
"""
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

TIMEOUT = 300  # seconds: only a test that hangs takes as long, on whatever machine
TIMEOUT_SLOW = 900


def quoted(text):
    """A CMake bracket argument: nothing inside is special."""
    equals = "="
    while f"]{equals}]" in text + "]":
        equals += "="
    return f"[{equals}[{text}]{equals}]"


def filter_for(name):
    """The doctest filter that selects this case: a comma would begin the next filter."""
    return name.replace("\\", "\\\\").replace(",", "\\,")


def entry(program, prefix, name, words):
    test = quoted(f"{prefix}: {name}")
    timeout = TIMEOUT_SLOW if "slow" in words else TIMEOUT
    properties = [f"TIMEOUT {timeout}"]
    if words:
        properties.append(f"LABELS {quoted(';'.join(words))}")
    if "kubo" in words:
        properties.append("FIXTURES_REQUIRED kubo")
    return (
        f"add_test({test} {quoted(program)} {quoted('--test-case=' + filter_for(name))})\n"
        f"set_tests_properties({test} PROPERTIES {' '.join(properties)})\n"
    )


def main():
    program, prefix, list_file = sys.argv[1:]
    listing = subprocess.run([program, "--list-test-cases", "--reporters=xml"], stdout=subprocess.PIPE)
    if listing.returncode != 0:
        sys.exit(f"{program} --list-test-cases ended with {listing.returncode}: it must work without any set-up")

    text, seen = "", {}
    for case in xml.etree.ElementTree.fromstring(listing.stdout).iter("TestCase"):
        name = case.get("name")
        place = f"{case.get('filename')}:{case.get('line')}"
        if name in seen:
            sys.exit(f"{place}: the test \"{name}\" is also in {seen[name]}: give one of them another name")
        seen[name] = place
        text += entry(program, prefix, name, case.get("testsuite", "").split())
    pathlib.Path(list_file).write_text(text)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Checks that a file does not compile, and for the stated reason: run.py SOURCE COMPILER [compiler options...]

The file says in comments what the compiler's messages must contain, each as a regular expression on one line:
    // expect: REGEX        for every compiler
    // expect-clang: REGEX  for clang only
    // expect-gcc: REGEX    for GCC only
Where the file has an `#ifdef RIGHT`, it must compile with RIGHT defined: nothing but the other branch is wrong.
"""
import pathlib
import re
import subprocess
import sys


def compile_file(command, source, *options):
    return subprocess.run([*command, *options, "-fsyntax-only", source], capture_output=True, text=True)


def main():
    source, *command = sys.argv[1:]
    text = pathlib.Path(source).read_text()
    family = "clang" if "clang" in pathlib.Path(command[0]).name else "gcc"
    expected = re.findall(rf"^// expect(?:-{family})?: (.+)$", text, re.MULTILINE)
    if not expected:
        sys.exit(f"{source} names no message: begin it with // expect: REGEX")

    wrong = compile_file(command, source)
    if wrong.returncode == 0:
        sys.exit(f"{source} compiles, but must not")
    missing = [pattern for pattern in expected if not re.search(pattern, wrong.stderr)]
    if missing:
        sys.exit("\n".join([f"no message matches: {pattern}" for pattern in missing]) + f"\n\n{wrong.stderr}")

    if re.search(r"^#ifdef RIGHT$", text, re.MULTILINE):
        right = compile_file(command, source, "-DRIGHT")
        if right.returncode != 0:
            sys.exit(f"{source} must compile with RIGHT defined:\n\n{right.stderr}")


if __name__ == "__main__":
    main()

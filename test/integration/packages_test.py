#!/usr/bin/python3
"""install_packages brings what is missing, as root, and else does nothing."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = """# A comment.
cmake
librdkafka-dev   # another

ninja-build
"""
# What stands in for each program; all of them write down how they were called.
NOTE = '#!/bin/bash\necho "$(basename "$0") $*" >> "$(dirname "$0")/../calls"\n'
QUERY = """#!/bin/bash
echo "dpkg-query $*" >> "$(dirname "$0")/../queries"
case ${*: -1} in %s) printf installed ;; removed) printf config-files ;;
*Provides*) printf 'installed \ninstalled a, lent (= 1), b\nremoved gone\n' ;;
*) exit 1 ;; esac
"""
# What the functions need besides.
TOOLS = ("sed", "basename", "dirname", "env")


class Packages(unittest.TestCase):
    def install(self, installed, user=0, programs=("apt-get", "sudo"),
                wanted=LIST, query=True, failing=""):
        """Exit code, calls and output of install_packages, on a machine that
        has these packages and these programs, and no other."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "tools").mkdir()
            (folder / "tools/packages.txt").write_text(wanted)
            bin_folder = folder / "bin"
            bin_folder.mkdir()
            for tool in TOOLS:
                found = subprocess.run(["which", tool], text=True, check=True,
                                       capture_output=True).stdout.strip()
                (bin_folder / tool).symlink_to(found)
            stubs = {one: NOTE for one in programs}
            # It runs what it is given.
            if "sudo" in stubs:
                stubs["sudo"] += '"$@"\n'
            if "apt-get" in stubs:
                stubs["apt-get"] += f'[[ $1 != "{failing}" ]]\n'
            stubs["id"] = f"#!/bin/bash\necho {user}\n"
            if query:
                stubs["dpkg-query"] = QUERY % ("|".join(installed) or "-")
            for program, text in stubs.items():
                (bin_folder / program).write_text(text)
                (bin_folder / program).chmod(0o755)
            # Sourced from the checkout, with a root of the test's own.
            script = (f'source "{ROOT}/tools/lib/common.sh"; root="{folder}"; '
                      f'source "{ROOT}/tools/lib/packages.sh"; '
                      f'PATH="{bin_folder}"; install_packages')
            done = subprocess.run(["/bin/bash", "-c", script, "/tools/install"],
                                  stdin=subprocess.DEVNULL, text=True,
                                  capture_output=True, timeout=60)
            calls = folder / "calls"
            return (done.returncode,
                    calls.read_text().splitlines() if calls.exists() else [],
                    done.stdout + done.stderr)

    def test_nothing_is_done_and_no_right_needed_when_all_is_there(self):
        everything = ("cmake", "librdkafka-dev", "ninja-build")
        for user in (0, 1000):
            self.assertEqual(self.install(everything, user), (0, [], ""))
        # Not even a program to do it with.
        self.assertEqual(self.install(everything, 1000, programs=()),
                         (0, [], ""))

    def test_root_installs_what_is_missing_and_nothing_else(self):
        code, calls, output = self.install(["cmake"])
        self.assertEqual(code, 0, output)
        self.assertEqual(calls, [
            "apt-get update -q",
            "apt-get install -q -y --no-install-recommends "
            "-o DPkg::Lock::Timeout=300 librdkafka-dev ninja-build"])
        self.assertEqual(output, "installing librdkafka-dev ninja-build\n")

    def test_others_do_it_by_sudo(self):
        code, calls, output = self.install(["cmake", "ninja-build"], 1000)
        self.assertEqual(code, 0, output)
        command = "env DEBIAN_FRONTEND=noninteractive apt-get"
        self.assertEqual(calls, [
            f"sudo {command} update -q", "apt-get update -q",
            f"sudo {command} install -q -y --no-install-recommends "
            "-o DPkg::Lock::Timeout=300 librdkafka-dev",
            "apt-get install -q -y --no-install-recommends "
            "-o DPkg::Lock::Timeout=300 librdkafka-dev"])

    def test_without_sudo_it_says_what_to_install(self):
        code, calls, output = self.install(["cmake"], 1000, ("apt-get",))
        self.assertEqual((code, calls), (1, []))
        self.assertIn("install these packages as root: "
                      "librdkafka-dev ninja-build", output)

    def test_a_package_whose_settings_alone_are_left_is_missing(self):
        code, calls, output = self.install([], wanted="removed\n")
        self.assertEqual(code, 0, output)
        self.assertTrue(calls[1].endswith(" removed"), calls)

    def test_what_an_installed_package_provides_is_there(self):
        self.assertEqual(self.install([], wanted="a\nlent\nb\n"), (0, [], ""))
        for name in ("gone", "len", "lent,"):
            _, calls, _ = self.install([], wanted=f"lent\n{name}\n")
            self.assertTrue(calls[1].endswith(f"=300 {name}"), calls)

    def test_a_machine_of_another_kind_is_told(self):
        code, calls, output = self.install([], query=False)
        self.assertEqual((code, calls), (1, []))
        self.assertIn("no Debian packages", output)

    def test_what_fails_is_a_failure(self):
        for part in ("update", "install"):
            code, calls, output = self.install(["cmake"], failing=part)
            self.assertNotEqual(code, 0, output)
            self.assertTrue(calls[-1].startswith(f"apt-get {part}"), calls)


if __name__ == "__main__":
    unittest.main()

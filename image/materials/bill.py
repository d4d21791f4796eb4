"""The software bill of materials of the image, in CycloneDX 1.6: every Debian package of the tree, with
the licences that its copyright file names, and every crate that is compiled into the gateway.

    bill.py TREE CRATES      CRATES is the output of `cargo metadata`
"""

import json
import os
import re
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.exception import MissingOptionalDependencyException
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL


def debian_packages(tree):
    """The packages of dpkg's status file."""
    for entry in (tree / "var/lib/dpkg/status").read_text().split("\n\n"):
        fields = dict(re.findall(r"^([A-Z][\w-]*): (.*)$", entry, re.M))
        if fields.get("Status") == "install ok installed":
            yield Component(
                type=ComponentType.APPLICATION,
                name=fields["Package"],
                version=fields["Version"],
                bom_ref=f"deb:{fields['Package']}:{fields['Architecture']}",
                purl=PackageURL(
                    "deb", "debian", fields["Package"], fields["Version"], {"arch": fields["Architecture"]}
                ),
                licenses=[DisjunctiveLicense(name=name) for name in licences(tree, fields["Package"])],
            )


def licences(tree, package):
    """The names in a machine-readable copyright file; none where Debian wrote it in prose."""
    file = tree / "usr/share/doc" / package / "copyright"
    if not file.is_file():
        return []
    text = file.read_text(errors="replace")
    if "packaging-manuals/copyright-format" not in text[:300]:
        return []
    return sorted(set(re.findall(r"^License: *(\S.*?)\s*$", text, re.M)))


def crates(metadata):
    """What the gateway is compiled from: its normal dependencies on this platform, all the way down."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    reached, waiting = set(), [metadata["resolve"]["root"]]
    while waiting:
        crate = waiting.pop()
        if crate not in reached:
            reached.add(crate)
            waiting += [
                dependency["pkg"]
                for dependency in nodes[crate]["deps"]
                if any(kind["kind"] is None for kind in dependency["dep_kinds"])
            ]
    for crate in sorted(reached):
        package = packages[crate]
        terms = (package.get("license") or "").replace("/", " OR ")
        yield Component(
            type=ComponentType.LIBRARY,
            name=package["name"],
            version=package["version"],
            bom_ref=f"cargo:{package['name']}:{package['version']}",
            purl=PackageURL("cargo", None, package["name"], package["version"]),
            licenses=[LicenseFactory().make_from_string(terms)] if terms else [],
        )


def main(tree, metadata):
    """Prints the bill, checked against the schema."""
    bom = Bom(components=[*debian_packages(tree), *crates(metadata)])
    # The same image has the same bill: its date is the sources', its number follows from what is in it.
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    parts = "\n".join(sorted(component.purl.to_string() for component in bom.components))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, parts)
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    try:
        error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    except MissingOptionalDependencyException as missing:
        sys.exit(str(missing))
    if error:
        sys.exit(str(error))
    print(text)


main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()))

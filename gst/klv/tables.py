#!/usr/bin/env python3
"""tables.py OUTPUT FOLDER

Makes the C arrays that klvtables.h declares of the tables in FOLDER, *.tsv. A line that
begins with # says something to people; the first other line names the columns:

set      the set or pack that the item belongs to; without it, that of the file's name
tag      of an item in a local set
key      of an item in a universal set, 32 hexadecimal digits; a set that has tags, too,
         is made a second time, as SET_universal, where the type may be another one
json     its name
type     what klvtables.h calls KLV_TYPE; enum:NAME and flags:NAME as enums.tsv has them,
         set:SET, pack:PACK, series:TYPE-SET-OR-PACK
universal  that type, if it is another one
bytes    how many it must have, or as packs.tsv says
min, max of what is mapped; or the bounds of a number
unit     for people
special  what the most negative code of ilin means, if it is not "reserved"; "absent=1"
write    how many bytes are written; none: as few as it takes
most     the most bytes that are written of what has as few as it takes; none: any
name     in the standard

Bounds of numbers that are not mapped, and most, are for what is written: read is all.
"""
import fractions
import json
import os
import sys

SIZES = {"": "KLV_SIZE_REST", "part": "KLV_SIZE_PART", "half": "KLV_SIZE_HALF"}
TYPES = {"utf16be": "KLV_UTF16"}
MAX_DEPTH = 8
MAPPED = ("ulin", "ilin")


def read(path):
    """The rows of a table, as dictionaries; a column that is not there is empty."""
    with open(path, encoding="utf-8") as table:
        lines = [line.rstrip("\n") for line in table if not line.startswith("#")]
    names = lines[0].split("\t")
    for line in lines[1:]:
        fields = line.split("\t")
        if len(fields) > len(names):
            sys.exit(f"{path}: more fields than columns: {line}")
        yield dict(dict.fromkeys(("set", "tag", "key", "json", "type", "universal", "bytes", "min", "max",
                                  "unit", "special", "write", "most", "name"), ""),
                   **dict(zip(names, fields)))


def read_sets(folder):
    """All items, by set: {set: [row, ...]}; sets.tsv: {set: row}; labels: {name: [row, ...]}."""
    items, labels = {}, {}
    units = {row["set"]: row for row in read(os.path.join(folder, "sets.tsv"))}
    for row in read(os.path.join(folder, "enums.tsv")):
        labels.setdefault(row["enum"], []).append(row)
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".tsv") or name in ("sets.tsv", "enums.tsv"):
            continue
        for row in read(os.path.join(folder, name)):
            owner = row["set"] or name[:-len(".tsv")]
            if row["tag"] and row["key"]:
                items.setdefault(owner, []).append(dict(row, key=""))
                items.setdefault(owner + "_universal", []).append(
                    dict(row, tag="", type=row["universal"] or row["type"]))
            else:
                items.setdefault(owner, []).append(row)
    for rows in items.values():
        if rows[0]["tag"]:
            rows.sort(key=lambda row: int(row["tag"]))
    return items, units, labels


def c_type(name):
    return TYPES.get(name, "KLV_" + name.upper())


def c_key(key):
    if len(key) != 32:
        sys.exit(f"{key}: a key has 32 digits")
    return "(const uint8_t[]) { " + ", ".join(
        "0x" + key[i:i + 2] for i in range(0, 32, 2)) + " }"


def decimals(row):
    """The fewest k with 10^-k <= resolution / 2, so that each code has a text of its own."""
    bits = 8 * int(row["bytes"])
    codes = 2 ** bits - (1 if row["type"] == "ulin" else 2)
    half = (fractions.Fraction(row["max"]) - fractions.Fraction(row["min"])) / codes / 2
    k = 0
    while fractions.Fraction(1, 10 ** k) > half:
        k += 1
    return k


def c_item(row, items):
    """The initialiser of a KlvItem."""
    kind, _, of = row["type"].partition(":")
    part, target = "KLV_HEX", None
    if kind in ("set", "pack"):
        target = of
    elif kind == "series":
        if of in items:
            target = of
            part = "KLV_PACK" if is_pack(items[of]) else "KLV_SET"
        else:
            part = c_type(of)
    member = f'"{row["json"]}":'
    fields = [f'.name = "{row["json"]}"', f'.member = {json.dumps(member)}',
              f".member_size = {len(member)}", f".type = {c_type(kind)}"]
    if row["tag"]:
        fields.append(f'.tag = {row["tag"]}')
    if row["key"]:
        fields.append(f'.key = {c_key(row["key"])}')
    if kind == "series":
        fields.append(f".part_type = {part}")
    fields.append(f'.size = {SIZES.get(row["bytes"], row["bytes"])}')
    if row["write"]:
        fields.append(f'.write_size = {row["write"]}')
    if row["most"]:
        fields.append(f'.max_size = {row["most"]}')
    if kind in MAPPED:
        fields.append(f".decimals = {decimals(row)}")
    if row["min"]:
        fields.append(f'.min = {row["min"]}, .max = {row["max"]}')
    if row["special"] == "absent=1":
        fields.append(".is_one_if_absent = true")
    elif kind == "ilin":
        fields.append(f'.special = "{row["special"] or "reserved"}"')
    if target:
        if target not in items:
            sys.exit(f'{row["json"]}: there is no {target}')
        fields.append(f".set = &{target}")
    if kind in ("enum", "flags"):
        fields.append(f".labels = &{of}_labels")
    return "  { " + ", ".join(fields) + " },"


def check_depth(name, items, above=()):
    """Sets and packs are in one another, but not without end: whoever reads them recurses."""
    if len(above) == MAX_DEPTH or name in above:
        sys.exit(" > ".join(above + (name,)) + ": too deep")
    for row in items[name]:
        target = row["type"].partition(":")[2]
        if target in items:
            check_depth(target, items, above + (name,))


def is_pack(rows):
    return not rows[0]["tag"] and not rows[0]["key"]


def write(out, items, units, labels):
    out.write('/* Made by tables.py. */\n\n#include "klvtables.h"\n\n')
    for name, rows in labels.items():
        out.write(f"static const KlvLabels {name}_labels = {{\n  (const KlvLabel[]) {{\n")
        for row in rows:
            out.write(f'    {{ {row["value"]}, "{row["label"]}" }},\n')
        out.write(f"  }}, {len(rows)}\n}};\n\n")
    for name in items:
        out.write(f"static const KlvSet {name};\n")
    for name, rows in items.items():
        check_depth(name, items)
        out.write(f"\nstatic const KlvItem {name}_items[] = {{\n")
        out.write("\n".join(c_item(row, items) for row in rows) + "\n};\n")
        unit = units.get(name, {})
        kind = ("KLV_FIELDS" if is_pack(rows)
                else "KLV_LOCAL_SET" if rows[0]["tag"] else "KLV_UNIVERSAL_SET")
        fields = [f".kind = {kind}", f".items = {name}_items", f".n_items = {len(rows)}"]
        if unit:
            fields.append(f'.standard = "{unit["standard"]}", .ul = {c_key(unit["ul"])}')
        if kind == "KLV_LOCAL_SET":
            tags = {int(row["tag"]): i + 1 for i, row in enumerate(rows)}
            out.write(f"static const uint8_t {name}_index[] = {{\n  "
                      + ", ".join(str(tags.get(tag, 0)) for tag in range(max(tags) + 1)) + "\n};\n")
            fields.append(f".index = {name}_index, .n_index = sizeof ({name}_index)")
            if 0 in tags:
                fields.append(".has_number = true")
        out.write(f"static const KlvSet {name} = {{\n  " + ",\n  ".join(fields) + "\n};\n")
    out.write("\nconst KlvSet *const klv_sets[] = { "
              + ", ".join("&" + name for name in units) + " };\n")
    out.write("const size_t klv_n_sets = sizeof (klv_sets) / sizeof (*klv_sets);\n")
    out.write("\n_Static_assert (" + " && ".join(
        f"sizeof ({name}_items) <= KLV_MAX_ITEMS * sizeof (KlvItem)" for name in items)
        + ', "KLV_MAX_ITEMS");\n')


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        write(out, *read_sets(sys.argv[2]))


if __name__ == "__main__":
    main()
